"""Values to JSON, whatever their texts hold."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()


def encode(value: msgspec.Struct | dict[str, Any]) -> bytes:
    """Write a value as UTF-8; ``?`` stands for each character that UTF-8 does not have.

    Such characters, lone surrogates, come from file names and messages that are not text. JSON could escape them, but
    hardly any reader would take them.
    """
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":")).encode(
            errors="replace"
        )

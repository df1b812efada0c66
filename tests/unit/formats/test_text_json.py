"""Values to JSON, whatever their texts hold."""

from __future__ import annotations

import json

import msgspec
import pytest

from testkeep.formats.text_json import encode


class _Value(msgspec.Struct):
    text: str
    more: dict[str, tuple[str, ...]] = {}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param('ä\U0001f600\x00"\\\n', 'ä\U0001f600\x00"\\\n', id="text"),
        pytest.param("a\udcffb\ud800", "a?b?", id="lone surrogates"),
        pytest.param('\ud800ä\n"', '?ä\n"', id="a lone surrogate beside text"),
    ],
)
def test_encode__any_text__can_be_read(text: str, read: str) -> None:
    data = encode(_Value(text, {text: (text,)}))
    assert json.loads(data) == {"text": read, "more": {read: [read]}}
    assert b"\n" not in data

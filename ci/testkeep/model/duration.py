"""Durations as people write them in a policy: ``100ms``, ``1.5s``, ``10m``, ``1h``."""

from __future__ import annotations

import re

_DURATION = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: str) -> float:
    """Read a duration, in seconds.

    Raises:
        ValueError: the text is not a positive number followed by ``ms``, ``s``, ``m`` or ``h``.

    >>> parse_duration("100ms")
    0.1
    """
    match = _DURATION.fullmatch(text.strip())
    seconds = float(match["number"]) * _SECONDS[match["unit"]] if match else 0.0
    if seconds <= 0:
        raise ValueError(f"expected a duration such as '100ms', '1s', '10m' or '1h', found {text!r}")
    return seconds

"""Durations as people write them in a policy: ``100ms``, ``1.5s``, ``10m``, ``1h``."""

from __future__ import annotations

import math
import re

DURATION_PATTERN = r"^\s*(?=[0-9.]*[1-9])(?P<number>[0-9]{1,9}(\.[0-9]{1,9})?)\s*(?P<unit>ms|s|m|h)\s*$"
_DURATION = re.compile(DURATION_PATTERN)
A_DURATION = "a duration such as '100ms', '1s', '10m' or '1h'"
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: str) -> float:
    """Read a duration, in seconds.

    Raises:
        ValueError: the text is not a positive number followed by ``ms``, ``s``, ``m`` or ``h``.

    >>> parse_duration("100ms")
    0.1
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"expected {A_DURATION}, found {text!r}")
    return float(match["number"]) * _SECONDS[match["unit"]]


def about(seconds: float) -> str:
    """Say roughly how long something will take, rather too long than too short.

    >>> about(0.2), about(12.3), about(95)
    ('1 s', '13 s', '2 min')
    """
    return f"{max(1, math.ceil(seconds))} s" if seconds <= 60 else f"{math.ceil(seconds / 60)} min"

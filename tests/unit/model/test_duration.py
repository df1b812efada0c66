"""Durations as people write them."""

from __future__ import annotations

import pytest

from testkeep.model.duration import about, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("100ms", 0.1), ("1s", 1.0), ("1.5s", 1.5), ("0.5 m", 30.0), (" 10m ", 600.0), ("1h", 3600.0), ("007s", 7.0)],
)
def test_parse_duration__duration__is_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "10", "10 x", "-1s", "0s", "0.00m", "1e3s", ".5s", "5.s", "1s2", "١s", "9" * 400 + "h"]
)
def test_parse_duration__anything_else__is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_duration(text)
    assert str(caught.value) == f"expected a duration such as '100ms', '1s', '10m' or '1h', found {text!r}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "1 s"), (12.1, "13 s"), (60.0, "60 s"), (60.1, "2 min"), (120.0, "2 min"), (4000.0, "67 min")],
)
def test_about__duration__is_rounded_up(seconds: float, text: str) -> None:
    assert about(seconds) == text

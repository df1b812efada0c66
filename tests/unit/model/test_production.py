"""What became of lines of production code, and how they are written."""

from __future__ import annotations

import pytest

from inspections import a_history, lines_of
from testkeep.model.production import Lines, Place, Production, Span, is_run, shown

_PRODUCTION = Production(
    histories={"app.py": a_history(kept={1: "new.py:7", 2: "app.py:2"}, changed={3: "app.py:3-5"})}
)


@pytest.mark.parametrize(
    ("path", "line", "fate"),
    [
        pytest.param("other.py", 9, Place("other.py", 9), id="a file without a history is as it was"),
        pytest.param("app.py", 1, Place("new.py", 7), id="moved"),
        pytest.param("app.py", 2, Place("app.py", 2), id="kept"),
        pytest.param("app.py", 3, Span("app.py", 3, 5), id="changed"),
        pytest.param("app.py", 4, None, id="deleted"),
    ],
)
def test_fate__line_of_the_base__is_followed(path: str, line: int, fate: Place | Span | None) -> None:
    assert _PRODUCTION.fate(path, line) == fate


@pytest.mark.parametrize(
    ("fate", "lines", "expected"),
    [
        pytest.param(Place("a.py", 3), lines_of("a.py:3"), True, id="the line"),
        pytest.param(Place("a.py", 3), lines_of("a.py:2", "b.py:3"), False, id="neither the line nor the file"),
        pytest.param(Span("a.py", 3, 5), lines_of("a.py:3"), True, id="boundary: the first line of a span"),
        pytest.param(Span("a.py", 3, 5), lines_of("a.py:5"), True, id="boundary: the last line of a span"),
        pytest.param(Span("a.py", 3, 5), lines_of("a.py:2", "a.py:6", "b.py:4"), False, id="boundary: around a span"),
        pytest.param(Place("a.py", 3), {}, False, id="no lines"),
    ],
)
def test_is_run__table(fate: Place | Span, lines: Lines, expected: bool) -> None:
    assert is_run(fate, lines) is expected


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        pytest.param([], (), id="nothing"),
        pytest.param([Place("a.py", 3)], ("a.py:3",), id="one line"),
        pytest.param([Place("a.py", n) for n in (5, 3, 4, 4)], ("a.py:3-5",), id="unordered, and one of them twice"),
        pytest.param([Place("a.py", 3), Place("a.py", 5)], ("a.py:3", "a.py:5"), id="boundary: a line between"),
        pytest.param([Place("b.py", 4), Place("a.py", 3)], ("a.py:3", "b.py:4"), id="two files"),
        pytest.param(
            [Span("b.py", 1, 9), Place("c.py", 1), Span("a.py", 1, 2), Span("b.py", 1, 9)],
            ("c.py:1", "a.py:1-2", "b.py:1-9"),
            id="functions come last, once",
        ),
    ],
)
def test_shown__places__are_written_in_order(places: list[Place | Span], expected: tuple[str, ...]) -> None:
    assert shown(places) == expected

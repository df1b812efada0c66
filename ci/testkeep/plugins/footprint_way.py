"""What every way to take footprints offers, and a known piece of code with which to find out whether one works."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

Taken: TypeAlias = Mapping[str, Mapping[str, frozenset[int]]]
"""By test id and file, as the interpreter or coverage.py names it, the lines that the test executed."""

PROBE = str(Path(__file__).resolve().with_name("probe.py"))
"""The name of the known code's file, which need not be there."""

PROBE_LINES = frozenset({1, 2, 3, 4, 6, 7, 8, 9})
"""All of its lines; those of the two ``def`` statements are executed before the first test."""

_SOURCE = """\
def walk():
    for step in range(9):
        if step:
            yield step

def choose(first):
    if first:
        return 1
    return 2
"""
_EXPECTED = {"first": {2, 3, 4, 7, 8}, "second": {2, 3, 4, 7, 9}}


class FootprintWay(Protocol):
    """A way to take footprints: ``begin`` and ``end`` around each test, ``finish`` after the last one.

    ``name`` is for the record; ``trouble`` says what went wrong on the way, if anything did.
    """

    name: str
    trouble: str

    def begin(self, test: str) -> None:
        """Start a test's footprint: what ran since the last one ended belongs to none."""
        ...

    def end(self) -> None:
        """End the footprint of the test that was begun."""
        ...

    def finish(self) -> Taken:
        """Give back all that was taken from coverage.py or the interpreter, and hand over what was found."""
        ...


def walk_through(way: FootprintWay) -> str:
    """Let two tests execute the known code, a generator that outlives one included.

    Returns what is wrong with the footprints; empty if they are as they should be.
    """
    names: dict[str, Any] = {"__name__": "probe"}
    exec(compile(_SOURCE, PROBE, "exec"), names)  # noqa: S102  (the text above)
    steps, choose = names["walk"](), names["choose"]
    for test in _EXPECTED:
        way.begin(test)
        next(steps)
        choose(test == "first")
        way.end()
    taken = {test: dict(files) for test, files in way.finish().items()}
    if taken == {test: {PROBE: lines} for test, lines in _EXPECTED.items()}:
        return ""
    return f"known code gave other lines than it has: {_shown(taken)}"


def _shown(taken: Taken) -> str:
    lines = {test: sorted(line for found in files.values() for line in found) for test, files in taken.items()}
    return ", ".join(f"{test} {found}" for test, found in lines.items()) or "none"

"""Which tests come nearest to code that no test runs: those that run its function, its callers, or its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from testkeep.model.footprint import Footprints

MOST = 3
Lines = Mapping[str, Sequence[int]]
"""Lines by file, relative to the project's root."""


def nearest_tests(footprints: Footprints, circles: Iterable[Lines], most: int = MOST) -> tuple[str, ...]:
    """Rank tests by the first circle of code that they run, then by how many of its lines, then by how little else.

    The circles begin with the closest: the lines of the function itself that are run, those of its callers, the file.
    """
    found: list[str] = []
    for circle in circles:
        counts: dict[str, int] = {}
        for path, lines in circle.items():
            for test, number in footprints.tests_running(path, lines).items():
                counts[test] = counts.get(test, 0) + number
        fresh = [test for test in counts if test not in found]
        fresh.sort(key=lambda test: (-counts[test], _size(footprints, test), test))
        found += fresh[: most - len(found)]
        if len(found) >= most:
            break
    return tuple(found)


def _size(footprints: Footprints, test: str) -> int:
    return sum(bits.bit_count() for bits in footprints.executed.get(test, {}).values())

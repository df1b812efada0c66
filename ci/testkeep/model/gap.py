"""Where coverage is missing, and where it is won with the fewest tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct


class Gap(Struct, frozen=True, kw_only=True):
    """A function with lines that no test runs; ``function`` is empty for code that is in none.

    ``path`` is relative to the repository's root, ``line`` the first line that is missing; ``ranges`` are first and
    last lines, inclusive, of the ``missing`` lines, between which all that counts is missing. ``tests`` are those
    that come nearest to it, the nearest first, where it is known what each test runs.
    """

    path: str
    function: str
    line: int
    missing: int
    ranges: tuple[tuple[int, int], ...]
    tests: tuple[str, ...] = ()

    @property
    def shown_ranges(self) -> str:
        """The ranges as coverage.py writes them: ``12-15, 20``."""
        return shown_ranges(self.ranges)


def shown_ranges(found: Iterable[tuple[int, int]]) -> str:
    """Write ranges as coverage.py does.

    >>> shown_ranges([(12, 15), (20, 20)])
    '12-15, 20'
    """
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def ranges(lines: Iterable[int], others: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Put lines into ranges: between the lines of one there is none of the ``others``.

    >>> ranges([1, 2, 4, 9], others={6})
    ((1, 4), (9, 9))
    """
    found: list[tuple[int, int]] = []
    for line in sorted(lines):
        if found and not any(between in others for between in range(found[-1][1] + 1, line)):
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return tuple(found)

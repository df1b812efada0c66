"""What was seen of one test while it was inspected."""

from __future__ import annotations

from typing import NamedTuple

from testkeep.formats.assertion_source import Assertion
from testkeep.model.tests import Strength


class OwnLines(NamedTuple):
    """The lines of a test's own function; ``path`` is relative to the repository's root."""

    path: str
    first: int
    last: int


NOWHERE = OwnLines("", 0, 0)


class Tally:
    """Counts the assertions of one test and collects the lines of production code that it executes.

    Threads may count at the same time: CPython does not switch between threads inside ``+=`` on an attribute.
    """

    def __init__(self, own: OwnLines = NOWHERE) -> None:
        self.lines: dict[str, set[int]] = {}
        self._own_lines = own
        self._own = 0
        self._places: set[tuple[str, int]] = set()
        self._asserted = 0
        self._vacuous = 0
        self._broken = 0
        self._unspecific = 0

    def hold(self, path: str, line: int) -> None:
        """Count an assertion that held and could have been false."""
        self._asserted += 1
        self._own += self._is_own(path, line)
        self._places.add((path, line))

    def _is_own(self, path: str, line: int) -> bool:
        own = self._own_lines
        return (path == own.path and own.first <= line <= own.last) or path.startswith("<doctest ")

    def hold_statement(self, path: str, assertion: Assertion) -> None:
        """Count an assert statement that did not fail."""
        if not assertion.is_certain:
            return
        if assertion.is_vacuous:
            self._vacuous += 1
        else:
            self.hold(path, assertion.start[0])

    def breaks(self) -> None:
        """Count an assertion that failed."""
        self._broken += 1

    def accept_anything(self) -> None:
        """Count an assertion that would have taken any exception."""
        self._unspecific += 1

    @property
    def strength(self) -> Strength:
        """What the test asserted."""
        return Strength(
            asserted=self._asserted,
            own=self._own,
            places=len(self._places),
            vacuous=self._vacuous,
            broken=self._broken,
            unspecific=self._unspecific,
        )

    @property
    def footprint(self) -> dict[str, tuple[int, ...]]:
        """The lines of production code that the test executed, by path."""
        return {path: tuple(sorted(lines)) for path, lines in sorted(self.lines.items()) if lines}

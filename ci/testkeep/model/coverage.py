"""Coverage as numbers that can be added up. A percentage is only made at the end, and is never rounded up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

from msgspec import Struct

from testkeep.model.patterns import matches
from testkeep.model.policy import Layer

Branch: TypeAlias = tuple[int, int]
"""From a line to a line; a negative number stands for leaving the function (or module) that starts there."""


class Ratio(Struct, frozen=True):
    """``covered`` of ``total`` lines (and branches, where they are measured)."""

    covered: int = 0
    total: int = 0

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.covered + other.covered, self.total + other.total)

    def reaches(self, minimum: float) -> bool:
        """Whether the exact ratio reaches a minimum in percent: 86.996 does not reach 87."""
        return self.missing(minimum) == 0

    def missing(self, minimum: float) -> int:
        """Count the lines that must be covered in addition to reach a minimum in percent.

        The minimum is taken as it is written: as a binary fraction, 70.7 percent of 1000 would be more than 707.
        """
        return max(0, math.ceil(Fraction(str(minimum)) * self.total / 100) - self.covered)

    def falls_below(self, other: Ratio, slack_percent: float = 0.0) -> bool:
        """Whether the exact ratio is lower than another by more than so many percent points.

        Nothing to cover is no fall, and there is no fall from nothing.
        """
        if not self.total or not other.total:
            return False
        fall = Fraction(other.covered, other.total) - Fraction(self.covered, self.total)
        return fall * 100 > Fraction(str(slack_percent))

    @property
    def uncovered(self) -> int:
        """How many are not covered."""
        return self.total - self.covered

    @property
    def shown(self) -> float:
        """Percent with two digits, rounded down, so that no display claims a threshold that was missed.

        Nothing to cover is wholly covered, as coverage.py has it.
        """
        return 100.0 if not self.total else self.covered * 10_000 // self.total / 100


class FunctionCoverage(Struct, frozen=True):
    """One function or method with lines that no test ran; the name is empty for code that is in none.

    ``first`` is its first line; ``missing`` are the lines that were not run, ``executed`` those that were.
    """

    name: str
    first: int
    missing: tuple[int, ...]
    executed: tuple[int, ...] = ()


class FileCoverage(Struct, frozen=True, kw_only=True):
    """One file: ``ratio`` has its lines and branches together, ``lines`` the lines alone.

    ``executed`` may have lines that do not count (they are excluded, say); ``missing`` are those that do and were not
    run; ``excluded`` do not count because the code or coverage.py's configuration says so. Without branches, ``ratio``
    and ``lines`` are the same, and there are no branches that are missing or were taken (``executed_branches``).
    """

    ratio: Ratio
    lines: Ratio = Ratio()
    executed: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    excluded: frozenset[int] = frozenset()
    missing_branches: tuple[Branch, ...] = ()
    executed_branches: tuple[Branch, ...] = ()
    functions: tuple[FunctionCoverage, ...] = ()


class Coverage(Struct, frozen=True, kw_only=True):
    """The production code of one commit, by file; the keys are relative to the project's root, with forward slashes.

    ``branch`` says whether branches were measured; ``unreadable`` are files that coverage.py could not parse.
    """

    files: dict[str, FileCoverage]
    branch: bool = False
    unreadable: tuple[str, ...] = ()

    @property
    def totals(self) -> CoverageTotals:
        """The numbers alone."""
        return CoverageTotals(files={path: file.ratio for path, file in self.files.items()})

    @property
    def line_totals(self) -> CoverageTotals:
        """The numbers of lines alone, where branches were measured as well."""
        return CoverageTotals(files={path: file.lines for path, file in self.files.items()})


class CoverageTotals(Struct, frozen=True, kw_only=True):
    """Coverage per file; the keys are relative to the project's root, with forward slashes."""

    files: dict[str, Ratio]

    @property
    def overall(self) -> Ratio:
        """All files together."""
        return _total(self.files.values())

    def by_layer(self, layers: Mapping[str, Layer], inherited: Mapping[str, str] = {}) -> dict[str, Ratio]:
        """Add up files per layer; the first layer with a matching pattern gets a file. Empty layers are left out.

        ``inherited`` has the layers of files, by their paths, whatever the patterns say.
        """
        grouped: dict[str, list[Ratio]] = {}
        for path, ratio in self.files.items():
            name = inherited.get(path) or layer_of(path, layers)
            if name:
                grouped.setdefault(name, []).append(ratio)
        return {name: _total(grouped[name]) for name in layers if name in grouped}

    def renamed(self, new_path: Callable[[str], str]) -> CoverageTotals:
        """The same numbers under the names that the files have now; without those that have none (empty)."""
        named = ((new_path(path), ratio) for path, ratio in self.files.items())
        return CoverageTotals(files={path: ratio for path, ratio in named if path})


class BaseCoverage(Struct, frozen=True, kw_only=True):
    """Coverage at the base commit: ``whole`` under the names that the files had then.

    ``kept`` has the files that are still there, under the names that they have now: what was removed with its tests
    cannot lower the coverage of the rest. ``lines_only`` says that the head's branches were measured and these were
    not, so that lines alone can be compared. ``files`` has what was run in each file, under the names that they had
    then. ``obstacle`` says why it is not comparable with the head's; empty if it is.
    """

    whole: CoverageTotals
    kept: CoverageTotals
    files: dict[str, FileCoverage] = {}
    lines_only: bool = False
    obstacle: str = ""

    @property
    def shown(self) -> CoverageTotals | None:
        """What may be shown beside the head's numbers: None where only lines can be compared."""
        return None if self.lines_only else self.kept


def layer_of(path: str, layers: Mapping[str, Layer]) -> str:
    """The first layer with a pattern that matches a file; empty if there is none."""
    return next((name for name, layer in layers.items() if matches(path, layer.paths)), "")


def _total(ratios: Iterable[Ratio]) -> Ratio:
    return sum(ratios, Ratio())

"""Coverage as numbers that can be added up. A percentage is only made at the end, and is never rounded up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

from msgspec import Struct

from testkeep.model.patterns import matches
from testkeep.model.policy import Layer


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

    @property
    def shown(self) -> float:
        """Percent with two digits, rounded down, so that no display claims a threshold that was missed.

        Nothing to cover is wholly covered, as coverage.py has it.
        """
        return 100.0 if not self.total else self.covered * 10_000 // self.total / 100


class CoverageTotals(Struct, frozen=True, kw_only=True):
    """Coverage per file; the keys are relative to the project's root, with forward slashes."""

    files: dict[str, Ratio]

    @property
    def overall(self) -> Ratio:
        """All files together."""
        return _total(self.files.values())

    def by_layer(self, layers: Mapping[str, Layer]) -> dict[str, Ratio]:
        """Add up files per layer; the first layer with a matching pattern gets a file. Empty layers are left out."""
        grouped: dict[str, list[Ratio]] = {}
        for path, ratio in self.files.items():
            name = next((name for name, layer in layers.items() if matches(path, layer.paths)), None)
            if name is not None:
                grouped.setdefault(name, []).append(ratio)
        return {name: _total(grouped[name]) for name in layers if name in grouped}


def _total(ratios: Iterable[Ratio]) -> Ratio:
    return sum(ratios, Ratio())

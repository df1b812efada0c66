"""Coverage as numbers that can be added up. A percentage is only made at the end, and is never rounded up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from testkeep.model.policy import Layer


class Ratio(Struct, frozen=True):
    """``covered`` of ``total`` lines (and branches, where they are measured)."""

    covered: int = 0
    total: int = 0

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.covered + other.covered, self.total + other.total)

    @property
    def percent(self) -> float:
        """Percent, 0 to 100; nothing to cover is wholly covered, as coverage.py has it."""
        return 100.0 if not self.total else 100.0 * self.covered / self.total

    def reaches(self, minimum: float) -> bool:
        """Whether the exact ratio reaches a minimum in percent: 86.996 does not reach 87."""
        return 100.0 * self.covered >= minimum * self.total

    @property
    def shown(self) -> float:
        """Percent with two digits, rounded down, so that no display claims a threshold that was missed."""
        return int(self.percent * 100) / 100


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
            name = next((name for name, layer in layers.items() if _matches(path, layer.paths)), None)
            if name is not None:
                grouped.setdefault(name, []).append(ratio)
        return {name: _total(grouped[name]) for name in layers if name in grouped}


def _total(ratios: Iterable[Ratio]) -> Ratio:
    return sum(ratios, Ratio())


def _matches(path: str, patterns: Iterable[str]) -> bool:
    # The leading slash lets "**/services/**" match a folder at the top of the project as well.
    return any(
        fnmatchcase(f"/{path}", f"*/{pattern[3:]}") if pattern.startswith("**/") else fnmatchcase(path, pattern)
        for pattern in patterns
    )

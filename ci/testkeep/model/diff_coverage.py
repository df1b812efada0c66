"""How much of a change was executed."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from testkeep.model.coverage import Branch, Coverage, FileCoverage, Ratio


class ChangedFile(Struct, frozen=True, kw_only=True):
    """The changed lines of one file that can be covered, in ascending order.

    ``partial`` are those of the covered ones that have branches which were never taken: what they lead to (a line, or
    ``exit``) by line. It is empty where branches were not measured.
    """

    covered: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    partial: dict[int, tuple[str, ...]] = {}

    @property
    def ratio(self) -> Ratio:
        """The covered lines of those that changed and can be covered."""
        return Ratio(len(self.covered), len(self.covered) + len(self.missing))


class DiffCoverage(Struct, frozen=True, kw_only=True):
    """The changed lines that can be covered, by file.

    The keys are relative to the repository's root, as git and diff-cover have them, not to the project's root as in
    ``CoverageTotals``; slashes are forward. A file without such lines is absent.
    """

    files: dict[str, ChangedFile]

    @property
    def ratio(self) -> Ratio:
        """All files together. ``Ratio(0, 0)`` where no changed line can be covered: that is no 100 percent."""
        return sum((file.ratio for file in self.files.values()), Ratio())

    def most_missing(self) -> list[str]:
        """The files with missing lines, those with the most of them first."""
        missing = {path: len(file.missing) for path, file in self.files.items() if file.missing}
        return sorted(missing, key=lambda path: (-missing[path], path))


def cover_changes(coverage: Coverage, folder: str, changed: Mapping[str, Iterable[int]]) -> DiffCoverage:
    """Hold changed lines against what was measured.

    ``folder`` is the project's place in the repository (empty for its root); the keys of ``changed`` are relative to
    the repository's root.
    """
    measured = {posixpath.normpath(posixpath.join(folder, path)): file for path, file in coverage.files.items()}
    found = {path: _of_file(measured[path], frozenset(lines)) for path, lines in changed.items() if path in measured}
    return DiffCoverage(files={path: file for path, file in found.items() if file.covered or file.missing})


def _of_file(file: FileCoverage, changed: Collection[int]) -> ChangedFile:
    covered = tuple(sorted(line for line in file.executed if line in changed and line not in file.excluded))
    return ChangedFile(
        covered=covered,
        missing=tuple(sorted(line for line in file.missing if line in changed)),
        partial=_by_line(file.missing_branches, covered),
    )


def _by_line(branches: Iterable[Branch], lines: Collection[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for line, to in branches:
        if line in lines:
            found[line] = (*found.get(line, ()), str(to) if to > 0 else "exit")
    return found

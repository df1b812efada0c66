"""How much of a change was executed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from testkeep.model.coverage import Ratio


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

    def with_partial(self, branches: Mapping[str, Mapping[int, tuple[str, ...]]]) -> DiffCoverage:
        """Add which covered lines have branches that were never taken; ``branches`` are by file, then by line."""
        return DiffCoverage(
            files={
                path: msgspec.structs.replace(
                    file, partial={line: found[line] for line in file.covered if line in found}
                )
                for path, file in self.files.items()
                for found in [branches.get(path, {})]
            }
        )

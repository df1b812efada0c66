"""What was measured and what is missing, in the shape of ``testkeep coverage --json``."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from testkeep.model.coverage import Ratio
from testkeep.model.gap import Gap

SUMMARY_SCHEMA: Final = "testkeep.coverage/1"


class Share(Struct, frozen=True, kw_only=True):
    """How much of something was run. Percent are rounded down; None where there is nothing that could be run.

    ``minimum`` is the least that the policy demands, in percent (None: nothing), ``default`` its default
    where nobody has written one down, ``needed`` how many more lines must be run for the minimum, and
    ``base_percent`` how much it was at the base commit, without the files that were removed since.
    """

    covered: int
    total: int
    percent: float | None
    minimum: float | None = None
    needed: int = 0
    base_percent: float | None = None
    default: float | None = None

    @classmethod
    def of(cls, ratio: Ratio, minimum: float | None = None, before: Ratio | None = None) -> Share:
        """Put a ratio into words, with what is demanded of it and what it was."""
        return cls(
            covered=ratio.covered,
            total=ratio.total,
            percent=ratio.shown if ratio.total else None,
            minimum=minimum,
            needed=ratio.missing(minimum) if minimum is not None else 0,
            base_percent=before.shown if before is not None and before.total else None,
        )


class FileSummary(Struct, frozen=True, kw_only=True):
    """One file: ``missing`` are first and last lines, inclusive; ``partial`` lines of which a branch was not taken."""

    covered: int
    total: int
    percent: float | None
    layer: str
    missing: tuple[tuple[int, int], ...]
    partial: tuple[int, ...] = ()


class CoverageSummary(Struct, frozen=True, kw_only=True):
    """All of it. Paths are relative to the repository's root, commits are full hashes (``none``: there is no base).

    ``stages`` are those that were measured. ``diff`` is None where there is nothing to compare with. ``gaps`` are the
    places to win coverage, by the key of the threshold that was missed; if none was, those of ``coverage.overall``.
    """

    schema: Literal["testkeep.coverage/1"]
    head: str
    base: str
    stages: tuple[str, ...]
    branch: bool
    overall: Share
    layers: dict[str, Share]
    diff: Share | None
    files: dict[str, FileSummary]
    gaps: dict[str, tuple[Gap, ...]]
    notes: tuple[str, ...] = ()

"""The answer of a gate, in the shape of ``verdict.json``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct, field

from testkeep.model.finding import Finding
from testkeep.model.gap import Gap

VERDICT_SCHEMA: Final = "testkeep.verdict/1"


class Decision(StrEnum):
    """A gate's answer. The worst of several wins, and the worst of nothing is inconclusive."""

    PASS = "pass"  # noqa: S105  (not a password)
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"

    @classmethod
    def worst(cls, decisions: Iterable[Decision]) -> Decision:
        """Fold decisions into one.

        >>> Decision.worst([])
        <Decision.INCONCLUSIVE: 'inconclusive'>
        """
        return max(decisions, key=list(cls).index, default=cls.INCONCLUSIVE)


class StageStatus(StrEnum):
    """What became of a stage. ``skipped`` means that it had nothing to do; ``error`` that it has no usable record."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


class StageResult(Struct, frozen=True, kw_only=True):
    """One stage of the run; ``tests`` counts outcomes and the ways of not being run."""

    name: str
    status: StageStatus
    tests: dict[str, int] = {}
    duration_s: float = 0.0
    detail: str = ""


class CoverageResult(Struct, frozen=True, kw_only=True):
    """Coverage in percent, 0 to 100, never rounded up; None where it was not measured.

    ``base_percent`` is that of the base commit, without the files that were removed since. Where a threshold is missed,
    ``needed`` has the number of lines that must be run in addition, by the threshold's key in the policy, and ``gaps``
    where they are cheapest to win. ``defaults`` are the minima that nobody wrote down, by the same keys: they are not
    required. ``partial_branches`` are the changed lines that ran without taking all of their
    branches: where those lead (to a line, or ``exit``), by file and line.
    """

    overall_percent: float | None = None
    diff_percent: float | None = None
    layers: dict[str, float] = {}
    base_percent: float | None = None
    needed: dict[str, int] = {}
    gaps: dict[str, tuple[Gap, ...]] = {}
    partial_branches: dict[str, dict[int, tuple[str, ...]]] = {}
    defaults: dict[str, float] = {}


class Moved(Struct, frozen=True, kw_only=True):
    """A test that guards under another id now."""

    from_: str = field(name="from")
    to: str


class Replaced(Struct, frozen=True, kw_only=True):
    """A lost test and the tests that verifiably stand in for it."""

    lost: str
    by: tuple[str, ...]


class Likely(Struct, frozen=True, kw_only=True):
    """A test of the head that is like a lost one.

    ``misses`` are the places (``path:line``) that the lost test ran and it does not; None where nobody has looked.
    """

    test: str
    likeness_percent: int
    misses: tuple[str, ...] | None = None


class Lost(Struct, frozen=True, kw_only=True):
    """A test that guarded at the base and does not at the head."""

    test: str
    how: str


class Conservation(Struct, frozen=True, kw_only=True):
    """What became of every test that guarded at the base commit. ``kept`` is a number of tests.

    ``compared`` is False where there was nothing to compare with, or the comparison was not possible; the verdict's
    notes say why. ``reasons`` says of each moved, replaced and retired test what proves it, and of each lost one what
    became of it; ``candidates`` are the tests of the head that are most like a lost one.
    """

    compared: bool = False
    kept: int = 0
    moved: tuple[Moved, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    retired: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    reasons: dict[str, str] = {}
    candidates: dict[str, tuple[Likely, ...]] = {}


class Verdict(Struct, frozen=True, kw_only=True):
    """A gate's answer with everything that it rests on.

    ``head`` is a commit's hash, or ``worktree`` if there were uncommitted changes; ``base`` is a commit's hash, or
    ``none``, and ``base_reason`` says in words which commit that is; ``notes`` are what a reader
    must know to read the rest right.
    """

    schema: Literal["testkeep.verdict/1"]
    verdict: Decision
    head: str
    base: str
    base_reason: str = ""
    stages: tuple[StageResult, ...]
    coverage: CoverageResult
    conservation: Conservation
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

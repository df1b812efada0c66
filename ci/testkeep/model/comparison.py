"""What became of the tests that guarded at the base commit."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from testkeep.model.tests import RecordedTest


class Loss(StrEnum):
    """How a test stopped guarding; the values are the words of ``verdict.json``."""

    SKIPPED = "skipped"
    XFAILED = "xfailed"
    REMOVED = "removed"
    DESELECTED = "deselected"
    NOT_COLLECTED = "not collected"


class Candidate(Struct, frozen=True, kw_only=True):
    """A test of the head that is like a lost one. Likeness never discharges: a candidate is a suggestion.

    ``likeness`` is from 0 to 1; ``misses`` are the places (``path:line``) that the lost test ran and this one does not;
    None where nobody has looked.
    """

    test: str
    likeness: float
    misses: tuple[str, ...] | None = None


class LostTest(Struct, frozen=True, kw_only=True):
    """A test that guarded at the base and does not at the head: how, why, and at which place of the head.

    ``path`` is relative to the repository's root; it is the base's where the head has no better one.
    """

    base: RecordedTest
    how: Loss
    why: str
    path: str
    line: int = 0
    candidates: tuple[Candidate, ...] = ()

    @property
    def id(self) -> str:
        """The test's id at the base."""
        return self.base.item.id


class StandIn(Struct, frozen=True, kw_only=True):
    """A lost test, the tests of the head that verifiably stand for it, and what proves that they do."""

    lost: str
    by: tuple[str, ...]
    why: str


class Retirement(Struct, frozen=True, kw_only=True):
    """A lost test that went with the production code that it tested."""

    test: str
    why: str


class Flaw(StrEnum):
    """Why a declared replacement does not hold."""

    DOES_NOT_GUARD = "does not guard"
    DOES_NOT_COVER = "does not cover"
    NOT_NEW = "not new"
    NOT_LOST = "not lost"
    CANNOT_FAIL = "cannot fail"


class Refusal(Struct, frozen=True, kw_only=True):
    """A declaration that does not hold: which test of the head declares it, for which target, and what is wrong."""

    flaw: Flaw
    declared_by: RecordedTest
    target: str
    why: str
    help: str = ""


class Weakening(Struct, frozen=True, kw_only=True):
    """A test that still passes and is weaker than it was: ``to_nothing`` if nothing of its strength is left."""

    head: RecordedTest
    why: str
    to_nothing: bool


class Unfit(Struct, frozen=True, kw_only=True):
    """A test that guarded when the base was recorded, and here and now does not, at the base commit itself."""

    base: RecordedTest
    why: str


class Uncompared(StrEnum):
    """What can be left out of a comparison although it is wanted; each makes the verdict inconclusive."""

    SOURCES = "what the change did to sources"
    """The base commit is not in this repository."""
    IDS = "whether ids change from run to run"
    """Tests could not be collected again."""
    HEAD = "what tests of the head run"
    BASE = "what tests of the base run"
    """Tests could not be run again and watched."""


class NotCompared(Struct, frozen=True, kw_only=True):
    """Something that was not looked into: what, why, and the tests that it is about, if it is about some."""

    what: Uncompared
    why: str
    tests: tuple[str, ...] = ()


class Comparison(Struct, frozen=True, kw_only=True):
    """The base's guards, sorted by what became of them, and what else the comparison found.

    ``kept``, ``failing`` and ``elsewhere`` are test ids: ``failing`` ran and failed or were forged, which other rules
    report; ``elsewhere`` belong to a stage that this partial run leaves to another. ``moved`` guard under one other id,
    ``replaced`` have other tests that stand for them, ``retired`` went with their code, ``unfit`` say nothing of the
    change because this machine cannot run them. ``doubted`` failed at the base in its worktree, so that nobody knows
    whether they guarded, and do not guard now. ``refused`` and ``weakened`` are of tests of the head. ``not_compared``
    says what could not be looked into; ``obstacle`` says why nothing was compared, and is empty if it was.
    """

    kept: tuple[str, ...] = ()
    moved: tuple[StandIn, ...] = ()
    replaced: tuple[StandIn, ...] = ()
    retired: tuple[Retirement, ...] = ()
    failing: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    lost: tuple[LostTest, ...] = ()
    unfit: tuple[Unfit, ...] = ()
    doubted: tuple[LostTest, ...] = ()
    refused: tuple[Refusal, ...] = ()
    weakened: tuple[Weakening, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    obstacle: str = "nothing was to be compared"

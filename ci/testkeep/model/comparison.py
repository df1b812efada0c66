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


class LostTest(Struct, frozen=True, kw_only=True):
    """A test that guarded at the base and does not at the head: how, why, and at which place of the head.

    ``path`` is relative to the repository's root; it is the base's where the head has no better one.
    """

    base: RecordedTest
    how: Loss
    why: str
    path: str
    line: int = 0


class Comparison(Struct, frozen=True, kw_only=True):
    """The base's guards, sorted by what became of them. All are test ids, but for ``lost``.

    ``moved`` are pairs of the id at the base and the id at the head; ``failing`` ran and failed, which other rules
    report; ``elsewhere`` belong to a stage that this partial run leaves to another; ``obstacle`` says why nothing was
    compared, and is empty if it was.
    """

    kept: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    failing: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    lost: tuple[LostTest, ...] = ()
    obstacle: str = "nothing was to be compared"

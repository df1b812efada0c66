"""Whether a declared replacement is as strong as what it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from testkeep.model.asserted import Asserted
from testkeep.model.assertion_site import AssertionKind
from testkeep.model.inspection import Inspection
from testkeep.model.tests import function_of


class Rank(IntEnum):
    """How a test asks for something: not at all, by helpers that it calls, or itself."""

    NOTHING = 0
    BY_HELPERS = 1
    ITSELF = 2


def rank_at_head(inspection: Inspection, test_id: str) -> Rank:
    """How a test of the head asserts; a helper that every test calls may assert."""
    asserted = inspection.head_asserted.get(test_id)
    return _rank(test_id, asserted, bool(inspection.head_checks.get(test_id))) if asserted else Rank.NOTHING


def rank_wanted(inspection: Inspection, lost: Iterable[str]) -> Rank:
    """How a replacement must assert: as the strongest of what it stands for; itself, if that is not known.

    What a lost test could only fail by, an exception, its replacement must let through, too.
    """
    ranks = []
    for test_id in lost:
        asserted = inspection.base_asserted.get(test_id)
        has_checks = bool(inspection.base_checks.get(test_id))
        ranks.append(_rank(test_id, asserted, has_checks) if asserted else Rank.ITSELF)
    return max(ranks, default=Rank.ITSELF)


def may_swallow(inspection: Inspection, test_id: str, lost: Iterable[str]) -> bool:
    """Whether a test could swallow a failure, or put a stub in the place of the code, and none that is lost could."""
    return test_id in inspection.hiding and inspection.base_hiding.isdisjoint(lost)


def is_strengthened(inspection: Inspection, test_id: str, origin: str) -> bool:
    """Whether a test asserts more than it did at the base."""
    before, now = inspection.base_asserted.get(origin), inspection.head_asserted.get(test_id)
    if before is None or now is None or (now.total <= before.total and len(now.held) <= len(before.held)):
        return False
    # To assert the same once more makes nothing stronger.
    earlier, later = inspection.base_checks.get(origin), inspection.head_checks.get(test_id)
    return not earlier or not later or bool({one.digest for one in later} - {one.digest for one in earlier})


def instead(inspection: Inspection, test_id: str) -> str:
    """What a test does in place of assertions."""
    asserted = inspection.head_asserted.get(test_id)
    if asserted is None:
        return ""
    if asserted.held:
        return "; only helpers that it calls assert something"
    parts = [
        f"{number} {word}"
        for number, word in (
            (asserted.others.count(AssertionKind.VACUOUS), "always true"),
            (len(asserted.failed), "failed and swallowed"),
            (asserted.others.count(AssertionKind.ANYTHING), "satisfied by any exception"),
        )
        if number
    ]
    return f" (assertions: {', '.join(parts)})" if parts else ""


def _rank(test_id: str, asserted: Asserted, has_checks: bool) -> Rank:
    if not asserted.held:
        return Rank.NOTHING
    name = function_of(test_id).rpartition("::")[2]
    return Rank.ITSELF if asserted.own(name) or has_checks else Rank.BY_HELPERS

"""Whether a declared replacement is as strong as what it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from testkeep.model.inspection import Inspection
from testkeep.model.tests import Strength
from testkeep.rules.covering import watched


class Rank(IntEnum):
    """How a test asks for something: not at all, by helpers that it calls, or itself."""

    NOTHING = 0
    BY_HELPERS = 1
    ITSELF = 2


def rank_at_head(inspection: Inspection, test_id: str) -> Rank:
    """How a test of the head asserts; a helper that every test calls may assert."""
    return _rank(_strength(inspection, test_id), bool(inspection.head_checks.get(test_id)))


def rank_wanted(inspection: Inspection, lost: Iterable[str]) -> Rank:
    """How a replacement must assert: as the strongest of what it stands for; itself, if that is not known.

    What a lost test could only fail by, an exception, its replacement must let through, too.
    """
    ranks = []
    for test_id in lost:
        seen = watched(inspection.base, test_id)
        known = seen.strength if seen is not None else None
        ranks.append(_rank(known, bool(inspection.base_checks.get(test_id))) if known is not None else Rank.ITSELF)
    return max(ranks, default=Rank.ITSELF)


def may_swallow(inspection: Inspection, test_id: str, lost: Iterable[str]) -> bool:
    """Whether a test could swallow a failure, or put a stub in the place of the code, and none that is lost could."""
    return test_id in inspection.hiding and inspection.base_hiding.isdisjoint(lost)


def is_strengthened(inspection: Inspection, test_id: str, origin: str) -> bool:
    """Whether a test asserts more than it did at the base."""
    seen, now = watched(inspection.base, origin), _strength(inspection, test_id)
    before = seen.strength if seen is not None else None
    if before is None or now is None or (now.asserted <= before.asserted and now.places <= before.places):
        return False
    # To assert the same once more makes nothing stronger.
    earlier, later = inspection.base_checks.get(origin), inspection.head_checks.get(test_id)
    return not earlier or not later or bool({one.digest for one in later} - {one.digest for one in earlier})


def instead(inspection: Inspection, test_id: str) -> str:
    """What a test does in place of assertions."""
    strength = _strength(inspection, test_id) or Strength()
    if strength.asserted:
        return "; only helpers that it calls assert something"
    parts = [
        f"{number} {word}"
        for number, word in (
            (strength.vacuous, "always true"),
            (strength.broken, "failed and swallowed"),
            (strength.unspecific, "satisfied by any exception"),
        )
        if number
    ]
    return f" (assertions: {', '.join(parts)})" if parts else ""


def _strength(inspection: Inspection, test_id: str) -> Strength | None:
    seen = watched(inspection.head, test_id)
    return seen.strength if seen is not None else None


def _rank(strength: Strength | None, has_checks: bool) -> Rank:
    if strength is None or not strength.asserted:
        return Rank.NOTHING
    return Rank.ITSELF if strength.own or has_checks else Rank.BY_HELPERS

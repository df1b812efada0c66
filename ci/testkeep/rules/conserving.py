"""Recognises lost tests by what they assert: rewritten, split, or merged into parameters, a loop or another test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from testkeep.model.comparison import LostTest, StandIn
from testkeep.model.inspection import Checks, Inspection
from testkeep.model.tests import RecordedTest
from testkeep.rules.matching import distance

_LOOK_AT_MOST = 64


@dataclass(slots=True)
class _Supply:
    """The checks that the change brought, each of which can stand for one lost check, and the tests that have them."""

    tests: dict[str, RecordedTest] = field(default_factory=dict)
    free: dict[str, Counter[str]] = field(default_factory=dict)
    where: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, test: RecordedTest, checks: Counter[str]) -> None:
        """Take a test's checks in."""
        id_ = test.item.id
        self.tests[id_] = test
        self.free[id_] = checks
        for digest in checks:
            self.where.setdefault(digest, {})[id_] = None

    def take(self, test: RecordedTest, wanted: Counter[str]) -> tuple[str, ...]:
        """Take all checks of a lost test out, from as few and as near tests as possible; empty if some are missing."""
        takings: list[tuple[str, Counter[str]]] = []
        missing = Counter(wanted)
        while missing:
            best = max(self._candidates(missing), key=lambda id_: self._worth(test, id_, missing), default="")
            taken = missing & self.free[best] if best else Counter()
            if not taken:
                for id_, back in takings:
                    self.add(self.tests[id_], self.free[id_] + back)
                return ()
            self._remove(best, taken)
            takings.append((best, taken))
            missing -= taken
        return tuple(dict.fromkeys(id_ for id_, _ in takings))

    def _remove(self, id_: str, taken: Counter[str]) -> None:
        self.free[id_] -= taken
        for digest in taken:
            if not self.free[id_][digest]:
                del self.where[digest][id_]

    def _candidates(self, missing: Counter[str]) -> Iterable[str]:
        """Some tests that have the rarest of some checks: any will do, and thousands may have it."""
        rarest = min(missing, key=lambda digest: (len(self.where.get(digest, ())), digest))
        return islice(self.where.get(rarest, ()), _LOOK_AT_MOST)

    def _worth(self, test: RecordedTest, id_: str, missing: Counter[str]) -> tuple[int, tuple[int, ...], str]:
        apart = distance(test, self.tests[id_])
        return ((missing & self.free[id_]).total(), tuple(-int(step) for step in apart), id_)


def conserve(
    inspection: Inspection, lost: Sequence[LostTest], new: Iterable[RecordedTest], origins: Mapping[str, str]
) -> list[StandIn]:
    """Find the tests that assert what lost tests asserted: all of it, about the same expressions, in the same order.

    ``new`` are tests of the head that guard; ``origins`` names the test of the base that each of them was before, if it
    was one: such a test counts only with what it asserts beside all that it asserted before. Every check stands for one
    lost check only.
    """
    supply = _Supply()
    for test in new:
        supply.add(test, _new_checks(inspection, test.item.id, origins))
    found = []
    for loss in lost:
        wanted = Counter(_digests(inspection.base_checks, loss.id))
        by = supply.take(loss.base, wanted) if wanted else ()
        if by:
            n_checks = wanted.total()
            what = "its only assertion is" if n_checks == 1 else f"all of its {n_checks} assertions are"
            found.append(StandIn(lost=loss.id, by=by, why=f"{what} there"))
    return found


def spent(inspection: Inspection, conserved: Iterable[StandIn], origins: Mapping[str, str]) -> dict[str, str]:
    """The tests whose every new check stands for lost tests, with one of these: they have none left for another."""
    left: dict[str, Counter[str]] = {}
    stands_for: dict[str, str] = {}
    for one in conserved:
        for test_id in one.by:
            free = left.setdefault(test_id, _new_checks(inspection, test_id, origins))
            free.subtract(_digests(inspection.base_checks, one.lost))
            stands_for[test_id] = one.lost
    return {test_id: stands_for[test_id] for test_id, free in left.items() if not +free}


def _new_checks(inspection: Inspection, test_id: str, origins: Mapping[str, str]) -> Counter[str]:
    """What a test asserts beside all that it asserted at the base; nothing, if that cannot be known."""
    origin = origins.get(test_id, "")
    now = Counter(_digests(inspection.head_checks, test_id))
    if not origin:
        return now
    before = Counter(_digests(inspection.base_checks, origin))
    return now - before if origin in inspection.base_checks and before <= now else Counter()


def _digests(checks: Checks, test_id: str) -> list[str]:
    return [check.digest for check in checks.get(test_id, ())]

"""Recognises lost tests by what they assert: rewritten, split, or merged into parameters, a loop or another test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from testkeep.model.comparison import LostTest, StandIn
from testkeep.model.inspection import Checks, Inspection
from testkeep.model.tests import RecordedTest
from testkeep.rules.matching import distance


@dataclass(slots=True)
class _Supply:
    """The checks that the change brought, each of which can stand for one lost check, and the tests that have them."""

    tests: dict[str, RecordedTest] = field(default_factory=dict)
    free: dict[str, Counter[str]] = field(default_factory=dict)
    where: dict[str, set[str]] = field(default_factory=dict)

    def add(self, test: RecordedTest, checks: Counter[str]) -> None:
        """Take a test's checks in."""
        id_ = test.item.id
        self.tests[id_] = test
        self.free[id_] = checks
        for digest in checks:
            self.where.setdefault(digest, set()).add(id_)

    def take(self, test: RecordedTest, wanted: Counter[str]) -> tuple[str, ...]:
        """Take all checks of a lost test out, from as few and as near tests as possible; empty if some are missing."""
        takings: list[tuple[str, Counter[str]]] = []
        missing = Counter(wanted)
        while missing:
            best = max(self._candidates(missing), key=lambda id_: self._worth(test, id_, missing), default="")
            taken = missing & self.free[best] if best else Counter()
            if not taken:
                for id_, back in takings:
                    self.free[id_] += back
                return ()
            self.free[best] -= taken
            takings.append((best, taken))
            missing -= taken
        return tuple(dict.fromkeys(id_ for id_, _ in takings))

    def _candidates(self, missing: Counter[str]) -> Iterable[str]:
        rarest = min(missing, key=lambda digest: (len(self.where.get(digest, ())), digest))
        return (id_ for id_ in self.where.get(rarest, ()) if self.free[id_][rarest])

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
        before = Counter(_digests(inspection.base_checks, origins.get(test.item.id, "")))
        now = Counter(_digests(inspection.head_checks, test.item.id))
        if before <= now:
            supply.add(test, now - before)
    found = []
    for loss in lost:
        wanted = Counter(_digests(inspection.base_checks, loss.id))
        by = supply.take(loss.base, wanted) if wanted else ()
        if by:
            n_checks = wanted.total()
            what = "its only assertion is" if n_checks == 1 else f"all of its {n_checks} assertions are"
            found.append(StandIn(lost=loss.id, by=by, why=f"{what} there"))
    return found


def _digests(checks: Checks, test_id: str) -> list[str]:
    return [check.digest for check in checks.get(test_id, ())]

"""Recognises a lost test that was renamed or moved, and edited as well, as one may be that keeps its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set

from testkeep.model.comparison import Candidate, Loss, LostTest, StandIn
from testkeep.model.inspection import Inspection
from testkeep.model.production import Place, Span
from testkeep.model.tests import RecordedTest, function_of
from testkeep.rules.asserted import compare_asserted
from testkeep.rules.base import Facts, source_in
from testkeep.rules.comparison import ids_at_base
from testkeep.rules.covering import footprint, is_left_uncovered, missed, reach, watched
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.likeness import namesakes

# So alike, and so far ahead of the next best, that with the same assertions and the same lines it is the same test.
_ALIKE, _AHEAD = 0.75, 0.10
# Something that was added may decide what a few of the lines do: a setting, say.
_NEARLY_ALL = 0.9
# A red test that is renamed is mended as well.
_ALIKE_IF_MENDED = 0.5


def rewritten(
    facts: Facts, head: HeadTests, taken: Set[str], lost: Sequence[LostTest], unproven: Set[str]
) -> Iterator[StandIn]:
    """Find lost tests that are another test now, which asserts as much and runs the same.

    It has all statements of the lost one in their order; or the lost one's name, which no other lost or new test has;
    or it is far more like the lost one than any other, and has the same assertions. ``taken`` are tests that stand for
    others already. The most alike come first. What ``unproven`` tests ran is not known: of one that was mended with its
    new name, no less may be asserted.
    """
    taken = set(taken)
    unrolled = list(_without_parameters(facts, head, [loss for loss in lost if loss.id not in unproven]))
    taken.update(test_id for one in unrolled for test_id in one.by)
    yield from unrolled
    done = {one.lost for one in unrolled}
    lost = [loss for loss in lost if loss.id not in done]
    before = ids_at_base(facts)
    new = (test.item.id for test in head.guarding() if test.item.id not in before)
    named = namesakes((loss.id for loss in facts.comparison.lost), new)
    ranks = {loss.id: facts.inspection.candidates.get(loss.id, ()) for loss in lost if loss.how is Loss.REMOVED}
    ranked = [loss for loss in lost if ranks.get(loss.id)]
    for loss in sorted(ranked, key=lambda loss: -ranks[loss.id][0].likeness):
        there = ranks[loss.id]
        proofs = _mended(facts, loss, there) if loss.id in unproven else _same(facts, head, loss, there, named)
        for test_id, why in proofs:
            if test_id not in taken and head.guards(test_id, head.environments):
                taken.add(test_id)
                yield StandIn(lost=loss.id, by=(test_id,), why=why)
                break


def _without_parameters(facts: Facts, head: HeadTests, lost: Sequence[LostTest]) -> Iterator[StandIn]:
    """Find the rows of functions that have no parameters any more: one test asserts as often as all of them did."""
    rows: dict[str, list[LostTest]] = {}
    for loss in lost:
        if loss.how is Loss.REMOVED and loss.base.item.params:
            rows.setdefault(function_of(loss.id), []).append(loss)
    inspection = facts.inspection
    for function, losses in rows.items():
        seen = [watched(inspection.base, loss.id) for loss in losses]
        now, asserts = watched(inspection.head, function), inspection.head_asserted.get(function)
        before = [test for test in seen if test is not None]
        asserted = [inspection.base_asserted[loss.id].total for loss in losses if loss.id in inspection.base_asserted]
        if now is None or asserts is None or not len(before) == len(asserted) == len(losses):
            continue
        is_there = head.guards(function, head.environments) and asserts.total >= sum(asserted)
        if (
            is_there
            and any(footprint(before).values())
            and not missed(inspection.production, footprint(before), reach([now]))
        ):
            for loss in losses:
                yield StandIn(lost=loss.id, by=(function,), why="its function asserts as often without parameters")


def misses(inspection: Inspection, before: RecordedTest, now: RecordedTest) -> tuple[Place | Span, ...]:
    """The places of production code that one test ran, that are still there, and that another does not run."""
    return missed(inspection.production, footprint([before]), reach([now]))


_Proven = Iterator[tuple[str, str]]


def _same(
    facts: Facts, head: HeadTests, loss: LostTest, ranks: Sequence[Candidate], named: Mapping[str, str]
) -> _Proven:
    best = _far_ahead(ranks, _ALIKE)
    if best is not None and _runs_the_same(facts.inspection, loss, best.test) and _asserts_the_same(facts, loss, best):
        yield best.test, f"{best.likeness:.0%} alike, with the same assertions and the same lines"
    for one in ranks:
        if _contains(facts, head, loss, one.test) and _runs_the_same(facts.inspection, loss, one.test, _NEARLY_ALL):
            if _holds_as_much(facts, head, loss, one.test, all_of_it=True):
                yield one.test, "all of its statements are there in their order, and run the same"
        elif (
            named.get(loss.id) == one.test
            and _ran_code(facts.inspection, loss)
            and _runs_the_same(facts.inspection, loss, one.test)
            and _holds_as_much(facts, head, loss, one.test)
        ):
            yield one.test, "a test of its name asserts no less, and the same lines run"


def _mended(facts: Facts, loss: LostTest, ranks: Sequence[Candidate]) -> _Proven:
    best = _far_ahead(ranks, _ALIKE_IF_MENDED)
    before, now = facts.inspection.base_checks, facts.inspection.head_checks
    if best is not None and len(now.get(best.test, ())) >= len(before.get(loss.id, ())):
        yield best.test, f"{best.likeness:.0%} alike, and it asserts no less"


def _far_ahead(ranks: Sequence[Candidate], least: float) -> Candidate | None:
    if not ranks or ranks[0].likeness < least:
        return None
    # 0.9 - 0.8 is a little less than 0.1.
    ahead = round(ranks[0].likeness - ranks[1].likeness, 6) if ranks[1:] else 1
    return ranks[0] if ahead >= _AHEAD else None


def _asserts_the_same(facts: Facts, loss: LostTest, other: Candidate) -> bool:
    inspection = facts.inspection
    wanted = Counter(check.text for check in inspection.base_checks.get(loss.id, ()))
    return bool(wanted) and wanted <= Counter(check.text for check in inspection.head_checks.get(other.test, ()))


def _runs_the_same(inspection: Inspection, loss: LostTest, other: str, share: float = 1) -> bool:
    """Whether another test asserts as often as a lost one, and runs what it ran; at least this share of the lines.

    What it does not run of them, some test of the head has to.
    """
    before, now = watched(inspection.base, loss.id), watched(inspection.head, other)
    asserted, asserts = inspection.base_asserted.get(loss.id), inspection.head_asserted.get(other)
    if before is None or now is None or asserted is None or asserts is None or asserts.total < asserted.total:
        return False
    ran = footprint([before])
    n_lines = sum(map(len, ran.values()))
    gaps = missed(inspection.production, ran, reach([now]))
    if not gaps:
        return True
    return len(gaps) <= round((1 - share) * n_lines, 6) and not is_left_uncovered(inspection.production, ran)


def _ran_code(inspection: Inspection, loss: LostTest) -> bool:
    """Whether a lost test ran any production code: that another runs the same is no proof where it ran none."""
    before = watched(inspection.base, loss.id)
    return before is not None and any(footprint([before]).values())


def _holds_as_much(facts: Facts, head: HeadTests, loss: LostTest, other: str, *, all_of_it: bool = False) -> bool:
    """Whether a test holds as much as one must that keeps its id: no failure is swallowed, and not all is gone."""
    inspection = facts.inspection
    before, now = inspection.base_asserted.get(loss.id), inspection.head_asserted.get(other)
    runs = head.runs(other)
    if before is None or now is None or not runs or (all_of_it and not before.held.keys() <= now.held.keys()):
        return False
    return not any(said.to_nothing for said in compare_asserted(runs[0], before, now, facts.statements))


def _contains(facts: Facts, head: HeadTests, loss: LostTest, other: str) -> bool:
    """Whether a test has all statements of a lost one in their order, and its values."""
    runs = head.runs(other)
    if not runs or not loss.base.item.params.items() <= runs[0].item.params.items():
        return False
    before = source_in(facts.base_sources, loss.base)
    now = source_in(facts.head_sources, runs[0])
    if before is None or now is None or not before.statements:
        return False
    rest = iter(now.statements)
    return all(statement in rest for statement in before.statements)

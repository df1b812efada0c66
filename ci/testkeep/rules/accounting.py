"""Accounts for the tests that are not there under their ids any more, with everything that a closer look brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set

import msgspec

from testkeep.model.comparison import Comparison, Flaw, Loss, LostTest, Refusal, StandIn, Unfit
from testkeep.model.inspection import Inspection
from testkeep.model.production import shown
from testkeep.rules.base import Facts
from testkeep.rules.choosing import duplicated, origins_of, stand_ins
from testkeep.rules.comparison import guards_of
from testkeep.rules.conserving import conserve, spent
from testkeep.rules.covering import watched
from testkeep.rules.doubts import waived
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.replacements import Declaration, Situation, declarations, targets_by_name, verify
from testkeep.rules.retirement import retire, retire_unproven
from testkeep.rules.rewriting import misses, rewritten, vaguer
from testkeep.rules.strength import weakened


def account(facts: Facts) -> Comparison:
    """Sort the lost tests of a comparison anew: what is proven is discharged, and the rest stays lost.

    In this order: unfit to be judged here, there twice, declared replacements, the same assertions in other tests, the
    same test rewritten, retired with its code.
    """
    draft = facts.comparison
    if draft.obstacle:
        return draft
    head = HeadTests.of(facts)
    origins = origins_of(facts)
    inspection = facts.inspection
    unfit = tuple(_unfit(facts, draft))
    not_here = {one.base.item.id for one in unfit}
    excused = waived(facts, draft.doubted)
    doubted = {loss.id for loss in draft.doubted} - {loss.id for loss in excused}
    twice = duplicated(facts, head)
    # What nobody knows of comes last: a check stands for one lost check only.
    left = (*_without(draft.lost, not_here), *excused, *_without(draft.doubted, {loss.id for loss in excused}))
    left = _without(left, {one.lost for one in twice})
    replaced, refused = _declared(facts, head, origins, left, not_here | {one.lost for one in twice})
    left = _without(left, {one.lost for one in replaced})
    conserved = conserve(inspection, left, stand_ins(facts, head), origins)
    left = _without(left, {one.lost for one in conserved})
    refused = _unsettled(refused, conserved)
    taken = {test_id for one in (*replaced, *conserved) for test_id in one.by}
    edited = list(rewritten(facts, head, taken | origins.keys(), left, doubted))
    left = _without(left, {one.lost for one in edited})
    proven = retire(inspection, _without(left, doubted), head.functions)
    retired = (*proven, *retire_unproven(inspection, left, doubted))
    left = _without(left, {one.test for one in retired})
    # No more is said of tests of which nobody knows that they guarded, and need not.
    conserved, edited = ([one for one in found if one.lost not in doubted] for found in (conserved, edited))
    shared = Counter(test_id for one in (*conserved, *edited) for test_id in one.by)
    moved = {one.lost: one for one in (*conserved, *edited) if len(one.by) == 1 and shared[one.by[0]] == 1}
    return msgspec.structs.replace(
        draft,
        moved=(*draft.moved, *moved.values()),
        replaced=(*twice, *replaced, *(one for one in (*conserved, *edited) if one.lost not in moved)),
        retired=tuple(one for one in retired if one.test not in doubted),
        failing=tuple(test_id for test_id in draft.failing if test_id not in not_here),
        lost=tuple(_with_candidates(inspection, loss) for loss in _without(left, doubted)),
        unfit=unfit,
        doubted=tuple(loss for loss in left if loss.id in doubted),
        refused=tuple(refused),
        weakened=(*weakened(facts, head), *vaguer(facts, head, edited)),
        not_compared=inspection.not_compared,
    )


def _without(losses: Sequence[LostTest], accounted: set[str]) -> tuple[LostTest, ...]:
    return tuple(loss for loss in losses if loss.id not in accounted)


def _unfit(facts: Facts, draft: Comparison) -> Iterator[Unfit]:
    """Lost and failing tests that do not guard at the base commit either, when they are run there here and now.

    That somebody removed or deselected a test is not the machine's doing.
    """
    if facts.baseline is None or facts.baseline.is_fresh:
        return
    recorded = {test.item.id: test for test in facts.base_tests()}
    skipped_whole = {loss.id: loss.why for loss in draft.lost if loss.how is Loss.NOT_COLLECTED}
    maybe = [loss.id for loss in draft.lost if loss.how in (Loss.SKIPPED, Loss.XFAILED)]
    for test_id in (*maybe, *skipped_whole, *draft.failing):
        seen = facts.inspection.base.get(test_id)
        if seen is not None and not seen.guards and seen.outcome is not None:
            phase = seen.decisive_phase
            reason = (phase.reason or phase.wasxfail or "").partition("\n")[0] if phase else ""
            yield Unfit(base=recorded[test_id], why=f'{seen.outcome}: "{reason}"' if reason else str(seen.outcome))
        elif seen is None and test_id in skipped_whole and test_id in facts.inspection.not_found:
            yield Unfit(base=recorded[test_id], why=skipped_whole[test_id])


def _declared(
    facts: Facts, head: HeadTests, origins: dict[str, str], lost: Sequence[LostTest], settled: Set[str]
) -> tuple[list[StandIn], list[Refusal]]:
    declared: list[Declaration] = declarations(head, facts, origins)
    if not declared:
        return [], []
    named = targets_by_name(loss.id for loss in lost)
    targeted = {test_id for one in declared for test_id in named.get(one.target, ())}
    others = conserve(facts.inspection, _without(lost, targeted), stand_ins(facts, head), origins)
    situation = Situation(
        head=head,
        inspection=facts.inspection,
        lost={loss.id: loss for loss in lost},
        origins=origins,
        known=_known(facts),
        environments={test_id: guard.environments for test_id, guard in guards_of(facts).items()},
        settled=settled | {entry.lost for entry in facts.comparison.moved},
        unproven={loss.id for loss in facts.comparison.doubted},
        spent=spent(facts.inspection, others, origins),
    )
    return verify(situation, declared)


def _unsettled(refused: Sequence[Refusal], conserved: Sequence[StandIn]) -> list[Refusal]:
    """The refusals that stand: that a test does not run some lines is no matter where it asserts all that was lost."""
    by = {(one.lost, test_id) for one in conserved for test_id in one.by}
    named = targets_by_name(one.lost for one in conserved)

    def is_settled(one: Refusal) -> bool:
        lost = named.get(one.target, [])
        return bool(lost) and all((test_id, one.declared_by.item.id) in by for test_id in lost)

    return [one for one in refused if one.flaw is not Flaw.DOES_NOT_COVER or not is_settled(one)]


def _known(facts: Facts) -> dict[str, str]:
    """What became of the base's tests that are not lost, in words that follow on their ids."""
    draft = facts.comparison
    states = dict.fromkeys((test.item.id for test in facts.base_tests()), "did not guard at the base")
    states |= dict.fromkeys(draft.kept, "still guards, so nothing needs to stand for it")
    states |= dict.fromkeys(draft.failing, "fails, which no replacement mends")
    states |= dict.fromkeys(draft.elsewhere, "belongs to a stage that was not run")
    return states


def _with_candidates(inspection: Inspection, loss: LostTest) -> LostTest:
    before = watched(inspection.base, loss.id)
    looked_at = []
    for candidate in inspection.candidates.get(loss.id, ()):
        now = watched(inspection.head, candidate.test)
        gaps = shown(misses(inspection, before, now)) if before is not None and now is not None else None
        looked_at.append(msgspec.structs.replace(candidate, misses=gaps))
    return msgspec.structs.replace(loss, candidates=tuple(looked_at))

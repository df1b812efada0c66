"""Chooses the tests that must be run again and watched, so that a change that loses nothing pays nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from testkeep.model.comparison import Loss, LostTest
from testkeep.model.inspection import Inspection
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import Facts
from testkeep.rules.conserving import conserve
from testkeep.rules.covering import deleted, footprint, missed, watched
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.replacements import declarations, targets_by_name

# Candidates are suggestions: that many are looked at, and no more.
_MOST_CANDIDATES = 60
_ABSENT = (Loss.REMOVED, Loss.NOT_COLLECTED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The ids of the tests to inspect on each side."""

    base: tuple[str, ...]
    head: tuple[str, ...]


def origins_of(facts: Facts) -> dict[str, str]:
    """Map tests of the head to the tests of the base that they were: under the same id, or renamed."""
    moved = {entry.by[0]: entry.lost for entry in facts.comparison.moved}
    return {test_id: test_id for test_id in facts.comparison.kept} | moved


def open_losses(facts: Facts, head: HeadTests, origins: dict[str, str]) -> list[LostTest]:
    """The lost tests that are not accounted for by what other tests assert."""
    lost = facts.comparison.lost
    named = targets_by_name(_ids(lost))
    targeted = {target for one in declarations(head, facts, origins) for target in named.get(one.target, ())}
    untargeted = [loss for loss in lost if loss.id not in targeted]
    conserved = {one.lost for one in conserve(facts.inspection, untargeted, stand_ins(facts, head), origins)}
    return [loss for loss in lost if loss.id not in conserved]


def stand_ins(facts: Facts, head: HeadTests) -> list[RecordedTest]:
    """The tests of the head that may stand for others: they guard in every environment, and their source was read."""
    ids = facts.inspection.head_checks
    return [head.runs(test_id)[0] for test_id in ids if head.guards(test_id, head.environments)]


def choose(facts: Facts) -> Wanted:
    """Choose the tests to inspect: lost ones, what may stand for them, and those whose source was changed."""
    head = HeadTests.of(facts)
    origins = origins_of(facts)
    inspection = facts.inspection
    is_fresh = facts.baseline is not None and facts.baseline.is_fresh
    losses = open_losses(facts, head, origins)
    named = targets_by_name(_ids(losses))
    declared = [one for one in declarations(head, facts, origins) if one.target in named]
    targets = {target for one in declared for target in named[one.target]}
    base = [suspect.base for suspect in inspection.suspects]
    base += [loss.id for loss in losses if not is_fresh or loss.how in _ABSENT or loss.id in targets]
    base += [] if is_fresh else facts.comparison.failing
    base += [origins[one.test.item.id] for one in declared if one.test.item.id in origins]
    wanted = [suspect.head for suspect in inspection.suspects]
    wanted += [one.test.item.id for one in declared]
    wanted += _best_candidates(inspection, losses)
    return Wanted(tuple(dict.fromkeys(base)), tuple(dict.fromkeys(wanted)))


def _best_candidates(inspection: Inspection, losses: list[LostTest]) -> list[str]:
    ranked = sorted(
        (-candidate.likeness, candidate.test)
        for loss in losses
        if loss.how in _ABSENT
        for candidate in inspection.candidates.get(loss.id, ())
    )
    return [test for _, test in ranked[:_MOST_CANDIDATES]]


def needs_others(facts: Facts) -> bool:
    """Whether it matters which lines only the lost tests ran, so that the base's other tests must be measured."""
    head = HeadTests.of(facts)
    origins = origins_of(facts)
    losses = open_losses(facts, head, origins)
    named = targets_by_name(_ids(losses))
    by: dict[str, list[str]] = {}
    for one in declarations(head, facts, origins):
        for test_id in named.get(one.target, ()):
            by.setdefault(test_id, []).append(one.test.item.id)
    return any(_is_open(facts.inspection, loss, by.get(loss.id, ())) for loss in losses)


def _is_open(inspection: Inspection, loss: LostTest, by: Sequence[str]) -> bool:
    seen = watched(inspection.base, loss.id)
    if seen is None:
        return False
    ran = footprint([seen])
    if by:
        declared = filter(None, (watched(inspection.head, test_id) for test_id in by))
        return bool(missed(inspection.production, ran, footprint(declared)))
    return loss.how is Loss.REMOVED and bool(deleted(inspection.production, ran))


def to_be_measured_without(facts: Facts) -> tuple[str, ...]:
    """The lost tests that nothing accounts for yet: what the base's other tests ran, they did not."""
    return tuple(_ids(open_losses(facts, HeadTests.of(facts), origins_of(facts))))


def _ids(losses: Sequence[LostTest]) -> list[str]:
    return [loss.id for loss in losses]

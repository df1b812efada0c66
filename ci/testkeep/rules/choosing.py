"""Chooses the tests that must be run again and watched, so that a change that loses nothing pays nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from testkeep.model.comparison import Loss, LostTest, StandIn
from testkeep.model.inspection import Inspection
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import Facts
from testkeep.rules.comparison import guards_of
from testkeep.rules.conserving import conserve
from testkeep.rules.covering import deleted, footprint, missed, reach, watched
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


def duplicated(facts: Facts, head: HeadTests) -> tuple[StandIn, ...]:
    """The lost tests that were there twice, each with its twin: it guards wherever the lost one did."""
    became = {test_id: now for now, test_id in origins_of(facts).items()}
    found = facts.inspection.twins.items()
    guards = guards_of(facts) if found else {}
    pairs = ((lost, guards.get(lost), became.get(twin, "")) for lost, twin in found)
    return tuple(
        StandIn(lost=lost, by=(now,), why="it was the same test, and is there still")
        for lost, guard, now in pairs
        if guard is not None and now and head.guards(now, guard.environments)
    )


def _open(facts: Facts) -> tuple[list[LostTest], dict[str, list[str]]]:
    """The lost tests that are not accounted for by what other tests assert, and the tests declared for each.

    Those that failed at the base in its worktree are not among the lost: to run them there again would bring nothing.
    """
    head, origins = HeadTests.of(facts), origins_of(facts)
    twice = {one.lost for one in duplicated(facts, head)}
    lost = [loss for loss in (*facts.comparison.lost, *facts.comparison.doubted) if loss.id not in twice]
    named = targets_by_name(loss.id for loss in lost)
    by: dict[str, list[str]] = {}
    for one in declarations(head, facts, origins):
        for test_id in named.get(one.target, ()):
            by.setdefault(test_id, []).append(one.test.item.id)
    untargeted = [loss for loss in lost if loss.id not in by]
    conserved = {one.lost for one in conserve(facts.inspection, untargeted, stand_ins(facts, head), origins)}
    settled = conserved | twice | {loss.id for loss in facts.comparison.doubted}
    return [loss for loss in facts.comparison.lost if loss.id not in settled], by


def stand_ins(facts: Facts, head: HeadTests) -> list[RecordedTest]:
    """The tests of the head that may stand for others: they guard in every environment, and their source was read."""
    ids = facts.inspection.head_checks
    return [head.runs(test_id)[0] for test_id in ids if head.guards(test_id, head.environments)]


def choose(facts: Facts) -> Wanted:
    """Choose the tests to inspect: lost ones, what may stand for them, and those whose source was changed."""
    inspection, origins = facts.inspection, origins_of(facts)
    is_fresh = facts.baseline is not None and facts.baseline.is_fresh
    losses, by = _open(facts)
    declared = [test_id for tests in by.values() for test_id in tests]
    base = [suspect.base for suspect in inspection.suspects]
    base += [loss.id for loss in losses if not is_fresh or loss.how in _ABSENT or loss.id in by]
    base += [] if is_fresh else facts.comparison.failing
    base += [origins[test_id] for test_id in declared if test_id in origins]
    wanted = [suspect.head for suspect in inspection.suspects]
    wanted += declared
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
    losses, by = _open(facts)
    return any(_is_open(facts.inspection, loss, by.get(loss.id, ())) for loss in losses)


def _is_open(inspection: Inspection, loss: LostTest, by: Sequence[str]) -> bool:
    seen = watched(inspection.base, loss.id)
    if seen is None:
        return False
    ran = footprint([seen])
    if by:
        declared = filter(None, (watched(inspection.head, test_id) for test_id in by))
        return bool(missed(inspection.production, ran, reach(declared)))
    return loss.how is Loss.REMOVED and bool(deleted(inspection.production, ran))


def to_be_measured_without(facts: Facts) -> tuple[str, ...]:
    """The lost tests that nothing accounts for yet: what the base's other tests ran, they did not."""
    return tuple(loss.id for loss in _open(facts)[0])

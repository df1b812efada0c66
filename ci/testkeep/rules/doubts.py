"""Tests that failed at the base in its worktree: nobody knows whether they guarded in the commit's own working tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from testkeep.model.comparison import Comparison, Loss, LostTest
from testkeep.model.policy import Waiver
from testkeep.model.tests import Outcome, RecordedTest
from testkeep.rules.base import Facts
from testkeep.rules.comparison import guards_of, ids_at_base, is_reported_elsewhere, runs_in_other_stage
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.lacks import empty_submodules, may_lack, worktrees_of
from testkeep.rules.losses import loss_of
from testkeep.rules.matching import match
from testkeep.rules.validity import is_unexpected_pass

CODES = {
    Loss.SKIPPED: "TK201",
    Loss.XFAILED: "TK202",
    Loss.REMOVED: "TK203",
    Loss.DESELECTED: "TK204",
    Loss.NOT_COLLECTED: "TK205",
}
_MOST_NAMED = 3


def red_in_worktree(facts: Facts) -> dict[str, RecordedTest]:
    """The tests that failed at the base in its worktree, and guarded nowhere, by id.

    Not those that failed in the commit's own working tree, too: they are known to be red. An xfail mark that did not
    hold is no failure that a missing file makes.
    """
    guards = guards_of(facts)
    return {
        test.item.id: test
        for test in _in_worktree(facts)
        if test.outcome in (Outcome.FAILED, Outcome.ERROR) and not is_unexpected_pass(test)
        if test.item.id not in guards and test.item.id not in facts.known_red
    }


def skips_in_question(facts: Facts) -> dict[str, RecordedTest]:
    """The tests that a condition skipped at the base in its worktree, and that are not as they were, by id.

    A test that is skipped at the head for the same reason was skipped in the commit's own working tree, too.
    """
    guards = guards_of(facts)
    found = {}
    head = HeadTests.of(facts)
    for test in _in_worktree(facts):
        test_id = test.item.id
        if test.outcome is not Outcome.SKIPPED or "skip" in test.item.marks or test_id in guards:
            continue
        now = head.runs(test_id)
        if not any(run.guards or (run.outcome is Outcome.SKIPPED and _why(run) == _why(test)) for run in now):
            found[test_id] = test
    return found


def doubt(facts: Facts) -> Comparison:
    """Add the tests to a comparison that failed at the base in its worktree and do not guard now.

    What fails there although it lacks nothing that this working tree has is red, and no guard.
    So are those that were skipped there and name a file that git ignores (``needs``). One that passes at the head,
    under its own id or another, is as good as any other; of one that fails there, other rules say so.
    """
    if facts.comparison.obstacle:
        return facts.comparison
    all_red = may_lack(facts)
    in_question = {
        test_id: test for test_id, test in red_in_worktree(facts).items() if all_red or test_id in facts.needs
    }
    in_question |= {test_id: test for test_id, test in skips_in_question(facts).items() if test_id in facts.needs}
    head = HeadTests.of(facts)
    missing = [test for test in in_question.values() if not _is_settled(facts, head, test)]
    absent = [test for test in missing if not head.runs(test.item.id)]
    renamed = match(absent, _new(facts, head), facts.base_sources, facts.head_sources) if absent else {}
    doubted = [loss_of(head, test, head.runs(test.item.id)) for test in missing if test.item.id not in renamed]
    return msgspec.structs.replace(facts.comparison, doubted=tuple(doubted))


def waived(facts: Facts, doubted: Iterable[LostTest]) -> tuple[LostTest, ...]:
    """Those of the tests for whose loss the base has a waiver: whether they guarded or not, it is excused."""
    waivers: Sequence[Waiver] = facts.policy.waivers if facts.policy_change is not None else ()
    valid = {(waiver.test, waiver.rule) for waiver in waivers if not waiver.is_expired(facts.today)}
    return tuple(loss for loss in doubted if (loss.id, CODES[loss.how]) in valid)


def doubt_notes(facts: Facts) -> Iterator[str]:
    """List the tests that failed at the base in its worktree, whatever became of them."""
    red = red_in_worktree(facts)
    if red:
        more = f" and {len(red) - _MOST_NAMED} more" if len(red) > _MOST_NAMED else ""
        tests = "1 test" if len(red) == 1 else f"{len(red)} tests"
        named = ", ".join(list(red)[:_MOST_NAMED])
        so = "so nobody knows of a guard there" if may_lack(facts) else "which lacks nothing that is here"
        yield f"{tests} failed at the base commit in its worktree, {so}: {named}{more}"
    yield from (f"{lack} ('{command}')" for lack, command in empty_submodules(worktrees_of(facts)))


def _in_worktree(facts: Facts) -> Iterator[RecordedTest]:
    for record in facts.baseline.evidence if facts.baseline is not None else ():
        if record.worktree is not None:
            yield from (test for test in record.tests if test.item.stage in facts.stages)


def _is_settled(facts: Facts, head: HeadTests, test: RecordedTest) -> bool:
    now = head.runs(test.item.id)
    fine = head.guards(test.item.id) or any(is_reported_elsewhere(run) for run in now)
    return fine or runs_in_other_stage(facts, head, test)


def _new(facts: Facts, head: HeadTests) -> Iterator[RecordedTest]:
    """The head's new tests that guard or fail, without those that others became."""
    known = ids_at_base(facts) | {by for entry in facts.comparison.moved for by in entry.by}
    for test_id, runs in head.tests.items():
        if test_id not in known and (head.guards(test_id) or any(is_reported_elsewhere(run) for _, run in runs)):
            yield runs[0][1]


def _why(test: RecordedTest) -> str:
    phase = test.decisive_phase
    return phase.reason if phase is not None else ""

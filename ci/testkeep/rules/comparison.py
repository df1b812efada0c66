"""Holds the head's tests against the base's guards, by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from testkeep.model.comparison import Comparison, LostTest, StandIn
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, RecordedTest
from testkeep.rules.base import Facts
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.losses import hidden, loss_of
from testkeep.rules.matching import Found, match
from testkeep.rules.validity import is_comparable


@dataclass(slots=True)
class Guard:
    """A test that guarded at the base, and the environments in which it did."""

    test: RecordedTest
    environments: list[str] = field(default_factory=list)


def compare(facts: Facts) -> Comparison:
    """Hold the head's tests against the base's guards, by test id, and find those that only their ids were changed of.

    Only valid runs are compared. When only some stages were asked for, only the base's tests of these stages count. A
    test must guard in every environment in which it did at the base.
    """
    obstacle = _obstacle(facts)
    if obstacle:
        return Comparison(obstacle=obstacle)
    head = HeadTests.of(facts)
    guards = guards_of(facts)
    kept: list[str] = []
    failing: list[str] = []
    elsewhere: list[str] = []
    missing: list[tuple[Guard, list[RecordedTest]]] = []
    lost: list[LostTest] = []
    for test_id, guard in guards.items():
        now = head.runs(test_id, guard.environments)
        if head.guards(test_id, guard.environments):
            instead = hidden(head, guard.test)
            if instead is None:
                kept.append(test_id)
            else:
                lost.append(instead)
        elif any(is_reported_elsewhere(found) for found in now):
            failing.append(test_id)
        elif runs_in_other_stage(facts, head, guard.test):
            elsewhere.append(test_id)
        else:
            missing.append((guard, now))
    moved = _moved(facts, head, [guard for guard, now in missing if not now])
    found = {entry.lost for entry in moved}
    return Comparison(
        kept=tuple(kept),
        moved=moved,
        failing=tuple(failing),
        elsewhere=tuple(elsewhere),
        lost=(*lost, *(loss_of(head, guard.test, now) for guard, now in missing if guard.test.item.id not in found)),
        obstacle="",
    )


def guards_of(facts: Facts) -> dict[str, Guard]:
    """The base's guards of the stages that are judged, by id."""
    found: dict[str, Guard] = {}
    for suite in facts.base_suites():
        environment = suite.settings.interpreter
        for test in suite.tests:
            if test.item.stage in facts.stages and test.guards:
                found.setdefault(test.item.id, Guard(test)).environments.append(environment)
    return found


def missing_environments(facts: Facts) -> tuple[str, ...]:
    """The environments in which the base's tests guarded, and of which the head has no record."""
    here = {suite.settings.interpreter for _, suite in facts.suites()}
    there = {
        suite.settings.interpreter
        for suite in facts.base_suites()
        if any(test.item.stage in facts.stages and test.guards for test in suite.tests)
    }
    return tuple(sorted(there - here)) if here else ()


def _moved(facts: Facts, head: HeadTests, absent: Sequence[Guard]) -> tuple[StandIn, ...]:
    """Find the tests that guard under another id now, in every environment in which they did at the base."""
    if not absent:
        return ()
    before = ids_at_base(facts)
    new = [test for test in head.guarding() if test.item.id not in before]
    alike: dict[frozenset[str], list[RecordedTest]] = {}
    for guard in absent:
        alike.setdefault(frozenset(guard.environments), []).append(guard.test)
    found: Found = {}
    taken: set[str] = set()
    # The most demanding first: what guards everywhere can stand for any of them.
    for environments in sorted(alike, key=lambda each: (-len(each), sorted(each))):
        fit = (test for test in new if test.item.id not in taken and head.guards(test.item.id, environments))
        found |= match(alike[environments], fit, facts.base_sources, facts.head_sources)
        taken = {became.item.id for became, _ in found.values()}
    order = (guard.test.item.id for guard in absent if guard.test.item.id in found)
    return tuple(StandIn(lost=old, by=(found[old][0].item.id,), why=found[old][1]) for old in order)


def ids_at_base(facts: Facts) -> set[str]:
    """The ids of all tests that the base's run collected."""
    return {test.item.id for test in facts.base_tests()}


def is_reported_elsewhere(found: RecordedTest) -> bool:
    """Whether a test failed or was forged: then it is no loss, and other rules say what it is."""
    forged = found.execution is not None and bool(found.execution.contradiction)
    return forged or found.outcome in (Outcome.FAILED, Outcome.ERROR)


def _obstacle(facts: Facts) -> str:
    """Why nothing can be compared; empty if it can."""
    if facts.baseline is None:
        return "no baseline was asked for (--base none)"
    if facts.baseline.problem:
        return f"the baseline is unavailable: {facts.baseline.problem}"
    if not facts.test_stages:
        return "no test stage was asked for"
    return _obstacle_at_head(facts)


def _obstacle_at_head(facts: Facts) -> str:
    """Why the head's run cannot be held against another."""
    covered = {stage for record in facts.evidence if record.suite or record.idle for stage in record.job.stages}
    missing = [stage for stage in facts.test_stages if stage not in covered or stage in facts.rejected_stages]
    if missing:
        return f"there is no complete evidence of {', '.join(missing)}"
    cut = [left.job.id for left in facts.unfinished if not set(left.job.stages).isdisjoint(facts.test_stages)]
    if cut:
        return f"the run of {', '.join(cut)} did not finish"
    invalid = [record.job.id for record, suite in facts.suites() if not is_comparable(suite)]
    if invalid:
        return f"the run of {', '.join(invalid)} is not valid"
    absent = missing_environments(facts)
    return f"there is no evidence of {', '.join(absent)}, where the base's tests guarded" if absent else ""


def runs_in_other_stage(facts: Facts, head: HeadTests, test: RecordedTest) -> bool:
    """Whether the test moved to a stage that the policy runs, though this partial run does not."""
    stage: Stage | None = head.elsewhere.get(test.item.id)
    return stage in facts.policy.run_stages and stage not in facts.stages

"""Proves, before a comparison is believed, that it would have noticed a loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from testkeep.model.comparison import Comparison, Loss, LostTest
from testkeep.model.evidence import Evidence
from testkeep.model.tests import Execution, Item, Phase, RecordedTest
from testkeep.model.verdict import Decision
from testkeep.rules.base import Facts

FILE = "testkeep-positive-control.py"
_GONE, _SKIPPED = f"{FILE}::test_that_is_gone", f"{FILE}::test_that_is_skipped"
_EXPECTED = {_GONE: Loss.REMOVED, _SKIPPED: Loss.SKIPPED}


def controlled(compare: Callable[[Facts], Comparison], decide: Callable[[Facts], Decision], facts: Facts) -> Comparison:
    """Compare with two made-up losses among the real tests, and take them out of the result again.

    A comparison that does not report them, or a decision that they alone do not fail, proves nothing: then the result
    has an obstacle that says so.
    """
    staged, expected = _with_losses(facts)
    if not expected:
        return compare(facts)
    result = compare(staged)
    if result.obstacle:
        return result
    found = {loss.id: loss.how for loss in result.lost if loss.id in expected}
    if found != expected:
        missed = ", ".join(test_id for test_id in expected if found.get(test_id) is not expected[test_id])
        return Comparison(obstacle=f"{CONTROL_FAILED} ({missed})")
    for loss in result.lost:
        alone = replace(facts, comparison=Comparison(lost=(loss,), obstacle=""))
        if loss.id in expected and decide(alone) is not Decision.FAIL:
            return Comparison(obstacle=f"{CONTROL_FAILED}: it was {loss.how}, and nothing failed ({loss.id})")
    return msgspec.structs.replace(result, lost=tuple(loss for loss in result.lost if loss.id not in expected))


def controlled_account(account: Callable[[Facts], Comparison], facts: Facts) -> Comparison:
    """Account for the lost tests with two made-up ones among them, which nothing can account for.

    If they are not lost any more afterwards, an accounting that discharges anything is found out in the same way.
    """
    if facts.comparison.obstacle or not facts.comparison.lost:
        return account(facts)
    made_up = tuple(
        LostTest(base=_test(facts, test_id, "passed"), how=how, why="made up", path=FILE)
        for test_id, how in _EXPECTED.items()
    )
    draft = msgspec.structs.replace(facts.comparison, lost=(*facts.comparison.lost, *made_up))
    result = account(replace(facts, comparison=draft))
    missed = _EXPECTED.keys() - {loss.id for loss in result.lost}
    if missed:
        return Comparison(obstacle=f"{CONTROL_FAILED} ({', '.join(sorted(missed))})")
    return msgspec.structs.replace(result, lost=tuple(loss for loss in result.lost if loss.id not in _EXPECTED))


CONTROL_FAILED = "the comparison did not notice a loss that was made up to try it"


def _with_losses(facts: Facts) -> tuple[Facts, dict[str, Loss]]:
    """Add two guards to a record of the base, of which the head has one, skipped.

    Returns what is to be found as well: nothing, where the base has no tests to add to. A head without a test run can
    only be without a test.
    """
    baseline = facts.baseline
    before = _index_of_suite(baseline.evidence) if baseline is not None else None
    if baseline is None or before is None or not facts.test_stages:
        return facts, {}
    now = _index_of_suite(facts.evidence, _environment(baseline.evidence[before]))
    expected = _EXPECTED if now is not None else {_GONE: Loss.REMOVED}
    guards = tuple(_test(facts, test_id, "passed") for test_id in expected)
    staged = replace(facts, baseline=replace(baseline, evidence=_added(baseline.evidence, before, guards)))
    if now is not None:
        staged = replace(staged, evidence=_added(facts.evidence, now, (_test(facts, _SKIPPED, "skipped"),)))
    return staged, expected


def _index_of_suite(evidence: tuple[Evidence, ...], environment: str = "") -> int | None:
    """The first record of a test run; one of an environment, if there is one."""
    found = [index for index, record in enumerate(evidence) if record.suite is not None]
    return next((index for index in found if _environment(evidence[index]) == environment), next(iter(found), None))


def _environment(record: Evidence) -> str:
    return record.suite.settings.interpreter if record.suite else ""


def _added(evidence: tuple[Evidence, ...], index: int, tests: tuple[RecordedTest, ...]) -> tuple[Evidence, ...]:
    record = evidence[index]
    suite = record.suite
    assert suite is not None  # noqa: S101  (the index is that of a record with a suite)
    changed = msgspec.structs.replace(record, suite=msgspec.structs.replace(suite, tests=(*suite.tests, *tests)))
    return (*evidence[:index], changed, *evidence[index + 1 :])


def _test(facts: Facts, test_id: str, outcome: str) -> RecordedTest:
    phases = (Phase(when="setup", outcome="passed"), Phase(when="call", outcome=outcome))
    item = Item(id=test_id, path=FILE, line=1, stage=facts.test_stages[0])
    return RecordedTest(item=item, execution=Execution(phases=phases, started=True))

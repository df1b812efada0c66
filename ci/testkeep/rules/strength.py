"""Compares what a test asserted at the base with what it asserts at the head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from testkeep.model.comparison import Comparison, Weakening
from testkeep.model.inspection import Inspection
from testkeep.model.tests import Execution, RecordedTest, Strength
from testkeep.rules.base import Facts, name_in_file
from testkeep.rules.head_tests import HeadTests


def weakened(facts: Facts, comparison: Comparison, head: HeadTests) -> Iterator[Weakening]:
    """Find the tests that guard on both sides and are weaker than they were."""
    said: set[str] = set()
    for before, now, why_changed in _pairs(facts, comparison, head):
        if before.execution is None or now.execution is None:
            continue
        found = (
            _fewer_assertions(before.execution.strength, now.execution.strength)
            or _fewer_subtests(before.execution, now.execution)
            or _other_code(before.execution, now.execution)
        )
        if found is not None and now.item.id not in said:
            said.add(now.item.id)
            to_nothing, why = found
            line = _shadow(facts, now)
            hidden = f"; a second definition in line {now.item.line} hides the one in line {line}" if line else ""
            cause = f" ({why_changed})" if why_changed else ""
            yield Weakening(head=now, why=f"{why}{hidden}{cause}", to_nothing=to_nothing, line=now.item.line)
    yield from _other_values(facts, comparison, head, said)


def _pairs(facts: Facts, comparison: Comparison, head: HeadTests) -> Iterator[tuple[RecordedTest, RecordedTest, str]]:
    """Tests that were inspected on both sides, then those whose subtests the records themselves compare."""
    inspection: Inspection = facts.inspection
    for suspect in inspection.suspects:
        before, now = inspection.base.get(suspect.base), inspection.head.get(suspect.head)
        if before is not None and now is not None and before.guards and now.guards:
            yield before, now, suspect.why
    kept = set(comparison.kept)
    for environment, test in _recorded(facts):
        if test.execution and test.execution.subtests and test.item.id in kept:
            for now in head.runs(test.item.id, [environment])[:1]:
                yield test, now, ""


def _recorded(facts: Facts) -> Iterator[tuple[str, RecordedTest]]:
    """The guards of the base's records, each with the environment that it was in."""
    for record in facts.baseline.evidence if facts.baseline is not None else ():
        if record.suite is not None:
            environment = record.suite.settings.interpreter
            yield from ((environment, test) for test in record.suite.tests if test.guards)


def _fewer_assertions(before: Strength | None, now: Strength | None) -> tuple[bool, str] | None:
    if before is None or now is None or now.asserted >= before.asserted:
        return None
    if before.own and not now.own and now.asserted:
        return (
            True,
            f"{_assertions(before.own)} of its own held at the base, and none here: {now.asserted} in helpers alone",
        )
    if now.asserted:
        return False, f"{before.asserted} assertions held at the base, {now.asserted} here"
    if now.unspecific and not now.broken:
        return False, f"{_assertions(before.asserted)} held at the base; now any exception will do"
    instead = [
        f"{number} {word}"
        for number, word in ((now.vacuous, "cannot be false"), (now.broken, "failed and was swallowed"))
        if number
    ]
    what = f": of its assertions {', '.join(instead)}" if instead else ""
    return True, f"{_assertions(before.asserted)} held at the base, none here{what}"


def _assertions(number: int) -> str:
    return "1 assertion" if number == 1 else f"{number} assertions"


def _fewer_subtests(before: Execution, now: Execution) -> tuple[bool, str] | None:
    passed_before, passed_now = (_passed_subtests(execution) for execution in (before, now))
    if passed_now.total() >= passed_before.total():
        return None
    # A loop without subtests asserts as well; that can be known only of a test that was inspected.
    to_nothing = not passed_now and not (now.strength is not None and now.strength.asserted)
    return (
        to_nothing,
        f"{passed_before.total()} of its subtests passed at the base, {passed_now.total() or 'none'} here",
    )


def _passed_subtests(execution: Execution) -> Counter[str]:
    return Counter(subtest.description for subtest in execution.subtests if subtest.outcome == "passed")


def _other_code(before: Execution, now: Execution) -> tuple[bool, str] | None:
    """Whether a test that ran production code runs none of it any more: what it tests was replaced by a stub."""
    if now.strength is None or not before.footprint or now.footprint:
        return None
    return (
        False,
        f"it ran code of {', '.join(sorted(before.footprint)[:3])} at the base, and runs no production code here",
    )


def _shadow(facts: Facts, test: RecordedTest) -> int:
    source = (facts.head_sources.get(test.item.path) or {}).get(name_in_file(test.item))
    return source.shadows if source is not None else 0


def _other_values(facts: Facts, comparison: Comparison, head: HeadTests, said: set[str]) -> Iterator[Weakening]:
    """Find parameter sets that kept their ids and have other values, in files that were changed."""
    before = {test.item.id: test for _, test in _recorded(facts)}
    for test_id in comparison.kept:
        now = head.runs(test_id)[0]
        old = before[test_id].item.params
        if now.item.path not in facts.head_sources or test_id in said:
            continue
        # A record without any values is an old one, which did not note them.
        if old and now.item.params and old != now.item.params:
            changed = sorted(name for name in {*old, *now.item.params} if old.get(name) != now.item.params.get(name))
            first = changed[0]
            yield Weakening(
                head=now,
                why=f"its parameters have other values under the same id: {first} was {old.get(first, 'not there')}, "
                f"and is {now.item.params.get(first, 'not there')}",
                to_nothing=False,
                line=now.item.line,
            )

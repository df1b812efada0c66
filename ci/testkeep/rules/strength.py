"""Compares what a test asserted at the base with what it asserts at the head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from testkeep.model.comparison import Weakening
from testkeep.model.production import Place, Production, Span, is_run
from testkeep.model.tests import Execution, RecordedTest, function_of
from testkeep.rules.asserted import compare_asserted, unwatched
from testkeep.rules.base import Facts
from testkeep.rules.confirming import Confirmed, confirmed, is_doubtful
from testkeep.rules.covering import footprint, reach
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.matching import ANOTHER_RESULT
from testkeep.rules.unstable_ids import values_of


def weakened(facts: Facts, head: HeadTests) -> Iterator[Weakening]:
    """Find the tests that guard on both sides and are weaker than they were."""
    said: set[str] = set()
    for now, to_nothing, why in (*_by_assertions(facts), *_by_subtests(facts, head), *_by_code(facts)):
        if now.item.id not in said:
            said.add(now.item.id)
            yield Weakening(head=now, why=why, to_nothing=to_nothing)
    yield from _other_values(facts, head, said)
    yield from _other_results(facts, head)


_Found = tuple[RecordedTest, bool, str]


def _by_assertions(facts: Facts) -> Iterator[_Found]:
    for one in facts.differences:
        before, now = unwatched(one.before, facts.statements.base), unwatched(one.now, facts.statements.head)
        found = list(compare_asserted(one.test, before, now, facts.statements))
        sure = confirmed(facts, one) if is_doubtful(facts, one) else Confirmed.YES
        if found and sure is not Confirmed.NO:
            to_nothing = sure is Confirmed.YES and any(said.to_nothing for said in found)
            shown = [said.why for said in found if said.to_nothing is to_nothing or sure is Confirmed.UNKNOWN]
            yield one.test, to_nothing, "; ".join(dict.fromkeys(shown))


def _by_subtests(facts: Facts, head: HeadTests) -> Iterator[_Found]:
    kept = set(facts.comparison.kept)
    for environment, test in _recorded(facts):
        if test.execution and test.execution.subtests and test.item.id in kept:
            for now in head.runs(test.item.id, [environment])[:1]:
                found = _fewer_subtests(test.execution, now.execution) if now.execution is not None else None
                if found is not None:
                    yield now, *found


def _by_code(facts: Facts) -> Iterator[_Found]:
    """Tests whose own source was changed, and that were run again on both sides for what they run."""
    for suspect in facts.inspection.suspects:
        before, now = facts.inspection.base.get(suspect.base), facts.inspection.head.get(suspect.head)
        if before is None or now is None:  # it is among what was not compared
            continue
        if before.guards and now.guards:
            found = _other_code(facts.inspection.production, before, now)
            if found is not None:
                yield now, *found
        elif before.guards:
            yield now, False, "it does not guard when it is run again alone here: what it runs was not compared"


def _recorded(facts: Facts) -> Iterator[tuple[str, RecordedTest]]:
    """The guards of the base's records, each with the environment that it was in."""
    return ((suite.settings.interpreter, test) for suite in facts.base_suites() for test in suite.tests if test.guards)


def _fewer_subtests(before: Execution, now: Execution) -> tuple[bool, str] | None:
    passed_before, passed_now = (sum(one.outcome == "passed" for one in side.subtests) for side in (before, now))
    if passed_now >= passed_before:
        return None
    # A loop without subtests asserts as well.
    return (
        not passed_now and not now.held,
        f"{passed_before} of its subtests passed at the base, {passed_now or 'none'} here",
    )


def _other_code(production: Production, before: RecordedTest, now: RecordedTest) -> tuple[bool, str] | None:
    """Whether a test runs nothing of what it ran: a stub stands in its place, or the body is that of another test."""
    ran, runs = footprint([before]), reach([now])
    if now.execution is None or now.execution.footprint is None or not ran:
        return None
    still_there = [fate for path, lines in ran.items() for line in lines if (fate := production.fate(path, line))]
    if still_there and any(is_run(fate, runs) for fate in still_there):
        return _stand_in(before, now, still_there)
    if not still_there:
        return None
    instead = f"code of {', '.join(sorted(runs)[:3])} alone" if runs else "no production code"
    return (
        False,
        f"it ran code of {', '.join(sorted(ran)[:3])} at the base; it runs nothing of that here, and {instead}",
    )


def _stand_in(before: RecordedTest, now: RecordedTest, still_there: Sequence[Place | Span]) -> tuple[bool, str] | None:
    """Whether a test puts something in the place of code that it ran, and runs other parts of it."""
    replaced = {path: frozenset(lines) for path, lines in (now.execution.replaced if now.execution else {}).items()}
    hidden = sorted({fate.path for fate in still_there if is_run(fate, replaced)})
    if not hidden or (before.execution is not None and before.execution.replaced):
        return None
    return False, f"it puts something in the place of code of {', '.join(hidden[:3])} that it ran at the base"


def _other_results(facts: Facts, head: HeadTests) -> Iterator[Weakening]:
    """Find the rows that are known by all but what they expect: whoever reads the change sees both."""
    before = {test.item.id: test.item for _, test in _recorded(facts)}
    for entry in facts.comparison.moved:
        if entry.why == ANOTHER_RESULT:
            values, now = before[entry.lost].params, head.runs(entry.by[0])[0]
            first = min(name for name, value in values.items() if now.item.params.get(name) != value)
            was, here = values[first], now.item.params.get(first, "not there")
            yield Weakening(
                head=now, why=f"its row expects something else: {first} was {was}, and is {here}", to_nothing=False
            )


def _other_values(facts: Facts, head: HeadTests, said: set[str]) -> Iterator[Weakening]:
    """Find parameter sets that kept their ids and have other values, in files that were changed.

    The sets of a function are compared together: those of a ``set`` come in another order in each process, and only a
    value that is gone is another one.
    """
    before = {test.item.id: test for _, test in _recorded(facts)}
    # A record without any values is an old one, which did not note them.
    pairs = [
        (before[test_id].item, now)
        for test_id in facts.comparison.kept
        if (now := head.runs(test_id)[0]).item.path in facts.head_sources
        if before[test_id].item.params and now.item.params
    ]
    gone = Counter((function_of(old.id), values_of(old)) for old, _ in pairs)
    new = Counter((function_of(now.item.id), values_of(now.item)) for _, now in pairs)
    gone, new = gone - new, new - gone
    was = {key: old.params for old, _ in pairs if (key := (function_of(old.id), values_of(old))) in gone}
    for old, now in pairs:
        function = function_of(old.id)
        key = (function, values_of(now.item))
        if not new[key] or now.item.id in said:
            continue
        new[key] -= 1
        lost = (function, values_of(old))
        lost = lost if gone[lost] else next(one for one in gone if one[0] == function and gone[one])
        gone[lost] -= 1
        values, here = was[lost], now.item.params
        first = min(name for name in {*values, *here} if values.get(name) != here.get(name))
        yield Weakening(
            head=now,
            why=f"its parameters have other values under the same id: {first} was {values.get(first, 'not there')}, "
            f"and is {here.get(first, 'not there')}",
            to_nothing=False,
        )

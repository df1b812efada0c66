"""Tests that kept their names and lost their strength."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from asserting import ANYTHING, VACUOUS, Asserting, a_record_of, asserting, each, says
from builders import A_TEST, FILE, a_baseline, a_record, a_test, the_facts
from inspections import an_inspection, inspected
from testkeep.model.comparison import StandIn, Weakening
from testkeep.model.evidence import RECORDED, Evidence
from testkeep.model.inspection import Inspection, Suspect
from testkeep.model.source import FileSource
from testkeep.model.tests import RecordedTest, Subtest
from testkeep.rules.assertion_records import find_differences
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.matching import ANOTHER_RESULT
from testkeep.rules.strength import weakened

SUSPECT = Suspect(base=A_TEST, head=A_TEST)
IN_HELPER = says("total", function="check")


def subtests(*outcomes: str) -> tuple[Subtest, ...]:
    return tuple(Subtest(description=f"i={number}", outcome=outcome) for number, outcome in enumerate(outcomes))


def compared(before: Evidence, now: Evidence, **rest: Any) -> list[Weakening]:
    facts = the_facts(now, baseline=a_baseline(before), **rest)
    return list(weakened(facts, HeadTests.of(facts)))


def found(
    *,
    before: RecordedTest | None = None,
    now: RecordedTest | None = None,
    inspection: Inspection | None = None,
    sources: dict[str, FileSource | None] | None = None,
) -> list[Weakening]:
    return compared(
        a_record(before or a_test()), a_record(now or a_test()), inspection=inspection, head_sources=sources
    )


def said(before: Asserting, now: Asserting) -> list[tuple[bool, str]]:
    """What is said of a test by the records of both sides, and whether nothing is left of it."""
    return [(one.to_nothing, one.why) for one in compared(a_record_of(before), a_record_of(now))]


NONE_LEFT = "1 assertion held at the base, none here"
TOTAL = asserting(A_TEST, says())
NOTHING = asserting(A_TEST)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(TOTAL, TOTAL, [], id="as strong"),
        pytest.param(TOTAL, asserting(A_TEST, *each("total tax")), [], id="stronger"),
        pytest.param(asserting(A_TEST, *each("a b c")), asserting(A_TEST, *each("a b")),
                     [(False, "3 assertions held at the base, 2 here")], id="weaker"),
        pytest.param(TOTAL, NOTHING, [(True, NONE_LEFT)], id="nothing left"),
        pytest.param(TOTAL, asserting(A_TEST, says("true", VACUOUS)),
                     [(True, f"{NONE_LEFT}: of its assertions 1 cannot be false")], id="or True"),
        pytest.param(TOTAL, asserting(A_TEST, says("any", ANYTHING)),
                     [(False, "1 assertion held at the base; now any exception will do")], id="raises(Exception)"),
        pytest.param(asserting(A_TEST, says("v", VACUOUS)), NOTHING, [], id="boundary: it asserted nothing"),
        pytest.param(asserting(A_TEST, says("own"), IN_HELPER), asserting(A_TEST, IN_HELPER),
                     [(True, "1 assertion of its own held at the base, and none here: 1 in helpers alone")],
                     id="its own are gone, a helper asserts still"),
        pytest.param(TOTAL, asserting(A_TEST, IN_HELPER), [], id="boundary: its own moved to a helper"),
        pytest.param(asserting(A_TEST, *each("a b", function="check")), asserting(A_TEST, *each("a", function="check")),
                     [(False, "2 assertions held at the base, 1 here")], id="boundary: it never had any of its own"),
        pytest.param(asserting(A_TEST, says(), did="failed"), NOTHING, [], id="missing evidence: failed at the base"),
        pytest.param(TOTAL, asserting(A_TEST, did="failed"), [], id="missing evidence: failed here"),
    ],
)  # fmt: skip
def test_weakened__recorded_assertions__table(
    before: Asserting, now: Asserting, expected: list[tuple[bool, str]]
) -> None:
    assert said(before, now) == expected


def test_weakened__warnings_beside_an_error__are_left_out() -> None:
    """An assertion that fails is worse than one that is gone: what is said is why it is an error."""
    before, now = asserting(A_TEST, *each("a b")), asserting(A_TEST, says("c"), failed=[says("d", line=9)])
    assert said(before, now) == [(True, f"the assertion in line 9 of {FILE} fails here, and the failure is swallowed")]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param("", RECORDED, id="missing evidence: an old recorder at the base"),
        pytest.param(RECORDED, "", id="missing evidence: an old recorder here"),
        pytest.param(f"pytest 99 and {RECORDED}", RECORDED, id="missing evidence: one worker could not"),
    ],
)
def test_weakened__assertions_were_not_recorded__says_nothing(before: str, now: str) -> None:
    assert compared(a_record_of(TOTAL, assertions=before), a_record_of(NOTHING, assertions=now)) == []


_ALONE = "it does not guard when it is run again alone"
_NOT = "what it runs was not compared"
_STUB = "it ran code of a.py, b.py at the base; it runs nothing of that here, and no production code"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(inspected(A_TEST, "b.py:2", "a.py:1"), inspected(), [(False, _STUB)], id="a stub"),
        pytest.param(inspected(A_TEST, "a.py:1"), inspected(A_TEST, "b.py:1"),
                     [(False, "it ran code of a.py at the base; it runs nothing of that here, and code of b.py alone")],
                     id="other code"),
        pytest.param(inspected(A_TEST, "a.py:1-2"), inspected(A_TEST, "a.py:2", "b.py:1"), [],
                     id="boundary: some of the code"),
        pytest.param(inspected(), inspected(A_TEST, "b.py:1"), [], id="boundary: it ran none"),
        pytest.param(inspected(A_TEST, "a.py:1", did="failed"), inspected(), [], id="it fails at the base, alone"),
        pytest.param(inspected(A_TEST, "a.py:1"), inspected(did="failed"), [(False, f"{_ALONE} here: {_NOT}")],
                     id="it fails here, alone"),
        pytest.param(inspected(A_TEST, "a.py:1"), a_test(), [], id="missing evidence: nobody saw what it runs"),
        pytest.param(inspected(A_TEST, "a.py:1-2"), inspected(A_TEST, "a.py:2", replaced=["a.py:1"]),
                     [(False, "it puts something in the place of code of a.py that it ran at the base")],
                     id="a stub, and a line of the code"),
        pytest.param(inspected(A_TEST, "a.py:1"), inspected(A_TEST, "a.py:1", replaced=["a.py:9"]), [],
                     id="boundary: a stub for what it did not run"),
        pytest.param(inspected(A_TEST, "a.py:1", replaced=["a.py:9"]), inspected(A_TEST, "a.py:1", replaced=["a.py:1"]),
                     [], id="boundary: it had stubs at the base, too"),
    ],
)  # fmt: skip
def test_weakened__code_that_inspected_tests_ran__table(
    before: RecordedTest, now: RecordedTest, expected: list[tuple[bool, str]]
) -> None:
    inspection = an_inspection(base=[before], head=[now], suspects=(SUSPECT,))
    assert [(one.to_nothing, one.why) for one in found(inspection=inspection)] == expected


def test_weakened__test_was_moved__is_said_of_the_one_that_it_is() -> None:
    old, new = "tests/unit/test_t.py::test_x", "tests/unit/test_u.py::test_x"
    facts = the_facts(a_record_of(asserting(new)), baseline=a_baseline(a_record_of(asserting(old, says()))))
    moved = StandIn(lost=old, by=(new,), why="same body")
    facts = replace(facts, comparison=msgspec.structs.replace(facts.comparison, moved=(moved,)))
    facts = replace(facts, differences=tuple(find_differences(facts)))
    assert [(one.head.item.id, one.why) for one in weakened(facts, HeadTests.of(facts))] == [(new, NONE_LEFT)]


THREE = subtests("passed", "passed", "passed")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(THREE, THREE, [], id="all there"),
        pytest.param(THREE, (*THREE, *THREE), [], id="more"),
        pytest.param(
            THREE,
            subtests("passed", "skipped", "skipped"),
            [(False, "3 of its subtests passed at the base, 1 here")],
            id="skipped",
        ),
        pytest.param(
            THREE, THREE[:2], [(False, "3 of its subtests passed at the base, 2 here")], id="boundary: one less"
        ),
        pytest.param(THREE, (), [(True, "3 of its subtests passed at the base, none here")], id="gone"),
        pytest.param((), (), [], id="there never were any"),
    ],
)
def test_weakened__recorded_subtests__table(
    before: tuple[Subtest, ...], now: tuple[Subtest, ...], expected: list[tuple[bool, str]]
) -> None:
    weak = found(before=a_test(subtests=before), now=a_test(subtests=now))
    assert [(one.to_nothing, one.why) for one in weak] == expected


def test_weakened__subtests_became_a_plain_loop__is_a_warning() -> None:
    looped = asserting(A_TEST, says(), says(), says())
    before = asserting(A_TEST, *looped.held, subtests=THREE)
    assert said(before, looped) == [(False, "3 of its subtests passed at the base, none here")]


def test_weakened__subtests_of_two_environments__are_each_compared_with_their_own() -> None:
    few, many = a_test(subtests=THREE[:1]), a_test(subtests=THREE)
    sides = a_record(few), a_record(many, python="3.12.1")
    facts = the_facts(*sides, baseline=a_baseline(*sides))
    assert list(weakened(facts, HeadTests.of(facts))) == []


@pytest.mark.parametrize(
    ("before", "now", "path", "said"),
    [
        pytest.param({"n": "1"}, {"n": "1"}, FILE, "", id="the same"),
        pytest.param({"n": "1"}, {"n": "2"}, FILE, "n was 1, and is 2", id="another value"),
        pytest.param({"n": "1", "a": "x"}, {"n": "2", "b": "y"}, FILE, "a was x, and is not there", id="another name"),
        pytest.param({"n": "1"}, {"n": "2"}, "other.py", "", id="boundary: its file was not changed"),
        pytest.param({}, {"n": "2"}, FILE, "", id="missing evidence: an old recorder at the base"),
        pytest.param({"n": "1"}, {}, FILE, "", id="missing evidence: an old recorder here"),
    ],
)
def test_weakened__values_under_the_same_id__table(
    before: dict[str, str], now: dict[str, str], path: str, said: str
) -> None:
    test_id = f"{FILE}::test_add[c0]"
    head = a_test(test_id, params=now)
    weak = found(before=a_test(test_id, params=before), now=head, sources={path: {}})
    why = f"its parameters have other values under the same id: {said}"
    assert weak == ([Weakening(head=head, why=why, to_nothing=False)] if said else [])


def test_weakened__row_expects_another_result__is_said_with_both() -> None:
    old, new = (f"{FILE}::test_add[1-{total}]" for total in (2, 3))
    base = a_baseline(a_record(a_test(old, params={"n": "1", "total": "2"})))
    facts = the_facts(a_record(a_test(new, params={"n": "1", "total": "3"})), baseline=base)
    moved = StandIn(lost=old, by=(new,), why=ANOTHER_RESULT)
    facts = replace(facts, comparison=msgspec.structs.replace(facts.comparison, moved=(moved,)))

    (one,) = weakened(facts, HeadTests.of(facts))

    assert (one.to_nothing, one.why) == (False, "its row expects something else: total was 2, and is 3")


def test_weakened__skipped_in_one_environment_of_the_base__is_compared_where_it_guarded() -> None:
    test_id = f"{FILE}::test_add[c0]"
    ours = a_test(test_id, params={"n": "1"})
    base = a_baseline(a_record(ours), a_record(a_test(test_id, "skipped", params={"n": "9"}), python="3.12.1"))
    facts = the_facts(a_record(ours), baseline=base, head_sources={FILE: {}})
    assert list(weakened(facts, HeadTests.of(facts))) == []


def test_weakened__weaker_in_several_ways__is_said_once() -> None:
    assert said(asserting(A_TEST, says(), subtests=THREE), NOTHING) == [(True, NONE_LEFT)]


@pytest.mark.slow
def test_weakened__fifty_thousand_tests__are_compared_in_seconds() -> None:
    tests = [a_test(f"{FILE}::test_add[{n}]", params={"n": str(n)}, subtests=THREE[:1]) for n in range(50_000)]
    facts = the_facts(a_record(*tests), baseline=a_baseline(a_record(*tests)), head_sources={FILE: {}})
    assert list(weakened(facts, HeadTests.of(facts))) == []

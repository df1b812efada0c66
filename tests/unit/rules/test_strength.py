"""Tests that kept their names and lost their strength."""

from __future__ import annotations

import pytest

from builders import A_TEST, FILE, a_baseline, a_record, a_test, the_facts
from inspections import an_inspection, inspected
from testkeep.model.comparison import Weakening
from testkeep.model.inspection import Inspection, Suspect
from testkeep.model.source import FileSource, FunctionSource
from testkeep.model.tests import RecordedTest, Subtest
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.strength import weakened

SUSPECT = Suspect(base=A_TEST, head=A_TEST, why="")


def subtests(*outcomes: str) -> tuple[Subtest, ...]:
    return tuple(Subtest(description=f"i={number}", outcome=outcome) for number, outcome in enumerate(outcomes))


def found(
    *,
    before: RecordedTest | None = None,
    now: RecordedTest | None = None,
    inspection: Inspection | None = None,
    sources: dict[str, FileSource | None] | None = None,
) -> list[Weakening]:
    facts = the_facts(
        a_record(now or a_test()),
        baseline=a_baseline(a_record(before or a_test())),
        inspection=inspection,
        head_sources=sources,
    )
    return list(weakened(facts, HeadTests.of(facts)))


def said(before: RecordedTest, now: RecordedTest, why: str = "") -> list[tuple[bool, str]]:
    """What is said of a test that was inspected on both sides, and whether nothing is left of it."""
    suspect = Suspect(base=before.item.id, head=now.item.id, why=why)
    inspection = an_inspection(base=[before], head=[now], suspects=(suspect,))
    return [(one.to_nothing, one.why) for one in found(inspection=inspection)]


NONE_LEFT = "1 assertion held at the base, none here"


_STUB = "it ran code of a.py, b.py at the base; it runs nothing of that here, and no production code"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(inspected(), inspected(), [], id="as strong"),
        pytest.param(inspected(), inspected(asserted=2), [], id="stronger"),
        pytest.param(inspected(asserted=3), inspected(asserted=2), [(False, "3 assertions held at the base, 2 here")],
                     id="weaker"),
        pytest.param(inspected(), inspected(asserted=0), [(True, NONE_LEFT)], id="nothing left"),
        pytest.param(inspected(), inspected(asserted=0, vacuous=1),
                     [(True, f"{NONE_LEFT}: of its assertions 1 cannot be false")], id="or True"),
        pytest.param(inspected(), inspected(asserted=0, broken=1),
                     [(True, f"{NONE_LEFT}: of its assertions 1 failed and was swallowed")], id="swallowed"),
        pytest.param(inspected(), inspected(asserted=0, unspecific=1),
                     [(False, "1 assertion held at the base; now any exception will do")], id="raises(Exception)"),
        pytest.param(inspected(), inspected(asserted=0, broken=1, unspecific=1),
                     [(True, f"{NONE_LEFT}: of its assertions 1 failed and was swallowed")],
                     id="raises(Exception) around an assertion that fails"),
        pytest.param(inspected(asserted=0), inspected(asserted=0, vacuous=3), [], id="boundary: it asserted nothing"),
        pytest.param(inspected(asserted=2, own=1), inspected(asserted=1, own=0),
                     [(True, "1 assertion of its own held at the base, and none here: 1 in helpers alone")],
                     id="its own are gone, a helper asserts still"),
        pytest.param(inspected(asserted=1), inspected(asserted=2, own=0), [], id="boundary: its own moved to a helper"),
        pytest.param(inspected(asserted=2, own=0), inspected(asserted=1, own=0),
                     [(False, "2 assertions held at the base, 1 here")], id="boundary: it never had any of its own"),
        pytest.param(a_test(), inspected(asserted=0), [], id="missing evidence: an old recorder at the base"),
        pytest.param(inspected(), a_test(), [], id="missing evidence: not watched here"),
        pytest.param(inspected(did="failed"), inspected(asserted=0), [], id="missing evidence: failed at the base"),
        pytest.param(inspected(), inspected(did="failed", asserted=0), [], id="missing evidence: failed here"),
        pytest.param(inspected(A_TEST, "b.py:2", "a.py:1"), inspected(),
                     [(False, _STUB)],
                     id="a stub"),
        pytest.param(inspected(A_TEST, "a.py:1"), inspected(A_TEST, "b.py:1"),
                     [(False, "it ran code of a.py at the base; it runs nothing of that here, and code of b.py alone")],
                     id="boundary: other code"),
        pytest.param(inspected(A_TEST, "a.py:1-2"), inspected(A_TEST, "a.py:2", "b.py:1"), [],
                     id="boundary: some of the code"),
        pytest.param(inspected(A_TEST, "a.py:1"), a_test(), [], id="missing evidence: nobody saw what it runs"),
    ],
)  # fmt: skip
def test_weakened__inspected_tests__table(
    before: RecordedTest, now: RecordedTest, expected: list[tuple[bool, str]]
) -> None:
    assert said(before, now) == expected


def test_weakened__helper_was_changed__is_named_as_the_cause() -> None:
    assert said(inspected(), inspected(asserted=0), why="check of tests/checks.py was changed") == [
        (True, f"{NONE_LEFT} (check of tests/checks.py was changed)")
    ]


def test_weakened__second_definition_hides_it__says_so() -> None:
    inspection = an_inspection(base=[inspected()], head=[inspected(asserted=0)], suspects=(SUSPECT,))
    source = {FILE: {"test_add": FunctionSource(name="test_add", line=5, body="x", shadows=2)}}
    hidden = f"{NONE_LEFT}; a second definition in line 5 hides the one in line 2"
    (one,) = found(inspection=inspection, sources=source)
    assert (one.why, one.head.item.line) == (hidden, 5)


def test_weakened__test_was_moved__is_said_of_the_one_that_it_is() -> None:
    before, now = inspected("t.py::test_x[a]"), inspected("t.py::test_x[b]", asserted=0)
    assert said(before, now) == [(True, NONE_LEFT)]


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
    inspection = an_inspection(
        base=[inspected(asserted=3, subtests=THREE)], head=[inspected(asserted=3)], suspects=(SUSPECT,)
    )
    weak = found(before=a_test(subtests=THREE), inspection=inspection)
    assert [(one.to_nothing, one.why) for one in weak] == [(False, "3 of its subtests passed at the base, none here")]


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


def test_weakened__skipped_in_one_environment_of_the_base__is_compared_where_it_guarded() -> None:
    test_id = f"{FILE}::test_add[c0]"
    ours = a_test(test_id, params={"n": "1"})
    base = a_baseline(a_record(ours), a_record(a_test(test_id, "skipped", params={"n": "9"}), python="3.12.1"))
    facts = the_facts(a_record(ours), baseline=base, head_sources={FILE: {}})
    assert list(weakened(facts, HeadTests.of(facts))) == []


def test_weakened__weaker_in_several_ways__is_said_once() -> None:
    weak = inspected(asserted=0)
    inspection = an_inspection(base=[inspected(subtests=THREE)], head=[weak], suspects=(SUSPECT, SUSPECT))
    assert [one.why for one in found(before=a_test(subtests=THREE), inspection=inspection)] == [NONE_LEFT]


@pytest.mark.slow
def test_weakened__fifty_thousand_tests__are_compared_in_seconds() -> None:
    tests = [a_test(f"{FILE}::test_add[{n}]", params={"n": str(n)}, subtests=THREE[:1]) for n in range(50_000)]
    facts = the_facts(a_record(*tests), baseline=a_baseline(a_record(*tests)), head_sources={FILE: {}})
    assert list(weakened(facts, HeadTests.of(facts))) == []

"""What tests asserted, from the records of both sides, and of which there may be something to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest

from asserting import (
    ANYTHING,
    CALL,
    CONTEXT,
    SMOKE,
    VACUOUS,
    Asserting,
    Wide,
    a_record_of,
    asserting,
    says,
)
from builders import A_TEST, FILE, a_baseline, a_record, a_suite, a_test, the_facts
from testkeep.model.asserted import Asserted
from testkeep.model.assertion_site import AssertionSite
from testkeep.model.comparison import StandIn
from testkeep.model.evidence import RECORDED, Evidence
from testkeep.rules.assertion_records import Records, differ, find_differences

PYTHON = "3.11"
TOTAL = says("total")


def side(*tests: Asserting, wide: Sequence[Wide] = (), assertions: str = RECORDED) -> Asserted | None:
    """What the first of these tests asserted."""
    suite = a_record_of(*tests, wide=wide, assertions=assertions).suite
    assert suite is not None
    return Records([suite]).of(suite.settings.interpreter, tests[0].test.item.id)


def known(*held: AssertionSite, failed: Sequence[AssertionSite] = ()) -> Asserted:
    found = side(asserting(A_TEST, *held, failed=failed))
    assert found is not None
    return found


def by_form(*sites: AssertionSite) -> dict[str, AssertionSite]:
    return {site.form: site for site in sites}


def test_records__all_kinds__are_told_apart() -> None:
    call, context, tax = says("equal", CALL), says("raises", CONTEXT, raises=["KeyError<LookupError"]), says("tax")
    others = says("true", VACUOUS), says("any", ANYTHING), says("also true", VACUOUS), says("f", SMOKE)
    assert known(TOTAL, TOTAL, call, context, *others, failed=[tax]) == Asserted(
        held=by_form(TOTAL, call, context),
        times={"total": 2, "equal": 1, "raises": 1},
        failed=by_form(tax),
        came_through={},
        others=(VACUOUS, ANYTHING, VACUOUS),
    )


def test_records__nothing_asserted__has_what_it_came_through() -> None:
    called = says("f", SMOKE)
    assert known(called) == Asserted(held={}, times={}, failed={}, came_through=by_form(called))


def test_records__nothing_executed__is_empty_and_known() -> None:
    assert known() == Asserted(held={}, times={}, failed={}, came_through={})


def test_records__the_same_is_said_in_two_places__is_counted_together() -> None:
    elsewhere = TOTAL._replace(line=9, function="check")
    found = known(TOTAL, elsewhere, elsewhere)
    assert (found.times, found.failed) == ({"total": 3}, {})


def test_records__fails_in_one_place_and_holds_in_another__held() -> None:
    found = known(TOTAL, failed=[TOTAL._replace(line=9)])
    assert (found.held, found.failed) == (by_form(TOTAL), {})


@pytest.mark.parametrize(
    ("environment", "test_id", "assertions"),
    [
        pytest.param("3.12", A_TEST, RECORDED, id="another environment"),
        pytest.param(PYTHON, f"{A_TEST}_more", RECORDED, id="another test"),
        pytest.param(PYTHON, A_TEST, "", id="missing evidence: an older recorder"),
        pytest.param(PYTHON, A_TEST, "pytest 99", id="missing evidence: not recorded"),
    ],
)
def test_records__not_known__is_none(environment: str, test_id: str, assertions: str) -> None:
    suite = a_record_of(asserting(A_TEST, TOTAL), assertions=assertions).suite
    assert suite is not None
    assert Records([suite]).of(environment, test_id) is None


def test_records__test_that_was_not_run__asserted_nothing() -> None:
    one = asserting(A_TEST, TOTAL)
    suite = a_record_of(one).suite
    assert suite is not None
    test = msgspec.structs.replace(suite.tests[0], execution=None)
    records = Records([msgspec.structs.replace(suite, tests=(test,))])
    assert records.of(suite.settings.interpreter, A_TEST) == known()


_WIDE = Wide("shop", "tests/unit", held=(TOTAL,), failed=(says("tax"),))


@pytest.mark.parametrize(
    ("fixtures", "base", "expected"),
    [
        pytest.param(("shop",), "tests/unit", ("total", "tax"), id="folder"),
        pytest.param(("shop",), "", ("total", "tax"), id="everywhere"),
        pytest.param(("shop",), FILE, ("total", "tax"), id="file"),
        pytest.param(("cart", "shop"), f"{FILE}::TestA", ("total", "tax"), id="class"),
        pytest.param(("cart",), "tests/unit", (), id="it does not use the fixture"),
        pytest.param((), "tests/unit", (), id="it uses none"),
        pytest.param(("shop",), "tests/e2e", (), id="another folder's of that name"),
        pytest.param(("shop",), f"{FILE}::TestB", (), id="another class'"),
        pytest.param(("shop",), "tests/unit/test_c", (), id="boundary: a folder that only begins so"),
        pytest.param(("shop",), "tests/uni", (), id="boundary: a folder whose name is shorter"),
        pytest.param(("shop",), f"{FILE}::Test", (), id="boundary: a class whose name is shorter"),
    ],
)
def test_records__fixture_of_a_wider_scope__counts_for_those_that_use_it(
    fixtures: tuple[str, ...], base: str, expected: tuple[str, ...]
) -> None:
    wide = Wide("shop", base, held=(TOTAL,), failed=(says("tax"),))
    found = side(asserting(f"{FILE}::TestA::test_add", fixtures=fixtures), wide=[wide])
    assert found is not None
    assert (*found.held, *found.failed) == expected


@pytest.mark.parametrize("n_processes", [1, 2])
def test_records__test_and_its_fixture_say_the_same__is_counted_for_both(n_processes: int) -> None:
    found = side(asserting(A_TEST, TOTAL, TOTAL, fixtures=("shop",)), wide=[_WIDE] * n_processes)
    assert found is not None
    assert found.times == {"total": 3}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(known(TOTAL), known(TOTAL), False, id="the same"),
        pytest.param(known(TOTAL), known(TOTAL._replace(line=9, function="f", path="x.py")), False, id="moved"),
        pytest.param(known(TOTAL), known(TOTAL, TOTAL), True, id="more often"),
        pytest.param(known(TOTAL), known(says("tax")), True, id="another"),
        pytest.param(known(TOTAL), known(TOTAL, failed=[says("tax")]), True, id="one fails"),
        pytest.param(known(TOTAL, failed=[says("tax")]), known(TOTAL), False, id="one failed at the base"),
        pytest.param(known(says("f", SMOKE)), known(says("g", SMOKE)), True, id="other calls"),
        pytest.param(known(TOTAL, says("f", SMOKE)), known(TOTAL), False, id="boundary: a call beside an assertion"),
        pytest.param(known(says("e", CONTEXT, raises=["KeyError"])), known(says("e", CONTEXT, raises=["OSError"])),
                     True, id="other exceptions by the same words"),
        pytest.param(known(), known(), False, id="nothing"),
    ],
)  # fmt: skip
def test_differ__table(before: Asserted, now: Asserted, expected: bool) -> None:
    assert differ(before, now) is expected


def pairs(base: Sequence[Evidence], head: Sequence[Evidence], *moved: tuple[str, str]) -> list[tuple[str, ...]]:
    """The head's test of each pair, what held at the base, and what held here."""
    facts = the_facts(*head, baseline=a_baseline(*base))
    stand_ins = tuple(StandIn(lost=old, by=(new,), why="") for old, new in moved)
    comparison = msgspec.structs.replace(facts.comparison, moved=stand_ins)
    found = find_differences(replace(facts, comparison=comparison))
    return [(one.test.item.id, *one.before.held, *one.now.held) for one in found]


A, B = f"{FILE}::test_a", f"{FILE}::test_b"
TAX = says("tax")


def test_pairs__kept_test_that_asserts_something_else__is_one() -> None:
    base, head = a_record_of(asserting(A, TOTAL), asserting(B, TOTAL)), a_record_of(
        asserting(A, TAX), asserting(B, TOTAL)
    )
    assert pairs([base], [head]) == [(A, "total", "tax")]


def test_pairs__moved_test__is_compared_with_what_it_became() -> None:
    assert pairs([a_record_of(asserting(A, TOTAL))], [a_record_of(asserting(B, TAX))], (A, B)) == [(B, "total", "tax")]


def test_pairs__lost_test__is_none() -> None:
    assert pairs([a_record_of(asserting(A, TOTAL))], [a_record_of(asserting(B, TAX))]) == []


def test_pairs__two_environments__are_each_compared_with_their_own() -> None:
    ours, theirs = asserting(A, TOTAL), asserting(A, TAX)
    sides = [a_record_of(ours), a_record_of(theirs, python="3.12.1")]
    assert pairs(sides, sides) == []
    weaker = [a_record_of(ours), a_record_of(asserting(A), python="3.12.1")]
    assert pairs(sides, weaker) == [(A, "tax")]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        pytest.param(
            a_record_of(asserting(A, TOTAL, did="skipped")), a_record_of(asserting(A)), id="skipped at the base"
        ),
        pytest.param(a_record_of(asserting(A, TOTAL)), a_record_of(asserting(A, did="failed")), id="fails here"),
        pytest.param(
            a_record(suite=a_suite(a_test(A), assertions="")),
            a_record_of(asserting(A)),
            id="missing evidence: the base's",
        ),
        pytest.param(
            a_record_of(asserting(A, TOTAL)),
            a_record(suite=a_suite(a_test(A), assertions="")),
            id="missing evidence: the head's",
        ),
        pytest.param(
            a_record_of(asserting(A, TOTAL), python="3.12.1"),
            a_record_of(asserting(A)),
            id="missing evidence: the environment",
        ),
    ],
)
def test_pairs__nothing_to_compare__has_none(base: Evidence, head: Evidence) -> None:
    assert pairs([base], [head]) == []

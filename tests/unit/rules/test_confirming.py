"""Tests that came to none of their assertions: did they lose them, or was it chance?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from asserting import a_record_of, asserting, says
from builders import A_TEST, FILE, a_baseline, a_source, the_facts
from inspections import an_inspection, inspected
from testkeep.model.assertion_site import Statement, Statements
from testkeep.model.inspection import Inspection
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import Facts
from testkeep.rules.confirming import Confirmed, confirmed, to_confirm
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.strength import weakened

TOTAL = says()


def facts_of(
    *,
    edited: bool = False,
    gone: bool = False,
    base: RecordedTest | None = None,
    head: RecordedTest | None = None,
    still: bool = False,
) -> Facts:
    """A test that came to its only assertion at the base, and, unless it does ``still``, not at the head."""
    inspection = an_inspection(base=[base] if base else [], head=[head] if head else [])
    facts = the_facts(
        a_record_of(asserting(A_TEST, *([TOTAL] if still else []))),
        baseline=a_baseline(a_record_of(asserting(A_TEST, TOTAL))),
        base_sources={FILE: a_source(test_add="before")},
        head_sources={FILE: a_source(test_add="after" if edited else "before")},
        inspection=inspection if base or head else Inspection(),
    )
    there = {} if gone else {TOTAL.path: {TOTAL.form: Statement("assert total", functions=frozenset({"test_add"}))}}
    return replace(facts, statements=Statements(base=there, head=there))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(facts_of(), [A_TEST], id="nothing was edited"),
        pytest.param(facts_of(edited=True), [], id="boundary: the test was edited"),
        pytest.param(facts_of(gone=True), [], id="boundary: the assertion is not there any more"),
        pytest.param(facts_of(still=True), [], id="passing: it comes to it"),
    ],
)
def test_to_confirm__assertion_was_not_reached__is_run_alone_where_nothing_was_edited(
    facts: Facts, expected: list[str]
) -> None:
    assert [one.head for one in to_confirm(facts)] == expected


@pytest.mark.parametrize(
    ("facts", "expected", "said"),
    [
        pytest.param(facts_of(base=inspected(), head=inspected(asserted=0)), Confirmed.YES, [True],
                     id="failing: alone it does not come to it either"),
        pytest.param(facts_of(base=inspected(), head=inspected()), Confirmed.NO, [], id="passing: alone it does"),
        pytest.param(facts_of(base=inspected(asserted=0), head=inspected(asserted=0)), Confirmed.UNKNOWN, [False],
                     id="boundary: alone it does not at the base, too"),
        pytest.param(facts_of(), Confirmed.YES, [True], id="missing evidence: it could not be run"),
        pytest.param(facts_of(base=inspected(), head=inspected(did="failed")), Confirmed.YES, [True],
                     id="missing evidence: alone it fails"),
        pytest.param(facts_of(edited=True, base=inspected(), head=inspected()), Confirmed.NO, [True],
                     id="boundary: it was edited, whatever it does alone"),
    ],
)  # fmt: skip
def test_confirmed__runs_alone__decide_what_is_said(facts: Facts, expected: Confirmed, said: list[bool]) -> None:
    (one,) = facts.differences

    assert confirmed(facts, one) is expected
    assert [one.to_nothing for one in weakened(facts, HeadTests.of(facts))] == said

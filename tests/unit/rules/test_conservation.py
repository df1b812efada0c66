"""TK201 to TK205: every test that guarded at the base commit still guards, or is accounted for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pytest

from builders import (
    A_TEST,
    BASE,
    FILE,
    TODAY,
    a_baseline,
    a_record,
    a_suite,
    a_test,
    a_waiver,
    cut_off,
    findings_of,
    not_run,
    the_facts,
)
from testkeep.model.comparison import Comparison, Loss, LostTest
from testkeep.model.evidence import Evidence
from testkeep.model.finding import Finding, Severity
from testkeep.model.tests import RecordedTest, Selection
from testkeep.rules import RULES
from testkeep.rules.advice import advise
from testkeep.rules.base import Facts
from testkeep.rules.judgement import find


@dataclass(frozen=True)
class _Rule:
    """What is particular to one rule of the family: the loss, the change that makes it, and what is said of it."""

    code: str
    name: str
    head: Evidence
    says: str
    how: Loss
    harmless: RecordedTest
    line: int = 0

    @property
    def finding(self) -> Finding:
        """The one finding that the head earns."""
        return Finding(
            code=self.code,
            name=self.name,
            severity=Severity.ERROR,
            message=f"passed at {BASE[:12]}, {self.says}",
            help=advise([LostTest(base=a_test(), how=self.how, why="", path=FILE)], self.code, TODAY),
            test=A_TEST,
            path=FILE,
            line=self.line,
        )


_TABLE = [
    _Rule(
        code="TK201",
        name="newly-skipped",
        head=a_record(a_test(did="skipped", why="broken", at=f"{FILE}:4")),
        says='skipped now: "broken"',
        how=Loss.SKIPPED,
        line=4,
        harmless=a_test(did="skipped"),
    ),
    _Rule(
        code="TK202",
        name="newly-xfailed",
        head=a_record(a_test(did="xfailed", why="bug 3")),
        says='xfailed now: it fails as expected: "bug 3"',
        how=Loss.XFAILED,
        line=5,
        harmless=a_test(did="xfailed"),
    ),
    _Rule(
        code="TK203",
        name="removed",
        head=a_record(a_test("tests/unit/test_new.py::test_new")),
        says=f"removed now: its function is not in {FILE} any more",
        how=Loss.REMOVED,
        harmless=a_test(did="failed"),
    ),
    _Rule(
        code="TK204",
        name="deselected",
        head=a_record(not_run(how=Selection.DESELECTED, by="-k 'not add'")),
        says="deselected now: deselected by -k 'not add'",
        how=Loss.DESELECTED,
        line=5,
        harmless=not_run(how=Selection.DESELECTED),
    ),
    _Rule(
        code="TK205",
        name="no-longer-collected",
        head=a_record(suite=a_suite(ignored=(FILE,))),
        says=f"not collected now: {FILE} is ignored",
        how=Loss.NOT_COLLECTED,
        harmless=not_run(),
    ),
]
_CODES = [rule.code for rule in _TABLE]
_each_rule = pytest.mark.parametrize("rule", _TABLE, ids=_CODES)
_BASELINE = a_baseline(a_record(a_test()))


def _facts(head: Evidence, base: RecordedTest | None = None) -> Facts:
    baseline = a_baseline(a_record(base)) if base else _BASELINE
    return the_facts(head, baseline=baseline, head_sources={FILE: {}})


@_each_rule
def test_tk2xx__passing__says_nothing(rule: _Rule) -> None:
    assert findings_of(rule.code, _facts(a_record(a_test()))) == ()


@_each_rule
def test_tk2xx__failing__is_said_by_this_rule_alone(rule: _Rule) -> None:
    facts = _facts(rule.head)
    family = [other for other in RULES if other.code.startswith("TK2")]
    assert find(facts, [], family) == (rule.finding,)


@_each_rule
def test_tk2xx__boundary__what_did_not_guard_before_cannot_be_lost(rule: _Rule) -> None:
    assert findings_of(rule.code, _facts(rule.head, base=rule.harmless)) == ()


@_each_rule
@pytest.mark.parametrize("missing", ["baseline", "problem", "cut off"])
def test_tk2xx__missing_evidence__is_left_to_others(rule: _Rule, missing: str) -> None:
    facts = {
        "baseline": the_facts(rule.head),
        "problem": the_facts(rule.head, baseline=a_baseline(a_record(a_test()), problem="gone")),
        "cut off": the_facts(rule.head, baseline=_BASELINE, unfinished=(cut_off(),)),
    }[missing]
    assert findings_of(rule.code, facts) == ()


@_each_rule
def test_tk2xx__waived__is_still_said(rule: _Rule) -> None:
    waived = Finding(**{field: getattr(rule.finding, field) for field in Finding.__struct_fields__} | {"waived": True})
    assert findings_of(rule.code, _facts(rule.head), a_waiver(rule=rule.code, expires=TODAY)) == (waived,)


@_each_rule
def test_tk2xx__waived_for_another_rule__is_not_waived(rule: _Rule) -> None:
    others = [a_waiver(rule=code) for code in _CODES if code != rule.code]
    assert findings_of(rule.code, _facts(rule.head), *others) == (rule.finding,)


_SAYING = partial(LostTest, base=a_test(), how=Loss.SKIPPED, path=FILE)


def test_tk2xx__without_a_reason__ends_without_a_colon() -> None:
    facts = replace(_facts(a_record(a_test())), comparison=Comparison(lost=(_SAYING(why=""),), obstacle=""))
    assert [finding.message for finding in findings_of("TK201", facts)] == [f"passed at {BASE[:12]}, skipped now"]

"""TK210 to TK214: a declared replacement is believed when it is proven."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from builders import BASE, a_baseline, a_record, a_test, a_waiver, cut_off, findings_of, the_facts
from inspections import an_inspection, inspected, lines_of
from testkeep.model.finding import Finding, Severity
from testkeep.model.inspection import Inspection
from testkeep.model.production import Production
from testkeep.model.tests import RecordedTest
from testkeep.rules import RULES
from testkeep.rules.accounting import account
from testkeep.rules.base import Facts
from testkeep.rules.judgement import find

OLD = "tests/unit/test_tax.py::test_refund"
NEW = "tests/unit/test_new.py::test_refunds"
KEPT = "tests/unit/test_tax.py::test_kept"
_PRODUCTION = Production(covered=lines_of("app.py:2-3"), others={})


def declaring(*targets: str, test_id: str = NEW, did: str = "passed") -> RecordedTest:
    """Build a test that declares to stand for others."""
    return a_test(test_id, did, replaces=targets)


def seen(*head: RecordedTest, base: tuple[RecordedTest, ...] = ()) -> Inspection:
    """Build what was seen when the lost test ran line 2 and these did what they did."""
    return an_inspection(base=[inspected(OLD, "app.py:2"), *base], head=head, production=_PRODUCTION)


def judged(test: RecordedTest, inspection: Inspection, *, obstacle: bool = False) -> Facts:
    """Account for a head that has one test of the base, and one that declares to stand for the one that is gone."""
    facts = the_facts(
        a_record(test, *([] if test.item.id == KEPT else [a_test(KEPT)])),
        baseline=a_baseline(a_record(a_test(OLD), a_test(KEPT))),
        inspection=inspection,
        unfinished=(cut_off(),) if obstacle else (),
    )
    return replace(facts, comparison=account(facts))


@dataclass(frozen=True)
class _Rule:
    """What is particular to one rule of the family, with a declaration at its very boundary that holds."""

    code: str
    name: str
    test: RecordedTest
    inspection: Inspection
    says: str
    help: str
    boundary: tuple[RecordedTest, Inspection]

    @property
    def finding(self) -> Finding:
        item = self.test.item
        return Finding(code=self.code, name=self.name, severity=Severity.ERROR, message=self.says, help=self.help,
                       test=item.id, path=item.path, line=item.line)  # fmt: skip


_GOOD = declaring(OLD), seen(inspected(NEW, "app.py:2"))
_STRONGER = seen(inspected(KEPT, "app.py:2", asserted=2), base=(inspected(KEPT),))
_TABLE = [
    _Rule(
        code="TK210",
        name="replacement-does-not-guard",
        test=declaring(OLD, did="skipped"),
        inspection=seen(),
        says=f"{NEW} does not stand for {OLD}: it was skipped, so it does not guard",
        help="",
        boundary=_GOOD,
    ),
    _Rule(
        code="TK211",
        name="replacement-does-not-cover",
        test=declaring(OLD),
        inspection=seen(inspected(NEW, "app.py:3")),
        says=f"{NEW} does not stand for {OLD}: the lost test ran app.py:2, and it does not",
        help="Let it run these lines, or declare a further test for the same target.",
        boundary=(declaring(OLD), seen(inspected(NEW, "app.py:2-3"))),
    ),
    _Rule(
        code="TK212",
        name="replacement-not-new",
        test=declaring(OLD, test_id=KEPT),
        inspection=seen(inspected(KEPT, "app.py:2"), base=(inspected(KEPT),)),
        says=f"{KEPT} does not stand for {OLD}: it guarded at the base already, and asserts no more than it did there",
        help="Add to it what the lost test asserted, or write a new test.",
        boundary=(declaring(OLD, test_id=KEPT), _STRONGER),
    ),
    _Rule(
        code="TK213",
        name="replacement-of-nothing-lost",
        test=declaring(KEPT),
        inspection=seen(),
        says=f"{NEW} does not stand for {KEPT}: that test still guards, so nothing needs to stand for it",
        help="Remove the mark, or name a test that this change loses.",
        boundary=_GOOD,
    ),
    _Rule(
        code="TK214",
        name="replacement-cannot-fail",
        test=declaring(OLD),
        inspection=seen(inspected(NEW, "app.py:2", asserted=0, vacuous=1)),
        says=f"{NEW} does not stand for {OLD}: it asserts nothing that could be false (assertions: 1 always true)",
        help="Let it assert what the lost test asserted.",
        boundary=(declaring(OLD), seen(inspected(NEW, "app.py:2", asserted=1, vacuous=1))),
    ),
]
_CODES = [rule.code for rule in _TABLE]
_FAMILY = [rule for rule in RULES if rule.code.startswith("TK2")]
_each_rule = pytest.mark.parametrize("rule", _TABLE, ids=_CODES)


@_each_rule
def test_tk21x__passing__says_nothing(rule: _Rule) -> None:
    assert findings_of(rule.code, judged(*_GOOD)) == ()


@_each_rule
def test_tk21x__failing__is_said_by_this_rule_and_the_loss_stays(rule: _Rule) -> None:
    found = find(judged(rule.test, rule.inspection), [], _FAMILY)
    assert [finding.code for finding in found] == ["TK203", rule.code]
    assert found[1] == rule.finding
    assert found[0].about == (OLD,)


@_each_rule
def test_tk21x__boundary__holds(rule: _Rule) -> None:
    assert find(judged(*rule.boundary), [], _FAMILY) == ()


@_each_rule
def test_tk21x__missing_evidence__is_left_to_others(rule: _Rule) -> None:
    assert findings_of(rule.code, judged(rule.test, rule.inspection, obstacle=True)) == ()


@_each_rule
def test_tk21x__waived__is_still_said(rule: _Rule) -> None:
    facts = judged(rule.test, rule.inspection)
    (found,) = findings_of(rule.code, facts, a_waiver(rule.test.item.id, rule.code))
    assert (found.waived, found.message) == (True, rule.says)
    (lost,) = findings_of("TK203", facts, a_waiver(rule.test.item.id, rule.code))
    assert not lost.waived
    assert lost.message.startswith(f"passed at {BASE[:12]}, removed now")

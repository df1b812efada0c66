"""TK201 to TK206: every test that guarded at the base commit still guards, or is accounted for."""

from __future__ import annotations

import datetime
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
from testkeep.model.comparison import Comparison, Loss, LostTest, Weakening
from testkeep.model.evidence import Evidence
from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import Waiver
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


@pytest.mark.parametrize(
    ("clock_day", "proposed"),
    [
        pytest.param(datetime.date(2026, 11, 25), "expires = 2026-12-25", id="the commit is older than today"),
        pytest.param(TODAY, "expires = 2026-12-20", id="boundary: the same day"),
        pytest.param(datetime.date(2026, 1, 1), "expires = 2026-12-20", id="the commit's clock is ahead"),
    ],
)
def test_tk2xx__waiver_that_is_proposed__lasts_from_the_later_day(clock_day: datetime.date, proposed: str) -> None:
    facts = replace(
        _facts(a_record(a_test())), comparison=Comparison(lost=(_SAYING(why=""),), obstacle=""), clock_day=clock_day
    )
    (finding,) = findings_of("TK201", facts)
    assert finding.help.endswith(proposed)


# One cause, one finding -------------------------------------------------------------------------------------------


def _said(*losses: LostTest, waiver: str = "") -> list[tuple[str, tuple[str, ...], str, int, bool]]:
    facts = replace(_facts(a_record(a_test())), comparison=Comparison(lost=losses, obstacle=""))
    found = findings_of("TK201", facts, *([a_waiver(waiver)] if waiver else []))
    return [(one.message.partition("now")[2], one.about, one.path, one.line, one.waived) for one in found]


def _skip(name: str, why: str = ': "no redis"', path: str = FILE, line: int = 4) -> LostTest:
    test = a_test(f"{path}::{name}")
    return LostTest(base=test, how=Loss.SKIPPED, why=why.removeprefix(": "), path=path, line=line)


REDIS = ': "no redis"'
ONE, TWO, THIRD = f"{FILE}::test_1", f"{FILE}::test_2", f"{FILE}::test_3"


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        pytest.param([_skip("test_1")], [(REDIS, (ONE,), FILE, 4, False)], id="one test"),
        pytest.param([_skip("test_1"), _skip("test_2")], [(REDIS, (ONE, TWO), FILE, 4, False)], id="of one line"),
        pytest.param(
            [_skip("test_1"), _skip("test_2", line=9)], [(REDIS, (ONE, TWO), FILE, 0, False)], id="of one file"
        ),
        pytest.param(
            [_skip("test_1"), _skip("test_2", path="b.py")],
            [(REDIS, (ONE, "b.py::test_2"), "", 0, False)],
            id="of two files",
        ),
        pytest.param(
            [_skip("test_1"), _skip("test_2", why=": off")],
            [(REDIS, (ONE,), FILE, 4, False), (": off", (TWO,), FILE, 4, False)],
            id="for two reasons",
        ),
        pytest.param(
            [_skip("test_1", why=""), _skip("test_2", why="", path="b.py")],
            [("", (ONE,), FILE, 4, False), ("", ("b.py::test_2",), "b.py", 4, False)],
            id="boundary: without a reason, by file",
        ),
    ],
)
def test_tk201__tests_lost_by_one_cause__are_one_finding(
    losses: list[LostTest], expected: list[tuple[str, tuple[str, ...], str, int, bool]]
) -> None:
    assert sorted(_said(*losses)) == sorted(expected)


def test_tk201__one_of_several_is_waived__stands_apart() -> None:
    assert _said(_skip("test_1"), _skip("test_2"), _skip("test_3"), waiver=TWO) == [
        (REDIS, (ONE, THIRD), FILE, 4, False),
        (REDIS, (TWO,), FILE, 4, True),
    ]


def test_tk2xx__without_a_baseline__names_no_commit() -> None:
    facts = replace(the_facts(a_record(a_test())), comparison=Comparison(lost=(_skip("test_1"),), obstacle=""))
    assert [one.message for one in findings_of("TK201", facts)] == [f"passed at the base, skipped now{REDIS}"]


# TK206 ------------------------------------------------------------------------------------------------------------


def _weak(*, to_nothing: bool = True, line: int = 5) -> Facts:
    one = Weakening(head=a_test(line=line), why="1 assertion held", to_nothing=to_nothing)
    return replace(_facts(a_record(a_test())), comparison=Comparison(kept=(A_TEST,), weakened=(one,), obstacle=""))


_WEAKER = partial(
    Finding,
    code="TK206",
    name="weakened",
    severity=Severity.ERROR,
    message=f"weaker than at {BASE[:12]}: 1 assertion held",
    help="Let it assert again what it asserted, or remove it and declare what stands for it.",
    test=A_TEST,
    path=FILE,
    line=5,
)


@pytest.mark.parametrize(
    ("facts", "waiver", "expected"),
    [
        pytest.param(_facts(a_record(a_test())), (), (), id="passing"),
        pytest.param(_weak(), (), (_WEAKER(),), id="failing: nothing is left"),
        pytest.param(
            _weak(to_nothing=False), (), (_WEAKER(severity=Severity.WARNING),), id="boundary: something is left"
        ),
        pytest.param(_weak(line=9), (), (_WEAKER(line=9),), id="a line of its own"),
        pytest.param(the_facts(a_record(a_test())), (), (), id="missing evidence"),
        pytest.param(_weak(), (a_waiver(rule="TK206"),), (_WEAKER(waived=True),), id="waived"),
        pytest.param(_weak(), (a_waiver(rule="TK203"),), (_WEAKER(),), id="waived for another rule"),
    ],
)
def test_tk206__table(facts: Facts, waiver: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK206", facts, *waiver) == expected

"""From findings to a decision, and what a waiver can do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from builders import A_TEST, HEAD, TODAY, a_baseline, a_record, a_static_record, a_test, a_waiver, the_facts
from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import Waiver
from testkeep.model.verdict import Decision
from testkeep.rules.base import Facts, Problem, Rule
from testkeep.rules.judgement import decide, find


@dataclass(frozen=True)
class _Saying:
    """A check that says what it is told to."""

    problems: tuple[Problem, ...] = ()

    def __call__(self, facts: Facts) -> Iterator[Problem]:
        return iter(self.problems)


def _rule(code: str, effect: Decision, *problems: Problem) -> Rule:
    return Rule(code=code, name="n", check=_Saying(problems), effect=effect)


_RULES = (_rule("TK900", Decision.FAIL), _rule("TK901", Decision.INCONCLUSIVE), _rule("TK902", Decision.PASS))


def _finding(code: str, severity: Severity = Severity.ERROR, *, waived: bool = False) -> Finding:
    return Finding(code=code, name="n", severity=severity, message="m", waived=waived)


@pytest.mark.parametrize(
    ("findings", "decision"),
    [
        pytest.param((), Decision.PASS, id="nothing was found"),
        pytest.param((_finding("TK900"),), Decision.FAIL, id="an error that fails"),
        pytest.param((_finding("TK901"),), Decision.INCONCLUSIVE, id="an error that leaves it open"),
        pytest.param((_finding("TK902"),), Decision.PASS, id="an error without effect"),
        pytest.param((_finding("TK901"), _finding("TK900")), Decision.FAIL, id="inconclusive and fail: the worst wins"),
        pytest.param((_finding("TK900"), _finding("TK901")), Decision.FAIL, id="fail and inconclusive: the worst wins"),
        pytest.param(
            (_finding("TK900", Severity.WARNING), _finding("TK901", Severity.NOTE)),
            Decision.PASS,
            id="warnings and notes do not decide",
        ),
        pytest.param((_finding("TK900", waived=True),), Decision.PASS, id="waived errors do not decide"),
        pytest.param(
            (_finding("TK900", waived=True), _finding("TK901")), Decision.INCONCLUSIVE, id="waived fail, open question"
        ),
        pytest.param((_finding("TK900", waived=True), _finding("TK900")), Decision.FAIL, id="one of two is waived"),
    ],
)
def test_decide__table(findings: tuple[Finding, ...], decision: Decision) -> None:
    assert decide(the_facts(a_record(a_test())), findings, _RULES) is decision


@pytest.mark.parametrize(
    ("findings", "decision"),
    [
        pytest.param((), Decision.INCONCLUSIVE, id="nothing at all"),
        pytest.param((_finding("TK900", waived=True),), Decision.INCONCLUSIVE, id="only what is waived"),
        pytest.param((_finding("TK902"),), Decision.PASS, id="an effect of its own"),
        pytest.param((_finding("TK900"),), Decision.FAIL, id="an error that fails"),
    ],
)
def test_decide__without_evidence__is_never_a_pass_by_itself(findings: tuple[Finding, ...], decision: Decision) -> None:
    assert decide(the_facts(), findings, _RULES) is decision


def _waived(waiver: Waiver, *, effect: Decision = Decision.FAIL, today: datetime.date = TODAY) -> bool:
    rule = _rule("TK201", effect, Problem(message="m", test=A_TEST))
    (finding,) = find(the_facts(today=today), [waiver], [rule])
    return finding.waived


@pytest.mark.parametrize(
    ("today", "waived"),
    [
        pytest.param(TODAY - datetime.timedelta(days=1), True, id="the day before"),
        pytest.param(TODAY, True, id="the very day"),
        pytest.param(TODAY + datetime.timedelta(days=1), False, id="the day after"),
        pytest.param(datetime.date.max, False, id="the day is unknown"),
    ],
)
def test_find__expiring_waiver__counts_until_its_last_day(today: datetime.date, waived: bool) -> None:
    assert _waived(a_waiver(expires=TODAY), today=today) is waived


@pytest.mark.parametrize(
    ("waiver", "waived"),
    [
        pytest.param(a_waiver(A_TEST, "TK201"), True, id="same test, same rule"),
        pytest.param(a_waiver(A_TEST, "TK202"), False, id="another rule"),
        pytest.param(a_waiver(f"{A_TEST}[1]", "TK201"), False, id="another test"),
        pytest.param(a_waiver(A_TEST.partition("::")[0], "TK201"), True, id="the whole file"),
        pytest.param(a_waiver(A_TEST.partition("::")[0], "TK202"), False, id="the whole file, another rule"),
        pytest.param(a_waiver("tests/unit", "TK201"), False, id="boundary: a folder"),
        pytest.param(a_waiver(A_TEST[:-1], "TK201"), False, id="boundary: the beginning of its name"),
    ],
)
def test_find__waiver__excuses_one_test_of_one_rule(waiver: Waiver, waived: bool) -> None:
    assert _waived(waiver) is waived


@pytest.mark.parametrize(
    ("name", "waived"),
    [
        pytest.param("t.py::TestA::test_b", ["t.py::TestA::test_b[1]"], id="a function"),
        pytest.param("t.py::TestA", ["t.py::TestA::test_b[1]", "t.py::TestA::test_c"], id="a class"),
        pytest.param("t.py", ["t.py::TestA::test_b[1]", "t.py::TestA::test_c", "t.py::test_d"], id="a file"),
    ],
)
def test_find__waiver_of_what_tests_lie_in__excuses_all_of_them(name: str, waived: list[str]) -> None:
    tests = ("t.py::TestA::test_b[1]", "t.py::TestA::test_c", "t.py::test_d", "u.py::TestA::test_b")
    rule = _rule("TK201", Decision.FAIL, Problem(message="m", tests=tests))
    found = find(the_facts(), [a_waiver(name, "TK201")], [rule])
    assert [test for one in found if one.waived for test in one.about] == waived
    assert [test for one in found if not one.waived for test in one.about] == [x for x in tests if x not in waived]


def test_find__waiver_of_what_nobody_knows__does_not_count() -> None:
    assert not _waived(a_waiver(), effect=Decision.INCONCLUSIVE)


def test_find__finding_without_a_test__is_never_waived() -> None:
    (finding,) = find(the_facts(), [a_waiver(test="")], [_rule("TK201", Decision.FAIL, Problem(message="m"))])
    assert not finding.waived


def test_find__many_findings__are_sorted_by_severity_code_path_line_and_test() -> None:
    wanted = [
        ("TK900", Problem(message="1", path="a.py", line=2, test="b")),
        ("TK900", Problem(message="2", path="a.py", line=2, test="c")),
        ("TK900", Problem(message="3", path="a.py", line=10, test="a")),
        ("TK900", Problem(message="4", path="b.py", line=1, test="a")),
        ("TK901", Problem(message="5", path="a.py", line=1, test="a")),
        ("TK900", Problem(message="6", path="a.py", line=1, test="a", severity=Severity.WARNING)),
        ("TK900", Problem(message="7", path="a.py", line=1, test="a", severity=Severity.NOTE)),
    ]
    rules = [_rule(code, Decision.FAIL, problem) for code, problem in reversed(wanted)]
    assert [finding.message for finding in find(the_facts(), [], rules)] == list("1234567")


def _verdict(facts: Facts, *waivers: Waiver) -> Decision:
    return decide(facts, find(facts, waivers))


_BASELINE = a_baseline(a_record(a_test()))


@pytest.mark.parametrize(
    ("facts", "waivers", "decision"),
    [
        pytest.param(the_facts(a_record(a_test())), (), Decision.PASS, id="green without a base"),
        pytest.param(the_facts(a_record(a_test()), baseline=_BASELINE), (), Decision.PASS, id="green, nothing lost"),
        pytest.param(the_facts(a_record(a_test(did="failed"))), (), Decision.FAIL, id="red"),
        pytest.param(
            the_facts(a_record(a_test(did="skipped"), a_test(HEAD)), baseline=_BASELINE), (), Decision.FAIL, id="lost"
        ),
        pytest.param(
            the_facts(a_record(a_test(did="skipped"), a_test(HEAD)), baseline=_BASELINE),
            (a_waiver(),),
            Decision.PASS,
            id="lost, and waived",
        ),
        pytest.param(the_facts(a_record(), baseline=_BASELINE), (), Decision.FAIL, id="all lost, and nothing ran"),
        pytest.param(the_facts(), (), Decision.INCONCLUSIVE, id="no evidence"),
        pytest.param(
            the_facts(a_record(a_test()), baseline=a_baseline(problem="cut off")),
            (),
            Decision.INCONCLUSIVE,
            id="green, but nothing to compare with",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed")), baseline=a_baseline(problem="cut off")),
            (),
            Decision.FAIL,
            id="red, and nothing to compare with",
        ),
        pytest.param(
            the_facts(a_static_record(job="unit"), baseline=_BASELINE),
            (),
            Decision.INCONCLUSIVE,
            id="a test stage's record without a test run",
        ),
    ],
)
def test_find_and_decide__with_the_real_rules(facts: Facts, waivers: tuple[Waiver, ...], decision: Decision) -> None:
    assert _verdict(facts, *waivers) is decision


_SEVERAL = Problem(message="m", tests=("t::1", "t::2", "t::3"), path="t", line=4)


@pytest.mark.parametrize(
    ("waived", "expected"),
    [
        pytest.param((), [(("t::1", "t::2", "t::3"), False)], id="none"),
        pytest.param(("t::1", "t::2", "t::3"), [(("t::1", "t::2", "t::3"), True)], id="all"),
        pytest.param(("t::1",), [(("t::1",), True), (("t::2", "t::3"), False)], id="the first"),
        pytest.param(("t::2",), [(("t::1", "t::3"), False), (("t::2",), True)], id="one in the middle"),
        pytest.param(("t::1", "t::3"), [(("t::1", "t::3"), True), (("t::2",), False)], id="all but one"),
        pytest.param(("t::4",), [(("t::1", "t::2", "t::3"), False)], id="boundary: another test"),
    ],
)
def test_find__finding_about_several_tests__is_waived_for_each_of_them(
    waived: tuple[str, ...], expected: list[tuple[tuple[str, ...], bool]]
) -> None:
    rules = (_rule("TK900", Decision.FAIL, _SEVERAL),)
    found = find(the_facts(a_record(a_test())), [a_waiver(test, "TK900") for test in waived], rules)
    assert [(one.about, one.waived) for one in found] == expected
    assert {(one.message, one.path, one.line, one.test == one.about[0]) for one in found} == {("m", "t", 4, True)}
    assert [one.tests for one in found if len(one.about) == 1] == [()] * sum(len(one.about) == 1 for one in found)


def test_find__one_of_several_tests_is_not_waived__still_fails() -> None:
    rules = (_rule("TK900", Decision.FAIL, _SEVERAL),)
    facts = the_facts(a_record(a_test()))
    found = find(facts, [a_waiver("t::1", "TK900"), a_waiver("t::2", "TK900")], rules)
    assert decide(facts, found, rules) is Decision.FAIL
    assert decide(facts, find(facts, [a_waiver(f"t::{n}", "TK900") for n in (1, 2, 3)], rules), rules) is Decision.PASS

"""What a rule is: its documentation, its findings, and the places that these point to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from builders import a_record, a_static_record, a_test, the_facts
from testkeep.model.finding import Finding, Severity
from testkeep.model.stage import Stage
from testkeep.model.verdict import Decision
from testkeep.rules import RULES
from testkeep.rules.base import Facts, Problem, Rule, in_repository, split_location


def _check(facts: Facts) -> Iterator[Problem]:
    """A title.

    What to do:

        - this
    """
    yield Problem(message="m", help="h", test="t", path="p", line=3, severity=Severity.NOTE)


def test_rule__its_check__is_documentation_and_findings() -> None:
    rule = Rule(code="TK999", name="a-name", check=_check)
    assert rule.title == "A title."
    assert rule.documentation == "A title.\n\nWhat to do:\n\n    - this"
    assert list(rule.findings(the_facts())) == [
        Finding(code="TK999", name="a-name", severity=Severity.NOTE, message="m", help="h", test="t", path="p", line=3)
    ]


def test_rules__codes_and_effects__are_the_contract() -> None:
    """Codes are never reused, and what a rule does to the verdict is part of the contract."""
    fail, undecided = Decision.FAIL, Decision.INCONCLUSIVE
    assert [(rule.code, rule.name, rule.effect) for rule in RULES] == [
        ("TK101", "failed", fail),
        ("TK102", "error", fail),
        ("TK103", "collection-error", undecided),
        ("TK104", "stage-broke-off", undecided),
        ("TK105", "unexpected-pass", fail),
        ("TK106", "static-stage-failed", fail),
        ("TK107", "nothing-ran", undecided),
        ("TK108", "forged-outcome", fail),
        ("TK201", "newly-skipped", fail),
        ("TK202", "newly-xfailed", fail),
        ("TK203", "removed", fail),
        ("TK204", "deselected", fail),
        ("TK205", "no-longer-collected", fail),
        ("TK206", "weakened", fail),
        ("TK207", "unstable-ids", fail),
        ("TK210", "replacement-does-not-guard", fail),
        ("TK211", "replacement-does-not-cover", fail),
        ("TK212", "replacement-not-new", fail),
        ("TK213", "replacement-of-nothing-lost", fail),
        ("TK214", "replacement-cannot-fail", fail),
        ("TK301", "coverage-overall", fail),
        ("TK302", "coverage-layer", fail),
        ("TK303", "coverage-diff", fail),
        ("TK304", "coverage-fell", fail),
        ("TK305", "never-measured", fail),
        ("TK501", "evidence-missing", undecided),
        ("TK502", "evidence-foreign", undecided),
        ("TK503", "policy-loosened", fail),
        ("TK504", "waiver-expired", fail),
        ("TK505", "waiver-matches-nothing", fail),
        ("TK506", "baseline-unavailable", undecided),
        ("TK507", "tool-missing", undecided),
        ("TK508", "environment-differs", undecided),
        ("TK509", "comparison-uncontrolled", undecided),
        ("TK510", "service-unavailable", undecided),
        ("TK511", "passes-alone", fail),
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rules__documentation__has_a_title_and_says_what_to_do(rule: Rule) -> None:
    title, blank, body = rule.documentation.partition("\n\n")
    assert title == rule.title
    assert title.endswith((".", "?"))
    assert "\n" not in title
    assert blank
    assert len(body) > 80


def test_facts__test_stages__are_those_that_run_tests_in_order() -> None:
    facts = the_facts(stages=(Stage.LINT, Stage.E2E, Stage.UNIT))
    assert facts.test_stages == (Stage.E2E, Stage.UNIT)


def test_facts__tests__come_from_all_suites() -> None:
    first, second = a_record(a_test("a.py::test_a")), a_record(a_test("b.py::test_b"), job="integration")
    facts = the_facts(first, a_static_record(), second)
    assert [record for record, _ in facts.suites()] == [first, second]
    assert [test.item.id for test in facts.tests()] == ["a.py::test_a", "b.py::test_b"]


@pytest.mark.parametrize(
    ("project", "path", "expected"),
    [
        pytest.param("", "app/a.py", "app/a.py", id="project at the root"),
        pytest.param("services/shop", "app/a.py", "services/shop/app/a.py", id="project below the root"),
        pytest.param("services/shop", "", "", id="no place"),
        pytest.param("services/shop", "/usr/lib/a.py", "", id="absolute"),
        pytest.param("", "venv/lib/site-packages/x.py", "", id="an installed package"),
        pytest.param("", "app/my-site-packages.py", "app/my-site-packages.py", id="a name that is like one"),
    ],
)
def test_in_repository__table(project: str, path: str, expected: str) -> None:
    assert in_repository(the_facts(project=project), path) == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("tests/test_a.py:5", ("tests/test_a.py", 5)),
        ("tests/a:b.py:12", ("tests/a:b.py", 12)),
        ("tests/test_a.py", ("tests/test_a.py", 0)),
        ("tests/test_a.py:", ("tests/test_a.py:", 0)),
        ("tests/test_a.py:²", ("tests/test_a.py:²", 0)),
        ("", ("", 0)),
    ],
)
def test_split_location__table(location: str, expected: tuple[str, int]) -> None:
    assert split_location(location) == expected

"""The order of findings, and what is said once."""

from __future__ import annotations

import pytest

from testkeep.model.finding import Finding, Severity
from testkeep.reports._grouping import Group, Statement, grouped, in_order
from unit.reports.verdicts import a_finding, forty


def test_in_order__every_kind__puts_errors_first_and_waived_last() -> None:
    expected = [
        a_finding("TK101", path="a.py", line=2),
        a_finding("TK101", path="a.py", line=10),
        a_finding("TK101", path="b.py", line=1),
        a_finding("TK201"),
        a_finding("TK101", severity=Severity.WARNING),
        a_finding("TK101", severity=Severity.NOTE),
        a_finding("TK101", waived=True),
        a_finding("TK101", severity=Severity.NOTE, waived=True),
    ]
    assert in_order(reversed(expected)) == expected


def test_grouped__same_code_and_help__says_help_once_and_each_message_once() -> None:
    first, second = (a_finding(message="m", help="h", path="a.py", line=line) for line in (1, 3))
    other = a_finding(message="n", help="h", path="a.py", line=2)
    assert grouped([second, other, first]) == (
        Group(
            code="TK201",
            name="newly-skipped",
            severity=Severity.ERROR,
            waived=False,
            help="h",
            statements=(Statement("m", (first, second)), Statement("n", (other,))),
        ),
    )


def test_grouped__other_help_or_waived__stands_apart() -> None:
    findings = [a_finding(help="h"), a_finding(help="i"), a_finding(help="h", waived=True)]
    groups = grouped(findings)
    assert [(group.help, group.extent) for group in groups] == [
        ("h", "1 error"),
        ("i", "1 error"),
        ("h", "1 error, waived"),
    ]


@pytest.mark.parametrize(
    ("findings", "extent"),
    [
        pytest.param([forty(1)], "1 error", id="one test"),
        pytest.param([forty(40)], "1 error of 40 tests", id="one cause, forty tests"),
        pytest.param([forty(40), forty(2)], "2 errors of 42 tests", id="two causes"),
        pytest.param([forty(2, waived=True)], "1 error of 2 tests, waived", id="waived"),
        pytest.param([forty(2), a_finding()], "2 errors", id="boundary: as many tests as findings"),
    ],
)
def test_extent__several_tests_of_one_cause__are_counted(findings: list[Finding], extent: str) -> None:
    assert [group.extent for group in grouped(findings)] == [extent]

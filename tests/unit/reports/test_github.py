"""Annotations, read back the way GitHub's runner reads them."""

from __future__ import annotations

import re

import pytest

from testkeep.model.finding import Finding, Severity
from testkeep.reports.github import render
from unit.reports.verdicts import a_finding, a_full_verdict, a_hostile_verdict, a_verdict, forty

FULL = """\
::error file=tests/unit/test_cart.py,line=12,title=TK201 newly-skipped::\
passed at the base and is skipped now: needs redis%0Atest: tests/unit/test_cart.py::test_drop\
%0Ahelp: Let it run again, replace it, or waive it with a reason and an expiry date.
::error file=tests/unit/test_cart.py,line=20,title=TK201 newly-skipped::\
passed at the base and is skipped now: needs redis%0Atest: tests/unit/test_cart.py::test_add[two words]\
%0Ahelp: Let it run again, replace it, or waive it with a reason and an expiry date.
::error title=TK301 coverage-overall::91.3%25 of the lines are covered, 92%25 are wanted
::warning file=tests/unit/test_mail.py,line=7,title=TK402 over-budget::\
took 340 ms, the budget is 100 ms%0Atest: tests/unit/test_mail.py::test_send
::notice title=TK405 skip-without-reason::skipped without a reason
::notice title=TK203 removed (waived)::\
passed at the base and is gone%0Atest: tests/unit/test_old.py::test_gone
"""


def test_render__something_of_everything__is_this_text() -> None:
    assert render(a_full_verdict()) == FULL


def test_render__no_findings__is_empty() -> None:
    assert render(a_verdict()) == ""


@pytest.mark.parametrize(
    ("finding", "command"),
    [
        pytest.param(
            a_finding(message="50%\r\nof %0A\rx"),
            "::error title=TK201 newly-skipped::50%25%0Aof %250A\\rx",
            id="data",
        ),
        pytest.param(
            a_finding("T,K", "a:b%\n", path="a,b:c%.py", line=2, message="m: n, o"),
            "::error file=a%2Cb%3Ac%25.py,line=2,title=T%2CK a%3Ab%25\\n::m: n, o",
            id="properties",
        ),
        pytest.param(
            a_finding(path="a.py", message="m"),
            "::error file=a.py,title=TK201 newly-skipped::m",
            id="no line",
        ),
        pytest.param(a_finding(line=3, message="m"), "::error title=TK201 newly-skipped::m", id="no path"),
        pytest.param(
            a_finding(message="x\n::add-mask::y\n##[error]z"),
            "::error title=TK201 newly-skipped::x%0A::add-mask::y%0A# #[error]z",
            id="commands inside",
        ),
    ],
)
def test_render__special_characters__are_escaped(finding: Finding, command: str) -> None:
    assert render(a_verdict(finding)) == f"{command}\n"


def test_render__hostile_text__starts_no_second_command() -> None:
    text = render(a_hostile_verdict())
    lines = re.split(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text)
    assert [line.split(" ", 1)[0] for line in lines] == ["::error", "::notice", ""]
    assert "##[" not in text
    # The runner cuts the properties off at the next "::", which none of them may contain.
    assert [bool(re.fullmatch(r"::\w+ (file=[^:,]*,line=3,)?title=[^:,]*::.*", line)) for line in lines] == [
        True,
        True,
        False,
    ]


def test_render__more_than_ten__shows_ten_and_counts_the_others() -> None:
    errors = [a_finding(message=f"error {n}") for n in range(9)]
    warnings = [a_finding(message=f"warning {n}", severity=Severity.WARNING) for n in range(3)]
    waived = [a_finding(message="waived", waived=True)]
    lines = render(a_verdict(*waived, *warnings, *errors)).splitlines()
    assert [line.split(" ", 1)[0] for line in lines[:10]] == ["::error"] * 9 + ["::warning"]
    assert lines[10:] == ["3 more findings are left out: no errors, 2 warnings, 1 waived"]


@pytest.mark.parametrize(
    ("number", "end"),
    [
        pytest.param(2, "test_0, tests/test_a.py::test_1", id="two"),
        pytest.param(5, "test_3, tests/test_a.py::test_4", id="boundary: five"),
        pytest.param(6, "test_4 and 1 more", id="boundary: six"),
        pytest.param(40, "test_4 and 35 more", id="forty"),
    ],
)
def test_render__one_cause_and_several_tests__is_one_annotation(number: int, end: str) -> None:
    lines = render(a_verdict(forty(number))).splitlines()
    assert len(lines) == 1
    assert lines[0].endswith(end)

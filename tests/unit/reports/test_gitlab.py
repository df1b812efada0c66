"""GitLab's code quality report."""

from __future__ import annotations

import json

import msgspec
import pytest

from testkeep.model.finding import Finding, Severity
from testkeep.model.verdict import CoverageResult
from testkeep.reports.gitlab import coverage_line, render
from unit.reports.verdicts import a_finding, a_hostile_verdict, a_verdict, forty


def issues(*findings: Finding) -> list[dict[str, object]]:
    return json.loads(render(a_verdict(*findings)))


def test_render__no_findings__is_an_empty_array() -> None:
    assert render(a_verdict()) == "[]\n"


def test_render__a_finding__has_every_field() -> None:
    found = issues(a_finding(message="m", test="tests/a.py::test_a", path="tests/a.py", line=3))
    assert found == [
        {
            "description": "m (tests/a.py::test_a)",
            "check_name": "TK201 newly-skipped",
            "fingerprint": "62130dadd9c0e3e6e36e150b98a990f0c9cccbaca6b2f407409fdbab8b4f594d",
            "severity": "critical",
            "location": {"path": "tests/a.py", "lines": {"begin": 3}},
        }
    ]


@pytest.mark.parametrize(
    ("finding", "severity", "description"),
    [
        pytest.param(a_finding(message="m"), "critical", "m", id="error"),
        pytest.param(a_finding(message="m", severity=Severity.WARNING), "minor", "m", id="warning"),
        pytest.param(a_finding(message="m", severity=Severity.NOTE), "info", "m", id="note"),
        pytest.param(a_finding(message="m", waived=True), "info", "waived: m", id="waived error"),
    ],
)
def test_render__each_severity__has_gitlabs_word(finding: Finding, severity: str, description: str) -> None:
    assert [(issue["severity"], issue["description"]) for issue in issues(finding)] == [(severity, description)]


@pytest.mark.parametrize(
    ("finding", "path", "line"),
    [
        pytest.param(a_finding(path="a.py", line=3, test="b.py::t"), "a.py", 3, id="path and line"),
        pytest.param(a_finding(path="a.py"), "a.py", 1, id="path only"),
        pytest.param(a_finding(test="tests/b.py::T::t[x::y]", line=3), "tests/b.py", 1, id="the test's file"),
        pytest.param(a_finding(line=3), "pyproject.toml", 1, id="no place"),
    ],
)
def test_render__parts_of_the_place_missing__still_has_a_path_and_a_line(
    finding: Finding, path: str, line: int
) -> None:
    assert [issue["location"] for issue in issues(finding)] == [{"path": path, "lines": {"begin": line}}]


def test_render__same_finding_elsewhere_and_in_other_company__keeps_its_fingerprint() -> None:
    alone = issues(a_finding(path="a.py", line=3))
    in_company = issues(a_finding("TK101"), a_finding(path="a.py", line=90), a_finding(path="b.py"))
    assert in_company[1]["fingerprint"] == alone[0]["fingerprint"]


def test_render__like_findings__differ_in_fingerprint() -> None:
    found = issues(
        a_finding(path="a.py", line=3),
        a_finding(path="a.py", line=4),
        a_finding(path="a.py", line=5),
        a_finding(path="a.py", message="other"),
        a_finding(path="a.p", message="yother"),
        a_finding(path="a.py", test="t"),
        a_finding("TK202", path="a.py"),
    )
    assert len({issue["fingerprint"] for issue in found}) == len(found)


def test_render__hostile_text__is_valid_json_on_one_line_each() -> None:
    found = json.loads(render(a_hostile_verdict()))
    assert ["\n" in issue["description"] for issue in found] == [False, False]


def test_render__one_cause_and_several_tests__is_one_issue_that_counts_them() -> None:
    (issue,) = json.loads(render(a_verdict(forty(40))))
    assert issue["description"] == "skipped now (tests/test_a.py::test_0 and 39 more)"
    assert issue["location"] == {"path": "tests/test_a.py", "lines": {"begin": 1}}


@pytest.mark.parametrize(
    ("percent", "line"),
    [
        pytest.param(91.3, "testkeep total coverage: 91.3%", id="a figure"),
        pytest.param(99.999, "testkeep total coverage: 99.99%", id="rounded down"),
        pytest.param(0.0, "testkeep total coverage: 0%", id="nothing covered"),
        pytest.param(None, "", id="not measured"),
    ],
)
def test_coverage_line__each_figure__is_one_plain_line(percent: float | None, line: str) -> None:
    verdict = msgspec.structs.replace(a_verdict(), coverage=CoverageResult(overall_percent=percent))
    assert coverage_line(verdict) == line

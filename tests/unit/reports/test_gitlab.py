"""GitLab's code quality report."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from testkeep.model.finding import Finding, Severity
from testkeep.model.gap import Gap
from testkeep.model.verdict import CoverageResult
from testkeep.reports.gitlab import coverage_line, note_marker, render, render_note
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
        pytest.param(a_finding(test="tests/b.py"), "tests/b.py", 1, id="a whole file"),
        pytest.param(a_finding(test="coverage.overall"), "pyproject.toml", 1, id="a key of the policy"),
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


def uncovered(*gaps: Gap, key: str = "coverage.diff") -> list[dict[str, object]]:
    coverage = CoverageResult(gaps={key: gaps})
    return json.loads(render(msgspec.structs.replace(a_verdict(), coverage=coverage)))


def test_render__changed_lines_that_no_test_runs__are_issues_at_their_lines() -> None:
    gap = Gap(path="app/a.py", function="f", line=3, missing=4, ranges=((3, 5), (9, 9)))
    found = uncovered(gap)
    assert [(issue["location"], issue["severity"], issue["description"]) for issue in found] == [
        (
            {"path": "app/a.py", "lines": {"begin": 3}},
            "major",
            "lines 3 to 5 are new or changed, and no test runs them (in f)",
        ),
        ({"path": "app/a.py", "lines": {"begin": 9}}, "major", "line 9 is new or changed, and no test runs it (in f)"),
    ]
    assert len({issue["fingerprint"] for issue in found}) == 2


def test_render__uncovered_lines_that_moved__keep_their_fingerprint() -> None:
    before = uncovered(Gap(path="app/a.py", function="", line=3, missing=1, ranges=((3, 3),)))
    after = uncovered(Gap(path="app/a.py", function="", line=7, missing=1, ranges=((7, 7),)))
    assert before[0]["fingerprint"] == after[0]["fingerprint"]


def test_render__uncovered_lines_that_the_change_did_not_touch__are_no_issues() -> None:
    assert uncovered(Gap(path="a.py", function="", line=1, missing=1, ranges=((1, 1),)), key="coverage.overall") == []


def lines_outside_code(text: str) -> list[str]:
    found, fence = [], ""
    for line in text.splitlines():
        marks = re.match(r" *(`{3,})", line)
        if marks and not fence:
            fence = marks[1]
        elif fence and line.strip() == fence:
            fence = ""
        elif not fence:
            found.append(line)
    return found


@pytest.mark.parametrize(
    "text", ["/close", "/merge\n/close", "x\n/close\n```\n/merge", "x\n\n  /approve", "@all /close"]
)
def test_render_note__text_that_looks_like_a_command__begins_no_line(text: str) -> None:
    finding = a_finding(message=text, test=text, path=text)
    lines = lines_outside_code(render_note(a_verdict(finding), ""))
    assert [line for line in lines if line.lstrip().startswith("/")] == []


def test_render_note__job__is_linked() -> None:
    link = "[The whole report](https://gitlab.example/a/b/-/jobs/7/artifacts/browse/testkeep-report)"
    assert link in render_note(a_verdict(), "https://gitlab.example/a/b/-/jobs/7")


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://x/) [evil](https://y"])
def test_render_note__what_is_no_address__is_not_linked(url: str) -> None:
    assert "The whole report" not in render_note(a_verdict(), url)


def test_note_marker__any_job__is_one_comment() -> None:
    assert note_marker("api--> x") == "<!-- testkeep api-x -->"

"""Renders findings as a GitLab code quality report, which a merge request shows. Renders; never decides."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import msgspec
from msgspec import Struct

from testkeep.model.finding import Finding, Severity
from testkeep.model.gap import Gap
from testkeep.model.verdict import Verdict
from testkeep.reports import markdown
from testkeep.reports._grouping import in_order
from testkeep.reports._wording import one_line, percent

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}
# GitLab drops an issue without a path; this file is there and holds the policy.
_NO_PLACE = "pyproject.toml"
_URL = re.compile(r"https?://[A-Za-z0-9./:_-]+")
_CHANGED_LINES = "coverage.diff"


class _Lines(Struct, frozen=True):
    begin: int


class _Location(Struct, frozen=True):
    path: str
    lines: _Lines


class _Issue(Struct, frozen=True, kw_only=True):
    description: str
    check_name: str
    fingerprint: str
    severity: str
    location: _Location


def render(verdict: Verdict) -> str:
    """Render a JSON array with one issue per finding, errors first and waived ones last.

    Where too few changed lines are run, each stretch of them that no test runs is an issue of its own, at its line.
    A fingerprint stays the same while a finding keeps its code, test, path and message: its line may move.

    Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    """
    seen: Counter[tuple[str, ...]] = Counter()
    issues = []
    for finding in in_order(verdict.findings):
        identity = (finding.code, finding.test, finding.path, finding.message)
        issues.append(_issue(finding, _fingerprint(identity, seen[identity])))
        seen[identity] += 1
    for gap in verdict.coverage.gaps.get(_CHANGED_LINES, ()):
        identity = (_CHANGED_LINES, gap.path, gap.function, "")
        for first, last in gap.ranges:
            issues.append(_uncovered(gap, first, last, _fingerprint(identity, seen[identity])))
            seen[identity] += 1
    return msgspec.json.format(msgspec.json.encode(issues), indent=2).decode() + "\n"


def coverage_line(verdict: Verdict) -> str:
    """Say the overall coverage as the pipeline's ``coverage:`` expression looks for it; empty if not measured."""
    total = verdict.coverage.overall_percent
    return "" if total is None else f"testkeep total coverage: {percent(total)}"


def note_marker(job: str) -> str:
    """What a note of one job begins with, which a reader does not see."""
    return f"<!-- testkeep {re.sub('[^A-Za-z0-9]+', '-', job)} -->"


def render_note(verdict: Verdict, job_url: str) -> str:
    """Render a verdict as a note of a merge request; ``job_url`` is the page of the job, which has the report.

    In a note, a line that begins with a slash is a command that GitLab obeys. Here no line does: whatever came from
    outside stands behind something else, or in a code block.
    """
    link = f"\n[The whole report]({job_url}/artifacts/browse/testkeep-report)\n" if _URL.fullmatch(job_url) else ""
    return markdown.render(verdict) + link


def _issue(finding: Finding, fingerprint: str) -> _Issue:
    path = one_line(finding.path or _file_of(finding.test)) or _NO_PLACE
    line = finding.line if finding.path else 0
    more = f" and {len(finding.tests) - 1} more" if finding.tests else ""
    about = f" ({one_line(finding.test)}{more})" if finding.test else ""
    waived = "waived: " if finding.waived else ""
    return _Issue(
        description=f"{waived}{one_line(finding.message)}{about}",
        check_name=one_line(f"{finding.code} {finding.name}"),
        fingerprint=fingerprint,
        severity="info" if finding.waived else _SEVERITIES[finding.severity],
        location=_Location(path, _Lines(max(line, 1))),
    )


def _file_of(test: str) -> str:
    """The file in a test's id; findings about the policy have one of its keys there instead."""
    file = test.partition("::")[0]
    return file if file != test or file.endswith(".py") else ""


def _uncovered(gap: Gap, first: int, last: int, fingerprint: str) -> _Issue:
    what = f"line {first} is" if first == last else f"lines {first} to {last} are"
    where = f" (in {one_line(gap.function)})" if gap.function else ""
    return _Issue(
        description=f"{what} new or changed, and no test runs {'it' if first == last else 'them'}{where}",
        check_name=_CHANGED_LINES,
        fingerprint=fingerprint,
        severity="major",
        location=_Location(one_line(gap.path), _Lines(first)),
    )


def _fingerprint(identity: tuple[str, ...], n_earlier: int) -> str:
    # Each part goes in with its length, so that no two identities read the same.
    parts = (*identity, str(n_earlier)) if n_earlier else identity
    data = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()

"""Renders findings as GitHub workflow commands, which become annotations. Renders; never decides."""

from __future__ import annotations

from testkeep.model.finding import Finding, Severity
from testkeep.model.verdict import Verdict
from testkeep.reports._grouping import in_order
from testkeep.reports._wording import left_out, one_line, several_lines

# GitHub shows ten errors, ten warnings and ten notices of a step, and drops the rest without a word.
_MOST = 10
_MOST_TESTS = 5
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

# As actions/toolkit escapes them (packages/core/src/command.ts).
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(verdict: Verdict) -> str:
    """Render at most ten annotations, errors first, waived ones as notices, and a line on those left out."""
    findings = in_order(verdict.findings)
    lines = [_command(finding) for finding in findings[:_MOST]]
    lines += filter(None, [left_out(findings[_MOST:])])
    return "".join(f"{line}\n" for line in lines)


def _tests(finding: Finding) -> str:
    tests = finding.about
    more = len(tests) - _MOST_TESTS
    return ", ".join(tests[:_MOST_TESTS]) + (f" and {more} more" if more > 0 else "")


def _command(finding: Finding) -> str:
    command = "notice" if finding.waived else _COMMANDS[finding.severity]
    line = str(finding.line) if finding.path and finding.line else ""
    title = f"{finding.code} {finding.name}" + (" (waived)" if finding.waived else "")
    named = (("file", one_line(finding.path)), ("line", line), ("title", one_line(title)))
    properties = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in named if value)
    labelled = (("", finding.message), ("test: ", _tests(finding)), ("help: ", finding.help))
    lines = [line for label, text in labelled if text for line in several_lines(f"{label}{text}")]
    data = "\n".join(lines).translate(_DATA)
    # Older runners obey "##[" anywhere in a line.
    return f"::{command} {properties}::{data}".replace("##[", "# #[")

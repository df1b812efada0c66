"""The order in which all reports present findings, and what they say only once. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from testkeep.model.finding import Finding, Severity
from testkeep.reports._wording import number, one_line

_SEVERITIES = tuple(Severity)


class Statement(Struct, frozen=True):
    """One message and the findings that share it, in order of their places."""

    message: str
    findings: tuple[Finding, ...]


class Group(Struct, frozen=True, kw_only=True):
    """Findings of one code that share their severity and their help, and are all waived or all not."""

    code: str
    name: str
    severity: Severity
    waived: bool
    help: str
    statements: tuple[Statement, ...]

    @property
    def title(self) -> str:
        """Code and name of the rule, for one line."""
        return one_line(f"{self.code} {self.name}")

    @property
    def extent(self) -> str:
        """How many findings of which severity, and of how many tests if one cause took several."""
        findings = [finding for statement in self.statements for finding in statement.findings]
        n_tests = sum(len(finding.about) for finding in findings)
        of_tests = f" of {n_tests} tests" if n_tests > len(findings) else ""
        return number(len(findings), self.severity) + of_tests + (", waived" if self.waived else "")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, code, path, line and test; waived findings come last."""
    return sorted(findings, key=_order)


def _order(finding: Finding) -> tuple[bool, int, str, str, int, str, str]:
    severity = _SEVERITIES.index(finding.severity)
    return (
        finding.waived,
        severity,
        finding.code,
        finding.path,
        finding.line,
        finding.test,
        finding.message,
    )


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Gather findings that need their heading and their help only once, most important first."""
    ordered = in_order(findings)
    # Findings of one code may differ in help; the first of each kind decides the order of the groups.
    first_seen: dict[tuple[bool, int, str, str, str], list[Finding]] = {}
    for finding in ordered:
        first_seen.setdefault(_group_key(finding), []).append(finding)
    return tuple(_group(members) for members in first_seen.values())


def _group_key(finding: Finding) -> tuple[bool, int, str, str, str]:
    return (*_order(finding)[:3], finding.name, finding.help)


def _group(members: list[Finding]) -> Group:
    first = members[0]
    by_message: dict[str, list[Finding]] = {}
    for finding in members:
        by_message.setdefault(finding.message, []).append(finding)
    return Group(
        code=first.code,
        name=first.name,
        severity=first.severity,
        waived=first.waived,
        help=first.help,
        statements=tuple(Statement(message, tuple(found)) for message, found in by_message.items()),
    )

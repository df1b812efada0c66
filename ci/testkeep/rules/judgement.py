"""From facts to a decision."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import msgspec

from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import Waiver
from testkeep.model.verdict import Decision
from testkeep.rules import RULES
from testkeep.rules.base import Facts, Rule

_ORDER = list(Severity)


def find(facts: Facts, waivers: Sequence[Waiver], rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """Apply all rules, then the waivers. Findings are sorted by severity, code, path, line and test."""
    findings = [_waive(finding, waivers, facts.today) for rule in rules for finding in rule.findings(facts)]
    return tuple(sorted(findings, key=_position))


def decide(facts: Facts, findings: Iterable[Finding], rules: Sequence[Rule] = RULES) -> Decision:
    """Fold findings into a decision: each unwaived error has its rule's effect, and the worst wins.

    A run without any evidence is inconclusive, whatever the rules say.
    """
    effects = {rule.code: rule.effect for rule in rules}
    decisions = [Decision.PASS] if facts.evidence else []
    decisions += [
        effects[finding.code] for finding in findings if finding.severity is Severity.ERROR and not finding.waived
    ]
    return Decision.worst(decisions)


def _waive(finding: Finding, waivers: Sequence[Waiver], today: datetime.date) -> Finding:
    covered = any(
        waiver.rule == finding.code and waiver.test == finding.test and today <= waiver.expires
        for waiver in waivers
        if finding.test
    )
    return msgspec.structs.replace(finding, waived=True) if covered else finding


def _position(finding: Finding) -> tuple[int, str, str, int, str]:
    return (_ORDER.index(finding.severity), finding.code, finding.path, finding.line, finding.test)

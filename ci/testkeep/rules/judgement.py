"""From facts to a decision."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import Waiver
from testkeep.model.tests import names_of
from testkeep.model.verdict import Decision
from testkeep.rules import RULES
from testkeep.rules.base import Facts, Rule
from testkeep.rules.conservation import CONSERVATION

_ORDER = list(Severity)


def find(facts: Facts, waivers: Sequence[Waiver], rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """Apply all rules, then the waivers, then the rules about waivers.

    Findings are sorted by severity, code, path, line and test. A waiver excuses what a test did. It cannot excuse that
    nobody knows what the tests did: findings of rules that make a verdict inconclusive are never waived.
    """
    findings = [
        part
        for rule in rules
        if not rule.about_waivers
        for excused in [_excused(rule, waivers, facts.today)]
        for finding in rule.findings(facts)
        for part in _split(finding, excused)
    ]
    facts = replace(facts, waivers=tuple(waivers), findings=tuple(findings))
    findings += [finding for rule in rules if rule.about_waivers for finding in rule.findings(facts)]
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


def decide_alone(facts: Facts) -> Decision:
    """Say what the rules of conservation alone make of a comparison."""
    rules = [rule for rule in RULES if rule.check in CONSERVATION]
    return decide(facts, find(facts, (), rules), rules)


def _split(finding: Finding, excused: frozenset[str]) -> Iterator[Finding]:
    """Mark a finding as waived; one about several tests of which some are waived becomes two."""
    waived = tuple(test for test in finding.about if not excused.isdisjoint(names_of(test)))
    rest = tuple(test for test in finding.about if test not in waived)
    if not waived or not rest:
        yield msgspec.structs.replace(finding, waived=bool(waived))
        return
    for tests, is_waived in ((rest, False), (waived, True)):
        several = tests if len(tests) > 1 else ()
        yield msgspec.structs.replace(finding, test=tests[0], tests=several, waived=is_waived)


def _excused(rule: Rule, waivers: Sequence[Waiver], today: datetime.date) -> frozenset[str]:
    """The tests, functions, classes and files for which a rule's findings are waived, each until the end of its day."""
    if rule.effect is not Decision.FAIL:
        return frozenset()
    valid = (waiver for waiver in waivers if waiver.rule == rule.code and not waiver.is_expired(today))
    return frozenset(waiver.test for waiver in valid if waiver.test)


def _position(finding: Finding) -> tuple[int, str, str, int, str]:
    return (_ORDER.index(finding.severity), finding.code, finding.path, finding.line, finding.test)

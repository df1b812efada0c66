"""TK504 and TK505: waivers end, and are needed as long as they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

import msgspec

from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import Waiver
from testkeep.model.tests import Outcome, RecordedTest, names_of
from testkeep.rules import waived_keys
from testkeep.rules.base import Facts, Problem, in_repository
from testkeep.rules.nearest import nearest
from testkeep.rules.quarantine import in_quarantine

_COVERAGE = "TK3"
# How a test goes on not guarding that was waived in an earlier change; what is not collected cannot be told from what
# was never there.
_WAYS: dict[str, Callable[[RecordedTest], bool]] = {
    "TK201": lambda test: test.outcome is Outcome.SKIPPED,
    "TK202": lambda test: test.outcome in (Outcome.XFAILED, Outcome.XPASSED),
    "TK204": lambda test: test.outcome is None or (not test.guards and test.outcome is Outcome.PASSED),
}


def expired(facts: Facts) -> Iterator[Problem]:
    """A waiver has expired, and its test still does not guard.

    A waiver buys time until its `expires` date (the last day on which it counts), which is compared with the date of
    the head commit, so that an old commit can be judged again with the same result. Mend the test, and remove the
    waiver. If more time is needed, prolong the waiver in a change of its own: for that change this is only a warning.

    Example: the waiver of `test_rounding` ended on 2027-01-31, and the test is still skipped.
    """
    asked = {(waiver.test, waiver.rule) for waiver in _of_head(facts) if not waiver.is_expired(facts.today)}
    for waiver, standing in _standings(facts):
        if waiver.is_expired(facts.today) and standing.need in (_Need.NEEDED, _Need.OF_OTHER_RULE):
            prolonged = (waiver.test, waiver.rule) in asked
            yield Problem(
                message=f"the waiver of {waiver.rule} for {waiver.test} expired on {waiver.expires}: {standing.why}",
                help=f"Mend the test, or ask {waiver.owner} to prolong the waiver in a change of its own.",
                test=waiver.test,
                path=_file(facts),
                severity=Severity.WARNING if prolonged else Severity.ERROR,
            )


def unmatched(facts: Facts) -> Iterator[Problem]:
    """A waiver matches nothing.

    Its test guards, or is not there, or stopped guarding in another way than the waiver's rule says. A waiver names one
    rule, and one test by its exact id, or where one cause took many of them their function, class or file
    (`tests/test_a.py::TestB`); of a rule about the policy it names one key. One that names several tests is needed as
    long as one of them is excused. Remove it, or correct it: a waiver that stays behind would excuse the next loss,
    which nobody has looked at.

    A waiver is not judged by a run that left out the stages which its test could belong to. A waiver that was merged
    ahead of the change that needs it matches nothing for so long.

    Example: the waiver says `rule = "TK202"` (xfailed), and the test is skipped, which is TK201.
    """
    kept = {(waiver.test, waiver.rule) for waiver in _of_head(facts)}
    for waiver, standing in _standings(facts):
        idle = standing.need is _Need.NONE
        wrong = standing.need is _Need.OF_OTHER_RULE and not waiver.is_expired(facts.today)
        if (waiver.test, waiver.rule) in kept and (idle or wrong):
            yield Problem(
                message=f"the waiver of {waiver.rule} for {waiver.test} matches nothing: {standing.why}",
                help="Remove the waiver, or correct it." if wrong or standing.nearest else "Remove the waiver.",
                test=waiver.test,
                path=_file(facts),
                severity=Severity.WARNING,
            )


class _Need(Enum):
    UNKNOWN = auto()
    NONE = auto()
    NEEDED = auto()
    OF_OTHER_RULE = auto()


_URGENCY = (_Need.NEEDED, _Need.UNKNOWN, _Need.NONE, _Need.OF_OTHER_RULE)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Whether a waiver is needed, and why; ``nearest`` is an id that could be meant."""

    need: _Need
    why: str = ""
    nearest: str = ""


_UNKNOWN = _Standing(_Need.UNKNOWN)
_needed, _other = partial(_Standing, _Need.NEEDED), partial(_Standing, _Need.OF_OTHER_RULE)
_idle = partial(_Standing, _Need.NONE)


def _of_head(facts: Facts) -> Sequence[Waiver]:
    return facts.policy_change.head.waivers if facts.policy_change is not None else facts.waivers


def _file(facts: Facts) -> str:
    return in_repository(facts, facts.policy_change.file) if facts.policy_change is not None else ""


def _standings(facts: Facts) -> Iterator[tuple[Waiver, _Standing]]:
    if not facts.waivers:
        return
    sides = _Sides(facts)
    for waiver in facts.waivers:
        yield waiver, sides.standing(waiver)


class _Sides:
    """The tests of both sides, made easy to look up."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._now = _by_id(facts.tests())
        self._before = _by_id(facts.base_tests())
        self._known = self._now.keys() | self._before.keys()
        self._named: dict[str, list[str]] = {}
        for id_ in sorted(self._known):
            for name in names_of(id_):
                self._named.setdefault(name, []).append(id_)
        self._files = {id_.partition("::")[0] for id_ in self._known}
        suites = [*(suite for _, suite in facts.suites()), *facts.base_suites()]
        self._left_to_others = {
            id_
            for suite in suites
            for stage, ids in suite.elsewhere.items()
            if stage not in facts.stages
            for id_ in ids
        }
        self._is_full = set(facts.policy.test_stages) <= set(facts.stages)

    def standing(self, waiver: Waiver) -> _Standing:
        """Whether a waiver is needed."""
        findings = [one for one in self._facts.findings if any(waiver.test in names_of(test) for test in one.about)]
        matched = [finding for finding in findings if finding.code == waiver.rule]
        if any(finding.waived for finding in matched):
            return _needed()
        if matched and waiver.is_expired(self._facts.today):
            return _needed(f"{waiver.rule} still finds it")
        if matched:
            return _other(f"findings of {waiver.rule} cannot be waived")
        if waiver.rule == waived_keys.CODE:
            return _idle("the change loosens no such key")
        if waiver.rule.startswith(_COVERAGE):
            return _idle("there is enough coverage") if self._is_full else _UNKNOWN
        if self._facts.comparison.obstacle:
            return _UNKNOWN
        meant = self._named.get(waiver.test, [])
        if len(meant) <= 1:
            only = msgspec.structs.replace(waiver, test=meant[0]) if meant else waiver
            return self._of_test(only, findings)
        found = [self._of_test(msgspec.structs.replace(waiver, test=test), findings) for test in meant]
        # One that is needed, or that nobody can know of, keeps the waiver.
        first = min(found, key=lambda one: _URGENCY.index(one.need))
        if first.need is _Need.NONE:
            return _idle(f"none of its {len(meant)} tests needs it")
        return first

    def _of_test(self, waiver: Waiver, findings: Sequence[Finding]) -> _Standing:
        """Whether a waiver that names one test is needed; ``findings`` are those of other rules about it."""
        lost = {loss.base.item.id: loss.how for loss in self._facts.comparison.lost}
        if waiver.test in lost:
            codes = [finding.code for finding in findings if waiver.test in finding.about]
            which = " and ".join(dict.fromkeys(codes)) or "another rule"
            return _other(f"the test is {lost[waiver.test]} now, which is {which}")
        if waiver.test in self._now and in_quarantine(waiver, self._facts.today):
            return _UNKNOWN  # a test that fails now and then passes now and then
        return self._of_present(waiver) if waiver.test in self._now else self._of_absent(waiver)

    def _of_present(self, waiver: Waiver) -> _Standing:
        idle = next((test for test in self._now[waiver.test] if not test.guards), None)
        if idle is None:
            return _idle("the test guards")
        way = _WAYS.get(waiver.rule)
        guarded = any(test.guards for test in self._before.get(waiver.test, ()))
        did = idle.outcome if idle.outcome not in (None, Outcome.PASSED) else "not run"
        if way is not None and way(idle) and not guarded:
            return _needed(f"the test is still {did}")
        return _other(f"the test's outcome is {did}, which is not what {waiver.rule} is about")

    def _of_absent(self, waiver: Waiver) -> _Standing:
        moved = {one.lost: one.by[0] for one in self._facts.comparison.moved}.get(waiver.test)
        before = self._before.get(waiver.test, ())
        if moved is not None:
            return _idle(f"the test guards as {moved}")
        if waiver.test in self._facts.comparison.elsewhere or waiver.test in self._left_to_others:
            return _UNKNOWN
        if any(test.guards for test in before):
            return _idle("the test is gone, and accounted for without it")
        if before:
            return _other("the test is not collected any more; it did not guard before")
        if not self._is_full and waiver.test.partition("::")[0] not in self._files:
            return _UNKNOWN
        meant = nearest(waiver.test, self._known)
        advice = f"; did you mean {meant}?" if meant else ""
        return _idle(f"there is no such test, neither at the base nor now{advice}", meant)


def _by_id(tests: Iterable[RecordedTest]) -> dict[str, list[RecordedTest]]:
    found: dict[str, list[RecordedTest]] = {}
    for test in tests:
        found.setdefault(test.item.id, []).append(test)
    return found

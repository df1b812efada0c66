"""Verifies declared replacements: ``@pytest.mark.replaces("<test id>", reason="…")``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from testkeep.model.comparison import Flaw, LostTest, Refusal, StandIn
from testkeep.model.inspection import Inspection
from testkeep.model.production import shown
from testkeep.model.tests import RecordedTest, Strength, function_of
from testkeep.rules.base import Facts
from testkeep.rules.covering import footprint, unguarded, watched
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.nearest import nearest

_MOST_PLACES = 8


@dataclass(frozen=True, slots=True)
class Declaration:
    """One test of the head that says that it stands for a target."""

    test: RecordedTest
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What declarations are held against.

    ``origins`` maps tests of the head to the tests of the base that they were; ``known`` are the ids of all tests of
    the base, with what became of those that are not lost; ``environments`` are those in which each of them guarded.
    Nobody knows of ``unfit`` tests whether they are lost, nor of ``unproven`` ones what they ran. ``spent`` maps tests
    of the head to lost ones that nobody declared, and that all of their assertions stand for already.
    """

    head: HeadTests
    inspection: Inspection
    lost: Mapping[str, LostTest]
    origins: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unfit: Set[str] = frozenset()
    unproven: Set[str] = frozenset()
    spent: Mapping[str, str] = field(default_factory=dict)


def declarations(head: HeadTests, facts: Facts, origins: Mapping[str, str]) -> list[Declaration]:
    """The declarations that this change makes. One that was merged earlier is history, also if its test was renamed."""
    earlier = {(test.item.id, target) for test in facts.base_tests() for target in test.item.replaces}
    carried = {target for test_id, target in earlier if test_id not in head.tests}
    return [
        Declaration(runs[0][1], target)
        for test_id, runs in head.tests.items()
        for target in dict.fromkeys(runs[0][1].item.replaces)
        if (test_id, target) not in earlier
        if target not in carried and (origins.get(test_id, ""), target) not in earlier
    ]


def targets_by_name(lost: Iterable[str]) -> dict[str, list[str]]:
    """The lost tests that each target names: one by its id, or all parameter sets of a function by its name."""
    named: dict[str, dict[str, None]] = {}
    for test_id in lost:
        for target in (test_id, function_of(test_id)):
            named.setdefault(target, {})[test_id] = None
    return {target: list(ids) for target, ids in named.items()}


def verify(case: Situation, declared: Sequence[Declaration]) -> tuple[list[StandIn], list[Refusal]]:
    """Hold each declaration against what is known; what remains of a target's declarations must cover it together."""
    refused: list[Refusal] = []
    by_target: dict[str, dict[str, RecordedTest]] = {}
    named = targets_by_name(case.lost)
    held: set[tuple[str, str]] = set()
    for one in declared:
        targets = named.get(one.target, []) if one.target != one.test.item.id else []
        flaw = _flaw(case, one, targets) if targets else _not_lost(case, one)
        if flaw is not None:
            refused.append(flaw)
            continue
        held.add((one.test.item.path, one.target))
        for test_id in targets:
            by_target.setdefault(test_id, {})[one.test.item.id] = one.test
    # A mark on a class, a file or a function with parameters is on old tests, too: these do not count, and do no harm.
    refused = [
        refusal
        for refusal in refused
        if refusal.flaw is not Flaw.NOT_NEW or (refusal.declared_by.item.path, refusal.target) not in held
    ]
    replaced: list[StandIn] = []
    for test_id, tests in by_target.items():
        unproven = test_id in case.unproven
        gap = None if unproven else _gap(case.inspection, case.lost[test_id], list(tests.values()))
        if gap is None:
            why = "declared; it failed at the base" if unproven else "declared, and covers what it covered"
            replaced.append(StandIn(lost=test_id, by=tuple(tests), why=why))
        else:
            refused.append(gap)
    return replaced, refused


def _flaw(case: Situation, one: Declaration, targets: Iterable[str]) -> Refusal | None:
    """What is wrong with a declared test itself, whatever it covers."""
    test_id = one.test.item.id
    wanted = [environment for target in targets for environment in case.environments.get(target, ())]
    if not case.head.guards(test_id, wanted):
        return _refusal(Flaw.DOES_NOT_GUARD, one, f"it {_did(case, one)}, so it does not guard", "")
    seen = watched(case.inspection.head, test_id)
    strength = seen.strength if seen is not None else None
    if strength is None:
        return _refusal(Flaw.DOES_NOT_COVER, one, f"it could not be inspected{_because(case.inspection)}", "")
    # A helper that every test calls may assert; what stands for a test must itself ask for something.
    if not strength.asserted or not (strength.own or case.inspection.head_checks.get(test_id)):
        return _refusal(
            Flaw.CANNOT_FAIL, one, f"it asserts nothing that could be false{_instead(strength)}",
            "Let it assert what the lost test asserted.",
        )  # fmt: skip
    origin = case.origins.get(test_id, "")
    if origin and not _is_strengthened(case.inspection, test_id, origin, strength):
        as_what = "guarded at the base already" if origin == test_id else f"was {origin} at the base"
        return _refusal(Flaw.NOT_NEW, one, f"it {as_what}, and asserts no more than it did there", _STRENGTHEN)
    if test_id in case.spent:
        why = f"all that it asserts is what {case.spent[test_id]} asserted, for which it stands already"
        return _refusal(Flaw.NOT_NEW, one, why, _STRENGTHEN)
    return None


_STRENGTHEN = "Add to it what the lost test asserted, or write a new test."


def _did(case: Situation, one: Declaration) -> str:
    """What a declared test that does not guard did."""
    runs = case.head.runs(one.test.item.id)
    run = next((run for run in runs if not run.guards), one.test)
    if run.execution is not None and run.execution.contradiction:
        return f"is reported as passed, but {run.execution.contradiction}"
    did = str(run.outcome or run.item.selection)
    return _DID.get(did, did)


_DID = {"passed": "passed, but not in every environment", "error": "could not be set up", "failed": "failed",
        "selected": "was not run", "deselected": "was deselected", "dropped": "was taken out by a hook",
        "left-out": "was left out", "skipped": "was skipped",
        "xfailed": "failed, as its xfail mark expects", "xpassed": "is marked xfail"}  # fmt: skip


def _is_strengthened(inspection: Inspection, test_id: str, origin: str, now: Strength) -> bool:
    seen = watched(inspection.base, origin)
    before = seen.strength if seen is not None else None
    if before is None or (now.asserted <= before.asserted and now.places <= before.places):
        return False
    # To assert the same once more makes nothing stronger.
    earlier, later = inspection.base_checks.get(origin), inspection.head_checks.get(test_id)
    return not earlier or not later or bool({one.digest for one in later} - {one.digest for one in earlier})


def _instead(strength: Strength) -> str:
    """What it does in place of assertions."""
    if strength.asserted:
        return "; only helpers that it calls assert something"
    parts = [
        f"{number} {word}"
        for number, word in (
            (strength.vacuous, "always true"),
            (strength.broken, "failed and swallowed"),
            (strength.unspecific, "satisfied by any exception"),
        )
        if number
    ]
    return f" (assertions: {', '.join(parts)})" if parts else ""


def _because(inspection: Inspection) -> str:
    return f": {inspection.problems[0]}" if inspection.problems else ""


def _gap(inspection: Inspection, loss: LostTest, tests: Sequence[RecordedTest]) -> Refusal | None:
    """What a lost test covered and the tests that are declared for it do not."""
    seen = watched(inspection.base, loss.id)
    one = Declaration(tests[0], loss.id)
    if seen is None:
        return _refusal(
            Flaw.DOES_NOT_COVER, one, f"the lost test could not be inspected at the base{_because(inspection)}", ""
        )
    by = footprint(inspection.head[test.item.id] for test in tests)
    gaps = shown(unguarded(inspection.production, footprint([seen]), by))
    if not gaps:
        return None
    listed = ", ".join(gaps[:_MOST_PLACES]) + (f" and {len(gaps) - _MOST_PLACES} more" if gaps[_MOST_PLACES:] else "")
    return _refusal(
        Flaw.DOES_NOT_COVER, one, f"the lost test ran {listed}, and {_names(tests)} not",
        "Let it run these lines, or declare a further test for the same target.",
    )  # fmt: skip


def _names(tests: Sequence[RecordedTest]) -> str:
    return "it does" if len(tests) == 1 else f"the {len(tests)} tests declared for it do"


def _not_lost(case: Situation, one: Declaration) -> Refusal | None:
    """What is wrong with naming a test that is not lost; nothing, if the declared test is known to be that test."""
    target, own = one.target, one.test.item.id
    origin = case.origins.get(own, "")
    if origin not in ("", own) and target in (origin, function_of(origin)):
        return None
    if target in targets_by_name(case.unfit):
        return None
    state = _state(case, target)
    if target in (own, function_of(own)):
        why = "it names itself"
    elif state:
        why = f"that test {state}"
    elif not target:
        why = "it names nothing"
    elif "::" not in target:
        why = "that is not a test id; name each lost test"
    else:
        why = "no test of that id was there at the base"
    meant = "" if state else nearest(target, case.lost) or nearest(target, case.known)
    advice = f"Did you mean {meant}?" if meant else "Remove the mark, or name a test that this change loses."
    return _refusal(Flaw.NOT_LOST, one, why, advice)


def _state(case: Situation, target: str) -> str:
    """What became of a test that is not lost, or of the parameter sets of a function; empty if nobody knows it."""
    found = case.known.get(target)
    if found is not None:
        return found
    return next((state for test_id, state in case.known.items() if function_of(test_id) == target), "")


def _refusal(flaw: Flaw, one: Declaration, why: str, help_text: str) -> Refusal:
    return Refusal(flaw=flaw, declared_by=one.test, target=one.target, why=why, help=help_text)

"""Verifies declared replacements: ``@pytest.mark.replaces("<test id>", reason="…")``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from testkeep.model.comparison import Flaw, LostTest, Refusal, StandIn
from testkeep.model.inspection import Inspection
from testkeep.model.production import shown
from testkeep.model.tests import RecordedTest, Strength
from testkeep.rules.base import Facts, function_of
from testkeep.rules.covering import footprint, unguarded
from testkeep.rules.head_tests import HeadTests

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
    the base, with what became of those that are not lost.
    """

    facts: Facts
    head: HeadTests
    lost: Mapping[str, LostTest]
    origins: Mapping[str, str]
    known: Mapping[str, str]

    @property
    def inspection(self) -> Inspection:
        """What was found out about lost tests and replacements."""
        return self.facts.inspection


def declarations(head: HeadTests, facts: Facts, origins: Mapping[str, str]) -> list[Declaration]:
    """The declarations that this change makes. One that was merged earlier is history, also if its test was renamed."""
    earlier = {(test.item.id, target) for test in facts.base_tests() for target in test.item.replaces}
    carried = {target for test_id, target in earlier if test_id not in head.tests}
    return [
        Declaration(runs[0][1], target)
        for test_id, runs in head.tests.items()
        for target in runs[0][1].item.replaces
        if (test_id, target) not in earlier
        if target not in carried and (origins.get(test_id, ""), target) not in earlier
    ]


def targets_of(target: str, lost: Iterable[str]) -> list[str]:
    """The lost tests that a target names: one by its id, or all parameter sets of a function by its name."""
    return [test_id for test_id in lost if target in (test_id, function_of(test_id))]


def verify(case: Situation, declared: Sequence[Declaration]) -> tuple[list[StandIn], list[Refusal]]:
    """Hold each declaration against what is known; what remains of a target's declarations must cover it together."""
    refused: list[Refusal] = []
    by_target: dict[str, list[RecordedTest]] = {}
    for one in declared:
        targets = targets_of(one.target, case.lost)
        if not targets:
            if case.origins.get(one.test.item.id, "") != one.target:
                refused.append(_not_lost(case, one))
            continue
        flaw = _flaw(case, one)
        if flaw is not None:
            refused.append(flaw)
            continue
        for test_id in targets:
            by_target.setdefault(test_id, []).append(one.test)
    replaced: list[StandIn] = []
    for test_id, tests in by_target.items():
        gap = _gap(case.inspection, case.lost[test_id], tests)
        if gap is None:
            ids = tuple(test.item.id for test in tests)
            replaced.append(StandIn(lost=test_id, by=ids, why="declared, and covers what it covered"))
        else:
            refused.append(gap)
    return replaced, refused


def _flaw(case: Situation, one: Declaration) -> Refusal | None:
    """What is wrong with a declared test itself, whatever it covers."""
    test_id = one.test.item.id
    everywhere = case.head.environments
    if not case.head.guards(test_id, everywhere):
        state = next((run for run in case.head.runs(test_id) if not run.guards), one.test)
        did = str(state.outcome or state.item.selection)
        return _refusal(Flaw.DOES_NOT_GUARD, one, f"it {_DID.get(did, did)}, so it does not guard", "")
    seen = case.inspection.head.get(test_id)
    strength = seen.execution.strength if seen is not None and seen.execution else None
    if strength is None:
        return _refusal(Flaw.DOES_NOT_COVER, one, f"it could not be inspected{_because(case.inspection)}", "")
    # A helper that every test calls may assert; what stands for a test must itself ask for something.
    if not strength.asserted or not (strength.own or case.inspection.head_checks.get(test_id)):
        return _refusal(
            Flaw.CANNOT_FAIL, one, f"it asserts nothing that could be false{_instead(strength)}",
            "Let it assert what the lost test asserted.",
        )  # fmt: skip
    origin = case.origins.get(test_id, "")
    if origin and not _is_strengthened(case.inspection, origin, strength):
        as_what = "guarded at the base already" if origin == test_id else f"was {origin} at the base"
        return _refusal(
            Flaw.NOT_NEW, one, f"it {as_what}, and asserts no more than it did there",
            "Add to it what the lost test asserted, or write a new test.",
        )  # fmt: skip
    return None


_DID = {"passed": "passed, but not in every environment", "error": "could not be set up", "failed": "failed",
        "selected": "was not run", "deselected": "was deselected", "dropped": "was taken out by a hook",
        "left-out": "was left out", "skipped": "was skipped",
        "xfailed": "failed, as its xfail mark expects", "xpassed": "is marked xfail"}  # fmt: skip


def _is_strengthened(inspection: Inspection, origin: str, now: Strength) -> bool:
    seen = inspection.base.get(origin)
    before = seen.execution.strength if seen is not None and seen.execution else None
    return before is not None and (now.asserted > before.asserted or now.places > before.places)


def _instead(strength: Strength) -> str:
    """What it does in place of assertions."""
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
    seen = inspection.base.get(loss.id)
    one = Declaration(tests[0], loss.id)
    if seen is None or not seen.guards:
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


def _not_lost(case: Situation, one: Declaration) -> Refusal:
    target, own = one.target, one.test.item.id
    if target in (own, function_of(own)):
        why = "it names itself"
    elif target in case.known:
        why = f"that test {case.known[target]}"
    elif "::" not in target:
        why = "that is not a test id; name each lost test"
    else:
        why = "no test of that id was there at the base"
    return _refusal(Flaw.NOT_LOST, one, why, _advice(case, target))


def _advice(case: Situation, target: str) -> str:
    nearest = [
        *difflib.get_close_matches(target, case.lost, n=1, cutoff=0.6),
        *difflib.get_close_matches(target, list(case.known), n=1, cutoff=0.8),
    ]
    if target not in case.known and nearest:
        return f"Did you mean {nearest[0]}?"
    return "Remove the mark, or name a test that this change loses."


def _refusal(flaw: Flaw, one: Declaration, why: str, help_text: str) -> Refusal:
    return Refusal(flaw=flaw, declared_by=one.test, target=one.target, why=why, help=help_text)


def refusals(facts: Facts, flaw: Flaw) -> Iterator[Refusal]:
    """The refused declarations with one flaw."""
    return (refusal for refusal in facts.comparison.refused if refusal.flaw is flaw)

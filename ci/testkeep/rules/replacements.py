"""Verifies declared replacements: ``@pytest.mark.replaces("<test id>", reason="…")``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from testkeep.model.comparison import Flaw, LostTest, Refusal, StandIn
from testkeep.model.inspection import Inspection
from testkeep.model.production import Place, Span, shown
from testkeep.model.tests import RecordedTest, function_of, names_of
from testkeep.rules.base import Facts
from testkeep.rules.covering import footprint, missed, reach, unguarded, watched
from testkeep.rules.declared_strength import Rank, instead, is_strengthened, may_swallow, rank_at_head, rank_wanted
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
    Of ``settled`` tests nobody asks for a replacement, and one does no harm: they have another id now, were there
    twice, or nobody knows whether they are lost.
    Nobody knows of ``unproven`` ones what they ran. ``spent`` maps tests of the head to lost ones that nobody declared,
    and that all of their assertions stand for already.
    """

    head: HeadTests
    inspection: Inspection
    lost: Mapping[str, LostTest]
    origins: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    settled: Set[str] = frozenset()
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
    """The lost tests that each target names: one by its id, or all of a function, a class or a file by its name."""
    named: dict[str, dict[str, None]] = {}
    for test_id in lost:
        for target in names_of(test_id):
            named.setdefault(target, {})[test_id] = None
    return {target: list(ids) for target, ids in named.items()}


def verify(case: Situation, declared: Sequence[Declaration]) -> tuple[list[StandIn], list[Refusal]]:
    """Hold each declaration against what is known; what remains of a target's declarations must cover it together.

    A target that names several lost tests is covered wholly, or not at all.
    """
    refused: list[Refusal] = []
    by_target: dict[str, list[Declaration]] = {}
    named = targets_by_name(case.lost)
    held: set[tuple[str, str]] = set()
    for one in declared:
        targets = named.get(one.target, []) if one.target != one.test.item.id else []
        flaw = _flaw(case, one, targets) if targets else _not_lost(case, one)
        if flaw is not None:
            refused.append(flaw)
            continue
        held.add((one.test.item.path, one.target))
        if targets:
            by_target.setdefault(one.target, []).append(one)
    # A mark on a class, a file or a function with parameters is on old tests, too: these do not count, and do no harm.
    refused = [
        refusal
        for refusal in refused
        if refusal.flaw is not Flaw.NOT_NEW or (refusal.declared_by.item.path, refusal.target) not in held
    ]
    tests: dict[str, dict[str, RecordedTest]] = {}
    for target, ones in by_target.items():
        for test_id in named[target]:
            tests.setdefault(test_id, {}).update({one.test.item.id: one.test for one in ones})
    gaps = {target: _gap_of(case, ones[0], named[target], tests) for target, ones in by_target.items()}
    covered = {test_id for target, gap in gaps.items() if gap is None for test_id in named[target]}
    replaced = [
        StandIn(lost=test_id, by=tuple(by), why=_WHY_UNPROVEN if test_id in case.unproven else _WHY)
        for test_id, by in tests.items()
        if test_id in covered
    ]
    return replaced, refused + [
        gap for target, gap in gaps.items() if gap is not None and not covered.issuperset(named[target])
    ]


_WHY, _WHY_UNPROVEN = "declared, and covers what it covered", "declared; it failed at the base"


def _gap_of(
    case: Situation, one: Declaration, targets: Sequence[str], tests: Mapping[str, Mapping[str, RecordedTest]]
) -> Refusal | None:
    """What the tests of a target ran and those that are declared for it do not; nobody knows it of unproven ones."""
    proven = {test_id: tests[test_id] for test_id in targets if test_id not in case.unproven}
    return _gap(case.inspection, one, proven) if proven else None


def _flaw(case: Situation, one: Declaration, targets: Sequence[str]) -> Refusal | None:
    """What is wrong with a declared test itself, whatever it covers."""
    test_id = one.test.item.id
    wanted = [environment for target in targets for environment in case.environments.get(target, ())]
    if not case.head.guards(test_id, wanted):
        return _refusal(Flaw.DOES_NOT_GUARD, one, f"it {_did(case, one)}, so it does not guard", "")
    if watched(case.inspection.head, test_id) is None:
        return _refusal(Flaw.DOES_NOT_COVER, one, f"it could not be inspected{_because(case.inspection)}", "")
    rank, wanted_rank = rank_at_head(case.inspection, test_id), rank_wanted(case.inspection, targets)
    if rank < wanted_rank:
        return _refusal(
            Flaw.CANNOT_FAIL, one, f"it asserts nothing that could be false{instead(case.inspection, test_id)}",
            "Let it assert what the lost test asserted.",
        )  # fmt: skip
    if rank is Rank.NOTHING and may_swallow(case.inspection, test_id, targets):
        return _refusal(
            Flaw.CANNOT_FAIL, one, "it asserts nothing, and could swallow what the lost test would have failed by",
            "Let it call what the lost test called, and swallow nothing.",
        )  # fmt: skip
    origin = case.origins.get(test_id, "")
    if origin and not is_strengthened(case.inspection, test_id, origin):
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


def _because(inspection: Inspection) -> str:
    return f": {inspection.not_compared[0].why}" if inspection.not_compared else ""


def _gap(inspection: Inspection, one: Declaration, tests: Mapping[str, Mapping[str, RecordedTest]]) -> Refusal | None:
    """What the lost tests of a target covered and the tests that are declared for each of them do not."""
    gaps: list[Place | Span] = []
    for test_id, by in tests.items():
        seen = watched(inspection.base, test_id)
        if seen is None:
            which = "the lost test" if len(tests) == 1 else test_id
            why = f"{which} could not be inspected at the base{_because(inspection)}"
            return _refusal(Flaw.DOES_NOT_COVER, one, why, "")
        ran, runs = footprint([seen]), reach(inspection.head[other] for other in by)
        if rank_wanted(inspection, [test_id]) is Rank.NOTHING:
            if not any(ran.values()):
                why = "the lost test asserted nothing and ran no production code, so nothing can be compared"
                return _refusal(Flaw.CANNOT_FAIL, one, why, "Let it assert something.")
            # Where nothing is asserted, to be run is all that the code gets.
            gaps += missed(inspection.production, ran, runs)
        else:
            gaps += unguarded(inspection.production, ran, runs)
    names = shown(dict.fromkeys(gaps))
    if not names:
        return None
    listed = ", ".join(names[:_MOST_PLACES]) + (
        f" and {len(names) - _MOST_PLACES} more" if names[_MOST_PLACES:] else ""
    )
    subject = "the lost test" if len(tests) == 1 else f"the {len(tests)} lost tests"
    number = len({test_id for by in tests.values() for test_id in by})
    return _refusal(
        Flaw.DOES_NOT_COVER, one, f"{subject} ran {listed}, and {_names(number)} not",
        "Let it run these lines, or declare a further test for the same target.",
    )  # fmt: skip


def _names(number: int) -> str:
    return "it does" if number == 1 else f"the {number} tests declared for it do"


def _not_lost(case: Situation, one: Declaration) -> Refusal | None:
    """What is wrong with naming a test that is not lost; nothing, if the declared test is known to be that test."""
    target, own = one.target, one.test.item.id
    origin = case.origins.get(own, "")
    if origin not in ("", own) and target in (origin, function_of(origin)):
        return None
    if target in targets_by_name(case.settled):
        return None
    state = _state(case, target)
    if target in (own, function_of(own)):
        why = "it names itself"
    elif state:
        why = f"that test {state}"
    elif not target:
        why = "it names nothing"
    elif "::" not in target:
        why = "that is not a test id, and no file with a test that guarded at the base"
    else:
        why = "no test of that id was there at the base"
    meant = "" if state else nearest(target, case.lost) or nearest(target, case.known)
    advice = f"Did you mean {meant}?" if meant else "Remove the mark, or name a test that this change loses."
    return _refusal(Flaw.NOT_LOST, one, why, advice)


def _state(case: Situation, target: str) -> str:
    """What became of a test that is not lost, or of those of a function, class or file; empty if nobody knows it."""
    found = case.known.get(target)
    if found is not None:
        return found
    return next((state for test_id, state in case.known.items() if target in names_of(test_id)), "")


def _refusal(flaw: Flaw, one: Declaration, why: str, help_text: str) -> Refusal:
    return Refusal(flaw=flaw, declared_by=one.test, target=one.target, why=why, help=help_text)

"""Holds the head's tests against the base's guards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from testkeep.model.comparison import Comparison, Loss, LostTest
from testkeep.model.evidence import CollectorReport, Evidence
from testkeep.model.source import FileSource, FunctionSource
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, RecordedTest, Selection
from testkeep.rules.base import Facts, function_of, in_repository, split_location
from testkeep.rules.matching import match, source_of
from testkeep.rules.validity import is_comparable


@dataclass(frozen=True, slots=True)
class _Head:
    """The head's tests, made easy to look up."""

    facts: Facts
    tests: dict[str, list[RecordedTest]] = field(default_factory=dict)
    elsewhere: dict[str, Stage] = field(default_factory=dict)
    collectors: dict[str, CollectorReport] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)


def compare(facts: Facts) -> Comparison:
    """Hold the head's tests against the base's guards, by test id.

    Only valid runs are compared. When only some stages were asked for, only the base's tests of these stages count. A
    test that several jobs ran must guard in all of them.
    """
    baseline = facts.baseline
    if baseline is None:
        return Comparison(obstacle="no baseline was asked for (--base none)")
    if baseline.problem:
        return Comparison(obstacle=f"the baseline is unavailable: {baseline.problem}")
    if not facts.test_stages:
        return Comparison(obstacle="no test stage was asked for")
    obstacle = _obstacle(facts)
    if obstacle:
        return Comparison(obstacle=obstacle)
    head = _index(facts)
    kept: list[str] = []
    failing: list[str] = []
    elsewhere: list[str] = []
    missing: list[tuple[RecordedTest, list[RecordedTest]]] = []
    for test in _guards(baseline.evidence, facts.test_stages).values():
        now = head.tests.get(test.item.id, [])
        if now and all(found.guards for found in now):
            kept.append(test.item.id)
        elif any(found.outcome in (Outcome.FAILED, Outcome.ERROR) for found in now):
            failing.append(test.item.id)
        elif _runs_in_other_stage(facts, head, test):
            elsewhere.append(test.item.id)
        else:
            missing.append((test, now))
    moved = _moved(facts, head, [test for test, now in missing if not now])
    return Comparison(
        kept=tuple(kept),
        moved=tuple((old, became.item.id) for old, became in moved.items()),
        failing=tuple(failing),
        elsewhere=tuple(elsewhere),
        lost=tuple(_loss(head, test, now) for test, now in missing if test.item.id not in moved),
        obstacle="",
    )


def _moved(facts: Facts, head: _Head, absent: Sequence[RecordedTest]) -> dict[str, RecordedTest]:
    """Find the tests that guard under another id now."""
    records = facts.baseline.evidence if facts.baseline else ()
    before = {test.item.id for record in records for test in (record.suite.tests if record.suite else ())}
    new = (found[0] for id_, found in head.tests.items() if id_ not in before and all(one.guards for one in found))
    return match(absent, new, facts.base_sources, facts.head_sources) if absent else {}


def _obstacle(facts: Facts) -> str:
    """Why the head's run cannot be held against another."""
    covered = {stage for record in facts.evidence if record.suite or record.idle for stage in record.job.stages}
    missing = [stage for stage in facts.test_stages if stage not in covered]
    if missing:
        return f"there is no complete evidence of {', '.join(missing)}"
    cut = [left.job.id for left in facts.unfinished if not set(left.job.stages).isdisjoint(facts.test_stages)]
    if cut:
        return f"the run of {', '.join(cut)} did not finish"
    invalid = [record.job.id for record, suite in facts.suites() if not is_comparable(suite)]
    return f"the run of {', '.join(invalid)} is not valid" if invalid else ""


def _guards(evidence: Sequence[Evidence], stages: Sequence[Stage]) -> dict[str, RecordedTest]:
    tests = (test for record in evidence for test in (record.suite.tests if record.suite else ()))
    return {test.item.id: test for test in tests if test.guards and test.item.stage in stages}


def _index(facts: Facts) -> _Head:
    head = _Head(facts)
    for test in facts.tests():
        head.tests.setdefault(test.item.id, []).append(test)
        head.functions.add(function_of(test.item.id))
    for _, suite in facts.suites():
        for stage, ids in suite.elsewhere.items():
            head.elsewhere.update(dict.fromkeys(ids, stage))
        head.collectors.update({report.id: report for report in suite.collectors})
        head.ignored.update(suite.ignored_paths)
    return head


def _runs_in_other_stage(facts: Facts, head: _Head, test: RecordedTest) -> bool:
    """Whether the test moved to a stage that the policy runs, though this partial run does not."""
    stage = head.elsewhere.get(test.item.id)
    return stage in facts.policy.stages and stage not in facts.stages


def _loss(head: _Head, test: RecordedTest, now: Sequence[RecordedTest]) -> LostTest:
    for found in now:
        if not found.guards:
            return _loss_of_present(head, test, found)
    stage = head.elsewhere.get(test.item.id)
    if stage is not None:
        without = "which did not run it" if stage in head.facts.stages else "which is not run"
        why = f"it belongs to stage {stage}, {without}"
        return LostTest(base=test, how=Loss.DESELECTED, why=why, path=test.item.path)
    return _loss_of_absent(head, test)


def _loss_of_present(head: _Head, test: RecordedTest, found: RecordedTest) -> LostTest:
    path, line = found.item.path, found.item.line
    phase = found.decisive_phase
    match found.outcome:
        case Outcome.SKIPPED if phase is not None:
            how, why = Loss.SKIPPED, f'"{phase.reason}"' if phase.reason else ""
            place, at = split_location(phase.location)
            if in_repository(head.facts, place):
                path, line = in_repository(head.facts, place), at
        case Outcome.XFAILED:
            said = f'"{phase.wasxfail}"' if phase and phase.wasxfail else "no reason given"
            how, why = Loss.XFAILED, f"it fails as expected: {said}"
        case Outcome.XPASSED:
            how, why = Loss.XFAILED, "it still passes, but may fail from now on"
        case Outcome.PASSED:
            how, why = Loss.DESELECTED, "pytest reports a pass, but the test's own code did not start"
        case _:
            how, why = Loss.DESELECTED, _why_not_run(found)
    return LostTest(base=test, how=how, why=why, path=path, line=line)


def _why_not_run(found: RecordedTest) -> str:
    by = found.item.selected_by
    return {
        Selection.DESELECTED: f"deselected by {by or 'a plugin'}",
        Selection.DROPPED: "a hook took it out of the list of tests and told nobody",
        Selection.LEFT_OUT: f"left out by the policy: {by}",
        Selection.SELECTED: "the session did not come to it",
    }[found.item.selection]


def _loss_of_absent(head: _Head, test: RecordedTest) -> LostTest:
    path, line = test.item.path, 0
    names = head.facts.head_sources.get(path)
    around = list(_enclosing(test.item.id))
    skipped = next((head.collectors[id_] for id_ in around if id_ in head.collectors), None)
    ignored = next((id_ for id_ in around if id_ in head.ignored), "")
    if names is None:
        how, why = Loss.REMOVED, f"the file {path} is gone"
    elif skipped is not None:
        how, why = Loss.NOT_COLLECTED, f'{skipped.id} is skipped as a whole: "{skipped.reason}"'
        if in_repository(head.facts, skipped.path):
            path, line = in_repository(head.facts, skipped.path), skipped.line
    elif ignored:
        how, why = Loss.NOT_COLLECTED, f"{ignored} is ignored"
    elif function_of(test.item.id) in head.functions:
        how, why = Loss.REMOVED, "this set of parameters is gone"
    elif _qualified_name(test.item.id) in names:
        how, why = Loss.NOT_COLLECTED, f"its function is still in {path}"
    elif uncollected := _uncollected_body(head, test, names):
        how, why, line = (
            Loss.NOT_COLLECTED,
            f"its body is {uncollected.name} now, which pytest does not collect",
            uncollected.line,
        )
    elif "." in function_of(test.item.id).rpartition("::")[2]:
        how, why = Loss.REMOVED, f"pytest finds no such doctest in {path} any more"
    else:
        how, why = Loss.REMOVED, f"its function is not in {path} any more"
    return LostTest(base=test, how=how, why=why, path=path, line=line)


def _uncollected_body(head: _Head, test: RecordedTest, names: FileSource) -> FunctionSource | None:
    """Find the test's body under a name of the same file that is no test at the head."""
    body = source_of(test, head.facts.base_sources)
    file = test.item.id.partition("::")[0]
    return next(
        (
            source
            for source in names.values()
            if body and source.body == body and "::".join([file, *source.name.split(".")]) not in head.functions
        ),
        None,
    )


def _enclosing(test_id: str) -> Iterator[str]:
    """The ids of what a test lies in, from the inside out: classes, the file, folders."""
    inner = function_of(test_id)
    while "::" in inner:
        inner = inner.rpartition("::")[0]
        yield inner
    yield from map(str, PurePosixPath(inner).parents)


def _qualified_name(test_id: str) -> str:
    return ".".join(function_of(test_id).split("::")[1:])

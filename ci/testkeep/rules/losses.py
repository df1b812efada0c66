"""Says how a test stopped guarding, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testkeep.model.comparison import Loss, LostTest
from testkeep.model.source import FunctionSource
from testkeep.model.tests import Outcome, RecordedTest, Selection, function_of
from testkeep.rules.base import body_in, in_repository, is_doctest, name_in_file, source_in, split_location
from testkeep.rules.head_tests import HeadTests, enclosing


def loss_of(head: HeadTests, test: RecordedTest, now: Sequence[RecordedTest]) -> LostTest:
    """Describe the loss of a test that guarded at the base; ``now`` are its runs at the head."""
    for found in now:
        if not found.guards:
            return _of_present(head, test, found)
    stage = head.elsewhere.get(test.item.id)
    if stage is not None:
        without = "which did not run it" if stage in head.facts.stages else "which is not run"
        why = f"it belongs to stage {stage}, {without}"
        return LostTest(base=test, how=Loss.DESELECTED, why=why, path=test.item.path)
    if now:
        return LostTest(base=test, how=Loss.DESELECTED, why="it was not run in every environment", path=test.item.path)
    return _of_absent(head, test)


def hidden(head: HeadTests, test: RecordedTest) -> LostTest | None:
    """The loss of a test whose name a second definition took in this change, which runs instead; None if none did."""
    before, now = source_in(head.facts.base_sources, test), source_in(head.facts.head_sources, test)
    if before is None or now is None or before.body == now.body:
        return None
    names = name_in_file(test.item).split(".")
    then, here = ((side.get(test.item.path) or {}) for side in (head.facts.base_sources, head.facts.head_sources))
    # The test's own, or that of a class around it.
    for outer in (".".join(names[:end]) for end in range(len(names), 0, -1)):
        old, new = then.get(outer), here.get(outer)
        if old is not None and new is not None and new.shadows and not old.shadows:
            why = f"a second definition in line {new.line} hides the one in line {new.shadows}"
            return LostTest(base=test, how=Loss.NOT_COLLECTED, why=why, path=test.item.path, line=new.shadows)
    return None


def _of_present(head: HeadTests, test: RecordedTest, found: RecordedTest) -> LostTest:
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


def _of_absent(head: HeadTests, test: RecordedTest) -> LostTest:
    path, line = head_path(head, test), 0
    names = head.facts.head_sources.get(path)
    around = list(enclosing(test.item.id))
    skipped = next((head.collectors[id_] for id_ in around if id_ in head.collectors), None)
    ignored = next((id_ for id_ in around if id_ in head.ignored), "")
    elsewhere = _uncollected_body(head, test)
    if skipped is not None and names is not None:
        how, why = Loss.NOT_COLLECTED, f'{skipped.id} is skipped as a whole: "{skipped.reason}"'
        if in_repository(head.facts, skipped.path):
            path, line = in_repository(head.facts, skipped.path), skipped.line
    elif ignored and names is not None:
        how, why = Loss.NOT_COLLECTED, f"{ignored} is ignored"
    elif function_of(test.item.id) in head.functions:
        how, why = Loss.REMOVED, "this set of parameters is gone"
    elif _is_still_there(head, test):
        what = "examples are" if is_doctest(test) else "function is"
        how, why = Loss.NOT_COLLECTED, f"its {what} still in {path}"
    elif elsewhere is not None:
        path, found = elsewhere
        line = found.line
        how, why = Loss.NOT_COLLECTED, f"its body is {found.name} in {path} now, which pytest does not collect"
    elif names is None:
        how, why = Loss.REMOVED, f"the file {path} is gone"
    elif is_doctest(test):
        how, why = Loss.REMOVED, f"pytest finds no such doctest in {path} any more"
    else:
        how, why = Loss.REMOVED, f"its function is not in {path} any more"
    return LostTest(base=test, how=how, why=why, path=path, line=line)


def head_path(head: HeadTests, test: RecordedTest) -> str:
    """Where a test's file would be at the head if it had stayed: the project may have moved into another folder."""
    return in_repository(head.facts, test.item.id.partition("::")[0])


def _is_still_there(head: HeadTests, test: RecordedTest) -> bool:
    """Whether the head's source still has the test: as a definition, an imported name, or examples of a docstring."""
    path, name = head_path(head, test), name_in_file(test.item)
    source = (head.facts.head_sources.get(path) or {}).get(name)
    if is_doctest(test):
        return source is not None and bool(source.doctest)
    return source is not None or name.partition(".")[0] in head.facts.head_imports.get(path, frozenset())


def _uncollected_body(head: HeadTests, test: RecordedTest) -> tuple[str, FunctionSource] | None:
    """Find the test's body in the head's sources where it is no test: under another name, or in another file."""
    body = "" if is_doctest(test) else body_in(head.facts.base_sources, test)
    return next(_uncollected(head, body), None) if body else None


def _uncollected(head: HeadTests, body: str) -> Iterator[tuple[str, FunctionSource]]:
    folder = head.facts.provenance.project
    for path, source in head.bodies.get(body, ()):
        file = path.removeprefix(f"{folder}/") if folder else path
        if "::".join([file, *source.name.split(".")]) not in head.functions:
            yield path, source

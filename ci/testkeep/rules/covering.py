"""What a lost test ran, and whether the head's tests still run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from testkeep.model.production import Lines, Place, Production, Span, is_run
from testkeep.model.tests import RecordedTest


def watched(seen: Mapping[str, RecordedTest], test_id: str) -> RecordedTest | None:
    """A test as it was inspected.

    None if it was not, or did not guard while it was: what it did not do then proves nothing.
    """
    test = seen.get(test_id)
    if test is None or not test.guards or test.execution is None or test.execution.footprint is None:
        return None
    return test


def footprint(tests: Iterable[RecordedTest]) -> Lines:
    """The production lines that some inspected tests ran, together."""
    lines: dict[str, set[int]] = {}
    for test in tests:
        for path, numbers in (test.execution.footprint or {}).items() if test.execution else ():
            lines.setdefault(path, set()).update(numbers)
    return {path: frozenset(numbers) for path, numbers in lines.items()}


def reach(tests: Iterable[RecordedTest]) -> Lines:
    """What some inspected tests ran, together with what ran while their files were imported: rows of tables, say.

    That is asked of nobody, because it is not known which test needs it; but it is run where the file is collected.
    """
    tests = list(tests)
    lines = dict(footprint(tests))
    for test in tests:
        for path, numbers in test.execution.imported.items() if test.execution else ():
            lines[path] = lines.get(path, frozenset()).union(numbers)
    return lines


def is_unique(production: Production, path: str, line: int) -> bool:
    """Whether no test but lost ones ran a line at the base; not, where nobody has looked."""
    return production.others is not None and line not in production.others.get(path, frozenset())


def missed(production: Production, lost: Lines, by: Lines) -> tuple[Place | Span, ...]:
    """The places of the head that a lost test ran and other tests do not."""
    return tuple(fate for _, _, fate in _fates(production, lost) if fate is not None and not is_run(fate, by))


def unguarded(production: Production, lost: Lines, by: Lines) -> tuple[Place | Span, ...]:
    """What replacements leave unguarded: what only the lost test ran they must run; the rest, any test.

    Where nobody has looked what other tests ran, all of it may be what only the lost one did.
    """
    gaps = []
    for path, line, fate in _fates(production, lost):
        if fate is None or is_run(fate, by):
            continue
        is_shared = production.others is not None and not is_unique(production, path, line)
        if not is_shared or not _is_covered(production, fate):
            gaps.append(fate)
    return tuple(dict.fromkeys(gaps))


def is_left_uncovered(production: Production, lost: Lines) -> bool:
    """Whether something that a lost test ran is there at the head, and no test is known to run it."""
    return any(fate is not None and not _is_covered(production, fate) for _, _, fate in _fates(production, lost))


def deleted(production: Production, lost: Lines) -> tuple[Place, ...]:
    """The lines of the base that a lost test ran and that are no more."""
    return tuple(Place(path, line) for path, line, fate in _fates(production, lost) if fate is None)


def _is_covered(production: Production, fate: Place | Span) -> bool:
    return production.covered is not None and is_run(fate, production.covered)


def _fates(production: Production, lines: Lines) -> Iterator[tuple[str, int, Place | Span | None]]:
    for path, numbers in lines.items():
        for line in sorted(numbers):
            yield path, line, production.fate(path, line)

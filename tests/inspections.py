"""Builders of what a closer look at lost and changed tests brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from asserting import ANYTHING, VACUOUS, asserting, numbered, says
from builders import A_TEST, a_suite, a_test
from testkeep.model.asserted import Asserted
from testkeep.model.comparison import Candidate, Loss, LostTest, NotCompared, Uncompared
from testkeep.model.evidence import RECORDED
from testkeep.model.inspection import Inspection, Suspect, Topic
from testkeep.model.production import FileHistory, Lines, Place, Production, Span
from testkeep.model.source import Check
from testkeep.model.tests import RecordedTest, Subtest, function_of
from testkeep.rules.assertion_records import Records


def inspected(
    test_id: str = A_TEST,
    *ran: str,
    did: str = "passed",
    asserted: int = 1,
    own: int | None = None,
    places: int | None = None,
    vacuous: int = 0,
    broken: int = 0,
    unspecific: int = 0,
    subtests: tuple[Subtest, ...] = (),
    replaced: Sequence[str] = (),
) -> RecordedTest:
    """Build a test that was run again and watched.

    ``ran`` are lines of production code, as in ``app.py:2``, and ``replaced`` those in whose place it put something.
    So many assertions held, so many of them its ``own``, at so many ``places``; others are none, or failed.
    """
    name = function_of(test_id).rpartition("::")[2]
    here = asserted if own is None else own
    forms = asserted if places is None else places
    held = [says(f"form{n}", function=name if n < here else "check") for n in range(forms)]
    again = held[:1] * (asserted - forms)
    none = [
        *(says(f"true{n}", VACUOUS) for n in range(vacuous)),
        *(says(f"any{n}", ANYTHING) for n in range(unspecific)),
    ]
    failed = [says(f"failed{n}") for n in range(broken)]
    execution = asserting(test_id, *held, *again, *none, failed=failed, did=did, subtests=subtests)
    footprint, hidden = (
        {path: tuple(sorted(numbers)) for path, numbers in lines_of(*given).items()} for given in (ran, replaced)
    )
    return numbered(execution, _SITES, footprint=footprint, replaced=hidden)


_SITES: dict[str, int] = {}


def lines_of(*places: str) -> Lines:
    """Build lines by path, of places as in ``app.py:2`` or ``app.py:2-4``."""
    found: dict[str, set[int]] = {}
    for place in places:
        path, _, numbers = place.rpartition(":")
        first, _, last = numbers.partition("-")
        found.setdefault(path, set()).update(range(int(first), int(last or first) + 1))
    return {path: frozenset(lines) for path, lines in found.items()}


def a_history(*, kept: Mapping[int, str] | None = None, changed: Mapping[int, str] | None = None) -> FileHistory:
    """Build what became of a file's lines: kept at a place (``app.py:2``), or changed in a span (``app.py:2-9``)."""
    places = {line: place.rpartition(":") for line, place in (kept or {}).items()}
    spans = {line: span.replace("-", ":").split(":") for line, span in (changed or {}).items()}
    return FileHistory(
        kept={line: Place(path, int(at)) for line, (path, _, at) in places.items()},
        changed={line: Span(path, int(first), int(last)) for line, (path, first, last) in spans.items()},
    )


def an_inspection(
    *,
    base: Sequence[RecordedTest] = (),
    head: Sequence[RecordedTest] = (),
    base_checks: Mapping[str, str] | None = None,
    head_checks: Mapping[str, str] | None = None,
    candidates: Mapping[str, tuple[Candidate, ...]] | None = None,
    mentions: Mapping[str, frozenset[str]] | None = None,
    topics: Mapping[str, Topic] | None = None,
    twins: Mapping[str, str] | None = None,
    hiding: tuple[str, ...] = (),
    base_hiding: tuple[str, ...] = (),
    suspects: tuple[Suspect, ...] = (),
    production: Production | None = None,
    not_compared: tuple[NotCompared, ...] = (),
) -> Inspection:
    """Build what a closer look brought. Checks are single words: ``{"t.py::test_x": "sum total"}`` has two."""
    checks = (
        {test_id: tuple(Check(digest=word, text=word) for word in words.split()) for test_id, words in side.items()}
        for side in (base_checks or {}, head_checks or {})
    )
    return Inspection(
        base={test.item.id: test for test in base},
        head={test.item.id: test for test in head},
        base_asserted=_asserted(base),
        head_asserted=_asserted(head),
        base_alone=_asserted(base),
        head_alone=_asserted(head),
        base_checks=next(checks),
        head_checks=next(checks),
        candidates=candidates or {},
        mentions=mentions or {},
        topics=topics or {},
        twins=twins or {},
        hiding=frozenset(hiding),
        base_hiding=frozenset(base_hiding),
        suspects=suspects,
        production=production or Production(),
        not_compared=not_compared,
    )


def _asserted(tests: Sequence[RecordedTest]) -> dict[str, Asserted]:
    """What inspected tests asserted, in the runs that count as alone."""
    suite = msgspec.structs.replace(a_suite(*tests), assertions=RECORDED, sites=tuple(_SITES))
    records = Records([suite])
    watched = (test.item.id for test in tests if test.execution and test.execution.footprint is not None)
    return {test_id: found[0] for test_id in watched if (found := records.in_all(test_id))}


def a_loss(
    test_id: str = A_TEST, how: Loss = Loss.REMOVED, why: str = "", *, base: RecordedTest | None = None, line: int = 0
) -> LostTest:
    """Build a lost test."""
    return LostTest(base=base or a_test(test_id), how=how, why=why, path=test_id.partition("::")[0], line=line)


NO_DISK = NotCompared(what=Uncompared.BASE, why="no disk")

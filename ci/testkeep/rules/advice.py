"""What a person can do about lost tests: put back, declare, or waive, with the lines to paste."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from testkeep.model.comparison import Candidate, Loss, LostTest
from testkeep.model.tests import names_of

_FOR = datetime.timedelta(days=30)
_MOST_TESTS, _MOST_MISSES = 10, 4
_MOST_CHARACTERS = 200
_FIRST = {
    Loss.SKIPPED: "Remove the skip.",
    Loss.XFAILED: "Remove the xfail mark and mend the code.",
    Loss.REMOVED: "Put the test back.",
    Loss.DESELECTED: "Take the selection back.",
    Loss.NOT_COLLECTED: "Make pytest collect it again: 'pytest --collect-only -q' shows what it finds.",
}


def advise(losses: Sequence[LostTest], code: str, today: datetime.date) -> str:
    """Advise on tests that were lost in one way, in several lines."""
    return "\n".join(_lines(losses, code, today))


def _lines(losses: Sequence[LostTest], code: str, today: datetime.date) -> Iterator[str]:
    first = losses[0]
    yield _FIRST[first.how]
    yield from _candidates(losses)
    name = _common_name(losses)
    yield f"If another test stands for {'it' if name == first.id else 'them'}, say so there, and testkeep verifies it:"
    yield f'    @pytest.mark.replaces("{_quoted(name)}", reason="…")'
    yield "Or record a waiver on the base branch:"
    yield "    [[tool.testkeep.waivers]]"
    yield f'    test = "{_quoted(name)}"'
    yield f'    rule = "{code}"'
    yield '    reason = "…"'
    yield '    owner = "…"'
    yield f"    expires = {today + _FOR if today < datetime.date.max - _FOR else today}"


def _common_name(losses: Sequence[LostTest]) -> str:
    """The closest name that means all of some tests: a function, class or file; the first test, if there is none.

    Nobody pastes an id that fills the screen: its function is named instead.
    """
    others = [frozenset(names_of(loss.id)) for loss in losses[1:]]
    shared = [name for name in names_of(losses[0].id) if all(name in names for names in others)]
    return next((name for name in shared if len(name) <= _MOST_CHARACTERS), shared[0] if shared else losses[0].id)


def _quoted(test_id: str) -> str:
    return test_id.replace("\\", "\\\\").replace('"', '\\"')


def _candidates(losses: Sequence[LostTest]) -> Iterator[str]:
    shown = [loss for loss in losses if loss.candidates]
    for loss in shown[:_MOST_TESTS]:
        yield f"Most like {loss.id if len(losses) > 1 else 'it'}:"
        yield from (f"    {_candidate(candidate)}" for candidate in loss.candidates)
    if len(shown) > _MOST_TESTS:
        yield f"{len(shown) - _MOST_TESTS} more have candidates; verdict.json has all."


def _candidate(candidate: Candidate) -> str:
    name = candidate.test if len(candidate.test) <= _MOST_CHARACTERS else f"{candidate.test[:_MOST_CHARACTERS]}…"
    likeness = f"{name} ({int(candidate.likeness * 100)} % alike"
    if candidate.misses is None:
        return f"{likeness})"
    if not candidate.misses:
        return f"{likeness}; runs all that it ran)"
    more = len(candidate.misses) - _MOST_MISSES
    return f"{likeness}; does not run {', '.join(candidate.misses[:_MOST_MISSES])}" + (
        f" and {more} more)" if more > 0 else ")"
    )

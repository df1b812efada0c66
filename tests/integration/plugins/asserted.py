"""Reads what the tests of a recorded run asserted, as lines of the source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from integration.plugins.recording import Recorded, short
from testkeep.model.assertion_site import AssertionSite
from testkeep.rules.assertion_records import Records


@dataclass(frozen=True)
class Told:
    """The lines that held (a call that only came back has ``s`` before it), and those that failed and never held."""

    held: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def held(*lines: str) -> Told:
    return Told(held=tuple(sorted(lines)))


def failed(*lines: str) -> Told:
    return Told(failed=tuple(sorted(lines)))


def told(recorded: Recorded, folder: str = "") -> dict[str, Told]:
    """What each test asserted, its fixtures of a wider scope with it. ``folder`` is the project's in the repository."""
    records = Records([recorded.suite])
    found: dict[str, Told] = {}
    for test in recorded.suite.tests:
        asserted = records.of(recorded.suite.settings.interpreter, test.item.id)
        assert asserted is not None, recorded.suite.assertions
        sites = [*asserted.held.values(), *asserted.came_through.values()]
        lines = _lines(recorded, sites, folder)
        more = tuple(f"({kind})" for kind in sorted(asserted.others))
        found[short(test.item.id)] = Told(
            tuple(sorted((*lines, *more))), _lines(recorded, asserted.failed.values(), folder)
        )
    return found


def times(recorded: Recorded, test: str, line: str) -> int:
    """How often a line held in a test itself."""
    execution = recorded.tests[test].execution
    assert execution is not None
    numbers = recorded.suite.sites
    counted = ((AssertionSite.of(numbers[number]), often) for number, often in execution.held.items())
    return sum(often for site, often in counted if recorded.source_at(f"{site.path}:{site.line}") == line)


def _lines(recorded: Recorded, sites: Iterable[AssertionSite], folder: str) -> tuple[str, ...]:
    return tuple(sorted(_line(recorded, site, folder) for site in sites))


def _line(recorded: Recorded, site: AssertionSite, folder: str) -> str:
    if not site.path:
        return f"{site.function}:{site.line}"
    text = recorded.source_at(f"{site.path.removeprefix(f'{folder}/')}:{site.line}")
    return f"s {text}" if site.kind == "s" else text

"""Tests in quarantine: those whose failure is excused for a time, by a waiver of TK101."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from testkeep.model.policy import Waiver

FAILED = "TK101"


def in_quarantine(waiver: Waiver, today: datetime.date) -> bool:
    """Whether a waiver keeps its test in quarantine on a day."""
    return waiver.rule == FAILED and not waiver.is_expired(today)


def quarantine_notes(waivers: Iterable[Waiver], today: datetime.date) -> Iterator[str]:
    """List what is in quarantine, in one line; nothing if nothing is."""
    groups: dict[tuple[datetime.date, str], dict[str, None]] = {}
    for waiver in waivers:
        if in_quarantine(waiver, today):
            groups.setdefault((waiver.expires, waiver.owner), {})[waiver.test] = None
    number = len({test for tests in groups.values() for test in tests})
    listed = "; ".join(f"{', '.join(tests)} (until {day}, {owner})" for (day, owner), tests in sorted(groups.items()))
    if groups:
        yield f"{number} {'test' if number == 1 else 'tests'} in quarantine: {listed}"

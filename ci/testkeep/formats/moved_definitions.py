"""Finds the functions of a file that are in other files now."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from testkeep.formats.line_history import Version
from testkeep.model.source import FunctionSource

_TELLING_LINES = 4
"""A function of fewer lines may have the same body as another one by chance."""
_SAME = 0.5


def moved_definitions(
    before: Version, gone: Iterable[FunctionSource], others: Iterable[Version]
) -> Iterator[tuple[str, str]]:
    """Say in which of some files the functions are that a file has no more: their names, and the paths."""
    for other in others:
        yield from ((source.name, other.path) for source in gone if source.body and _is_in(before, source, other))


def _is_in(before: Version, source: FunctionSource, other: Version) -> bool:
    part = before.part(source)
    for candidate in other.functions.values():
        is_same = candidate.body == source.body
        if candidate.name != source.name:
            if is_same and len(part) >= _TELLING_LINES:
                return True
        elif is_same or difflib.SequenceMatcher(None, part, other.part(candidate), autojunk=False).ratio() >= _SAME:
            return True
    return False

"""What became of the lines of production code between the base and the head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from testkeep.model.source import FunctionSource

Lines = Mapping[str, frozenset[int]]
"""Line numbers by path, relative to the repository's root."""


class Place(Struct, frozen=True, order=True):
    """A line of a file; ``path`` is relative to the repository's root."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Span(Struct, frozen=True):
    """Some lines that follow one another, both ends included: those of a function, as a rule."""

    path: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.path}:{self.first}-{self.last}"

    def meets(self, lines: Lines) -> bool:
        """Whether any of some lines lies in it."""
        return any(self.first <= line <= self.last for line in lines.get(self.path, ()))


class FileHistory(Struct, frozen=True, kw_only=True):
    """What became of the lines of one file: where they are now, or what stands where they stood.

    Lines that are in neither mapping were deleted.
    """

    kept: Mapping[int, Place]
    changed: Mapping[int, Span]


class Production(Struct, frozen=True, kw_only=True):
    """The production code's changes.

    ``histories`` has the base's files that were changed, moved or deleted; every other file is as it was. ``covered``
    are the head's lines that any test ran, ``others`` the base's lines that any test but the lost ones ran; None where
    nobody has looked. ``gone`` are the definitions of the base that are nowhere at the head, by path, and
    ``gone_files`` its files that are no Python code.
    """

    histories: Mapping[str, FileHistory] = {}
    covered: Lines | None = None
    others: Lines | None = None
    gone: Mapping[str, tuple[FunctionSource, ...]] = {}
    gone_files: tuple[str, ...] = ()

    def fate(self, path: str, line: int) -> Place | Span | None:
        """Where a line of the base is now: its place, what took its place, or None if it was deleted."""
        history = self.histories.get(path)
        if history is None:
            return Place(path, line)
        return history.kept.get(line) or history.changed.get(line)


def is_run(fate: Place | Span, lines: Lines) -> bool:
    """Whether some lines of the head run what became of a line."""
    return fate.meets(lines) if isinstance(fate, Span) else fate.line in lines.get(fate.path, ())


def shown(places: Iterable[Place | Span]) -> tuple[str, ...]:
    """Write places, lines that follow one another as ``path:3-5``.

    >>> shown([Place("a.py", 3), Place("a.py", 4), Place("b.py", 9)])
    ('a.py:3-4', 'b.py:9')
    """
    spans = {place for place in places if isinstance(place, Span)}
    runs: list[tuple[str, int, int]] = []
    for place in sorted(place for place in places if isinstance(place, Place)):
        if runs and runs[-1][0] == place.path and runs[-1][2] >= place.line - 1:
            runs[-1] = (place.path, runs[-1][1], place.line)
        else:
            runs.append((place.path, place.line, place.line))
    written = [f"{path}:{first}" if first == last else f"{path}:{first}-{last}" for path, first, last in runs]
    return (*written, *sorted(map(str, spans)))

"""Follows the lines of a file from the base to the head: kept, changed, moved to another file, or deleted."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from testkeep.formats.python_source import read_functions
from testkeep.model.production import FileHistory, Place, Span
from testkeep.model.source import FileSource, FunctionSource

# Below this two lines are not the same line, changed: one was deleted and the other one is new.
_ALIKE = 0.6
_SLOW_BEYOND = 400


@dataclass(frozen=True, slots=True)
class Version:
    """One file at the head."""

    path: str
    text: str
    functions: FileSource

    @classmethod
    def of(cls, path: str, text: str) -> Version:
        """Read a file."""
        return cls(path, text, read_functions(text))


@dataclass(frozen=True, slots=True)
class _Successor:
    """The function of the head that stands where one of the base stood, and the file that it is in."""

    version: Version
    source: FunctionSource

    @property
    def span(self) -> Span:
        return Span(self.version.path, self.source.line, self.source.end)


def read_history(old: str, now: Version | None, others: Sequence[Version]) -> FileHistory:
    """Follow every line of a file.

    ``old`` is its text at the base; ``now`` the file that it is at the head (None: there is none); ``others`` are
    further files of the head that functions may have moved to.
    """
    kept, pending = _by_lines(old, now)
    changed: dict[int, Span] = {}
    before = read_functions(old)
    for source in _inner_last(before):
        lines = [line for line in range(source.line, source.end + 1) if line not in kept]
        if not lines or not source.body:
            continue
        successor = _successor(source, now, others)
        if successor is None:
            continue
        if successor.source.body == source.body:
            _follow_moved(old, source, successor, lines, kept)
        is_elsewhere = now is None or successor.version.path != now.path or successor.source.name != source.name
        altered = pending if not is_elsewhere else _altered(old, source, successor, kept)
        changed |= {line: successor.span for line in lines if line in altered and line not in kept}
    return FileHistory(kept=kept, changed=changed)


def gone_definitions(old: FileSource, now: Version | None, others: Sequence[Version]) -> tuple[FunctionSource, ...]:
    """The functions and classes of a file that are nowhere at the head, under whatever name."""
    return tuple(source for source in old.values() if _successor(source, now, others) is None)


def _inner_last(functions: FileSource) -> Iterator[FunctionSource]:
    """Outer functions before those inside of them, so that the closest one has the last word."""
    return iter(sorted(functions.values(), key=lambda source: source.name.count(".")))


def _by_lines(old: str, now: Version | None) -> tuple[dict[int, Place], set[int]]:
    """The lines that stayed, and those of which a changed line took the place."""
    if now is None:
        return {}, set()
    kept: dict[int, Place] = {}
    altered: set[int] = set()
    before, after = _lines(old), _lines(now.text)
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            shift = new_start - start
            kept |= {line + 1: Place(now.path, line + 1 + shift) for line in range(start, end)}
        elif tag == "replace":
            pairs = _alike(before[start:end], after[new_start:new_end])
            altered |= {start + index + 1 for index in pairs}
    return kept, altered


def _alike(before: Sequence[str], after: Sequence[str]) -> set[int]:
    """Which of some lines have a changed version among the lines that took their place."""
    if len(before) * len(after) > _SLOW_BEYOND * _SLOW_BEYOND:
        return set(range(len(before)))
    free = list(after)
    found = set()
    for index, line in enumerate(before):
        best = max(free, key=lambda other: _ratio(line, other), default="")
        if free and _ratio(line, best) >= _ALIKE:
            free.remove(best)
            found.add(index)
    return found


def _ratio(line: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, line.strip(), other.strip(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _lines(text: str) -> list[str]:
    # As Python and coverage count them: not str.splitlines, which knows more ends of lines.
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _successor(source: FunctionSource, now: Version | None, others: Sequence[Version]) -> _Successor | None:
    """Find what stands for a function: its name in the file, else its body anywhere, else its name elsewhere."""
    versions = [*([now] if now else []), *others]
    if now is not None and source.name in now.functions:
        return _Successor(now, now.functions[source.name])
    last = source.name.rpartition(".")[2]
    for version in versions:
        for candidate in version.functions.values() if source.body else ():
            if candidate.body == source.body:
                return _Successor(version, candidate)
    for version in others:
        for candidate in version.functions.values():
            if candidate.name.rpartition(".")[2] == last:
                return _Successor(version, candidate)
    return None


def _follow_moved(
    old: str, source: FunctionSource, successor: _Successor, lines: Sequence[int], kept: dict[int, Place]
) -> None:
    """Follow the lines of a function whose body is the same in another place."""
    matched = _same_lines(old, source, successor)
    kept |= {line: matched[line] for line in lines if line in matched}


def _altered(old: str, source: FunctionSource, successor: _Successor, kept: Mapping[int, Place]) -> set[int]:
    """The lines of a function that moved and changed for which another line stands now."""
    before = _lines(old)[source.line - 1 : source.end]
    after = _lines(successor.version.text)[successor.source.line - 1 : successor.source.end]
    same = _same_lines(old, source, successor)
    left = [line for line in range(source.line, source.end + 1) if line not in kept]
    return {*(line for line in left if line in same)} | {source.line + index for index in _alike(before, after)}


def _same_lines(old: str, source: FunctionSource, successor: _Successor) -> dict[int, Place]:
    before = [line.strip() for line in _lines(old)[source.line - 1 : source.end]]
    start = successor.source.line
    after = [line.strip() for line in _lines(successor.version.text)[start - 1 : successor.source.end]]
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {
        source.line + block.a + offset: Place(successor.version.path, start + block.b + offset)
        for block in blocks
        for offset in range(block.size)
    }

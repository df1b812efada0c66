"""Follows the lines of a file from the base to the head: kept, changed, moved to another file, or deleted."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from testkeep.formats.python_source import read_functions
from testkeep.model.production import FileHistory, Place, Span
from testkeep.model.source import FileSource, FunctionSource

_SLOW_BEYOND = 100


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
        # Without its head, which runs when the file is imported, whether anybody calls the function or not.
        return Span(self.version.path, self.source.start or self.source.line, self.source.end)


def read_history(old: str, now: Version | None, others: Sequence[Version]) -> FileHistory:
    """Follow every line of a file.

    ``old`` is its text at the base; ``now`` the file that it is at the head (None: there is none); ``others`` are
    further files of the head that functions may have moved to.
    """
    before = read_functions(old)
    kept, pending = _aligned(old, before, now)
    changed: dict[int, Span] = {}
    for source in _inner_last(before):
        lines = [line for line in range(source.line, source.end + 1) if line not in kept]
        if not lines or not source.body:
            continue
        successor = _successor(source, before, now, others) or _in_its_place(source, before, now, kept, pending)
        if successor is None:
            continue
        if successor.source.body == source.body:
            _follow_moved(old, source, successor, lines, kept)
        is_elsewhere = now is None or successor.version.path != now.path or successor.source.name != source.name
        altered = pending.keys() if not is_elsewhere else _altered(old, source, successor, kept)
        changed |= {line: successor.span for line in lines if line in altered and line not in kept}
    if now is not None:
        changed |= _changed_outside(now.path, before, pending)
    return FileHistory(kept=kept, changed=changed)


def _changed_outside(path: str, functions: FileSource, altered: Mapping[int, int]) -> dict[int, Span]:
    """The changed lines that are in no function, or in a file of which that cannot be known."""
    inside = {line for one in functions.values() if one.body for line in range(one.line, one.end + 1)}
    return {line: Span(path, new, new) for line, new in altered.items() if line not in inside}


def gone_definitions(old: FileSource, now: Version | None, others: Sequence[Version]) -> tuple[FunctionSource, ...]:
    """The functions and classes of a file that are nowhere at the head, under whatever name."""
    return tuple(source for source in old.values() if _successor(source, old, now, others) is None)


def _inner_last(functions: FileSource) -> Iterator[FunctionSource]:
    """Outer functions before those inside of them, so that the closest one has the last word."""
    return iter(sorted(functions.values(), key=lambda source: source.name.count(".")))


def _aligned(old: str, before: FileSource, now: Version | None) -> tuple[dict[int, Place], dict[int, int]]:
    """The lines that stayed, and those of which a changed line took the place, with the latter.

    Functions are compared with themselves: in a whole file the end of a deleted function is easily taken for the same
    lines at the end of the one above it.
    """
    if now is None:
        return {}, {}
    lines, new_lines = _lines(old), _lines(now.text)
    kept, altered = _by_lines(lines, new_lines, now.path)
    known = [now.functions[name] for name, one in before.items() if one.body and name in now.functions]
    for source in _inner_last(before):
        own = range(source.line, source.end + 1) if source.body else ()
        target = now.functions.get(source.name)
        for line in own:
            at = kept[line].line if line in kept else altered.get(line, 0)
            if target is not None or any(one.line <= at <= one.end for one in known):
                kept.pop(line, None)
                altered.pop(line, None)
        if source.body and target is not None:
            ours, theirs = lines[source.line - 1 : source.end], new_lines[target.line - 1 : target.end]
            found, changed = _by_lines(ours, theirs, now.path, source.line - 1, target.line - 1)
            kept |= found
            altered |= changed
    return kept, altered


def _by_lines(
    before: Sequence[str], after: Sequence[str], path: str, above: int = 0, new_above: int = 0
) -> tuple[dict[int, Place], dict[int, int]]:
    """Compare lines that have so many others above them in their files."""
    kept: dict[int, Place] = {}
    altered: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            shift = new_start + new_above - start
            kept |= {above + line + 1: Place(path, line + 1 + shift) for line in range(start, end)}
        elif tag == "replace":
            pairs = _alike(before[start:end], after[new_start:new_end])
            altered |= {above + start + index + 1: new_above + new_start + other + 1 for index, other in pairs.items()}
    return kept, altered


def _alike(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Which of some lines have a changed version among the lines that took their place, and which that is.

    Each new line of code is the changed version of one old line, however little they are alike: what was written anew
    is not deleted. Only the old lines that are left over are.
    """
    if len(before) * len(after) > _SLOW_BEYOND * _SLOW_BEYOND:
        return {index: min(index, len(after) - 1) for index in range(len(before))}
    ranked = sorted(
        (-_ratio(line, other), index, number)
        for index, line in enumerate(before)
        for number, other in enumerate(after)
        if _is_code(line) and _is_code(other)
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, index, number in ranked:
        if index not in found and number not in taken:
            found[index] = number
            taken.add(number)
    return found


def _ratio(line: str, other: str) -> float:
    return difflib.SequenceMatcher(None, line.strip(), other.strip(), autojunk=False).ratio()


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _lines(text: str) -> list[str]:
    # As Python and coverage count them: not str.splitlines, which knows more ends of lines.
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _successor(
    source: FunctionSource, before: FileSource, now: Version | None, others: Sequence[Version]
) -> _Successor | None:
    """Find what stands for a function: its name in the file, else its body anywhere, else its name elsewhere.

    A function that stood beside it with the same body is not what it became: many have a body such as ``pass``.
    """
    if now is not None and source.name in now.functions:
        return _Successor(now, now.functions[source.name])
    twins = {name for name, one in before.items() if one.body == source.body}
    for version in (*([now] if now else []), *others):
        for candidate in version.functions.values() if source.body else ():
            if candidate.body == source.body and not (version is now and candidate.name in twins):
                return _Successor(version, candidate)
    for version in others:
        for candidate in version.functions.values():
            if _short(candidate) == _short(source):
                return _Successor(version, candidate)
    return None


def _short(source: FunctionSource) -> str:
    """The name by which a function is known elsewhere; every second class has an ``__init__``."""
    last = source.name.rpartition(".")[2]
    return source.name if last.startswith("__") else last


def _in_its_place(
    source: FunctionSource,
    before: FileSource,
    now: Version | None,
    kept: Mapping[int, Place],
    altered: Mapping[int, int],
) -> _Successor | None:
    """Find the new function that most of a function's lines are in: it was renamed and changed."""
    if now is None:
        return None
    new = [one for one in now.functions.values() if one.body and one.name not in before]
    landed: Counter[str] = Counter()
    for line in range(source.line, source.end + 1) if new else ():
        place = kept.get(line)
        at = place.line if place is not None and place.path == now.path else altered.get(line, 0)
        landed.update(one.name for one in new if one.line <= at <= one.end)
    for name, lines in landed.most_common(1):
        if 2 * lines >= source.end - source.line + 1:
            return _Successor(now, now.functions[name])
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
    return {line for line in left if line in same} | {source.line + index for index in _alike(before, after)}


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

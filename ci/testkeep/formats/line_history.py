"""Follows the lines of a file from the base to the head: kept, changed, moved to another file, or deleted."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from testkeep.formats.python_source import read_functions
from testkeep.formats.rebound import read_rebound
from testkeep.model.production import FileHistory, Place, Span
from testkeep.model.source import FileSource, FunctionSource

_SLOW_BEYOND = 100


@dataclass(frozen=True, slots=True)
class Version:
    """One file on one side."""

    path: str
    lines: Sequence[str]
    functions: FileSource
    rebound: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Names that are bound without a definition, and the lines that do it."""

    @classmethod
    def of(cls, path: str, text: str) -> Version:
        """Read a file."""
        return cls(path, _lines(text), read_functions(text), read_rebound(text, path))

    def without(self, before: Version) -> Version:
        """The same with the definitions alone that the file did not have: only these can be what became of others."""
        new = {name: source for name, source in self.functions.items() if name not in before.functions}
        rebound = {name: lines for name, lines in self.rebound.items() if name not in before.rebound}
        return Version(self.path, self.lines, new, rebound)

    def part(self, source: FunctionSource) -> Sequence[str]:
        """The lines of a function."""
        return self.lines[source.line - 1 : source.end]


@dataclass(frozen=True, slots=True)
class _Successor:
    """The function of the head that stands where one of the base stood, and the file that it is in."""

    version: Version
    source: FunctionSource

    @property
    def span(self) -> Span:
        # Without its head, which runs when the file is imported, whether anybody calls the function or not.
        return Span(self.version.path, self.source.start or self.source.line, self.source.end)


def read_history(before: Version, now: Version | None, others: Sequence[Version]) -> FileHistory:
    """Follow every line of a file.

    ``before`` is the file at the base; ``now`` the file that it is at the head (None: there is none); ``others`` are
    further files of the head that functions may have moved to.
    """
    kept, pending = _aligned(before, now)
    changed: dict[int, Span] = {}
    for source in _inner_last(before.functions):
        lines = [line for line in range(source.line, source.end + 1) if line not in kept]
        if not lines or not source.body:
            continue
        successor = _successor(source, before.functions, now, others)
        successor = successor or _in_its_place(source, before.functions, now, kept, pending)
        if successor is None:
            continue
        if successor.source.body == source.body:
            matched = _same_lines(before.part(source), source, successor)
            kept |= {line: matched[line] for line in lines if line in matched}
        is_elsewhere = now is None or successor.version.path != now.path or successor.source.name != source.name
        if not successor.source.body:  # no function any more, though the name is there
            altered: Collection[int] = lines
        elif is_elsewhere:
            altered = _altered(before.part(source), source, successor)
        else:
            altered = pending.keys()
        changed |= {line: successor.span for line in lines if line in altered and line not in kept}
    if now is not None:
        changed |= _changed_outside(now.path, before.functions, pending)
    return FileHistory(kept=kept, changed=changed)


def _changed_outside(path: str, functions: FileSource, altered: Mapping[int, int]) -> dict[int, Span]:
    """The changed lines that are in no function, or in a file of which that cannot be known."""
    inside = {line for one in functions.values() if one.body for line in range(one.line, one.end + 1)}
    return {line: Span(path, new, new) for line, new in altered.items() if line not in inside}


def gone_definitions(before: Version, now: Version | None, others: Sequence[Version]) -> tuple[FunctionSource, ...]:
    """The functions and classes of a file that are nowhere at the head, under whatever name."""
    old = before.functions
    return tuple(source for source in old.values() if _successor(source, old, now, others) is None)


def _inner_last(functions: FileSource) -> Iterator[FunctionSource]:
    """Outer functions before those inside of them, so that the closest one has the last word."""
    return iter(sorted(functions.values(), key=lambda source: source.name.count(".")))


def _aligned(before: Version, now: Version | None) -> tuple[dict[int, Place], dict[int, int]]:
    """The lines that stayed, and those of which a changed line took the place, with the latter.

    Functions are compared with themselves: in a whole file the end of a deleted function is easily taken for the same
    lines at the end of the one above it.
    """
    if now is None:
        return {}, {}
    kept, altered = _by_lines(before.lines, now.lines, now.path)
    known = [now.functions[name] for name, one in before.functions.items() if one.body and name in now.functions]
    for source in _inner_last(before.functions):
        own = range(source.line, source.end + 1) if source.body else ()
        target = now.functions.get(source.name)
        for line in own:
            at = kept[line].line if line in kept else altered.get(line, 0)
            if target is not None or any(one.line <= at <= one.end for one in known):
                kept.pop(line, None)
                altered.pop(line, None)
        if source.body and target is not None:
            ours, theirs = before.part(source), now.part(target)
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
    versions = (*([now] if now is not None else []), *(one for one in others if source.name in one.rebound))
    return next(filter(None, (_rebound(source, version) for version in versions)), None)


def _rebound(source: FunctionSource, now: Version) -> _Successor | None:
    """Find what binds the same public name, or that of the class around it: an instance, a partial, an alias."""
    parts = source.name.split(".")
    for number in range(len(parts), 0, -1):
        lines = now.rebound.get(".".join(parts[:number]))
        if lines is not None:
            return _Successor(now, FunctionSource(name=source.name, line=lines[0], end=lines[1]))
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


def _altered(part: Sequence[str], source: FunctionSource, successor: _Successor) -> set[int]:
    """The lines of a function that moved and changed for which a line stands now."""
    after = successor.version.part(successor.source)
    return _same_lines(part, source, successor).keys() | {source.line + index for index in _alike(part, after)}


def _same_lines(part: Sequence[str], source: FunctionSource, successor: _Successor) -> dict[int, Place]:
    """The lines of a function, or of what it became, that stand there as they did, however far to the right."""
    before, after = ([line.strip() for line in lines] for lines in (part, successor.version.part(successor.source)))
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    start = successor.source.line
    return {
        source.line + block.a + offset: Place(successor.version.path, start + block.b + offset)
        for block in blocks
        for offset in range(block.size)
    }

"""A unified diff to the lines that changed, and such lines to the least diff that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPED = re.compile(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)
_UNWRITABLE = re.compile("[\n\r\ud800-\udfff]")
_CONTROLS = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


def changed_lines(diff: bytes) -> dict[str, tuple[int, ...]]:
    """Read which lines of the head were added or changed, by path in the head, relative to the repository's root.

    ``diff`` is what ``git diff`` writes with the prefixes ``a/`` and ``b/``, of any number of context lines. It is
    bytes, because the lines in it may be in any encoding; a name that is not UTF-8 has surrogates, as Python's paths
    have. A line ends at a line feed, as git counts: ``as_python_counts`` says which lines these are to Python. Files
    that have no such line are absent: those that were deleted, only renamed or only cut, and binary ones.
    """
    changed: dict[str, list[int]] = {}
    path: str | None = None
    number = old = new = 0  # where we are in the head, and what is left of the hunk on either side
    for line in diff.split(b"\n"):
        if old or new:
            kind = line[:1]
            if kind == b"+":
                if path is not None:
                    changed.setdefault(path, []).append(number)
                number, new = number + 1, new - 1
            elif kind == b"-":
                old -= 1
            elif kind != b"\\":  # the remark that a file does not end with a line feed
                number, old, new = number + 1, old - 1, new - 1
        elif hunk := _HUNK.match(line):
            old, number, new = int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1)
        elif line.startswith(b"diff --git "):
            path = None
        elif line.startswith(b"+++ "):
            path = _path(line[4:])
    return {path: tuple(lines) for path, lines in changed.items()}


def as_python_counts(lines: Sequence[int], source: bytes) -> tuple[int, ...]:
    """Renumber lines as Python and coverage.py count them, to whom a lone carriage return ends a line as well.

    ``lines`` are in ascending order, as git counts them in the file whose content ``source`` is.
    """
    if b"\r" not in source or b"\r" not in source.replace(b"\r\n", b"\n"):
        return tuple(lines)
    wanted = frozenset(lines)
    counted: list[int] = []
    start = 1
    for number, text in enumerate(source.split(b"\n"), start=1):
        end = start + text.removesuffix(b"\r").count(b"\r") + 1
        if number in wanted:
            counted += range(start, end)
        start = end
    return tuple(counted)


def dumps(changed: Mapping[str, Sequence[int]]) -> str:
    """Write a diff that says which lines of which files changed, and nothing else.

    It is for readers that know less of diffs than git does. They count the remark that a file does not end with a line
    feed as a line, take a carriage return for the end of one, stop at text that is not UTF-8, and read names with
    ``" b/"`` or quotes in them in their own ways. None of that is in here: added lines are empty, and each file is
    named as in the diff of a merge, once and unquoted. Left out is a name that cannot be written so, because it holds
    the end of a line or is not UTF-8; no Cobertura report can hold it either.
    """
    lines: list[str] = []
    for path, numbers in changed.items():
        if _UNWRITABLE.search(path):
            continue
        lines.append(f"diff --cc {path}")
        for start, count in _runs(numbers):
            lines += [f"@@ -0,0 +{start},{count} @@", *(["+"] * count)]
    return "\n".join([*lines, ""])


def _path(name: bytes) -> str | None:
    """The path in the head that a line names; None: there is none."""
    name = name.removesuffix(b"\t")  # git ends a name with a space in it by a tab
    if name.startswith(b'"') and name.endswith(b'"'):
        name = _ESCAPED.sub(_unescaped, name[1:-1])
    return name[2:].decode("utf-8", "surrogateescape") if name.startswith(b"b/") else None


def _unescaped(escaped: re.Match[bytes]) -> bytes:
    code = escaped[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _CONTROLS.get(code, code)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as runs of neighbours: where each starts, and how long it is."""
    start = count = 0
    for number in numbers:
        if count and number == start + count:
            count += 1
            continue
        if count:
            yield start, count
        start, count = number, 1
    if count:
        yield start, count

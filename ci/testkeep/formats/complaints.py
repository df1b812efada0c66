"""What static tools print to complaints."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from testkeep.formats.syntax import UNREADABLE, first_line, parse
from testkeep.model.static_tool import Complaint

Read = Callable[[str], str]
"""Reads a file of the project; empty if it is not there."""

# "app/x.py:3:1: F401 `os` imported but unused", "app/x.py:3: error: Name "y" is not defined  [name-defined]"
_PLACED = re.compile(
    r"(?:error: Failed to parse )?(?P<path>[^\s:][^:]*):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<said>.+)"
)
# What ruff says of a file since its formatter has findings, too: where in it the first difference lies is no matter.
_UNFORMATTED_PLACE = "unformatted: "
# ruff's long form: "F401 [*] `os` imported but unused", and on the next line " --> app/x.py:3:1".
_PLACE_BELOW = re.compile(r"--> (?P<place>[^\s:][^:]*:\d+:\d+)")
_UNFORMATTED = re.compile(
    r"would reformat (?P<black>.+)|Would reformat: (?P<ruff>.+)"
    r"|ERROR: (?P<isort>.+) Imports are incorrectly sorted and/or formatted\."
)
# What keeps a tool from checking a file: "error: cannot format app/x.py: Cannot parse: 1:4: x = = 1", in newer versions
# of black "error: cannot parse: app/x.py:1:4".
_FATAL = re.compile(r"error: (?P<what>(?:[Cc]annot|Failed to) (?:format|parse)):? (?P<path>[^:]+):\s*(?P<why>.+)")
_IN_FILE = re.compile(r"(?P<why>.*?)(?:: )?(?P<line>\d+):\d+(?:: .*)?")
_ERROR = "error: "
# A line of code that is quoted, or of a difference to it: "3 | import os", "1 + x = {}".
_QUOTED = re.compile(r"(?:\d+\s+)*[|+-]\s.*")
_CODE_BEFORE = re.compile(r"(?P<code>[A-Z]+[0-9]+|invalid-syntax):? (?:\[\*\] )?(?P<text>.+)")
_CODE_BEHIND = re.compile(r"(?:error: )?(?P<text>.+?)(?:\s+\[(?P<code>[a-z0-9-]+)\])?")
_LONGEST = 200
_NOTE = "note: "
_NOT_FORMATTED = "is not formatted"


def loads(output: str, root: str, read: Read) -> tuple[Complaint, ...]:
    """Read the complaints in the output of a tool that did not succeed.

    ``root`` is the project's folder, which paths are made relative to. An error without a place is a
    complaint, too. An output without either is one complaint: what its last line says.
    """
    scopes: dict[str, list[tuple[int, int, str]]] = {}
    found = []
    lines = (line.strip() for line in output.splitlines())
    for line in _joined([line for line in lines if not _QUOTED.fullmatch(line)]):
        complaint = _of_line(line, root)
        if complaint is not None:
            found.append(_in_function(complaint, scopes, read))
    return tuple(found) or (Complaint(message=_last(output)),)


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Put a place that stands on the line below what is said there before it, as in all other forms."""
    before = ""
    for line in lines:
        below = _PLACE_BELOW.fullmatch(line)
        if before and below is not None:
            yield f"{below['place']}: {before}"
        elif before:
            yield before
        before = "" if below is not None else line
    if before:
        yield before


def _of_line(line: str, root: str) -> Complaint | None:
    if unformatted := _UNFORMATTED.fullmatch(line):
        path = next(filter(None, unformatted.groups()))
        return Complaint(message=_NOT_FORMATTED, path=_relative(path, root))
    placed = _PLACED.fullmatch(line)
    if placed is None:
        return _fatal(line, root)
    if placed["said"].startswith(_NOTE):
        return None
    if placed["said"].startswith(_UNFORMATTED_PLACE):
        return Complaint(message=_NOT_FORMATTED, path=_relative(placed["path"], root))
    said = _CODE_BEFORE.fullmatch(placed["said"]) or _CODE_BEHIND.fullmatch(placed["said"])
    text, code = (said["text"], said["code"] or "") if said else (placed["said"], "")
    return Complaint(message=text, code=code, path=_relative(placed["path"], root), line=int(placed["line"]))


def _fatal(line: str, root: str) -> Complaint | None:
    fatal = _FATAL.fullmatch(line)
    if fatal is None:
        return Complaint(message=line[:_LONGEST]) if line.startswith(_ERROR) else None
    path, place = _relative(fatal["path"], root), _IN_FILE.fullmatch(fatal["why"])
    if place is None:
        return Complaint(message=fatal["why"], path=path)
    return Complaint(message=place["why"] or fatal["what"], path=path, line=int(place["line"]))


def _relative(path: str, root: str) -> str:
    return path.removeprefix(f"{root}/").removeprefix("./")


def _last(output: str) -> str:
    """The last line that tells something; isort ends with what it passed over."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if not line.startswith("Skipped ")), "no output")[:_LONGEST]


def _in_function(complaint: Complaint, scopes: dict[str, list[tuple[int, int, str]]], read: Read) -> Complaint:
    if not complaint.line:
        return complaint
    if complaint.path not in scopes:
        scopes[complaint.path] = list(_scopes(read(complaint.path)))
    around = [name for first, last, name in scopes[complaint.path] if first <= complaint.line <= last]
    return Complaint(
        message=complaint.message,
        code=complaint.code,
        path=complaint.path,
        line=complaint.line,
        function=max(around, key=len, default=""),
    )


def _scopes(text: str) -> Iterator[tuple[int, int, str]]:
    """The first and the last line of each function and class, and its qualified name."""
    try:
        tree = parse(text)
    except UNREADABLE:
        return
    open_ = [(tree, "")]
    while open_:
        node, outer = open_.pop()
        for child in ast.iter_child_nodes(node):
            name = outer
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                name = f"{outer}.{child.name}" if outer else child.name
                first = first_line(child)
                yield first, child.end_lineno or child.lineno, name
            open_.append((child, name))  # type: ignore[arg-type]

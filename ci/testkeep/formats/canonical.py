"""Values of test parameters as text that is the same in every run."""

from __future__ import annotations

import enum
import functools
import hashlib
import re
import types
from collections.abc import Callable
from typing import TypeAlias

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+| id='[0-9]+'")
_MAX_CHARACTERS = 200
_MAX_DEPTH = 4

_Hide: TypeAlias = Callable[[str], str]


def canonical(value: object, roots: tuple[str, ...] = ()) -> str:
    """Write a value without what changes from run to run: the order of sets and dicts, addresses and ids of objects.

    ``roots`` are absolute folders that are written as ``"."``: where the code was checked out, say. Texts over 200
    characters are cut and end in a digest of the whole. Never raises, whatever ``repr`` does.

    >>> canonical({"b", "a"})
    "{'a', 'b'}"
    """
    return _canonical(value, 0, _hiding(roots))


@functools.cache
def _hiding(roots: tuple[str, ...]) -> _Hide:
    """Make a function that replaces folders by a dot, the longest first, and only where whole names are meant."""
    folders = sorted({root for root in roots if root.count("/") + root.count("\\") > 1}, key=len, reverse=True)
    if not folders:
        return str
    pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, folders))})(?![\w.-])")
    return functools.partial(pattern.sub, ".")


def _canonical(value: object, depth: int, hide: _Hide) -> str:
    try:
        text = hide(_write(value, depth, hide))
    except Exception:  # noqa: BLE001  (a user's __repr__ may raise anything)
        text = f"<{_qualified(type(value))}>"
    if len(text) <= _MAX_CHARACTERS:
        return text
    return f"{text[:_MAX_CHARACTERS]}…{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:16]}"


def _write(value: object, depth: int, hide: _Hide) -> str:
    if depth > _MAX_DEPTH:
        return f"<{_qualified(type(value))}>"

    def inner(part: object) -> str:
        return _canonical(part, depth + 1, hide)

    match value:
        case enum.Enum():
            return f"{_qualified(type(value))}.{value.name}"
        case set() | frozenset():
            return "{" + ", ".join(sorted(inner(item) for item in value)) + "}"
        case tuple():
            return "(" + ", ".join(inner(item) for item in value) + ")"
        case list():
            return "[" + ", ".join(inner(item) for item in value) + "]"
        case dict():
            pairs = (f"{inner(key)}: {inner(item)}" for key, item in value.items())
            return "{" + ", ".join(sorted(pairs)) + "}"
        case str() | bytes() if type(value) in (str, bytes):
            return repr(value)  # what looks like an address here is none
        case type() | types.FunctionType() | types.BuiltinFunctionType() | types.MethodType():
            return _qualified(value)
        case functools.partial():
            parts = (value.func, value.args, value.keywords)
            return f"partial({', '.join(inner(part) for part in parts)})"
        case _ if type(value).__repr__ is object.__repr__:
            return f"{_qualified(type(value))}({inner(getattr(value, '__dict__', {}))})"
        case _:
            return _ADDRESS.sub("", repr(value))


def _qualified(thing: type | types.FunctionType | types.BuiltinFunctionType | types.MethodType) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"

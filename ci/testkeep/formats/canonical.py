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


def canonical(value: object, roots: tuple[str, ...] = (), home: str = "") -> str:
    """Write a value without what changes from run to run: the order of sets and dicts, addresses and ids of objects.

    ``roots`` are absolute folders that are written as ``"."``: where the code was checked out, say. ``home`` is the
    module that the value is for, whose name is left out: a function that moves with its tests stays the same. Texts
    over 200 characters are cut and end in a digest of the whole. Never raises, whatever ``repr`` does.

    >>> canonical({"b", "a"})
    "{'a', 'b'}"
    """
    return _canonical(value, 0, _hiding(roots, home))


@functools.cache
def _hiding(roots: tuple[str, ...], home: str) -> _Hide:
    """Make a function that replaces folders by a dot, the longest first, and only where whole names are meant.

    The home module's name is replaced where the name of something in it follows.
    """
    folders = sorted({root for root in roots if root.count("/") + root.count("\\") > 1}, key=len, reverse=True)
    hidden = [rf"(?<![\w.-])(?:{'|'.join(map(re.escape, folders))})(?![\w.-])"] if folders else []
    hidden += [rf"(?<![\w.]){re.escape(home)}\.(?=[\w<])"] if home else []
    needles = (*folders, *([f"{home}."] if home else ()))
    if not hidden:
        return str
    replace = re.compile("|".join(hidden)).sub

    def hide(text: str) -> str:
        # A long text is searched for the plain words a hundred times faster than for the pattern.
        return replace(".", text) if any(needle in text for needle in needles) else text

    return hide


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
        case types.ModuleType():
            return value.__name__
        case types.FunctionType() if value.__name__ == "<lambda>":
            return f"{_qualified(value)}#{_code_digest(value.__code__)}"
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


def _code_digest(code: types.CodeType) -> str:
    """Tell functions without a name apart by what they do, whatever line they stand in."""
    constants = (_code_digest(part) if isinstance(part, types.CodeType) else repr(part) for part in code.co_consts)
    parts = [code.co_code.hex(), *constants, *code.co_names, *code.co_varnames, *code.co_freevars]
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:8]

"""Values of test parameters as text that is the same in every run."""

from __future__ import annotations

import enum
import functools
import hashlib
import re
import types

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+| id='[0-9]+'")
_MAX_CHARACTERS = 200
_MAX_DEPTH = 4


def canonical(value: object, depth: int = 0) -> str:
    """Write a value without what changes from run to run: the order of sets and dicts, addresses and ids of objects.

    Texts over 200 characters are cut and end in a digest of the whole. Never raises, whatever ``repr`` does.

    >>> canonical({"b", "a"})
    "{'a', 'b'}"
    """
    try:
        text = _write(value, depth)
    except Exception:  # noqa: BLE001  (a user's __repr__ may raise anything)
        text = f"<{_qualified(type(value))}>"
    if len(text) <= _MAX_CHARACTERS:
        return text
    return f"{text[:_MAX_CHARACTERS]}…{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:16]}"


def _write(value: object, depth: int) -> str:
    if depth > _MAX_DEPTH:
        return f"<{_qualified(type(value))}>"
    deeper = depth + 1
    match value:
        case enum.Enum():
            return f"{_qualified(type(value))}.{value.name}"
        case set() | frozenset():
            return "{" + ", ".join(sorted(canonical(item, deeper) for item in value)) + "}"
        case tuple():
            return "(" + ", ".join(canonical(item, deeper) for item in value) + ")"
        case list():
            return "[" + ", ".join(canonical(item, deeper) for item in value) + "]"
        case dict():
            pairs = (f"{canonical(key, deeper)}: {canonical(item, deeper)}" for key, item in value.items())
            return "{" + ", ".join(sorted(pairs)) + "}"
        case str() | bytes() if type(value) in (str, bytes):
            return repr(value)  # what looks like an address here is none
        case type() | types.FunctionType() | types.BuiltinFunctionType() | types.MethodType():
            return _qualified(value)
        case functools.partial():
            parts = (value.func, value.args, value.keywords)
            return f"partial({', '.join(canonical(part, deeper) for part in parts)})"
        case _ if type(value).__repr__ is object.__repr__:
            return f"{_qualified(type(value))}({canonical(getattr(value, '__dict__', {}), deeper)})"
        case _:
            return _ADDRESS.sub("", repr(value))


def _qualified(thing: type | types.FunctionType | types.BuiltinFunctionType | types.MethodType) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"

"""``[tool.testkeep]`` of pyproject.toml, or the top of testkeep.toml, to a Policy."""

from __future__ import annotations

import datetime
import difflib
import enum
import hashlib
import tomllib
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from testkeep.errors import PolicyError
from testkeep.model.policy import Policy

_WORDS = {str: "a string", bool: "true or false", float: "a number", datetime.date: "a date such as 2027-01-31"}


def loads(text: str, source: str) -> Policy | None:
    """Read a policy.

    ``source`` is the file's name as the user knows it; of ``pyproject.toml`` only ``[tool.testkeep]`` is read. None
    means that the file has no policy.

    Raises:
        PolicyError: with every problem of the file, each naming the key's path.
    """
    table = _table(text, source)
    if table is None:
        return None
    table = _in_full(table)
    problems = list(_problems(table, Policy, ""))
    if problems:
        raise PolicyError(source, problems)
    return msgspec.convert(table, Policy, strict=True)


def digest(policy: Policy) -> str:
    """Name a policy by its content: two policies with equal digests demand the same, the order of layers included."""
    return hashlib.sha256(msgspec.json.encode(policy)).hexdigest()[:16]


def _table(text: str, source: str) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source, [f"not valid TOML: {error}"]) from error
    if not source.endswith("pyproject.toml"):
        return document
    tool = document.get("tool", {})
    table = tool.get("testkeep") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise PolicyError(source, ["tool.testkeep: expected a table"])
    return table


def _in_full(table: dict[str, Any]) -> dict[str, Any]:
    """Read ``waivers = "head"`` as what it is short for; a table cannot have that and a list of waivers."""
    said = table.get("waivers")
    if "waivers_from" in table or said not in _choices(get_type_hints(Policy)["waivers_from"]):
        return table
    return {"waivers_from": said} | {key: value for key, value in table.items() if key != "waivers"}


def _problems(value: object, expected: Any, path: str) -> Iterator[str]:
    """Hold a TOML value against the type that it should have: say what is wrong inside of it, else with itself."""
    inside = list(_problems_inside(value, _plain(expected), path))
    yield from inside
    if not inside:
        try:
            msgspec.convert(value, expected, strict=True)
        except msgspec.ValidationError:
            yield f"{path}: expected {_wanted(expected)}, found {_shown(value)}"


def _problems_inside(value: object, expected: Any, path: str) -> Iterator[str]:
    arguments = get_args(expected)
    match value, get_origin(expected):
        case dict(), None if _is_struct(expected):
            yield from _problems_of_table(value, expected, path)
        case dict(), origin if origin is dict:
            for key, inner in value.items():
                yield from _unknown_key(key, _choices(arguments[0]) or [key], path)
                yield from _problems(inner, arguments[1], _below(path, key))
        case list(), origin if origin is tuple:
            for index, inner in enumerate(value):
                yield from _problems(inner, arguments[0], f"{path}[{index}]")
                if inner in _choices(arguments[0]) and inner in value[:index]:
                    yield f"{path}[{index}]: {_shown(inner)} is named twice"


def _problems_of_table(table: dict[str, Any], struct: type[msgspec.Struct], path: str) -> Iterator[str]:
    known = get_type_hints(struct, include_extras=True)
    for key, inner in table.items():
        yield from _unknown_key(key, known, path)
        yield from _problems(inner, known.get(key, object), _below(path, key))
    for field in msgspec.structs.fields(struct):
        if field.required and field.name not in table:
            yield f"{_below(path, field.name)}: missing; expected {_wanted(known[field.name])}"


def _unknown_key(key: str, known: Iterable[str], path: str) -> Iterator[str]:
    choices = sorted(known)
    if key in choices:
        return
    nearest = difflib.get_close_matches(key, choices, n=1, cutoff=0.5)
    advice = f"did you mean {_below(path, nearest[0])}?" if nearest else f"known here: {', '.join(choices)}"
    yield f"{_below(path, key)}: unknown key; {advice}"


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _plain(expected: Any) -> Any:
    """A type without its bounds, and without None, which TOML does not have."""
    expected = _without_none(expected)
    if get_origin(expected) is Annotated:
        return get_args(expected)[0]
    return expected


def _without_none(expected: Any) -> Any:
    if get_origin(expected) in (Union, types.UnionType):
        return next(member for member in get_args(expected) if member is not types.NoneType)
    return expected


def _is_struct(expected: Any) -> bool:
    return isinstance(expected, type) and issubclass(expected, msgspec.Struct)


def _choices(expected: Any) -> list[str]:
    """The values that a type allows, if they can be listed."""
    if get_origin(expected) is Literal:
        return list(get_args(expected))
    return list(map(str, expected)) if isinstance(expected, enum.EnumType) else []


def _wanted(expected: Any) -> str:
    expected = _without_none(expected)
    if get_origin(expected) is Annotated:
        return str(get_args(expected)[1].description)
    if _choices(expected):
        return f"one of {', '.join(_choices(expected))}"
    plain = _plain(expected)
    if _is_struct(plain) or get_origin(plain) is dict:
        return "a table"
    return "a list" if get_origin(plain) is tuple else _WORDS[plain]


def _shown(value: object) -> str:
    """A value in TOML's words."""
    match value:
        case dict():
            return "a table"
        case list():
            return "a list" if value else "an empty list"
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return repr(value)
        case _:
            return str(value)

"""What a change of a static tool's configuration loosens: fewer rules, more that is left out, switches turned off.

Whether more of an option is milder or stricter is read from its name, so that options which nobody has listed here are
known as well; what the name does not say is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from testkeep.formats.tool_settings import Settings
from testkeep.model.static_tool import Tool


class _Way(Enum):
    """Which way an option is milder."""

    MORE = "more"
    LESS = "less"


# The first that a name has a word of decides; the last are no switches.
_OF_LISTS = re.compile(r"(^|_)(select|banned|forbidden|require|layer|container|module|package|file|include|min)")
_WAYS = (
    (_Way.LESS, re.compile(r"(^|_)(disallow|warn|strict|check|no_implicit|extra_checks|exhaustive|enable)")),
    (_Way.MORE, re.compile(r"(^|_)(exclude|ignore|skip|omit|disable|allow|exempt|implicit|max|line_length)")),
    (_Way.LESS, _OF_LISTS),
)
# Tables with names that people give: what is in them is of the kind of the table.
_TABLES = frozenset({"per_file_ignores", "extend_per_file_ignores", "banned_api", "contracts"})
# Of these the name says something else, or how code is to look.
_PASSED_OVER = re.compile(
    r"(known|force(?!_exclude)|combine|cache|mypy_path|required_version|skip_(magic|string)|docstring_code)(_|$)|module$"
)
_STYLE = "line_length"
# The least that every release of ruff selects where nothing is said.
_RUFF_DEFAULT = ["E4", "E7", "E9", "F"]
# What mypy's "strict" turns on, and what is on by default.
_STRICT = frozenset(
    {"check_untyped_defs", "disallow_any_generics", "disallow_incomplete_defs", "disallow_subclassing_any",
     "disallow_untyped_calls", "disallow_untyped_decorators", "disallow_untyped_defs", "extra_checks",
     "no_implicit_reexport", "strict_equality", "warn_redundant_casts", "warn_return_any", "warn_unused_configs",
     "warn_unused_ignores"}
)  # fmt: skip
_ON = frozenset({"strict_optional", "warn_no_return", "no_implicit_optional"})
_FOLLOWING = ("error", "normal", "silent", "skip")
_NOTHING = "nothing"
_SPLIT = re.compile(r"[\s,|]")


def loosened_settings(tool: Tool, base: Settings, head: Settings) -> Iterator[tuple[str, str, str]]:
    """Find the options of a tool that the head loosens: their names, and the values of both sides."""
    before, now = _meant(tool, base), _meant(tool, head)
    said: set[tuple[str, ...]] = set()
    for key in dict.fromkeys((*before, *now)):
        old, new, gone = before.get(key), now.get(key), _gone(key, base, head)
        is_contract = gone[:1] == ("contracts",)
        if old != new and gone not in said and (is_contract or _is_milder(tool, key, old, new)):
            said |= {gone} if gone else set()
            if is_contract:
                yield ".".join(gone), "there", "gone"
            else:
                what = gone or key
                yield ".".join(what), _shown(before.get(what)), _shown(now.get(what))


def _gone(key: tuple[str, ...], base: Settings, head: Settings) -> tuple[str, ...]:
    """What is gone as a whole, where an option is a part of it: a contract, or all that "strict" stands for."""
    if key[0] == "contracts" and not any(other[:2] == key[:2] for other in head):
        return key[:2]
    strict = ("strict",)
    is_implied = key == strict or (key[0] in _STRICT and key not in base)
    return strict if is_implied and base.get(strict) is True and head.get(strict) is not True else ()


def _meant(tool: Tool, settings: Settings) -> dict[tuple[str, ...], Any]:
    """The settings with what follows from them, and what is in force where nothing is said."""
    found = dict(settings)
    if tool is Tool.RUFF:
        found.setdefault(("select",), _RUFF_DEFAULT)
        for name in ("select", "ignore"):
            # One is added to the other.
            more = found.pop((f"extend_{name}",), [])
            if more:
                found[name,] = [*_entries(found.get((name,), [])), *_entries(more)]
    if tool is Tool.MYPY:
        found = {(key,): True for key in _ON} | found
        if settings.get(("strict",)) is True:
            found = {(key,): True for key in _STRICT} | found
    return found


def _is_milder(tool: Tool, key: Sequence[str], old: Any, new: Any) -> bool:
    if key[-1] == "follow_imports":
        ranks = [_FOLLOWING.index(value) if value in _FOLLOWING else 1 for value in (old, new)]
        return ranks[1] > ranks[0]
    if key[-1] == "type":  # a contract of another kind
        return old is not None and new is not None
    way = _way(tool, key)
    if way is None or (key[-1] == "msg" and new is not None):
        return False
    if any(isinstance(value, bool) for value in (old, new)):
        is_switch = not _OF_LISTS.search(key[-1]) or way is _Way.MORE or key[-1].startswith("strict")
        return is_switch and bool(new) is (way is _Way.MORE) and bool(old) is not bool(new)
    if any(isinstance(value, int | float) for value in (old, new)):
        return _is_milder_number(way, old, new)
    less, more = (old, new) if way is _Way.MORE else (new, old)
    if less is None and way is _Way.LESS and not _is_table(key):
        return bool(_entries(more)) and _is_of_rules(key)
    return any(not _is_among(one, _entries(less), is_rule=_is_of_rules(key)) for one in _entries(more))


def _is_milder_number(way: _Way, old: Any, new: Any) -> bool:
    if not isinstance(new, int | float):
        return False  # what is in force then is not known
    return not isinstance(old, int | float) or (new > old) is (way is _Way.MORE)


def _way(tool: Tool, key: Sequence[str]) -> _Way | None:
    leaf, *tables = reversed([part.replace("-", "_").lower() for part in key])
    if _PASSED_OVER.match(leaf) or (leaf == _STYLE and tool in (Tool.BLACK, Tool.ISORT)):
        return None
    for name in (leaf, *(table for table in tables if table in _TABLES)):
        for way, words in _WAYS:
            if words.search(name):
                return way
    return None


def _is_table(key: Sequence[str]) -> bool:
    """Whether an option stands in a table of its own kind, which may be gone with it."""
    return len(key) > 1


def _is_of_rules(key: Sequence[str]) -> bool:
    return any(re.search("select|ignore|error_code", part) for part in key)


def _is_among(entry: str, others: Sequence[str], *, is_rule: bool) -> bool:
    if entry in others:
        return True
    return is_rule and any(other == "ALL" or (other and entry.startswith(other)) for other in others)


def _entries(value: Any) -> list[str]:
    """The entries of a list, or of a text that has several: lines, or the branches of a regular expression."""
    match value:
        case None | "":
            return []
        case list():
            return [str(one) for one in value]
        case _:
            return [part for one in _SPLIT.split(str(value)) if (part := one.strip(" ()^$\t"))]


def _shown(value: Any) -> str:
    if value is _RUFF_DEFAULT:
        return "the default"
    match value:
        case None | []:
            return _NOTHING
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(str, value))}]"
        case _:
            return " ".join(str(value).split())

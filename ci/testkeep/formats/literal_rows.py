"""Values that stand in the source itself: recorded parameters, and the rows of a loop."""

from __future__ import annotations

import ast
import re
from itertools import islice

from testkeep.formats.canonical import canonical
from testkeep.formats.normal_form import is_literal, name_of
from testkeep.formats.syntax import UNREADABLE

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
MOST_ROWS = 500


def parameter(text: str) -> ast.expr:
    """Read a recorded value of a parameter: a literal if it can only be that one, else an opaque name.

    >>> ast.unparse(parameter("{'a': (1, 2)}"))
    "{'a': (1, 2)}"
    >>> ast.unparse(parameter("PosixPath('x')"))
    "«=PosixPath('x')»"
    """
    if _PATH.fullmatch(text):
        return name_of(
            text.removeprefix("builtins.")
        )  # a class, a function or a member of an enumeration, as it would be imported
    try:
        value = ast.parse(text, mode="eval").body
        if is_literal(value) and canonical(ast.literal_eval(value)) == text:
            return value
    except (*UNREADABLE, TypeError):
        pass  # no Python, or a set or a dict with what cannot be in one
    return name_of(f"«={text}»")


def is_opaque(text: str) -> bool:
    """Whether a recorded value is neither a literal nor something that is imported: an object, as a rule.

    >>> is_opaque("1"), is_opaque("app.Size.BIG"), is_opaque("app.Money({'cents': 1})")
    (False, False, True)
    """
    value = parameter(text)
    return isinstance(value, ast.Name) and value.id.startswith("«=")


def rows(node: ast.expr) -> list[ast.expr] | None:
    """The values over which a loop goes, if they stand in its source; None if not, or if they are too many.

    >>> [ast.unparse(row) for row in rows(ast.parse("enumerate(['a', 'b'], 1)", mode="eval").body)]
    ["(1, 'a')", "(2, 'b')"]
    """
    found = _rows(node)
    return found if found is not None and len(found) <= MOST_ROWS else None


def _rows(node: ast.expr) -> list[ast.expr] | None:
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return None if any(isinstance(element, ast.Starred) for element in elements) else elements
        case ast.Dict(keys=keys):
            known = [key for key in keys if key is not None]
            return known if len(known) == len(keys) else None
        case ast.Call(func=ast.Attribute(value=ast.Dict() as value, attr="items"), args=[], keywords=[]):
            return _zipped([_rows(value), value.values])
        case ast.Call(func=ast.Attribute(value=ast.Dict() as value, attr="values"), args=[], keywords=[]):
            return value.values
        case ast.Call(func=ast.Name(id="range"), args=arguments, keywords=[]):
            return _range(arguments)
        case ast.Call(func=ast.Name(id="zip"), args=[_, *_] as arguments, keywords=[]):
            return _zipped([_rows(argument) for argument in arguments])
        case ast.Call(func=ast.Name(id="enumerate"), args=[values, *start], keywords=[]):
            return _enumerated(_rows(values), start)
        case _:
            pass
    return None


def _range(arguments: list[ast.expr]) -> list[ast.expr] | None:
    try:
        values = range(*(ast.literal_eval(argument) for argument in arguments))
    except (ValueError, TypeError):
        return None
    return [ast.parse(repr(value), mode="eval").body for value in islice(values, MOST_ROWS + 1)]


def _zipped(columns: list[list[ast.expr] | None]) -> list[ast.expr] | None:
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        return None
    return [ast.Tuple(elts=list(row), ctx=ast.Load()) for row in zip(*known, strict=False)]


def _enumerated(values: list[ast.expr] | None, start: list[ast.expr]) -> list[ast.expr] | None:
    match start:
        case []:
            first = 0
        case [ast.Constant(value=int(first))]:
            pass
        case _:
            return None
    if values is None:
        return None
    return [ast.Tuple(elts=[ast.Constant(value=n), value], ctx=ast.Load()) for n, value in enumerate(values, first)]

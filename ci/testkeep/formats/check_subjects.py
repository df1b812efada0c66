"""What the assertions of a test are about: the thing whose result each of them looks at first."""

from __future__ import annotations

import ast
import builtins
import re

from testkeep.formats.syntax import UNREADABLE, parse

_BUILTINS = frozenset(dir(builtins))
_MARKS = re.compile("[«»]")


def subject_of(check: str) -> str:
    """The dotted path of what a check calls last before it compares; empty if that cannot be known.

    Calls on the way are left out: a method is named by the class that its object was made of, or by a question mark
    where the object is a fixture's or a variable's.

    >>> subject_of("assert len(app.cart.Cart(3).items('a')) == 2"), subject_of("assert «cart».items('a')")
    ('app.cart.Cart.items', '?.items')
    """
    try:
        (statement,) = parse(_MARKS.sub("_", check)).body
    except (*UNREADABLE, TypeError):
        return ""
    match statement:
        case ast.Assert(test=test):
            return _path(test)
        case ast.With(body=[*_, ast.Expr(value=value)]) | ast.Expr(value=value):
            return _path(value)
        case ast.With(body=[*_, ast.Assign(value=value)]):
            return _path(value)
        case _:
            return ""


def _path(node: ast.expr) -> str:
    match node:
        case ast.Compare(left=left, comparators=others):
            return next(filter(None, map(_path, (left, *others))), "")
        case ast.UnaryOp(operand=value) | ast.Await(value=value) | ast.Subscript(value=value):
            return _path(value)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _BUILTINS:
            return _path(first)
        case ast.Call(func=function):
            return _path(function)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if _is_unknown(name):
            return f"?.{attribute}"
        case ast.Attribute(value=ast.Call() | ast.Attribute() | ast.Name() as value, attr=attribute):
            owner = _path(value)
            return f"{owner}.{attribute}" if owner else ""
        case ast.Name(id=name) if name not in _BUILTINS and not _is_unknown(name):
            return name
        case _:
            return ""


def _is_unknown(name: str) -> bool:
    """Whether a name was a placeholder."""
    return name[0] == name[-1] == "_"

"""Which parameters of a test only say what it expects: what it does does not depend on them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from testkeep.formats.assertions import expects
from testkeep.formats.syntax import Function, arguments_of, last_name

_OF_A_VALUE = frozenset(
    {"str", "repr", "len", "sorted", "set", "frozenset", "list", "tuple", "dict", "int", "float", "bool", "approx"}
)


def expected_parameters(function: Function) -> tuple[str, ...]:
    """The arguments of a function that it only compares with, in assertions, or names as the exception that it expects.

    What a call in an assertion is given is no such thing.

    >>> text = "def test_x(n, expected):\\n  assert f(n) == expected"
    >>> expected_parameters(ast.parse(text).body[0])
    ('expected',)
    """
    names = [argument.arg for argument in arguments_of(function.args)]
    everywhere = [node.id for node in ast.walk(function) if isinstance(node, ast.Name)]
    compared = [node.id for part in _expectations(function) for node in _names_in(part)]
    return tuple(name for name in names if name in compared and compared.count(name) == everywhere.count(name))


def _expectations(function: Function) -> Iterator[ast.expr]:
    """The expressions of a function that say what it expects: what something is to equal, and what is to be raised."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            for part in ast.walk(node.test):
                if isinstance(part, ast.Compare) and all(isinstance(op, ast.Eq | ast.Is) for op in part.ops):
                    yield from (part.left, *part.comparators)
        elif isinstance(node, ast.With | ast.AsyncWith) and expects(node):
            for call in (item.context_expr for item in node.items):
                if isinstance(call, ast.Call):
                    yield from (*call.args, *(keyword.value for keyword in call.keywords))


def _names_in(expression: ast.expr) -> Iterator[ast.Name]:
    """The names that an expression is, or is a display or a plain conversion of."""
    match expression:
        case ast.Name():
            yield expression
        case ast.Call(args=[value]) if last_name(expression) in _OF_A_VALUE:
            yield from _names_in(value)
        case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
            for inner in ast.iter_child_nodes(expression):
                if isinstance(inner, ast.expr):
                    yield from _names_in(inner)
        case _:
            pass

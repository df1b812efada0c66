"""Which parameters of a test only say what it expects: what it does does not depend on them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from testkeep.formats.assertions import expects
from testkeep.formats.syntax import Function, arguments_of, last_name

_OF_A_VALUE = frozenset(
    {"str", "repr", "len", "sorted", "set", "frozenset", "list", "tuple", "dict", "int", "float", "bool", "approx"}
)
_PARTS = (
    ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Set,
    ast.Dict, ast.JoinedStr, ast.FormattedValue, ast.Starred, ast.keyword,
)  # fmt: skip


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
    """The expressions of a function that say what it expects."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            yield node.test
        elif isinstance(node, ast.With | ast.AsyncWith) and expects(node):
            for call in (item.context_expr for item in node.items):
                if isinstance(call, ast.Call):
                    yield from (*call.args, *(keyword.value for keyword in call.keywords))


def _names_in(expression: ast.expr) -> Iterator[ast.Name]:
    """The names in an expression, without those that a call is given that may do anything."""
    waiting: list[ast.AST] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            yield node
        elif isinstance(node, ast.Call) and last_name(node) in _OF_A_VALUE:
            waiting += [*node.args, *node.keywords]
        elif isinstance(node, _PARTS):
            waiting += ast.iter_child_nodes(node)

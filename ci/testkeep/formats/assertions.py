"""Which statements assert, and which assert nothing."""

from __future__ import annotations

import ast

from testkeep.formats import assertion_source
from testkeep.formats.syntax import last_name, statements

_HELPERS = ("assert", "check", "verify", "expect", "ensure", "should")
CONTEXTS = frozenset({"raises", "warns", "deprecated_call", "RaisesGroup", "RaisesExc"})
"""What expects an exception or a warning."""
_ENDING = frozenset({"skip", "fail", "exit", "xfail", "skipTest"})
_OWNERS = frozenset({"pytest", "self"})
_MEANINGFUL = (ast.Name, ast.Call, ast.Attribute, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def helps(node: ast.expr) -> bool:
    """Say whether an expression calls something that asserts, by its name.

    >>> helps(ast.parse("mock.assert_called_once()", mode="eval").body)
    True
    """
    return _is_call(node) and last_name(node).lstrip("_").startswith(_HELPERS)


def only_asserts(node: ast.expr) -> bool:
    """Say whether what is called is named as if it asserted and did nothing else."""
    return _is_call(node) and last_name(node).lstrip("_").startswith("assert")


def ends(node: ast.expr) -> bool:
    """Say whether a test ends with this call, whatever follows: ``pytest.skip()``."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
            return owner in _OWNERS and name in _ENDING
        case _:
            pass
    return False


def expects(statement: ast.stmt) -> bool:
    """Say whether a block expects an exception or a warning."""
    match statement:
        case ast.With(items=items) | ast.AsyncWith(items=items):
            calls = [item.context_expr for item in items]
            return any(_is_call(call) and (last_name(call) in CONTEXTS or helps(call)) for call in calls)
        case _:
            pass
    return False


def asserts(statement: ast.stmt) -> bool:
    """Say whether a statement asserts, or holds one that does; definitions do not until they are called."""
    return any(_asserts(one) for one in statements([statement]))


def _asserts(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assert() | ast.Expr(value=ast.Call(func=ast.Attribute(attr="fail"))):
            return True
        case ast.Expr(value=value) if helps(value):
            return True
        case _:
            return expects(statement)


def is_transparent(statement: ast.stmt) -> bool:
    """Say whether a block only names the statements in it: ``subtests.test()``, ``self.subTest()``."""
    match statement:
        case ast.With(
            items=[
                ast.withitem(
                    context_expr=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)), optional_vars=None
                )
            ]
        ):
            return (owner, name) in {("subtests", "test"), ("self", "subTest")}
        case _:
            return False


def is_vacuous(test: ast.expr) -> bool:
    """Say whether an assertion holds whatever the code under test does.

    >>> [is_vacuous(ast.parse(text, mode="eval").body) for text in ("(a == 1, '')", "a or True", "a == a", "a == 1")]
    [True, True, True, False]
    """
    return assertion_source.is_vacuous(test) or not any(isinstance(node, _MEANINGFUL) for node in ast.walk(test))


def conjuncts(test: ast.expr) -> list[ast.expr]:
    """The parts of an assertion that have to hold each."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return [part for value in values for part in conjuncts(value)]
        case _:
            pass
    return [test]


def _is_call(node: ast.expr) -> bool:
    return isinstance(node.value if isinstance(node, ast.Await) else node, ast.Call)

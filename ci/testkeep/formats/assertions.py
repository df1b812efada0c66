"""Which statements assert, and which assert nothing."""

from __future__ import annotations

import ast

from testkeep.formats.syntax import last_name, statements

_HELPERS = ("assert", "check", "verify", "expect", "ensure", "should")
CONTEXTS = frozenset({"raises", "warns", "deprecated_call", "RaisesGroup", "RaisesExc"})
"""What expects an exception or a warning."""
_ENDING = frozenset({"skip", "fail", "exit", "xfail", "skipTest"})
_OWNERS = frozenset({"pytest", "self"})
_SAME = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_MAY_CHANGE = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
_MEANINGFUL = (ast.Name, ast.Attribute, *_MAY_CHANGE)


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
    return cannot_be_false(test) or not any(isinstance(node, _MEANINGFUL) for node in ast.walk(test))


def cannot_be_false(test: ast.expr) -> bool:
    """Whether what an assert statement tests cannot be false, whatever the code under test does.

    A comparison of two equal calls can: they may give different values.

    >>> cannot_be_false(ast.parse("x == 1 or True", mode="eval").body)
    True
    """
    match test:
        case ast.Constant() | ast.JoinedStr() | ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
            return _truth(test) is True
        case ast.Lambda() | ast.GeneratorExp():
            return True
        case ast.NamedExpr():
            return cannot_be_false(test.value)
        case ast.BoolOp(op=ast.Or()):
            return any(cannot_be_false(value) for value in test.values)
        case ast.BoolOp(op=ast.And()):
            return all(cannot_be_false(value) for value in test.values)
        case ast.IfExp():
            return cannot_be_false(test.body) and cannot_be_false(test.orelse)
        case ast.UnaryOp(op=ast.Not()):
            return _truth(test.operand) is False
        case ast.Compare():
            sides = [test.left, *test.comparators]
            return all(map(_always_holds, sides, test.ops, sides[1:]))
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.Name(id="object")], keywords=[]):
            return True
        case _:
            return False


def _truth(node: ast.expr) -> bool | None:
    """The truth of a constant or a display; None if that depends on something."""
    match node:
        case ast.Constant():
            return bool(node.value)
        case ast.JoinedStr():
            is_true = any(isinstance(part, ast.Constant) and part.value for part in node.values)
            return True if is_true else None if node.values else False
        case ast.Dict():
            return True if any(key is not None for key in node.keys) else None if node.keys else False
        case ast.Tuple() | ast.List() | ast.Set():
            is_true = any(not isinstance(element, ast.Starred) for element in node.elts)
            return True if is_true else None if node.elts else False
        case _:
            return None


def _always_holds(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(right, ast.Call) and isinstance(operator, ast.LtE | ast.Lt):
        left, operator, right = right, ast.GtE() if isinstance(operator, ast.LtE) else ast.Gt(), left
    match left, operator, right:
        case ast.Call(func=ast.Name(id="len")), ast.GtE(), ast.Constant(value=0):
            return True
        case ast.Call(func=ast.Name(id="len")), ast.Gt(), ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
            return True
        case _:
            pass
    may_change = any(isinstance(node, _MAY_CHANGE) for node in ast.walk(left))
    return isinstance(operator, _SAME) and not may_change and ast.dump(left) == ast.dump(right)


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

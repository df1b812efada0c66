"""Translates the assertions of unittest into plain ones and those of pytest, so that both read the same."""

from __future__ import annotations

import ast
from collections.abc import Callable

from testkeep.formats.syntax import blocks, statements

_COMPARED: dict[str, type[ast.cmpop]] = {
    **dict.fromkeys(
        (f"assert{kind}Equal" for kind in ("", "List", "Dict", "Set", "Tuple", "MultiLine", "Sequence")), ast.Eq
    ),
    "assertNotEqual": ast.NotEq,
    "assertIs": ast.Is,
    "assertIsNot": ast.IsNot,
    "assertIn": ast.In,
    "assertNotIn": ast.NotIn,
    "assertGreater": ast.Gt,
    "assertGreaterEqual": ast.GtE,
    "assertLess": ast.Lt,
    "assertLessEqual": ast.LtE,
}
_RAISING = {
    "assertRaises": ("raises", False),
    "assertRaisesRegex": ("raises", True),
    "assertWarns": ("warns", False),
    "assertWarnsRegex": ("warns", True),
}
"""For each context manager of unittest: pytest's, and whether a pattern is its second argument."""

_CONTEXTS = ("raises", "warns")


def translate(tree: ast.Module) -> None:
    """Translate all assertions of a file in place, and drop their messages.

    >>> tree = ast.parse("def test(self):\\n  self.assertIn(a, b, 'where')\\n  self.assertRaises(E, f, 1)")
    >>> translate(tree)
    >>> print(ast.unparse(tree))
    def test(self):
        assert a in b
        with pytest.raises(E):
            f(1)
    """
    bare = {
        alias.asname or alias.name: alias.name
        for statement in statements(tree.body)
        if isinstance(statement, ast.ImportFrom) and statement.module == "pytest"
        for alias in statement.names
        if alias.name in _CONTEXTS
    }
    _translate(tree, bare)


def _translate(scope: ast.AST, bare: dict[str, str]) -> None:
    for _, block in blocks(scope):
        for index, statement in enumerate(block):
            if isinstance(statement, ast.With | ast.AsyncWith):
                _rename_caught(scope, statement)
            block[index] = _statement(statement, bare)
            _translate(block[index], bare)


def _rename_caught(scope: ast.AST, statement: ast.With | ast.AsyncWith) -> None:
    """Unittest keeps what was raised in ``exception``, pytest in ``value``."""
    caught = {
        item.optional_vars.id
        for item in statement.items
        if isinstance(item.optional_vars, ast.Name)
        and _method(item.context_expr) in ("assertRaises", "assertRaisesRegex")
    }
    for node in ast.walk(scope) if caught else ():
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="exception") if name in caught:
                node.attr = "value"
            case _:
                pass


def _statement(statement: ast.stmt, bare: dict[str, str]) -> ast.stmt:
    match statement:
        case ast.Assert():
            statement.msg = None
        case ast.Expr(value=ast.Call() as call):
            new = plain_assertion(call) or _called(call, bare)
            return ast.fix_missing_locations(ast.copy_location(new, statement)) if new is not None else statement
        case ast.With() | ast.AsyncWith():
            for item in statement.items:
                context, called = _context(item.context_expr, bare)
                if context is not None and called is None:
                    item.context_expr = context
        case _:
            pass
    return statement


def _method(node: ast.expr) -> str:
    """The name of the method of ``self`` that is called; empty if it is something else."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return name
        case _:
            pass
    return ""


def plain_assertion(call: ast.Call) -> ast.Assert | None:
    """What a call of a method of unittest's asserts, as a statement; None if it is none that says it in an expression.

    >>> print(ast.unparse(plain_assertion(ast.parse("self.assertTrue(a)", mode="eval").body)))
    assert a
    """
    name = _method(call)
    build = _UNARY.get(name)
    count = 1 if build else 2
    if name not in _COMPARED and name not in _BINARY and build is None:
        return None
    if not count <= len(call.args) <= count + 1 or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    if any(keyword.arg != "msg" for keyword in call.keywords):
        return None
    if build is not None:
        return ast.Assert(test=build(call.args[0]), msg=None)
    left, right = call.args[:2]
    if name in _COMPARED:
        return ast.Assert(test=_compare(left, _COMPARED[name](), right), msg=None)
    return ast.Assert(test=_BINARY[name](left, right), msg=None)


def _compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left=left, ops=[operator], comparators=[right])


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _isinstance(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.Call(func=ast.Name(id="isinstance", ctx=ast.Load()), args=[left, right], keywords=[])


_UNARY: dict[str, Callable[[ast.expr], ast.expr]] = {
    "assertTrue": lambda test: test,
    "assertFalse": _negated,
    "assertIsNone": lambda test: _compare(test, ast.Is(), ast.Constant(value=None)),
    "assertIsNotNone": lambda test: _compare(test, ast.IsNot(), ast.Constant(value=None)),
}
_BINARY: dict[str, Callable[[ast.expr, ast.expr], ast.expr]] = {
    "assertIsInstance": _isinstance,
    "assertNotIsInstance": lambda left, right: _negated(_isinstance(left, right)),
}


def _called(call: ast.Call, bare: dict[str, str]) -> ast.With | None:
    """``assertRaises(E, f, 1)`` as a block."""
    context, called = _context(call, bare)
    if context is None or called is None:
        return None
    item = ast.withitem(context_expr=context, optional_vars=None)
    return ast.With(items=[item], body=[ast.Expr(value=called)], type_comment=None)


def _context(node: ast.expr, bare: dict[str, str]) -> tuple[ast.expr | None, ast.Call | None]:
    """Translate a call of a context manager that expects an exception, and the call that it makes itself, if any."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in bare:
            kind, with_pattern = bare[name], False
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr=("raises" | "warns") as kind)):
            with_pattern = False
        case ast.Call() if _method(node) in _RAISING:
            kind, with_pattern = _RAISING[_method(node)]
        case _:
            return None, None
    needed = 2 if with_pattern else 1
    if len(node.args) < needed or any(isinstance(argument, ast.Starred) for argument in node.args[: needed + 1]):
        return None, None
    func = ast.Attribute(value=ast.Name(id="pytest", ctx=ast.Load()), attr=kind, ctx=ast.Load())
    pattern = [ast.keyword(arg="match", value=node.args[1])] if with_pattern else []
    if len(node.args) == needed:
        kept = [keyword for keyword in node.keywords if keyword.arg != "msg"]
        return ast.Call(func=func, args=node.args[:1], keywords=[*pattern, *kept]), None
    called = ast.Call(func=node.args[needed], args=node.args[needed + 1 :], keywords=node.keywords)
    return ast.Call(func=func, args=node.args[:1], keywords=pattern), called

"""The assert statements of a Python file: where they stand, and which of them cannot be false."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from testkeep.formats.syntax import UNREADABLE, Definition, first_line, parse

Scope: TypeAlias = tuple[str, int]
"""The name and the first line of a code object: ``<module>``, a class or a function, with its decorators."""

Place: TypeAlias = tuple[int, int]
"""A line, from 1, and a column in bytes."""

_SAME = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_MAY_CHANGE = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


class Assertion(NamedTuple):
    """One assert statement. ``is_certain`` says whether whoever reaches its line also executes it."""

    start: Place
    end: Place
    is_vacuous: bool
    is_certain: bool


class Line(NamedTuple):
    """Simple statements that share lines, from ``first`` to ``last``: as a rule a single assert statement.

    Nothing of the control flow happens in between, so that its assertions are executed in order until one fails.
    """

    first: int
    last: int
    assertions: tuple[Assertion, ...]
    is_single: bool


def read_assertions(text: str | bytes) -> dict[Scope, tuple[Line, ...]]:
    """Find the assert statements by the code object that they belong to; empty if the file does not parse.

    >>> list(read_assertions("def test_it():\\n    assert 1 == 1; assert True"))
    [('test_it', 1)]
    """
    try:
        found: dict[Scope, list[Line]] = {}
        for scope, line in _lines_below(parse(text), ("<module>", 1)):
            found.setdefault(scope, []).append(line)
    except UNREADABLE:
        return {}
    return {scope: tuple(lines) for scope, lines in found.items()}


def _lines_below(node: ast.AST, scope: Scope) -> Iterator[tuple[Scope, Line]]:
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        block = getattr(node, name, None)
        if not isinstance(block, list):
            continue  # a lambda's or a conditional expression's body is none
        header_end = _header_end(node) if name == "body" else 0
        for statements in _sharing_lines([child for child in block if isinstance(child, ast.stmt)]):
            line = _read_line(statements, is_certain=statements[0].lineno > header_end)
            if line.assertions:
                yield scope, line
        for child in block:
            inner = (child.name, first_line(child)) if isinstance(child, Definition) else scope
            yield from _lines_below(child, inner)


def _sharing_lines(block: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Split a block into runs of statements that are joined by semicolons."""
    run: list[ast.stmt] = []
    for statement in block:
        if run and statement.lineno != run[-1].end_lineno:
            yield run
            run = []
        run.append(statement)
    if run:
        yield run


def _read_line(statements: list[ast.stmt], *, is_certain: bool) -> Line:
    asserts = [statement for statement in statements if isinstance(statement, ast.Assert)]
    return Line(
        first=statements[0].lineno,
        last=statements[-1].end_lineno or statements[-1].lineno,
        assertions=tuple(
            Assertion(
                start=(node.lineno, node.col_offset),
                end=(node.end_lineno or node.lineno, node.end_col_offset or 0),
                is_vacuous=is_vacuous(node.test),
                is_certain=is_certain,
            )
            for node in asserts
        ),
        is_single=is_certain and len(statements) == 1,
    )


def _header_end(node: ast.AST) -> int:
    """The last line on which a statement decides whether, or how often, its body is executed; 0 if it does not."""
    match node:
        case ast.If() | ast.While():
            return node.test.end_lineno or 0
        case ast.For() | ast.AsyncFor():
            return node.iter.end_lineno or 0
        case ast.match_case():
            return (node.guard or node.pattern).end_lineno or 0
        case ast.ExceptHandler():
            return (node.type.end_lineno if node.type else node.lineno) or 0
        case _:
            return 0


def is_vacuous(test: ast.expr) -> bool:
    """Whether what an assert statement tests cannot be false, whatever the code under test does.

    A comparison of two equal calls can: they may give different values.

    >>> is_vacuous(ast.parse("x == 1 or True", mode="eval").body)
    True
    """
    match test:
        case ast.Constant() | ast.JoinedStr() | ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
            return _truth(test) is True
        case ast.Lambda() | ast.GeneratorExp():
            return True
        case ast.NamedExpr():
            return is_vacuous(test.value)
        case ast.BoolOp(op=ast.Or()):
            return any(is_vacuous(value) for value in test.values)
        case ast.BoolOp(op=ast.And()):
            return all(is_vacuous(value) for value in test.values)
        case ast.IfExp():
            return is_vacuous(test.body) and is_vacuous(test.orelse)
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

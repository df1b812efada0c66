"""The assertions of a file as people read them, and what they are about."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator

from testkeep.formats.assertion_kinds import form_of, may_assert
from testkeep.formats.assertion_marks import mark
from testkeep.formats.syntax import UNREADABLE, parse
from testkeep.model.assertion_site import Statement

_NOTHING = (None, True, False)


def statements(text: str) -> dict[str, Statement]:
    """The assertions of a file, by their normal form; empty if the file does not parse.

    >>> [one.text for one in statements("def test_x():\n    assert f( 1 )==2, 'text'").values()]
    ['assert f(1) == 2']
    """
    try:
        tree = parse(text)
        read = dict(_each_form(tree))
        functions: dict[str, dict[str, None]] = {}
        for site in mark(tree):
            functions.setdefault(site.form, {})[site.function] = None
        return {form: read[form]._replace(functions=tuple(names)) for form, names in functions.items()}
    except UNREADABLE:
        return {}


def _each_form(tree: ast.Module) -> Iterator[tuple[str, Statement]]:
    for node in ast.walk(tree):
        if isinstance(node, _ASSERTING) or (isinstance(node, ast.Call | ast.Await) and may_assert(node)):
            with contextlib.suppress(RecursionError):  # it is nested too deeply, and has no mark either
                yield form_of(node), _read(node)


_ASSERTING = (ast.Assert, ast.If, ast.With, ast.AsyncWith, ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)


def _read(node: ast.stmt | ast.expr) -> Statement:
    test = node.test if isinstance(node, ast.Assert) else None
    subject = _subject(test) if test is not None else None
    vague = _vague_of(test) if test is not None else None
    return Statement(
        text=_in_one_line(node),
        subject=ast.dump(subject) if subject is not None else "",
        vague_of=ast.dump(vague) if vague is not None else "",
    )


def _in_one_line(node: ast.stmt | ast.expr) -> str:
    match node:
        case ast.Assert(test=test):
            return f"assert {ast.unparse(test)}"
        case ast.If(test=test):
            return f"if {ast.unparse(test)}: fail"
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return f"with {', '.join(ast.unparse(item) for item in items)}"
        case _:
            return ast.unparse(node)


def _subject(test: ast.expr) -> ast.expr | None:
    """What a comparison with a value is about; None if it is none."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is() | ast.In()], comparators=[value]) if not _is_anything(
            value
        ):
            return left
        case _:
            return None


def _vague_of(test: ast.expr) -> ast.expr | None:
    """What a test says hardly more of than that it is there; None if it says more.

    >>> ast.unparse(_vague_of(ast.parse("total is not None", mode="eval").body))
    'total'
    """
    match test:
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=value)]):
            return left if any(value is one for one in _NOTHING) else None
        case ast.Compare(left=left, ops=[_], comparators=[value]):
            return left if _is_anything(value) or ast.dump(value) == ast.dump(left) else None
        case ast.Compare():
            return None
        case ast.Call(func=ast.Name(id="isinstance" | "bool" | "len"), args=[left, *_]):
            return left
        case _:
            return test


def _is_anything(value: ast.expr) -> bool:
    return (isinstance(value, ast.Name) and value.id == "ANY") or (
        isinstance(value, ast.Attribute) and value.attr == "ANY"
    )

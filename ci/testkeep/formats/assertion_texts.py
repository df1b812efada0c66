"""The assertions of a file as people read them, and what they are about."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator

from testkeep.formats.assertion_kinds import form_of, may_assert
from testkeep.formats.assertion_marks import mark
from testkeep.formats.syntax import UNREADABLE, parse
from testkeep.formats.watched_assertions import ASSERTING, watched_forms
from testkeep.model.assertion_site import Statement


def statements(text: str) -> dict[str, Statement]:
    """The assertions of a file, by their normal form; empty if the file does not parse.

    >>> [one.text for one in statements("def test_x():\\n    assert f( 1 )==2, 'text'").values()]
    ['assert f(1) == 2']
    """
    try:
        tree = parse(text)
        read, only_watched = dict(_each_form(tree)), watched_forms(text, tree)
        functions: dict[str, dict[str, None]] = {}
        for site in mark(tree):
            functions.setdefault(site.form, {})[site.function] = None
        return {
            form: read[form]._replace(functions=tuple(names), if_watched=form in only_watched)
            for form, names in functions.items()
        }
    except UNREADABLE:
        return {}


def _each_form(tree: ast.Module) -> Iterator[tuple[str, Statement]]:
    for node in ast.walk(tree):
        if isinstance(node, ASSERTING) or (isinstance(node, ast.Call | ast.Await) and may_assert(node)):
            with contextlib.suppress(RecursionError):  # it is nested too deeply, and has no mark either
                yield form_of(node), _read(node)


def _read(node: ast.stmt | ast.expr) -> Statement:
    subject, vague = _about(node)
    return Statement(
        text=_in_one_line(node),
        subject=ast.dump(subject) if subject is not None else "",
        vague_of=ast.dump(vague) if vague is not None else "",
    )


def _about(node: ast.stmt | ast.expr) -> tuple[ast.AST | None, ast.AST | None]:
    """What a statement says something certain of, and what it says hardly more of than that it is there."""
    match node:
        case ast.Assert(test=ast.BoolOp(op=ast.And())):
            return node.test, None
        case ast.Assert(test=ast.BoolOp(op=ast.Or(), values=values)):
            return None, ast.BoolOp(op=ast.And(), values=values)
        case ast.Assert(test=test):
            return _subject(test), _vague_of(test)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            plain = [_without_text(item.context_expr) for item in items]
            has_text = any(one is not item.context_expr for one, item in zip(plain, items, strict=True))
            said = ast.Tuple(elts=plain, ctx=ast.Load())
            return (said, None) if has_text else (None, said)
        case _:
            return None, None


def _without_text(context: ast.expr) -> ast.expr:
    """A block's context, without what the text of an exception has to be, or what else is asked of it."""
    match context:
        case ast.Call(func=function, args=args, keywords=keywords):
            rest = [keyword for keyword in keywords if keyword.arg not in ("match", "check")]
            return ast.Call(func=function, args=args, keywords=rest) if len(rest) < len(keywords) else context
        case _:
            return context


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
        case ast.Compare(ops=[ast.Eq() | ast.Is()], comparators=[ast.Constant(value=True)]):
            return None  # its truth says as much
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
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()]):
            return left
        case ast.Compare(left=left, ops=[ast.Gt() | ast.GtE() | ast.Lt() | ast.LtE()], comparators=[ast.Constant()]):
            return left
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

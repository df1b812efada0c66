"""Puts marks into a module: whoever runs it tells which of its assertions were executed, and which of them held.

A mark is one call behind an assertion, with the assertion's site as its only argument. What fails is told by an
exception handler, which costs nothing as long as nothing fails. Lines, values and messages stay as they are.
"""

from __future__ import annotations

import ast
import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from testkeep.formats.assertion_kinds import asserting_call, asserts_within, enters, form_of, is_helping, kind_of
from testkeep.formats.syntax import Definition
from testkeep.model.assertion_site import AssertionKind, AssertionSite

HELD, FAILED, CALLED, CAME, ASKED, RAISES, ERROR = (
    "@testkeep_held", "@testkeep_failed", "@testkeep_called", "@testkeep_came", "@testkeep_asked", "@testkeep_raises",
    "@testkeep_error",
)  # fmt: skip
"""The names that a marked module calls; they are among the built-ins, and nobody can write them by hand."""

_Block: TypeAlias = list[ast.stmt]


def mark(tree: ast.Module, path: str = "", *, only_helpers: bool = False) -> tuple[AssertionSite, ...]:
    """Put marks behind all assertions of a module, in place; ``only_helpers``: of those in functions that help tests.

    Returns their sites. ``path`` is the file's, relative to the repository's root. In a test, every call that is a
    statement gets a mark, too: a test without assertions guards by what does not raise. What stands at the module's or
    a class' level is left as it is: it runs when it is imported, for no test.
    """
    marker = _Marker(path)
    marker.definitions(tree.body, _Scope(in_production=only_helpers, is_marked=not only_helpers))
    return tuple(marker.sites)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is around a statement. ``is_marked``: its assertions count; ``is_watched``: there is room for handlers."""

    function: str = ""
    in_test: bool = False
    in_production: bool = False
    is_marked: bool = True
    is_watched: bool = True

    def inner(self, function: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str) -> _Scope:
        """The scope of a function in this one."""
        is_marked = self.is_marked or is_helping(function)
        return _Scope(
            function=f"{prefix}{function.name}",
            in_test=function.name.startswith("test") and is_marked,
            in_production=self.in_production,
            is_marked=is_marked,
            # Python has 20 blocks within each other at most, and each may get one around it.
            is_watched=_depth(function.body) < _MOST_BLOCKS,
        )

    def kind(self, statement: ast.stmt) -> AssertionKind | None:
        """How a statement asserts here; None if it is to have no mark."""
        # A mark behind a block is a way back to its first line, of which branch coverage of production code would know.
        is_block = isinstance(statement, ast.With | ast.AsyncWith | ast.If)
        if not self.is_marked or (self.in_production and is_block):
            return None
        return kind_of(statement, in_test=self.in_test)


class _Marker:
    """One walk through a module. ``sites`` are in the order of their ends."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.sites: list[AssertionSite] = []

    def definitions(self, body: Sequence[ast.stmt], scope: _Scope, prefix: str = "") -> None:
        """Mark the functions in a block, wherever they stand."""
        for statement in body:
            match statement:
                case ast.ClassDef(name=name, body=inner):
                    self.definitions(inner, scope, f"{prefix}{name}.")
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    statement.body = self._block(statement.body, scope.inner(statement, prefix))
                case _:
                    for block in _blocks(statement):
                        self.definitions(block, scope, prefix)

    def _block(self, body: _Block, scope: _Scope) -> _Block:
        return [new for statement in body for new in self._statement(statement, scope)]

    def _statement(self, statement: ast.stmt, scope: _Scope) -> Iterator[ast.stmt]:
        if isinstance(statement, Definition):
            self.definitions([statement], scope, f"{scope.function}.")
            yield statement
            return
        for name, block in _named_blocks(statement):
            setattr(statement, name, self._block(block, scope))
        for handler in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            handler.body = self._block(handler.body, scope)
        site = self._site(statement, scope)
        # An assertion is one, whatever it calls.
        if scope.is_marked and not isinstance(statement, ast.Assert):
            with contextlib.suppress(RecursionError):
                _Within(functools.partial(self._within, scope)).statement(statement, asserts=site is not None)
        if site is None:
            yield statement
        else:
            self.sites.append(site)
            yield from _marked(statement, site, is_watched=scope.is_watched)

    def _site(self, statement: ast.stmt, scope: _Scope) -> AssertionSite | None:
        """What a statement asserts; None for one that is nested too deeply to be told from others, too."""
        try:
            kind = scope.kind(statement)
            form = "" if kind is None else form_of(statement)
        except RecursionError:
            return None
        return None if kind is None else AssertionSite(kind, statement.lineno, form, scope.function, self._path)

    def _within(self, scope: _Scope, kind: AssertionKind, node: ast.expr | ast.stmt) -> AssertionSite:
        site = AssertionSite(kind, node.lineno, form_of(node), scope.function, self._path)
        self.sites.append(site)
        return site


def _marked(statement: ast.stmt, site: AssertionSite, *, is_watched: bool) -> Iterator[ast.stmt]:
    """The statement, with what tells that it failed, and its mark."""
    text, after = site.text, HELD
    if isinstance(statement, ast.With | ast.AsyncWith):
        after = CALLED
        for item in statement.items:
            if asserting_call(item.context_expr) is not None:
                item.context_expr = _told(RAISES, text, _asked(item.context_expr, text))
    elif site.kind in (AssertionKind.CALL, AssertionKind.ANYTHING):
        after = ""
        statement.value = _told(CAME, text, _asked(statement.value, text))  # type: ignore[attr-defined]
    # What a call may raise beside assertions is the test's own business: it has not come to its end then.
    plain = site.kind is AssertionKind.SMOKE or not is_watched
    for new in (statement if plain else _watched(statement, text), *([_call(after, text)] if after else [])):
        _place(new, statement)
        yield new


def _watched(statement: ast.stmt, text: str) -> ast.Try:
    told = [_call(FAILED, text), ast.Raise(exc=None, cause=None)]
    handler = ast.ExceptHandler(type=_name(ERROR), name=None, body=told)
    return ast.Try(body=[statement], handlers=[handler], orelse=[], finalbody=[])


class _Within(ast.NodeTransformer):
    """Marks what asserts within the expressions of a statement: in a lambda, a comprehension, an argument.

    ``make`` makes the site of an expression, and keeps it.
    """

    def __init__(self, make: Callable[[AssertionKind, ast.expr | ast.stmt], AssertionSite]) -> None:
        self._make = make

    def statement(self, statement: ast.stmt, *, asserts: bool) -> None:
        """Mark all but its blocks, and, if it ``asserts`` itself, the call that does."""
        for item in statement.items if isinstance(statement, ast.With) else ():
            item.context_expr = self._entered(self._own(item.context_expr), statement)
        for name, value in ast.iter_fields(statement):
            if isinstance(value, ast.expr):
                is_own = asserts and name == "value"
                setattr(statement, name, self._own(value) if is_own else self.visit(value))

    def _own(self, value: ast.expr) -> ast.expr:
        call = asserting_call(value)
        return self.visit(value) if call is None else self._inner(value, call)

    def _inner(self, value: ast.expr, call: ast.Call) -> ast.expr:
        call.args = [self.visit(one) for one in call.args]
        for keyword in call.keywords:
            keyword.value = self.visit(keyword.value)
        return value

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Mark a call."""
        return self._call(node, node)

    def visit_Await(self, node: ast.Await) -> ast.expr:
        """Mark what a call gives that is awaited."""
        return self._call(node, node.value)

    def _call(self, node: ast.expr, call: ast.expr) -> ast.expr:
        if isinstance(call, ast.Call) and enters(call):
            call.args = [self._entered(one, call) for one in call.args]
        if not isinstance(call, ast.Call) or not asserts_within(node):
            return self.generic_visit(node)  # type: ignore[return-value]
        text = self._make(AssertionKind.CALL, node).text
        return _told(CAME, text, _asked(self._inner(node, call), text))

    def _entered(self, value: ast.expr, by: ast.stmt | ast.expr) -> ast.expr:
        """A context that may expect something, and that was made elsewhere than where it is entered."""
        if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            return value
        return _told(CAME, self._make(AssertionKind.CONTEXT, by).text, value)


def _asked(value: ast.expr, text: str) -> ast.expr:
    """Have the marks told which function an expression calls that asserts."""
    call = asserting_call(value)
    if call is not None:
        call.func = _told(ASKED, text, call.func)
    return value


def _told(name: str, text: str, value: ast.expr) -> ast.expr:
    """Have the marks told of a value that an expression has."""
    told = ast.Call(func=_name(name), args=[ast.Constant(value=text), value], keywords=[])
    _place(told, value)
    return told


def _call(name: str, text: str) -> ast.Expr:
    return ast.Expr(value=ast.Call(func=_name(name), args=[ast.Constant(value=text)], keywords=[]))


def _name(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def _place(new: ast.AST, at: ast.AST) -> None:
    """Give new nodes the place of the statement that they are about; those that have one keep it."""
    for node in ast.walk(new):
        if isinstance(node, ast.stmt | ast.expr | ast.excepthandler) and not hasattr(node, "lineno"):
            ast.copy_location(node, at)


_MOST_BLOCKS = 10


def _depth(body: Sequence[ast.stmt]) -> int:
    """How many blocks lie within each other, as the interpreter counts them; those of other functions are not."""
    deepest = 0
    for statement in body:
        if isinstance(statement, Definition):
            continue
        own = len(statement.items) if isinstance(statement, ast.With | ast.AsyncWith) else 1
        inner = [_depth(block) for block in _blocks(statement)]
        deepest = max(deepest, own + max(inner)) if inner else deepest
    return deepest


def _named_blocks(statement: ast.stmt) -> Iterator[tuple[str, _Block]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list) and block:
            yield name, block


def _blocks(statement: ast.stmt) -> Iterator[_Block]:
    yield from (block for _, block in _named_blocks(statement))
    for handler in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield handler.body

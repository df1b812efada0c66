"""Puts marks into a module: whoever runs it tells which of its assertions were executed, and which of them held.

A mark is one call behind an assertion, with the assertion's site as its only argument. What fails is told by an
exception handler, which costs nothing as long as nothing fails. Lines, values and messages stay as they are.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from testkeep.formats import assertions
from testkeep.formats.syntax import Definition, last_name
from testkeep.model.assertion_site import AssertionKind, AssertionSite

HELD, FAILED, CALLED, ASKED, RAISES, ERROR = (
    "@testkeep_held", "@testkeep_failed", "@testkeep_called", "@testkeep_asked", "@testkeep_raises", "@testkeep_error",
)  # fmt: skip
"""The names that a marked module calls; they are among the built-ins, and nobody can write them by hand."""

_RESULT = "@testkeep_result"

# Functions that assert for tests, and calls of libraries that assert. To check, to ensure and to validate is what
# production code does, too: a call of such a function in a library is none of a test's assertions.
_HELPERS = re.compile(r"_*(assert|expect|should|verify|check|fail_unless)(?=_|[A-Z]|$)")
_LIBRARIES = re.compile(
    r"_*(assert|expect|should|verify|fail_unless)(?=_|[A-Z]|$)"
    r"|(no_)?(fnmatch|re_match)_lines?(?=_|$)|raise_for_status$"
)
# What somebody writes who means a check of a mock, and what a mock takes for one more attribute, which is true.
_NO_CHECKS = re.compile(r"(not_)?called(_\w+)?|has_(any_)?calls?|any_call|asert_\w+|assret_\w+|called_once")
_ANYTHING = frozenset({"Exception", "BaseException"})
_RAISING = ("raises", "assertRaises", "assertRaisesRegex")
_EXPECTED = ("expected_exception", "exception")
# What ``raises`` looks at beside the class; keywords that are unpacked have no name.
_DETAILS = ("match", "check", None)
_Block: TypeAlias = list[ast.stmt]


def is_helper(name: str) -> bool:
    """Whether a function's name says that it asserts for others.

    >>> is_helper("check_total"), is_helper("_assert_equal"), is_helper("checkout")
    (True, True, False)
    """
    return bool(_HELPERS.match(name))


def mark(tree: ast.Module, path: str = "", *, only_helpers: bool = False) -> tuple[AssertionSite, ...]:
    """Put marks behind all assertions of a module, in place; ``only_helpers``: of those in functions that help tests.

    Returns their sites. ``path`` is the file's, relative to the repository's root. In a test, every call that is a
    statement gets a mark, too: a test without assertions guards by what does not raise. What stands at the module's or
    a class' level is left as it is: it runs when it is imported, for no test.
    """
    marker = _Marker(path, only_helpers)
    marker.definitions(tree.body)
    return tuple(marker.sites)


class _Marker:
    """One walk through a module. ``sites`` are in the order of their ends."""

    def __init__(self, path: str, only_helpers: bool) -> None:
        self._path = path
        self.sites: list[AssertionSite] = []
        self._only_helpers = only_helpers
        self._function = ""
        self._is_test = False
        self._is_production = False
        self._watches = True

    def definitions(self, body: Sequence[ast.stmt], prefix: str = "") -> None:
        """Mark the functions in a block, wherever they stand."""
        for statement in body:
            match statement:
                case ast.ClassDef(name=name, body=inner):
                    self.definitions(inner, f"{prefix}{name}.")
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._define(statement, prefix)
                case _:
                    for block in _blocks(statement):
                        self.definitions(block, prefix)

    def _define(self, function: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str) -> None:
        before = self._function, self._is_test, self._only_helpers, self._is_production, self._watches
        self._function = f"{prefix}{function.name}"
        # Tests that others inherit may lie in the production package as well as helpers do.
        is_test = function.name.startswith("test")
        helps = is_test or (is_helper(function.name) and _is_plain(function)) or _is_fixture(function)
        self._is_production = self._is_production or self._only_helpers
        self._only_helpers = self._only_helpers and not helps
        self._is_test = is_test and not self._only_helpers
        # Python has 20 blocks within each other at most, and each may get one around it.
        self._watches = _depth(function.body) < _MOST_BLOCKS
        function.body = self._block(function.body)
        self._function, self._is_test, self._only_helpers, self._is_production, self._watches = before

    def _block(self, body: _Block) -> _Block:
        return [new for statement in body for new in self._statement(statement)]

    def _statement(self, statement: ast.stmt) -> Iterator[ast.stmt]:
        if isinstance(statement, Definition):
            self.definitions([statement], f"{self._function}.")
            yield statement
            return
        for name, block in _named_blocks(statement):
            setattr(statement, name, self._block(block))
        for handler in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            handler.body = self._block(handler.body)
        site = None if self._only_helpers else self._site(statement)
        if site is None:
            yield statement
        else:
            yield from self._marked(statement, site)

    def _site(self, statement: ast.stmt) -> AssertionSite | None:
        """What a statement asserts; None for one that is nested too deeply to be told from others, too."""
        try:
            kind = self._kind(statement)
            form = "" if kind is None else form_of(statement)
        except RecursionError:
            return None
        return None if kind is None else AssertionSite(kind, statement.lineno, form, self._function, self._path)

    def _kind(self, statement: ast.stmt) -> AssertionKind | None:
        # A mark behind a block is a way back to its first line, of which branch coverage of production code would know.
        if self._is_production and isinstance(statement, ast.With | ast.AsyncWith | ast.If):
            return None
        match statement:
            case ast.Assert(test=test):
                return AssertionKind.VACUOUS if assertions.is_vacuous(test) or _is_mocked(test) else AssertionKind.PLAIN
            case ast.With(items=items) | ast.AsyncWith(items=items):
                calls = [call for item in items if (call := _asserting_call(item.context_expr)) is not None]
                return _kind_of_context(calls[0]) if calls else None
            case ast.Expr(value=value) | ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                if _asserting_call(value) is not None:
                    return AssertionKind.CALL
                is_call = isinstance(value.value if isinstance(value, ast.Await) else value, ast.Call)
                return AssertionKind.SMOKE if self._is_test and is_call else None
            case ast.If(test=test, body=body) if any(map(_fails, body)):
                return AssertionKind.VACUOUS if assertions.is_vacuous(_negated(test)) else AssertionKind.PLAIN
            # Others make a context or a value, for whoever asked for it.
            case ast.Return(value=ast.expr() as value) if assertions.only_asserts(value):
                return AssertionKind.CALL if _asserting_call(value) is not None else None
            case _:
                return None

    def _marked(self, statement: ast.stmt, site: AssertionSite) -> Iterator[ast.stmt]:
        self.sites.append(site)
        kind, text = site.kind, site.text
        back: list[ast.stmt] = []
        if isinstance(statement, ast.Return) and statement.value is not None:
            back = [ast.copy_location(ast.Return(value=_name(_RESULT)), statement)]
            kept = ast.Assign(targets=[ast.Name(id=_RESULT, ctx=ast.Store())], value=statement.value)
            statement = ast.copy_location(kept, statement)
        is_asked = kind in (AssertionKind.CALL, AssertionKind.CONTEXT, AssertionKind.ANYTHING)
        if is_asked:
            _ask(statement, text)
        # What a call may raise beside assertions is the test's own business: it has not come to its end then.
        plain = kind is AssertionKind.SMOKE or not self._watches
        first = statement if plain else _watched(statement, text)
        for new in (first, _call(CALLED if is_asked else HELD, text), *back):
            _place(new, statement)
            yield new


def _watched(statement: ast.stmt, text: str) -> ast.Try:
    told = [_call(FAILED, text), ast.Raise(exc=None, cause=None)]
    handler = ast.ExceptHandler(type=_name(ERROR), name=None, body=told)
    return ast.Try(body=[statement], handlers=[handler], orelse=[], finalbody=[])


def _asserting_call(node: ast.expr) -> ast.Call | None:
    """The call that asserts, in an expression of calls: ``expect(page).to_be_visible()`` is one by its first name."""
    outer = node.value if isinstance(node, ast.Await) else node
    if not isinstance(outer, ast.Call):
        return None
    inner: ast.expr = outer
    while isinstance(inner, ast.Call | ast.Attribute):
        if isinstance(inner, ast.Call) and (
            _LIBRARIES.match(last_name(inner)) or last_name(inner) in assertions.CONTEXTS
        ):
            return outer
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return None


def _kind_of_context(call: ast.Call) -> AssertionKind:
    """``raises(Exception)`` without a match would have taken any exception."""
    expected = _expected(call)
    classes = expected.elts if isinstance(expected, ast.Tuple) else [expected] if expected is not None else []
    takes_anything = any(last_name(one) in _ANYTHING for one in classes)
    is_plain = last_name(call) in _RAISING[:2] and not any(keyword.arg in _DETAILS for keyword in call.keywords)
    return AssertionKind.ANYTHING if takes_anything and is_plain else AssertionKind.CONTEXT


def _expected(call: ast.Call) -> ast.expr | None:
    """What exceptions a call of ``raises`` is given."""
    named = (keyword.value for keyword in call.keywords if keyword.arg in _EXPECTED)
    return next((one for one in call.args[:1] if not isinstance(one, ast.Starred)), next(named, None))


def _fails(statement: ast.stmt) -> bool:
    """Whether a statement fails the test: what it depends on is an assertion as well as ``assert`` is."""
    match statement:
        case ast.Raise(exc=ast.expr() as error):
            return last_name(error) == "AssertionError"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="pytest" | "self"), attr="fail"))):
            return True
        case _:
            return False


def _negated(test: ast.expr) -> ast.expr:
    """What has to hold where a test fails if this does."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _OPPOSITES:
            return ast.Compare(left=left, ops=[_OPPOSITES[type(operator)]()], comparators=[right])
        case _:
            return ast.UnaryOp(op=ast.Not(), operand=test)


_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.NotEq: ast.Eq, ast.Eq: ast.NotEq, ast.IsNot: ast.Is, ast.Is: ast.IsNot,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.NotIn: ast.In, ast.In: ast.NotIn,
}  # fmt: skip


def _is_mocked(test: ast.expr) -> bool:
    """``assert send.called_once_with(3)``: a mock's attribute that nobody defined, which is always true."""
    match test:
        case ast.Call(func=ast.Attribute(attr=name)):
            return bool(_NO_CHECKS.fullmatch(name))
        case _:
            return False


def _ask(statement: ast.stmt, text: str) -> None:
    """Have the marks told which function a statement calls, and what exceptions it expects."""
    values: list[ast.expr] = (
        [item.context_expr for item in statement.items]
        if isinstance(statement, ast.With | ast.AsyncWith)
        else [statement.value]  # type: ignore[attr-defined]
    )
    for value in values:
        call = _asserting_call(value)
        if call is None:
            continue
        expected = _expected(call) if last_name(call) in _RAISING else None
        if expected is not None:
            told = _placed(_asked(RAISES, text, expected), expected)
            call.args = [told if one is expected else one for one in call.args]
            for keyword in call.keywords:
                keyword.value = told if keyword.value is expected else keyword.value
        call.func = _placed(_asked(ASKED, text, call.func), call.func)


def _asked(name: str, text: str, value: ast.expr) -> ast.Call:
    return ast.Call(func=_name(name), args=[ast.Constant(value=text), value], keywords=[])


def _call(name: str, text: str) -> ast.Expr:
    return ast.Expr(value=ast.Call(func=_name(name), args=[ast.Constant(value=text)], keywords=[]))


def _name(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def _placed(node: ast.expr, at: ast.expr) -> ast.expr:
    _place(node, at)
    return node


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


def _is_plain(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is compiled by Python itself, as far as its decorators say."""
    return all(last_name(decorator) in _PLAIN for decorator in function.decorator_list)


_PLAIN = frozenset({"staticmethod", "classmethod", "contextmanager", "asynccontextmanager"})


def _is_fixture(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        last_name(one.func if isinstance(one, ast.Call) else one).endswith("fixture") for one in function.decorator_list
    )


def form_of(statement: ast.stmt) -> str:
    """The normal form of an assertion: what it says, wherever it stands and however it is laid out."""
    if isinstance(statement, ast.With | ast.AsyncWith):
        text = "with " + ", ".join(ast.dump(item) for item in statement.items)
    elif isinstance(statement, ast.Assert):
        text = "assert " + ast.dump(statement.test)  # another message asserts nothing else
    elif isinstance(statement, ast.If):
        text = "assert " + ast.dump(_negated(statement.test))  # it fails if this does not hold
    else:
        text = ast.dump(statement)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _named_blocks(statement: ast.stmt) -> Iterator[tuple[str, _Block]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list) and block:
            yield name, block


def _blocks(statement: ast.stmt) -> Iterator[_Block]:
    yield from (block for _, block in _named_blocks(statement))
    for handler in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield handler.body

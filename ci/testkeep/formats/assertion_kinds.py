"""Which statements are assertions, of which kind, and what they say."""

from __future__ import annotations

import ast
import hashlib
import re

from testkeep.formats import assertions
from testkeep.formats.syntax import Function, last_name
from testkeep.formats.unittest_style import plain_assertion
from testkeep.model.assertion_site import AssertionKind

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
RAISING = ("raises", "assertRaises", "assertRaisesRegex")
_ENTERING = ("enter_context", "enterContext")
_EXPECTED = ("expected_exception", "exception")
# What ``raises`` looks at beside the class; keywords that are unpacked have no name.
_DETAILS = ("match", "check", None)


def is_helper(name: str) -> bool:
    """Whether a function's name says that it asserts for others.

    >>> is_helper("check_total"), is_helper("_assert_equal"), is_helper("checkout")
    (True, True, False)
    """
    return bool(_HELPERS.match(name))


def is_helping(function: Function) -> bool:
    """Whether a function of production code is there for tests: a test that others inherit, a helper, a fixture."""
    is_helping = is_helper(function.name) and _is_plain(function)
    return function.name.startswith("test") or is_helping or _is_fixture(function)


def kind_of(statement: ast.stmt, *, in_test: bool) -> AssertionKind | None:
    """How a statement asserts; None if it does not. A call that asserts nothing counts ``in_test`` functions only."""
    match statement:
        case ast.Assert(test=test):
            return AssertionKind.VACUOUS if assertions.is_vacuous(test) or _is_mocked(test) else AssertionKind.PLAIN
        case ast.With(items=items) | ast.AsyncWith(items=items):
            calls = [call for item in items if (call := asserting_call(item.context_expr)) is not None]
            return _kind_of_context(calls[0]) if calls else None
        case ast.Expr(value=value) | ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            call = asserting_call(value)
            if call is not None:
                return _kind_of_call(call)
            is_call = isinstance(value.value if isinstance(value, ast.Await) else value, ast.Call)
            return AssertionKind.SMOKE if in_test and is_call else None
        case ast.If(test=test, body=body) if any(map(_fails, body)):
            return AssertionKind.VACUOUS if assertions.is_vacuous(_negated(test)) else AssertionKind.PLAIN
        # Others make a context or a value, for whoever asked for it.
        case ast.Return(value=ast.expr() as value) if assertions.only_asserts(value):
            return AssertionKind.CALL if asserting_call(value) is not None else None
        case _:
            return None


def asserting_call(node: ast.expr) -> ast.Call | None:
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


def asserts_within(node: ast.expr) -> bool:
    """Whether a part of an expression asserts: a call that does nothing else, or that makes a context which expects."""
    return asserting_call(node) is not None and (
        assertions.only_asserts(node) or last_name(node) in assertions.CONTEXTS
    )


def enters(node: ast.expr) -> bool:
    """Whether a call enters a context, as ``with`` does."""
    return isinstance(node, ast.Call) and last_name(node) in _ENTERING


def may_assert(node: ast.expr) -> bool:
    """Whether an expression may have a mark, within another or as a statement."""
    return asserts_within(node) or enters(node)


def _kind_of_call(call: ast.Call) -> AssertionKind:
    if _kind_of_context(call) is AssertionKind.ANYTHING:
        return AssertionKind.ANYTHING
    plain = plain_assertion(call)
    return AssertionKind.VACUOUS if plain is not None and assertions.is_vacuous(plain.test) else AssertionKind.CALL


def _kind_of_context(call: ast.Call) -> AssertionKind:
    """``raises(Exception)`` without a match would have taken any exception."""
    expected = expected_exceptions(call)
    classes = expected.elts if isinstance(expected, ast.Tuple) else [expected] if expected is not None else []
    takes_anything = any(last_name(one) in _ANYTHING for one in classes)
    is_plain = last_name(call) in RAISING[:2] and not any(keyword.arg in _DETAILS for keyword in call.keywords)
    return AssertionKind.ANYTHING if takes_anything and is_plain else AssertionKind.CONTEXT


def expected_exceptions(call: ast.Call) -> ast.expr | None:
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


def _is_plain(function: Function) -> bool:
    """Whether a function is compiled by Python itself, as far as its decorators say."""
    return all(last_name(decorator) in _PLAIN for decorator in function.decorator_list)


_PLAIN = frozenset({"staticmethod", "classmethod", "contextmanager", "asynccontextmanager"})


def _is_fixture(function: Function) -> bool:
    return any(
        last_name(one.func if isinstance(one, ast.Call) else one).endswith("fixture") for one in function.decorator_list
    )


def form_of(node: ast.stmt | ast.expr) -> str:
    """The normal form of an assertion: what it says, wherever it stands and however it is laid out."""
    statement = ast.Expr(value=node) if isinstance(node, ast.expr) else node
    if isinstance(statement, ast.With | ast.AsyncWith):
        text = "with " + ", ".join(ast.dump(item) for item in statement.items)
    elif isinstance(statement, ast.Assert):
        text = "assert " + ast.dump(statement.test)  # another message asserts nothing else
    elif isinstance(statement, ast.If):
        text = "assert " + ast.dump(_negated(statement.test))  # it fails if this does not hold
    else:
        text = ast.dump(statement)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]

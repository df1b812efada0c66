"""Walks through a test in the order in which it runs, and notes what it asserts."""

from __future__ import annotations

import ast
import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from testkeep.formats import assertions
from testkeep.formats.check_state import Notes, Values
from testkeep.formats.literal_rows import MOST_ROWS, rows
from testkeep.formats.module_names import ModuleNames, imported_as
from testkeep.formats.normal_form import NormalForm, name_of, write
from testkeep.formats.syntax import Function, bound_names, is_mark
from testkeep.model.source import Check

_MAX_STATEMENTS = 20_000
_MAX_VALUE = 3_000
_NOT_MOVED = (ast.Lambda, ast.Yield, ast.YieldFrom, ast.NamedExpr)


class _Next(enum.Enum):
    STATEMENT = enum.auto()
    ROUND = enum.auto()
    LOOP_ENDS = enum.auto()
    TEST_ENDS = enum.auto()


class CheckWalk:
    """One walk through one test; ``made`` says how values of its parameters are made that are objects."""

    def __init__(
        self,
        names: ModuleNames,
        function: Function,
        owner: ast.ClassDef | None,
        params: Mapping[str, str],
        made: Mapping[str, ast.expr],
    ) -> None:
        self._body = function.body
        self._bound = bound_names(function.body)
        self._values = Values(names, function, owner, params, self._bound)
        self._form = NormalForm(self._values.stands_for, names.imported)
        self._values.placeholder = self._form.placeholder
        for name, form in made.items():
            # As if the test began with it: an object is one, whatever it is asked for.
            if name not in self._bound and self._values.is_argument(name):
                self._values.set(name, form)
        self._notes = Notes(names, owner)
        self._loop_bound = _loop_variables(function)
        self._read = {
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        self._rounds = 1
        self._budget = _MAX_STATEMENTS
        self._decorators = function.decorator_list

    def checks(self) -> tuple[Check, ...]:
        """All checks of the test in order."""
        for decorator in self._decorators:
            if not is_mark(decorator):
                self._effect(ast.Expr(value=decorator))
        for name, value in self._values.rebound():
            self._notes.effect(f"{name} = {write(value)}")
        self._block(self._body)
        return tuple(self._notes.checks)

    def _block(self, body: Sequence[ast.stmt]) -> _Next:
        for statement in body:
            what = self._statement(statement)
            if what is not _Next.STATEMENT:
                return what
        return _Next.STATEMENT

    def _statement(self, statement: ast.stmt) -> _Next:
        match statement:
            case ast.Assert(test=test):
                for part in assertions.conjuncts(test):
                    self._assert(part)
            case ast.Return() | ast.Raise():
                return _Next.TEST_ENDS
            case ast.Continue():
                return _Next.ROUND
            case ast.Break():
                return _Next.LOOP_ENDS
            case ast.Expr(value=value):
                return self._expression(statement, value)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                if not self._assign(target, value):
                    self._effect(statement)
            case ast.Import() | ast.ImportFrom():
                self._import(statement)
            case ast.With() if assertions.is_transparent(statement):
                return self._block(statement.body)
            case ast.For() if (unrolled := self._unrolled(statement)) is not None:
                return self._loop(statement, unrolled)
            case ast.Pass() | ast.Global() | ast.Nonlocal() | ast.AnnAssign(value=None):
                pass
            case _:
                self._compound(statement)
        return _Next.STATEMENT

    def _assert(self, test: ast.expr) -> None:
        if assertions.is_vacuous(test):
            return
        form = self._form.expression(test)
        if not assertions.is_vacuous(form):
            self._check(ast.Assert(test=form, msg=None))
        if bound_names([test]):
            self._effect(ast.Expr(value=test))

    def _expression(self, statement: ast.stmt, value: ast.expr) -> _Next:
        if isinstance(value, ast.Constant):
            return _Next.STATEMENT
        if assertions.ends(value):
            return _Next.TEST_ENDS
        if assertions.helps(value):
            self._check(self._form.of(statement))
        if not assertions.only_asserts(value):
            self._effect(statement)
        return _Next.STATEMENT

    def _check(self, form: ast.AST) -> None:
        self._notes.check(write(form))

    def _effect(self, statement: ast.stmt) -> None:
        with self._values.in_effect():
            text = write(self._form.of(statement))
        self._notes.effect(text)
        self._values.time = self._notes.effects

    def _compound(self, statement: ast.stmt) -> None:
        """Take a statement as a whole."""
        if (name := self._raised(statement)) is not None:
            statement = _without_variable(statement)
        bound = bound_names([statement])
        self._values.forget(bound)
        form = self._form.of(_without_result(statement))
        asserts = assertions.asserts(statement)
        if asserts:
            self._check(form)
        if bound or not asserts:
            self._effect(statement)
        if name is not None:
            self._values.set(name, name_of(f"«{write(form)}»"), is_plain=False)

    def _raised(self, statement: ast.stmt) -> str | None:
        """The variable with the exception that a block expects, if it stands for nothing else in the test."""
        match statement:
            case ast.With(items=[ast.withitem(optional_vars=ast.Name(id=name))]) if assertions.expects(statement):
                return name if self._bound[name] == 1 and not self._values.is_argument(name) else None
        return None

    def _import(self, statement: ast.stmt) -> None:
        for name, origin in imported_as(statement).items():
            if self._bound[name] == 1:
                self._values.set_import(name, origin)

    def _assign(self, target: ast.expr, value: ast.expr) -> bool:
        """Note the value of a variable; says no if it has to stay a variable, or is no variable."""
        names = _variables(target)
        if names is None or any(self._bound[name] != 1 or self._values.is_argument(name) for name in names):
            return False
        if any(isinstance(node, _NOT_MOVED) for node in ast.walk(value)):
            return False
        if self._read.isdisjoint(names) and any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(value)):
            self._effect(ast.Expr(value=value))  # nothing reads it: it is computed for its effects
            return True
        if isinstance(target, ast.Name) and isinstance(value, ast.Name) and self._values.alias(target.id, value.id):
            return True
        form = self._literal(value)
        if form is None:
            form = self._form.expression(value)
        if sum(1 for _ in islice(ast.walk(form), _MAX_VALUE + 1)) > _MAX_VALUE:
            return False
        if not _fits(target, form):
            return False
        self._bind(target, form)
        return True

    def _bind(self, target: ast.expr, form: ast.expr) -> None:
        """Set variables to a value that fits; unpacks displays."""
        if isinstance(target, ast.Name):
            self._values.set(target.id, form)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(form, ast.Tuple | ast.List):
            for inner, value in zip(target.elts, form.elts, strict=True):
                self._bind(inner, value)

    def _literal(self, node: ast.expr) -> ast.expr | None:
        return self._values.literal(node.id) if isinstance(node, ast.Name) else None

    def _unrolled(self, loop: ast.For) -> list[ast.expr] | None:
        """The values of a loop that can be written as its rounds one after the other; None if it cannot."""
        names = _variables(loop.target)
        if loop.orelse or names is None or _jumps(loop.body):
            return None
        if any(self._bound[name] != self._loop_bound[name] or self._values.is_argument(name) for name in names):
            return None
        values = rows(self._literal(loop.iter) or self._form.expression(loop.iter))
        if (
            values is None
            or self._rounds * len(values) > MOST_ROWS
            or not all(_fits(loop.target, one) for one in values)
        ):
            return None
        cost = len(values) * sum(1 for statement in loop.body for node in ast.walk(statement))
        if cost > self._budget:
            return None
        self._budget -= cost if self._rounds == 1 else 0
        return values

    def _loop(self, loop: ast.For, values: list[ast.expr]) -> _Next:
        before, self._rounds = self._rounds, self._rounds * max(len(values), 1)
        try:
            for value in values:
                self._bind(loop.target, value)
                what = self._block(loop.body)
                if what is _Next.TEST_ENDS:
                    return what
                if what is _Next.LOOP_ENDS:
                    break
        finally:
            self._rounds = before
        return _Next.STATEMENT


def _without_variable(statement: ast.stmt) -> ast.stmt:
    if not isinstance(statement, ast.With):
        return statement
    items = [ast.withitem(context_expr=item.context_expr, optional_vars=None) for item in statement.items]
    return ast.With(items=items, body=statement.body, type_comment=None)


def _without_result(statement: ast.stmt) -> ast.stmt:
    """A block that expects something, in which nothing is kept of what its last statement computes."""
    match statement:
        case ast.With(items=items, body=[*before, ast.Assign(targets=[ast.Name()], value=value)]) if assertions.expects(
            statement
        ):
            return ast.With(items=items, body=[*before, ast.Expr(value=value)], type_comment=None)
        case _:
            return statement


def _variables(target: ast.expr) -> list[str] | None:
    """The variables of an assignment's target; None if it is anything else."""
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            parts = [_variables(element) for element in elements]
            return None if None in parts else [name for part in parts for name in part or ()]
        case _:
            pass
    return None


def _fits(target: ast.expr, value: ast.expr) -> bool:
    if isinstance(target, ast.Name):
        return True
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return False
    return len(target.elts) == len(value.elts) and all(map(_fits, target.elts, value.elts))


def _jumps(body: Sequence[ast.stmt]) -> bool:
    """Say whether a loop's round may end early, depending on something."""
    waiting: list[ast.AST] = []
    for statement in body:
        if assertions.is_transparent(statement) and isinstance(statement, ast.With):
            waiting += [inner for held in statement.body for inner in _inside(held)]
        else:
            waiting += _inside(statement)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Break | ast.Continue):
            return True
        waiting += _inside(node)
    return False


def _inside(node: ast.AST) -> list[ast.AST]:
    """The statements in a statement whose jumps are those of the loop around it."""
    if isinstance(node, ast.For | ast.While | ast.AsyncFor):
        return [*node.orelse]
    return [inner for inner in ast.iter_child_nodes(node) if not isinstance(inner, ast.expr)]


def _loop_variables(function: Function) -> Counter[str]:
    return bound_names(node.target for node in ast.walk(function) if isinstance(node, ast.For))

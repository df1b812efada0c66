"""What a test asserts, written so that it is known again in another test.

After a split, a merge into a loop or a test with parameters, a move, or a renaming of variables the checks of a test
are the same: names are those of what is imported, parameters and variables are replaced by their values, loops over
literals are unrolled. What a test does between its assertions is part of each check that follows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from testkeep.formats.canonical import canonical
from testkeep.formats.check_walk import CheckWalk
from testkeep.formats.literal_rows import is_opaque
from testkeep.formats.module_names import ModuleNames
from testkeep.formats.normal_form import is_literal
from testkeep.formats.rewording import Rewording, reword
from testkeep.formats.syntax import UNREADABLE, Definition, Function, blocks, even_out, parse, strip
from testkeep.formats.table_rows import TableRows
from testkeep.formats.unittest_style import translate
from testkeep.model.source import Check

_Found = tuple[Function, ast.ClassDef | None]


class _Helper(NamedTuple):
    """A function of a test file, by its name, and the values of its arguments in a call."""

    name: str
    values: Mapping[str, str]


class TestChecks:
    """The checks of all tests of one file, which is parsed once; never raises, whatever the text is."""

    __test__ = False

    def __init__(self, text: str) -> None:
        self._functions: dict[str, _Found] = {}
        self._classes: dict[str, ast.ClassDef] = {}
        self._tables: dict[str, TableRows] = {}
        try:
            tree = parse(text)
            strip(tree)
            even_out(tree)
            translate(tree)
            self._names = ModuleNames(tree)
            self._collect(tree.body, "", None)
        except UNREADABLE:
            self._functions = {}

    def checks(
        self, name: str, params: Mapping[str, str], family: Sequence[Mapping[str, str]] = ()
    ) -> tuple[Check, ...] | None:
        """What one test asserts with the recorded values of its parameters; None if it cannot be found or read.

        ``family`` has the values of all parameter sets of its function, in the order in which they were collected: then
        objects, of which a record says little, are what makes them in the source.
        """
        found = self._functions.get(name)
        if found is None:
            return None
        try:
            own = CheckWalk(self._names, *found, params, self._made(name, params, family)).checks()
            return (*own, *self._by_helpers(name, found[0], params))
        except UNREADABLE:
            return None

    def _by_helpers(self, name: str, function: Function, params: Mapping[str, str]) -> Iterator[Check]:
        """What the functions of the file assert that a test only calls, with values that stand in its source."""
        arguments = {one.arg for one in function.args.args}
        called = [self._helper(name, statement, params) for statement in function.body]
        # An argument of that name is a fixture.
        helpers = [one for one in called if one is not None and one.name not in arguments]
        for one in helpers if len(helpers) == len(called) else ():
            yield from CheckWalk(self._names, *self._functions[one.name], one.values, {}).checks()

    def _helper(self, name: str, statement: ast.stmt, params: Mapping[str, str]) -> _Helper | None:
        """The function of the file that a statement calls, and no more; None if it does anything else."""
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Name(id=helper)) as call):
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=method)) as call):
                helper = f"{name.rpartition('.')[0]}.{method}"
            case _:
                return None
        if helper not in self._functions:
            return None
        function = self._functions[helper][0]
        names = [one.arg for one in function.args.args if one.arg not in ("self", "cls")]
        given = {
            **dict(zip(names, call.args, strict=False)),
            **{one.arg: one.value for one in call.keywords if one.arg},
        }
        values = {key: text for key, value in given.items() if (text := _text(value, params))}
        is_plain = len(values) == len(names) == len(call.args) + len(call.keywords) and not function.decorator_list
        return _Helper(helper, values) if is_plain else None

    def _made(self, name: str, params: Mapping[str, str], family: Sequence[Mapping[str, str]]) -> dict[str, ast.expr]:
        """The objects among the values of a test, as they are made."""
        objects = [key for key, text in params.items() if is_opaque(text)] if family else []
        if not objects:
            return {}
        if name not in self._tables:
            self._tables[name] = TableRows(*self._functions[name], self._names.table, family)
        sources = {key: self._tables[name].source(key, params) for key in objects}
        return {key: self._names.expression(source) for key, source in sources.items() if source is not None}

    def tokens(self, name: str) -> frozenset[str]:
        """The fingerprint of one function: every three names, constants and operators that follow one another."""
        found = self._functions.get(name)
        try:
            return _shingles(found[0]) if found is not None else frozenset()
        except UNREADABLE:
            return frozenset()

    def inherits(self, name: str) -> bool:
        """Whether a test is one that its class inherits from another class of the file."""
        return name not in self._functions and self._inherited(name) is not None

    def reworded(
        self, name: str, other: TestChecks, new_name: str, params: Mapping[str, str], new_params: Mapping[str, str]
    ) -> Rewording | None:
        """What of a test is other words, or other values, in a test of another file; None if more differs."""
        old, new = self._inherited(name), other._inherited(new_name)
        try:
            return reword(old, new, params, new_params) if old is not None and new is not None else None
        except UNREADABLE:
            return None

    def _inherited(self, name: str) -> Function | None:
        """The function of a test, wherever in the file its class has it from."""
        if name in self._functions:
            return self._functions[name][0]
        owner, _, method = name.rpartition(".")
        waiting, seen = [owner], set[str]()
        while waiting:
            one = waiting.pop(0)
            if one in seen or one not in self._classes:
                continue
            seen.add(one)
            if f"{one}.{method}" in self._functions:
                return self._functions[f"{one}.{method}"][0]
            waiting += [base.id for base in self._classes[one].bases if isinstance(base, ast.Name)]
        return None

    def _collect(self, body: Sequence[ast.stmt], prefix: str, owner: ast.ClassDef | None) -> None:
        for statement in body:
            if not isinstance(statement, Definition):
                for _, block in blocks(statement):
                    self._collect(block, prefix, owner)
                continue
            name = f"{prefix}{statement.name}"
            if isinstance(statement, ast.ClassDef):
                self._classes[name] = statement
                self._collect(statement.body, f"{name}.", statement)
            else:
                self._functions[name] = (statement, owner)


def _text(value: ast.expr, params: Mapping[str, str]) -> str:
    """A value as a record of parameters would have it; empty if it does not stand in the source."""
    if isinstance(value, ast.Name):
        return params.get(value.id, "")
    return canonical(ast.literal_eval(value)) if is_literal(value) else ""


def read_checks(text: str, name: str, params: Mapping[str, str]) -> tuple[Check, ...] | None:
    """What one test of a file asserts; None if the file does not parse or has no such function.

    >>> text = "from a import f\\ndef test_x(n):\\n  result = f(n)\\n  assert result == 1"
    >>> [check.text for check in read_checks(text, "test_x", {"n": "7"})]
    ['assert a.f(7) == 1']
    """
    return TestChecks(text).checks(name, params)


def read_tokens(text: str, name: str) -> frozenset[str]:
    """The fingerprint of one function of a file, for `likeness`; empty if it cannot be read."""
    return TestChecks(text).tokens(name)


def _shingles(function: Function) -> frozenset[str]:
    words: list[str] = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word):
                words.append(word)
            case ast.Constant(value=value):
                words.append(repr(value))
            case ast.expr_context():
                continue
            case _:
                words.append(type(node).__name__)
        waiting += reversed(list(ast.iter_child_nodes(node)))
    return frozenset("\0".join(words[index : index + 3]) for index in range(max(len(words) - 2, min(len(words), 1))))

"""The parameters of functions: which a change took away, and which a test passes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from testkeep.formats.syntax import UNREADABLE, Function, arguments_of, blocks, last_name, parse

Parameter: TypeAlias = tuple[str, str]
"""What is called, by its last name (a class for its ``__init__``), and a parameter of it."""
OPTION = "--"
"""Stands for the function, where a command line passes a parameter as an option."""


def gone_parameters(before: str, now: str) -> frozenset[Parameter]:
    """The parameters that functions of a file had and have no more; without those that may only be called otherwise.

    >>> sorted(gone_parameters("def f(a, old=1): ...\\ndef g(a): ...", "def f(a): ...\\ndef g(b): ..."))
    [('f', 'old')]
    """
    old, new = _parameters(before), _parameters(now)
    return frozenset(
        (_called(name), parameter)
        for name, names in old.items()
        if new.get(name, names) < names
        for parameter in names - new[name]
    )


def _called(function: str) -> str:
    owner, _, name = function.rpartition(".")
    return owner.rpartition(".")[2] if name == "__init__" else name


def names_used(text: str) -> frozenset[str]:
    """All names that occur in code: variables, attributes, parameters, and keywords of calls."""
    found: set[str] = set()
    for node in _nodes(text):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str() as name):
                found.add(name)
            case _:
                pass
    return frozenset(found)


def constants(text: str) -> frozenset[str]:
    """The names that a module and its classes are given by assignment.

    >>> sorted(constants("A = 1\\nclass B:\\n  c: int = 2\\n  def d(self): e = 3"))
    ['A', 'c']
    """
    try:
        waiting: list[ast.stmt] = list(parse(text).body)
    except UNREADABLE:
        return frozenset()
    found: set[str] = set()
    while waiting:
        match waiting.pop():
            case ast.ClassDef(body=body):
                waiting += body
            case ast.Assign(targets=targets):
                found.update(one.id for one in targets if isinstance(one, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found.add(name)
            case _:
                pass
    return frozenset(found)


def passed(text: str, function: str) -> frozenset[Parameter]:
    """What a function of a file passes by name, to what, and what it writes as an option of a command line.

    >>> sorted(passed("def test_x(app):\\n  app.run(1, deep=True)\\n  main(['--no-color=1'])", "test_x"))
    [('--', 'no_color'), ('run', 'deep')]
    """
    found: set[Parameter] = set()
    for node in ast.walk(_function(text, function) or ast.Pass()):
        match node:
            case ast.Call(keywords=keywords):
                found.update((last_name(node), keyword.arg) for keyword in keywords if keyword.arg)
            case ast.Constant(value=str() as option) if option.startswith("--"):
                found.add((OPTION, option.lstrip("-").partition("=")[0].replace("-", "_")))
            case _:
                pass
    return frozenset(found)


def _nodes(text: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(parse(text))
    except UNREADABLE:
        return


def _function(text: str, name: str) -> ast.AST | None:
    try:
        return dict(_functions(parse(text).body, "")).get(name)
    except UNREADABLE:
        return None


def _parameters(text: str) -> dict[str, frozenset[str]]:
    try:
        functions = dict(_functions(parse(text).body, ""))
    except UNREADABLE:
        return {}
    return {name: frozenset(one.arg for one in arguments_of(found.args)) for name, found in functions.items()}


def _functions(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, Function]]:
    for statement in body:
        if isinstance(statement, Function):
            yield f"{prefix}{statement.name}", statement
        inside = f"{prefix}{statement.name}." if isinstance(statement, Function | ast.ClassDef) else prefix
        for _, block in blocks(statement):
            yield from _functions(block, inside)

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


def gone_constants(before: str, now: str) -> frozenset[str]:
    """The names that a file and its classes were given by assignment and are no more; not those that only got another.

    >>> sorted(gone_constants("A = 1\\nB = 2\\nclass C:\\n  d: int = 3", "E = 2"))
    ['A', 'd']
    """
    old, new = _constants(before), _constants(now)
    renamed = {value for name, value in new.items() if name not in old}
    return frozenset(name for name, value in old.items() if name not in new and value not in renamed)


def _constants(text: str) -> dict[str, str]:
    try:
        waiting: list[ast.stmt] = list(parse(text).body)
    except UNREADABLE:
        return {}
    found: dict[str, str] = {}
    while waiting:
        match waiting.pop():
            case ast.ClassDef(body=body):
                waiting += body
            case ast.Assign(targets=targets, value=value):
                found |= {one.id: ast.dump(value) for one in targets if isinstance(one, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = ast.dump(value)
            case _:
                pass
    return found


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

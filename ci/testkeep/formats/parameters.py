"""The parameters of functions: which a change took away, and which a test passes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from testkeep.formats.syntax import UNREADABLE, Function, arguments_of, blocks, parse


def gone_parameters(before: str, now: str) -> frozenset[str]:
    """The parameters that functions of a file had and have no more; without those that may only be called otherwise.

    >>> sorted(gone_parameters("def f(a, old=1): ...\\ndef g(a): ...", "def f(a): ...\\ndef g(b): ..."))
    ['old']
    """
    old, new = _parameters(before), _parameters(now)
    return frozenset().union(*(names - new[name] for name, names in old.items() if new.get(name, names) < names))


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


def names_passed(text: str, function: str) -> frozenset[str]:
    """What a function of a file passes by name, asks an object for, or writes as an option of a command line.

    >>> sorted(names_passed("def test_x(app):\\n  run(app.mode, deep=True)\\n  main(['--no-color=1'])", "test_x"))
    ['deep', 'mode', 'no_color']
    """
    found: set[str] = set()
    for node in ast.walk(_function(text, function) or ast.Pass()):
        match node:
            case ast.Attribute(attr=name) | ast.keyword(arg=str() as name):
                found.add(name)
            case ast.Constant(value=str() as option) if option.startswith("--"):
                found.add(option.lstrip("-").partition("=")[0].replace("-", "_"))
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

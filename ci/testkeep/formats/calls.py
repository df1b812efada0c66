"""Where functions are called, told by their names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from testkeep.formats.syntax import UNREADABLE, Definition, Function, parse


@dataclass(frozen=True)
class Call:
    """A call of something by a name; ``first`` and ``last`` are the lines of the body of the function around it.

    A call that stands in no function has its own line.
    """

    name: str
    line: int
    first: int
    last: int


def find_calls(text: str, names: Collection[str]) -> tuple[Call, ...]:
    """Find the calls of functions by their last names (``send`` of ``Mail.send``); none if the file does not parse.

    >>> find_calls("def f():\\n  x = 1\\n  return g(x)", ["g"])
    (Call(name='g', line=3, first=2, last=3),)
    """
    try:
        tree = parse(text)
    except UNREADABLE:
        return ()
    return tuple(_in(tree, None, frozenset(names)))


def _in(node: ast.AST, around: ast.FunctionDef | ast.AsyncFunctionDef | None, names: frozenset[str]) -> Iterator[Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            name = _name(child.func)
            if name in names:
                body = around.body if around is not None else [child]
                yield Call(name, child.lineno, body[0].lineno, body[-1].end_lineno or body[-1].lineno)
        if isinstance(child, Definition) and not isinstance(child, Function):
            yield from _in(child, None, names)
        else:
            yield from _in(child, child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else around, names)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

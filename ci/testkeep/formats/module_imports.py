"""Which modules a file imports, as far as its text says: statements, and strings that name a module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from testkeep.formats.syntax import UNREADABLE, parse

_DOTTED = re.compile(r"(\.*)([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\.?)(?::[\w.]+)?")
_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING")
_MADE_TRUE = re.compile(r"^\s*TYPE_CHECKING\b[^=\n]*=(?!\s*False\b)", re.MULTILINE)


class ImportedName(NamedTuple):
    """A dotted name that a file imports: a module, or something in one.

    ``level`` is the number of dots before it. ``is_prefix`` says that a string goes on behind it: it names a package
    of which some module is imported.
    """

    name: str
    level: int = 0
    is_prefix: bool = False


def imported_names(text: str) -> frozenset[ImportedName]:
    """Find what a file imports, in functions as well, and the modules that its strings name; none if it does not parse.

    What only type checkers import is left out.

    >>> sorted(imported_names("from ..shop import cart\\nload('shop.tax:rate')"))
    [ImportedName(name='shop.cart', level=2, is_prefix=False), ImportedName(name='shop.tax', level=0, is_prefix=False)]
    """
    try:
        return frozenset(_of(parse(text), () if _MADE_TRUE.search(text) else _TYPE_CHECKING))
    except UNREADABLE:
        return frozenset()


def _of(tree: ast.Module, never: tuple[str, ...]) -> Iterator[ImportedName]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Import(names=names):
                yield from (ImportedName(one.name) for one in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                prefix = f"{module}." if module else ""
                for one in names:
                    yield ImportedName((module or "") if one.name == "*" else f"{prefix}{one.name}", level)
            case ast.Constant(value=str(value)):
                yield from _named(value)
            case ast.If(test=test, orelse=orelse) if ast.unparse(test) in never:
                waiting += orelse
                continue
            case _:
                pass
        waiting += ast.iter_child_nodes(node)


def _named(value: str) -> Iterator[ImportedName]:
    """The module that a string names: one of several parts, or relative."""
    found = _DOTTED.fullmatch(value) if len(value) < 200 else None
    if found and (found[1] or "." in value):
        yield ImportedName(found[2], len(found[1]), bool(found[3]))

"""Names that a file binds without defining them: by an assignment or an import, in a module or a class."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from testkeep.formats.module_names import imported_as
from testkeep.formats.syntax import UNREADABLE, Definition, bound_names, parse, statements


def read_rebound(text: str) -> dict[str, tuple[int, int]]:
    """Find the qualified names that are bound without a definition, each with the lines of the last statement.

    >>> read_rebound("from a import b\\nclass C:\\n    d = partial(b)")
    {'b': (1, 1), 'C.d': (3, 3)}
    """
    try:
        return dict(_rebound(parse(text).body, ""))
    except UNREADABLE:
        return {}


def _rebound(body: Sequence[ast.stmt], prefix: str) -> list[tuple[str, tuple[int, int]]]:
    found: list[tuple[str, tuple[int, int]]] = []
    for statement in statements(body):
        lines = (statement.lineno, statement.end_lineno or statement.lineno)
        match statement:
            case ast.ClassDef(name=name):
                found += _rebound(statement.body, f"{prefix}{name}.")
            case ast.Import() | ast.ImportFrom():
                found += [(f"{prefix}{name}", lines) for name in imported_as(statement)]
            case ast.Assign() | ast.AnnAssign() if not isinstance(statement, Definition):
                found += [(f"{prefix}{name}", lines) for name in bound_names([statement])]
            case _:
                continue
    return found

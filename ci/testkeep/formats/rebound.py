"""Names that a file binds without defining them, in a module or a class: by an assignment, or an own import."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from testkeep.formats.module_names import imported_as
from testkeep.formats.syntax import UNREADABLE, Definition, bound_names, parse, statements


def read_rebound(text: str, path: str = "") -> dict[str, tuple[int, int]]:
    """Find the qualified names that are bound without a definition, each with the lines of the last statement.

    What is imported from another project's package is that project's; ``path`` is the file's, and says which are its
    own.

    >>> read_rebound("from app.a import b\\nimport json\\nclass C:\\n    d = partial(b)", "src/app/c.py")
    {'b': (1, 1), 'C.d': (4, 4)}
    """
    try:
        return dict(_rebound(parse(text).body, "", frozenset(path.split("/"))))
    except UNREADABLE:
        return {}


def _rebound(body: Sequence[ast.stmt], prefix: str, own: frozenset[str]) -> list[tuple[str, tuple[int, int]]]:
    found: list[tuple[str, tuple[int, int]]] = []
    for statement in statements(body):
        lines = (statement.lineno, statement.end_lineno or statement.lineno)
        match statement:
            case ast.ClassDef(name=name):
                found += _rebound(statement.body, f"{prefix}{name}.", own)
            case ast.Import() | ast.ImportFrom():
                origins = imported_as(statement).items()
                found += [
                    (f"{prefix}{name}", lines) for name, origin in origins if origin.partition(".")[0] in {"", *own}
                ]
            case ast.Assign() | ast.AnnAssign() if not isinstance(statement, Definition):
                found += [(f"{prefix}{name}", lines) for name in bound_names([statement])]
            case _:
                continue
    return found

"""Where docstrings stand: text that the interpreter passes by, and that coverage.py does not count."""

from __future__ import annotations

import ast

_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstring_lines(source: str) -> frozenset[int]:
    r"""The lines of all docstrings, from 1; none if the source cannot be parsed.

    >>> sorted(docstring_lines("'a'\ndef f():\n    'b'\n    return 1\n"))
    [1, 3]
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, _WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            found.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return frozenset(found)

"""What a Python file defines."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator


def defined_names(text: str) -> frozenset[str]:
    """Find the qualified names of all functions and classes, wherever they stand; empty if the file does not parse.

    >>> sorted(defined_names("if False:\\n  class TestA:\\n    def test_b(self): pass"))
    ['TestA', 'TestA.test_b']
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's remarks on the text are the author's business
        try:
            return frozenset(_names(ast.parse(text), ""))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return frozenset()


def _names(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}"
            yield from _names(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            # Only statements can hold definitions; expressions can be nested deeper than Python can call.
            yield from _names(child, prefix)

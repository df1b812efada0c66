"""What a Python file defines."""

from __future__ import annotations

import ast
import copy
import hashlib
import warnings
from collections.abc import Iterator

from testkeep.model.source import FileSource, FunctionSource

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_functions(text: str) -> FileSource:
    """Find all functions and classes, wherever they stand; empty if the file does not parse.

    >>> sorted(read_functions("if False:\\n  class TestA:\\n    def test_b(self): pass"))
    ['TestA', 'TestA.test_b']
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks on the text are the author's business
            tree = ast.parse(text)
        return {source.name: source for source in _sources(tree, "", in_class=False)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _sources(node: ast.AST, prefix: str, *, in_class: bool) -> Iterator[FunctionSource]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{prefix}{child.name}"
            line = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
            is_class = isinstance(child, ast.ClassDef)
            body = "" if isinstance(child, ast.ClassDef) else _digest(child, is_method=in_class)
            yield FunctionSource(name=name, line=line, body=body)
            yield from _sources(child, f"{name}.", in_class=is_class)
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            # Only statements can hold definitions; expressions can be nested deeper than Python can call.
            yield from _sources(child, prefix, in_class=in_class)


def _digest(function: _Function, *, is_method: bool) -> str:
    """Digest what a function does: the names of its arguments (a test's are its fixtures) and its statements.

    Empty if an expression is nested too deeply to be read.
    """
    plain = copy.copy(function)
    plain.name = "_"
    plain.decorator_list = []
    plain.returns = None
    plain.args = _plain_arguments(function.args, is_method=is_method)
    plain.body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    try:
        dump = ast.dump(plain, annotate_fields=False)
    except RecursionError:
        return ""
    return hashlib.sha256(dump.encode(errors="surrogatepass")).hexdigest()[:32]


def _plain_arguments(arguments: ast.arguments, *, is_method: bool) -> ast.arguments:
    plain = copy.copy(arguments)
    positional = [ast.arg(arg=argument.arg) for argument in arguments.args]
    plain.args = positional[1:] if is_method and positional and positional[0].arg in ("self", "cls") else positional
    plain.posonlyargs = [ast.arg(arg=argument.arg) for argument in arguments.posonlyargs]
    plain.kwonlyargs = [ast.arg(arg=argument.arg) for argument in arguments.kwonlyargs]
    return plain

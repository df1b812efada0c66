"""What a Python file defines."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from testkeep.formats.doctest_examples import examples_digest
from testkeep.formats.expected_parameters import expected_parameters
from testkeep.formats.syntax import (
    UNREADABLE,
    Definition,
    Function,
    blocks,
    even_out,
    first_line,
    is_mark,
    last_name,
    parse,
)
from testkeep.formats.unittest_style import translate
from testkeep.model.source import FileSource, FunctionSource

_Block = tuple[tuple[int, str], ...]
_ADDING = ("setter", "getter", "deleter", "register")
"""Decorators with which a definition adds to an earlier one of its name."""


def read_functions(text: str) -> FileSource:
    """Find all functions and classes, wherever they stand; empty if the file does not parse.

    A module whose own docstring has examples is found under the name "".

    >>> sorted(read_functions("if False:\\n  class TestA:\\n    def test_b(self): pass"))
    ['TestA', 'TestA.test_b']
    """
    try:
        tree = parse(text)
        examples = examples_digest(ast.get_docstring(tree, clean=False), "")
        even_out(tree)
        translate(tree)
        sources = {source.name: source for source in _sources(tree.body, _Scope(), ())}
    except UNREADABLE:
        return {}
    if examples:
        sources[""] = FunctionSource(name="", line=1, end=text.count("\n") + 1, doctest=examples)
    return sources


@dataclass
class _Scope:
    """The module, a class or a function, and what it has defined so far."""

    prefix: str = ""
    in_class: bool = False
    defined: dict[str, list[tuple[_Block, int]]] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)

    def contents(self, definition: ast.ClassDef) -> str:
        """Digest a class without its own tests, with its bases that were defined before in the same scope."""
        bases = [self.classes.get(last_name(base), "") for base in definition.bases]
        plain = copy.copy(definition)
        plain.name = "_"
        plain.body = [one for one in definition.body if not (isinstance(one, Function) and one.name.startswith("test"))]
        found = self.classes[definition.name] = _hash([_dump(plain), *bases])
        return found

    def define(self, definition: Definition, block: _Block, line: int) -> int:
        """Note a definition; returns the line of the one that it hides for certain, else 0."""
        decorators = {last_name(decorator) for decorator in definition.decorator_list}
        if "overload" in decorators or definition.name == "_":
            return 0
        earlier = self.defined.setdefault(definition.name, [])
        hidden = [where for inside, where in earlier if inside[: len(block)] == block]
        earlier.append((block, line))
        return hidden[-1] if hidden and decorators.isdisjoint(_ADDING) else 0


def _sources(body: Sequence[ast.stmt], scope: _Scope, block: _Block) -> Iterator[FunctionSource]:
    for index, child in enumerate(body):
        if isinstance(child, Definition):
            line = first_line(child)
            name = f"{scope.prefix}{child.name}"
            is_class = isinstance(child, ast.ClassDef)
            test = child if isinstance(child, Function) and child.name.startswith("test") else None
            yield FunctionSource(
                name=name,
                line=line,
                start=_first_statement(child),
                end=child.end_lineno or line,
                body="" if isinstance(child, ast.ClassDef) else _digest(child, is_method=scope.in_class),
                contents=scope.contents(child) if isinstance(child, ast.ClassDef) else "",
                doctest=examples_digest(ast.get_docstring(child, clean=False), child.name),
                shadows=scope.define(child, block, line),
                statements=_statements(test) if test is not None else (),
                expected=expected_parameters(test) if test is not None else (),
            )
            yield from _sources(child.body, _Scope(f"{name}.", in_class=is_class), ())
        else:
            # Only statements can hold definitions; expressions can be nested deeper than Python can call.
            for branch, inner in blocks(child):
                yield from _sources(inner, scope, (*block, (index, branch)))


def _first_statement(definition: Definition) -> int:
    """The line of the first statement that runs when a function is called: no docstring does."""
    has_more = len(definition.body) > 1 and ast.get_docstring(definition, clean=False) is not None
    return definition.body[1 if has_more else 0].lineno


def _digest(function: Function, *, is_method: bool) -> str:
    """Digest what a function does: the names of its arguments (a test's are its fixtures) and its statements.

    Empty if an expression is nested too deeply to be read.
    """
    plain = copy.copy(function)
    plain.name = "_"
    # Marks say how a test is run; other decorators may change what it does: mock.patch, say.
    plain.decorator_list = [decorator for decorator in function.decorator_list if not is_mark(decorator)]
    plain.returns = None
    plain.args = _plain_arguments(function.args, is_method=is_method)
    plain.body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    dump = _dump(plain)
    return _hash([dump]) if dump else ""


def _statements(function: Function) -> tuple[str, ...]:
    """Digest the statements of a function one by one; none of one whose decorators may change what it does."""
    if not all(map(is_mark, function.decorator_list)):
        return ()
    has_docstring = ast.get_docstring(function, clean=False) is not None
    return tuple(_hash([_dump(statement)]) for statement in function.body[1 if has_docstring else 0 :])


def _dump(node: ast.AST) -> str:
    """Write a tree; empty if it is nested too deeply to be read."""
    try:
        return ast.dump(node, annotate_fields=False)
    except RecursionError:
        return ""


def _hash(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def _plain_arguments(arguments: ast.arguments, *, is_method: bool) -> ast.arguments:
    plain = copy.copy(arguments)
    positional = [ast.arg(arg=argument.arg) for argument in arguments.args]
    plain.args = positional[1:] if is_method and positional and positional[0].arg in ("self", "cls") else positional
    plain.posonlyargs = [ast.arg(arg=argument.arg) for argument in arguments.posonlyargs]
    plain.kwonlyargs = [ast.arg(arg=argument.arg) for argument in arguments.kwonlyargs]
    plain.vararg = ast.arg(arg=arguments.vararg.arg) if arguments.vararg is not None else None
    plain.kwarg = ast.arg(arg=arguments.kwarg.arg) if arguments.kwarg is not None else None
    return plain

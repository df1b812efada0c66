"""Reads Python text into a syntax tree, and finds what it defines."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What reading a text may raise: it is no Python, or is nested deeper than Python can follow."""


def parse(text: str | bytes) -> ast.Module:
    """Parse a file; raises one of `UNREADABLE`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's remarks on the text are the author's business
        return ast.parse(text)


def blocks(statement: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield the blocks of statements that a statement holds, each with the name of its branch.

    >>> [name for name, _ in blocks(parse("try: x\\nexcept A: y\\nexcept B: z\\nfinally: w").body[0])]
    ['body', 'handlers0', 'handlers1', 'finalbody']
    """
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        held = getattr(statement, name, None)
        if not isinstance(held, list) or not held:
            continue
        if isinstance(held[0], ast.excepthandler | ast.match_case):
            for number, branch in enumerate(held):
                yield f"{name}{number}", branch.body
        else:
            yield name, held


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a scope in order, those inside of compound ones too, but not those of definitions."""
    waiting = [iter(list(body))]
    while waiting:
        statement = next(waiting[-1], None)
        if statement is None:
            waiting.pop()
            continue
        yield statement
        if not isinstance(statement, Definition):
            waiting.append(iter([inner for _, block in blocks(statement) for inner in block]))


def strip(tree: ast.Module) -> None:
    """Take out docstrings, annotations and comments on types, which change nothing that a program does."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.returns = node.type_comment = None
                node.body = _without_docstring(node.body)
            case ast.ClassDef() | ast.Module():
                node.body = _without_docstring(node.body)
            case ast.arg():
                node.annotation = node.type_comment = None
            case ast.AnnAssign():
                node.annotation = ast.Name(id="_", ctx=ast.Load())
            case ast.Constant():
                node.kind = None
            case _:
                pass


def even_out(tree: ast.Module) -> None:
    """Take out the indentation that lines of longer texts share: it changes with the level that a test stands on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value:
            first, rest = node.value.split("\n", 1)
            node.value = f"{first}\n{textwrap.dedent(rest)}"


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())) as docstring, *rest]:
            return rest or [ast.copy_location(ast.Pass(), docstring)]
        case _:
            pass
    return body


def bound_names(nodes: Iterable[ast.AST]) -> Counter[str]:
    """Count how often each name is bound in a scope; one that is declared global or nonlocal counts twice."""
    names: Counter[str] = Counter()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                names[node.id] += 1
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names[node.name] += 1
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
            case ast.Global() | ast.Nonlocal():
                names.update([*node.names, *node.names])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                names[name] += 1
            case ast.MatchMapping(rest=str(rest)):
                names[rest] += 1
            case _:
                pass
        if isinstance(node, ast.comprehension):
            waiting += [node.iter, *node.ifs]  # its target is bound inside only
        else:
            waiting += ast.iter_child_nodes(node)
    return names


def first_line(definition: Definition) -> int:
    """The line on which a definition begins, with its decorators."""
    return min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])


def anonymous(definition: Definition, **changes: object) -> Definition:
    """Copy a definition without its own name."""
    return type(definition)(**{**dict(ast.iter_fields(definition)), "name": "_", **changes})


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """All arguments of a function, the starred ones last."""
    optional = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *optional]


def last_name(node: ast.expr) -> str:
    """The last part of what is called, awaited or named; empty if it has no name.

    >>> last_name(parse("await a.b.c(1)").body[0].value)
    'c'
    """
    match node:
        case ast.Await(value=value) | ast.Call(func=value):
            return last_name(value)
        case ast.Attribute(attr=name):
            return name
        case ast.Name(id=name):
            return name.rpartition(".")[2]
        case _:
            pass
    return ""


def is_mark(decorator: ast.expr) -> bool:
    """Whether a decorator is a mark of pytest, which says how a test is run and not what it does, or a plain method's.

    >>> is_mark(parse("pytest.mark.slow").body[0].value), is_mark(parse("mock.patch('x')").body[0].value)
    (True, False)
    """
    names = []
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    names.append(node.id if isinstance(node, ast.Name) else "")
    return "mark" in names[1:] or names in (["staticmethod"], ["classmethod"])

"""What each name of a test-support file stands for: a test module, a conftest, a module with helpers."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from testkeep.formats import assertions
from testkeep.formats.module_names import imported_as
from testkeep.formats.syntax import UNREADABLE, Definition, blocks, bound_names, last_name, parse, strip
from testkeep.formats.unittest_style import translate
from testkeep.model.source import Binding, FileBindings

MODULE = "<module>"
_EXPECTING = frozenset({"raises", "warns", "deprecated_call", "fail"})
_HIDING = frozenset(
    {
        "suppress",
        "raises",
        "monkeypatch",
        "patch",
        "mock",
        "mocker",
        "Mock",
        "MagicMock",
        "AsyncMock",
        "create_autospec",
    }
    | {
        "skip",
        "skipif",
        "skipTest",
        "skipIf",
        "skipUnless",
        "importorskip",
        "xfail",
        "expectedFailure",
        "exit",
        "_exit",
    }
)


def read_bindings(text: str) -> FileBindings | None:
    """Find what a file binds, by qualified name; None if it does not parse.

    >>> sorted(read_bindings("import a\\nclass B:\\n  def c(self): ...\\na.d()"))
    ['<module>', 'B', 'B.c', 'a']
    """
    try:
        tree = parse(text)
        strip(tree)
        translate(tree)
        parts: dict[str, list[_Part]] = {}
        for part in _parts(tree.body, ""):
            parts.setdefault(part.name, []).append(part)
        return {name: _binding(found) for name, found in parts.items()}
    except UNREADABLE:
        return None


@dataclass
class _Part:
    """One of the places where a name is bound."""

    name: str
    line: int
    nodes: Sequence[ast.AST]
    origin: str = ""
    mentions: set[str] = field(default_factory=set)


def _parts(body: Sequence[ast.stmt], prefix: str) -> Iterator[_Part]:
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield _Part(f"{prefix}{statement.name}", _line(statement), [_anonymous(statement)])
            case ast.ClassDef():
                name = f"{prefix}{statement.name}"
                yield _Part(name, _line(statement), [_without_members(statement)])
                yield from _parts([one for one in statement.body if _has_definitions(one)], f"{name}.")
            case ast.Import() | ast.ImportFrom():
                for name, origin in imported_as(statement).items():
                    yield _Part(f"{prefix}{name}", statement.lineno, [], origin)
            case _ if _has_definitions(statement) or any(blocks(statement)):
                yield _Part(f"{prefix.removesuffix('.') or MODULE}", statement.lineno, _header(statement))
                for _, block in blocks(statement):
                    yield from _parts(block, prefix)
            case _:
                names = sorted(bound_names([statement])) or [prefix.removesuffix(".") or MODULE]
                yield from (
                    _Part(f"{prefix}{name}" if name != MODULE else name, statement.lineno, [statement])
                    for name in names
                )


def _line(definition: Definition) -> int:
    return min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])


def _anonymous(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
    return type(function)(**{**dict(ast.iter_fields(function)), "name": "_"})


def _has_definitions(statement: ast.stmt) -> bool:
    if isinstance(statement, Definition):
        return True
    return any(_has_definitions(inner) for _, block in blocks(statement) for inner in block)


def _without_members(definition: ast.ClassDef) -> ast.AST:
    """A class with what it says itself; functions and classes in it are bindings of their own."""
    body = [statement for statement in definition.body if not _has_definitions(statement)]
    return ast.ClassDef(**{**dict(ast.iter_fields(definition)), "name": "_", "body": body})


def _header(statement: ast.stmt) -> list[ast.AST]:
    """What a compound statement says around its blocks: its condition, values and exceptions."""
    found: list[ast.AST] = [
        node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.expr | ast.withitem)
    ]
    for branch in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        found += [node for node in ast.iter_child_nodes(branch) if isinstance(node, ast.expr | ast.pattern)]
    return [ast.Constant(value=type(statement).__name__), *found]


def _binding(parts: Sequence[_Part]) -> Binding:
    digest = hashlib.sha256()
    mentions: set[str] = set()
    asserts = hides = False
    for part in parts:
        digest.update(f"{part.origin}\0".encode(errors="surrogatepass"))
        for node in part.nodes:
            digest.update(ast.dump(node, annotate_fields=False).encode(errors="surrogatepass"))
            mentions.update(_mentioned(node))
            asserts = asserts or _asserts(node)
            hides = hides or _hides(node)
    origins = dict.fromkeys(part.origin for part in parts if part.origin)
    return Binding(
        digest=digest.hexdigest()[:32],
        line=parts[-1].line,
        mentions=frozenset(mentions),
        asserts=asserts,
        hides=hides or not mentions.isdisjoint(_HIDING),
        origin="|".join(origins) if all(part.origin for part in parts) else "",
    )


def _mentioned(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.Constant(value=str(text)) if text.isidentifier():
                yield text
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    yield from alias.name.split(".")
            case _:
                pass


def _asserts(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and (assertions.helps(node) or last_name(node) in _EXPECTING):
            return True
    return False


def _hides(tree: ast.AST) -> bool:
    """Say whether a failure may get lost: an exception is caught, or a function returns before it asserts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try | ast.TryStar) and node.handlers:
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _returns_early(node.body):
            return True
    return False


def _returns_early(body: Sequence[ast.stmt]) -> bool:
    """Say whether a return stands in front of an assertion."""
    returned = False
    for statement in body:
        if returned and (assertions.asserts(statement) or _asserts(statement)):
            return True
        returned = returned or _may_return(statement)
    return any(_returns_early(block) for one in body if not isinstance(one, Definition) for _, block in blocks(one))


def _may_return(statement: ast.stmt) -> bool:
    if isinstance(statement, Definition):
        return False
    if isinstance(statement, ast.Return):
        return True
    return any(_may_return(inner) for _, block in blocks(statement) for inner in block)

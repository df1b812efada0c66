"""What each name of a test-support file stands for: a test module, a conftest, a module with helpers."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testkeep.formats import assertions
from testkeep.formats.module_names import imported_as
from testkeep.formats.syntax import (
    UNREADABLE,
    Definition,
    anonymous,
    blocks,
    bound_names,
    last_name,
    parse,
    statements,
    strip,
)
from testkeep.formats.unittest_style import translate
from testkeep.model.source import MODULE, Binding, FileBindings

_EXPECTING = assertions.CONTEXTS | {"fail"}
_HIDING = frozenset(
    {"suppress", "raises", "monkeypatch", "patch", "mock", "mocker", "Mock", "MagicMock", "AsyncMock",
     "create_autospec", "skip", "skipif", "skipTest", "skipIf", "skipUnless", "importorskip", "xfail",
     "expectedFailure", "exit", "_exit"}
)  # fmt: skip


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
    nodes: Sequence[ast.AST]
    origin: str = ""


def _parts(body: Sequence[ast.stmt], prefix: str) -> Iterator[_Part]:
    scope = prefix.removesuffix(".") or MODULE
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield _Part(f"{prefix}{statement.name}", [anonymous(statement)])
            case ast.ClassDef():
                name = f"{prefix}{statement.name}"
                yield _Part(name, [_without_members(statement)])
                yield from _parts([one for one in statement.body if _has_definitions(one)], f"{name}.")
            case ast.Import() | ast.ImportFrom():
                for name, origin in imported_as(statement).items():
                    yield _Part(f"{prefix}{name}", [], origin)
            case _ if _has_definitions(statement) or any(blocks(statement)):
                yield _Part(scope, _header(statement))
                for _, block in blocks(statement):
                    yield from _parts(block, prefix)
            case _:
                names = [f"{prefix}{name}" for name in sorted(bound_names([statement]))] or [scope]
                yield from (_Part(name, [statement]) for name in names)


def _has_definitions(statement: ast.stmt) -> bool:
    return any(isinstance(one, Definition) for one in statements([statement]))


def _without_members(definition: ast.ClassDef) -> ast.AST:
    """A class with what it says itself; functions and classes in it are bindings of their own."""
    body = [statement for statement in definition.body if not _has_definitions(statement)]
    return anonymous(definition, body=body)


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
    hides = False
    for part in parts:
        digest.update(f"{part.origin}\0".encode(errors="surrogatepass"))
        for node in part.nodes:
            digest.update(ast.dump(node, annotate_fields=False).encode(errors="surrogatepass"))
            mentions.update(_mentioned(node))
            hides = hides or _hides(node)
    origins = dict.fromkeys(part.origin for part in parts if part.origin)
    return Binding(
        digest=digest.hexdigest()[:32],
        unbound=_unbound(parts),
        mentions=frozenset(mentions),
        hides=hides or not mentions.isdisjoint(_HIDING),
        origins=tuple(origins) if all(part.origin for part in parts) else (),
    )


def _unbound(parts: Sequence[_Part]) -> str:
    """Digest a function as if it stood in no class."""
    match parts:
        case [_Part(nodes=[ast.FunctionDef() | ast.AsyncFunctionDef() as function])]:
            given = function.args
            if given.args and given.args[0].arg in ("self", "cls"):
                given = ast.arguments(**{**dict(ast.iter_fields(given)), "args": given.args[1:]})
            plain = ast.dump(anonymous(function, args=given), annotate_fields=False)
            return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()[:32]
        case _:
            return ""


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
        if returned and _asserts(statement):
            return True
        returned = returned or any(isinstance(one, ast.Return) for one in statements([statement]))
    return any(_returns_early(block) for one in body if not isinstance(one, Definition) for _, block in blocks(one))

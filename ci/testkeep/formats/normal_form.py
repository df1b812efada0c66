"""Writes expressions and statements so that what means the same reads the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from testkeep.formats.syntax import arguments_of, bound_names

# Repr escapes characters for private use: no text of a file can be taken for a placeholder.
_PLACEHOLDER = re.compile("\ue000([0-9]+)\ue001")
_PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.expr_context, ast.UnaryOp, ast.USub)


def name_of(identifier: str) -> ast.Name:
    """Make a name; it need not be one that Python accepts."""
    return ast.Name(id=identifier, ctx=ast.Load())


def is_literal(node: ast.AST) -> bool:
    """Say whether an expression consists of constants and displays of constants only."""
    return all(isinstance(inner, _PLAIN) for inner in ast.walk(node))


def is_immutable(node: ast.expr) -> bool:
    """Say whether it makes no difference when, and how often, an expression is computed."""
    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return is_immutable(operand)
        case ast.Tuple(elts=elements):
            return all(is_immutable(element) for element in elements)
        case _:
            pass
    return False


def write(node: ast.AST) -> str:
    """Write a node as text; placeholders stand in it for variables."""
    try:
        return ast.unparse(node)
    except ValueError:  # quotes inside of an f-string that this Python cannot write
        return ast.dump(node, annotate_fields=False)


def number(text: str, numbers: dict[str, int]) -> str:
    """Replace placeholders by numbers in order of first appearance; ``numbers`` grows."""
    return _PLACEHOLDER.sub(lambda found: f"«{numbers.setdefault(found[1], len(numbers) + 1)}»", text)


class NormalForm:
    """Rebuilds syntax trees with each name replaced by what it stands for, and each variable by a placeholder.

    ``lookup`` says what a name of an outer scope stands for, ``imported`` which names are those of modules and of what
    is imported from them: their attributes become parts of their names.
    """

    def __init__(self, lookup: Callable[[str], ast.expr], imported: set[str]) -> None:
        self._lookup = lookup
        self._imported = imported
        self._scopes: list[dict[str, str]] = []
        self._made = 0

    def placeholder(self) -> str:
        """Make a new name for a variable."""
        self._made += 1
        return f"\ue000{self._made}\ue001"

    def expression(self, node: ast.expr) -> ast.expr:
        """The normal form of an expression."""
        new = self.of(node)
        assert isinstance(new, ast.expr)  # noqa: S101  (for the type checker)
        return new

    def of(self, node: ast.AST) -> ast.AST:
        """The normal form of a node."""
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Attribute(value=value, attr=attribute):
                return self._attribute(self.expression(value), attribute, node.ctx)
            case ast.Constant():
                return ast.Constant(value=node.value)
            case ast.Lambda():
                return self._lambda(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._function(node)
            case ast.ClassDef():
                with self._scope({name: name for name in bound_names(node.body)}):
                    new = self._parts(node)
                return self._renamed(new, "name")
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                return self._renamed(self._parts(node), "name")
            case ast.MatchMapping():
                return self._renamed(self._parts(node), "rest")
            case ast.Dict() | ast.Set():
                return _ordered(self._parts(node))
            case ast.BinOp(op=ast.Add()):
                return _joined(self._parts(node))
            case ast.Compare(ops=[ast.Eq() | ast.NotEq()]):
                return _turned(self._parts(node))
            case ast.Call():
                return self._call(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self._comprehension(node)
            case ast.expr_context() | ast.operator() | ast.cmpop() | ast.boolop() | ast.unaryop():
                return node
            case _:
                return self._parts(node)

    def _call(self, node: ast.Call) -> ast.AST:
        """A call; ``getattr(x, "name")``, with the name of a parameter's value, say, is ``x.name``."""
        new = self._parts(node)
        match new:
            case ast.Call(func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str(name))], keywords=[]):
                return self._attribute(owner, name, ast.Load()) if name.isidentifier() else new
            case _:
                return new

    def _parts(self, node: ast.AST) -> ast.AST:
        fields: dict[str, object] = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                fields[name] = [self.of(item) if isinstance(item, ast.AST) else item for item in value]
            else:
                fields[name] = self.of(value) if isinstance(value, ast.AST) else value
        if isinstance(node, ast.stmt):
            fields |= {"lineno": 0, "col_offset": 0}  # unparse asks for them
        return type(node)(**fields)

    @contextmanager
    def _scope(self, names: dict[str, str]) -> Iterator[None]:
        self._scopes.append(names)
        try:
            yield
        finally:
            self._scopes.pop()

    def _inner(self, name: str) -> str | None:
        return next((scope[name] for scope in reversed(self._scopes) if name in scope), None)

    def _name(self, node: ast.Name) -> ast.expr:
        inner = self._inner(node.id)
        new = name_of(inner) if inner is not None else self._lookup(node.id)
        if isinstance(node.ctx, ast.Load) or not isinstance(new, ast.Name):
            return new
        return ast.Name(id=new.id, ctx=node.ctx)

    def _renamed(self, node: ast.AST, field: str) -> ast.AST:
        """Replace a variable that the syntax tree keeps as a text."""
        bound = getattr(node, field)
        if isinstance(bound, str):
            new = self._name(name_of(bound))
            setattr(node, field, new.id if isinstance(new, ast.Name) else bound)
        return node

    def _attribute(self, value: ast.expr, attribute: str, context: ast.expr_context) -> ast.expr:
        if isinstance(value, ast.Name) and value.id in self._imported:
            path = f"{value.id}.{attribute}"
            self._imported.add(path)
            return ast.Name(id=path, ctx=context)
        return ast.Attribute(value=value, attr=attribute, ctx=context)

    def _lambda(self, node: ast.Lambda) -> ast.AST:
        names = {argument.arg: self.placeholder() for argument in arguments_of(node.args)}
        with self._scope(names):
            new = self._parts(node)
        assert isinstance(new, ast.Lambda)  # noqa: S101  (for the type checker)
        for argument in arguments_of(new.args):
            argument.arg = names[argument.arg]
        return new

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        """A function inside of the test: its arguments keep their names, callers may use them."""
        names = {name: self.placeholder() for name in bound_names(node.body)}
        names |= {argument.arg: argument.arg for argument in arguments_of(node.args)}
        with self._scope(names):
            new = self._parts(node)
        return self._renamed(new, "name")

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> ast.AST:
        targets = [generator.target for generator in node.generators]
        with self._scope({name: self.placeholder() for name in bound_names(targets)}):
            return self._parts(node)


def _ordered(node: ast.AST) -> ast.AST:
    """Order the keys of a dict and the elements of a set; only constants, others may have effects."""
    match node:
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
            # Stable: of two values for one key the last one stays the last.
            pairs = sorted(zip(keys, node.values, strict=True), key=lambda pair: ast.dump(pair[0] or node))
            return ast.Dict(keys=[key for key, _ in pairs], values=[value for _, value in pairs])
        case ast.Set(elts=elements) if all(isinstance(element, ast.Constant) for element in elements):
            return ast.Set(elts=sorted(elements, key=ast.dump))
    return node


def _joined(node: ast.AST) -> ast.AST:
    """Two displays or texts that are added are one."""
    match node:
        case ast.BinOp(left=ast.List(elts=left), right=ast.List(elts=right)):
            return ast.List(elts=[*left, *right], ctx=ast.Load())
        case ast.BinOp(left=ast.Tuple(elts=left), right=ast.Tuple(elts=right)):
            return ast.Tuple(elts=[*left, *right], ctx=ast.Load())
        case ast.BinOp(left=ast.Constant(value=str(one)), right=ast.Constant(value=str(other))):
            return ast.Constant(value=one + other)
        case _:
            return node


def _turned(node: ast.AST) -> ast.AST:
    """A comparison with a literal has it on the right."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=[right]) if is_literal(left) and not is_literal(right):
            return ast.Compare(left=right, ops=ops, comparators=[left])
        case _:
            return node

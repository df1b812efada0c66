"""What the global names of a file stand for."""

from __future__ import annotations

import ast
import builtins
import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

from testkeep.formats.normal_form import NormalForm, name_of, write
from testkeep.formats.syntax import Definition, Function, anonymous, bound_names, statements

_BUILTINS = frozenset(dir(builtins))
_SET_UP = {
    **dict.fromkeys(("setUp", "setup_method", "asyncSetUp", "setup"), "each"),
    **dict.fromkeys(("setUpClass", "setup_class"), "class"),
}
_PLAIN_BASES = frozenset({"unittest.TestCase", "unittest.IsolatedAsyncioTestCase", "object"})
_MAX_LITERAL = 4000
_MAX_INLINED = 400
"""How many nodes a literal may have to be read at all, and to be written wherever its name is mentioned."""

_DISPLAYS = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp)
_SHORT = (ast.Constant, ast.Tuple, ast.UnaryOp)
_IN_DISPLAYS = (*_DISPLAYS, ast.USub, ast.Name, ast.Attribute, ast.expr_context)


def imported_as(statement: ast.stmt) -> dict[str, str]:
    """Say what each name that an import binds stands for.

    >>> imported_as(ast.parse("from ..app.calc import add as plus").body[0])
    {'plus': '..app.calc.add'}
    """
    match statement:
        case ast.Import(names=names):
            return {
                one.asname or one.name.partition(".")[0]: one.name if one.asname else one.name.partition(".")[0]
                for one in names
            }
        case ast.ImportFrom(names=names):
            prefix = "." * statement.level + (f"{statement.module}." if statement.module else "")
            return {one.asname or one.name: f"{prefix}{one.name}" for one in names}
        case _:
            pass
    return {}


class ModuleNames:
    """The global names of one file, each with the statements that bind it."""

    def __init__(self, tree: ast.Module) -> None:
        self.imported: set[str] = {"pytest"}
        self._bindings: dict[str, list[ast.stmt]] = {}
        self._stars: list[str] = []
        self._known: dict[str, ast.expr] = {}
        self._dumps: dict[int, str] = {}
        for statement in statements(tree.body):
            for name in _binds(statement):
                if name == "*":
                    self._stars += [origin.removesuffix(".*") for origin in imported_as(statement).values()]
                else:
                    self._bindings.setdefault(name, []).append(statement)

    def stands_for(self, name: str) -> ast.expr:
        """What a global name stands for: an imported thing, a literal, or a definition of this file with its digest."""
        if name not in self._known:
            self._known[name] = name_of(name)  # for a name that is defined by itself
            self._known[name] = self._find(name)
        return self._known[name]

    def literal(self, name: str) -> ast.expr | None:
        """The literal that a global name stands for, and always stands for; None if it is something else."""
        match self._bindings.get(name):
            case [ast.Assign(targets=[ast.Name()], value=value)] | [
                ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)
            ]:
                nodes = list(islice(ast.walk(value), _MAX_LITERAL + 1)) if isinstance(value, _DISPLAYS) else []
                if nodes and len(nodes) <= _MAX_LITERAL and all(isinstance(node, _IN_DISPLAYS) for node in nodes):
                    return NormalForm(self.stands_for, self.imported).expression(value)
            case _:
                pass
        return None

    def table(self, name: str) -> ast.expr | None:
        """The list or tuple that a global name always stands for, as it is written; None if it is something else."""
        match self._bindings.get(name):
            case [ast.Assign(targets=[ast.Name()], value=ast.List() | ast.Tuple() as value)] | [
                ast.AnnAssign(target=ast.Name(), value=ast.List() | ast.Tuple() as value)
            ]:
                return value
            case _:
                return None

    def expression(self, node: ast.expr) -> ast.expr:
        """The normal form of an expression outside of all functions."""
        return NormalForm(self.stands_for, self.imported).expression(node)

    def _find(self, name: str) -> ast.expr:
        bound = self._bindings.get(name)
        if bound is None:
            return name_of(name if name in _BUILTINS else self._from_stars(name))
        if origin := self._origin(name):
            self.imported.add(origin)
            return name_of(origin)
        literal = self.literal(name)
        if literal is not None and len(list(islice(ast.walk(literal), _MAX_INLINED + 1))) <= _MAX_INLINED:
            # Written once: it may be a long one, and be mentioned in every test.
            return literal if isinstance(literal, _SHORT) else name_of(write(literal))
        return name_of(f"{name}#{self._digest([(name, one) for one in bound], {})}")

    def _from_stars(self, name: str) -> str:
        if not self._stars or name in self.imported:
            return name
        path = f"{'|'.join(self._stars)}.{name}"
        self.imported.add(path)
        return path

    def _origin(self, name: str) -> str:
        """What an imported name stands for, all that it may if there are several; empty if it is no import."""
        bound = self._bindings.get(name, [])
        origins = [imported_as(statement).get(name, "") for statement in bound]
        return "|".join(dict.fromkeys(origins)) if all(origins) else ""

    def context(self, owner: ast.ClassDef, attributes: Iterable[str]) -> str:
        """Digest what a class sets up for its tests, and those of its members that are named."""
        members = {name: statement for statement in owner.body for name in _binds(statement)}
        wanted = [(_SET_UP[name], members[name]) for name in members if name in _SET_UP]
        wanted += [("autouse", one) for one in owner.body if isinstance(one, Function) and _is_autouse(one)]
        wanted += [(name, members[name]) for name in sorted(set(attributes)) if name in members and name not in _SET_UP]
        bases = [path for base in owner.bases if (path := self._path(base)) not in _PLAIN_BASES]
        return f"{self._digest(wanted, members)} {sorted(bases)}" if wanted or bases else ""

    def members(self, owner: ast.ClassDef) -> frozenset[str]:
        """The names that a class itself defines."""
        return frozenset(name for statement in owner.body for name in _binds(statement))

    def _path(self, node: ast.expr) -> str:
        match node:
            case ast.Attribute(value=value, attr=attribute):
                return f"{self._path(value)}.{attribute}"
            case ast.Name(id=name):
                known = self.stands_for(name)
                return known.id if isinstance(known, ast.Name) else ast.dump(known)
            case _:
                pass
        return ast.dump(node)

    def _digest(self, wanted: list[tuple[str, ast.stmt]], members: dict[str, ast.stmt]) -> str:
        """Digest statements and all of this file that they mention, and what these mention, and so on."""
        found: set[tuple[str, str]] = set()
        seen: set[int] = set()
        waiting = list(wanted)
        while waiting:
            name, statement = waiting.pop()
            found.add((name, self._dump(statement)))
            if id(statement) in seen:
                continue
            seen.add(id(statement))
            for node in ast.walk(statement):
                match node:
                    case ast.Name(id=mentioned) if origin := self._origin(mentioned):
                        found.add((mentioned, origin))
                    case ast.Name(id=mentioned):
                        waiting += [
                            (mentioned, one) for one in self._bindings.get(mentioned, []) if id(one) not in seen
                        ]
                    case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=member) if member in members:
                        waiting.append((member, members[member]))
                    case _:
                        continue
            waiting = [(one, where) for one, where in waiting if id(where) not in seen]
        return hashlib.sha256(repr(sorted(found)).encode(errors="surrogatepass")).hexdigest()[:12]

    def _dump(self, statement: ast.stmt) -> str:
        if id(statement) not in self._dumps:
            dump = ast.dump(_anonymous(statement), annotate_fields=False)
            self._dumps[id(statement)] = hashlib.sha256(dump.encode(errors="surrogatepass")).hexdigest()
        return self._dumps[id(statement)]


def _binds(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement itself binds, not those of the statements inside of it."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Import() | ast.ImportFrom():
            yield from imported_as(statement)
        case ast.For() | ast.AsyncFor():
            yield from bound_names([statement.target])
        case ast.With() | ast.AsyncWith():
            yield from bound_names(statement.items)
        case ast.If() | ast.While() | ast.Try() | ast.TryStar() | ast.Match():
            pass
        case _:
            yield from bound_names([statement])


def _anonymous(statement: ast.stmt) -> ast.stmt:
    """A definition without its own name."""
    return anonymous(statement) if isinstance(statement, Definition) else statement


def _is_autouse(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    keywords = [
        one for decorator in function.decorator_list if isinstance(decorator, ast.Call) for one in decorator.keywords
    ]
    return any(keyword.arg == "autouse" for keyword in keywords)

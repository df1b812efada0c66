"""Whether one test does what another does, but for words that were changed, and for values that are parameters now."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from testkeep.formats.literal_rows import parameter
from testkeep.formats.syntax import Function, is_mark, statements

_Pair = tuple[ast.AST, ast.AST]


@dataclass(frozen=True, slots=True)
class Rewording:
    """What differs: ``names`` and ``texts`` with what they became, ``values`` where one side has a parameter."""

    names: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    values: tuple[_Pair, ...]

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """Names and texts, each pair once."""
        return tuple(dict.fromkeys((*self.names, *self.texts)))

    def holds_for(self, old: Mapping[str, str], new: Mapping[str, str]) -> bool:
        """Whether the recorded parameters of two tests have the values that make them the same."""
        return all(_resolved(one, old) == _resolved(other, new) for one, other in self.values) and self._uses(new)

    def _uses(self, params: Mapping[str, str]) -> bool:
        used = {node.id for _, other in self.values for node in ast.walk(other) if isinstance(node, ast.Name)}
        return used >= params.keys()


def reword(old: Function, new: Function, params: Collection[str], new_params: Collection[str]) -> Rewording | None:
    """Compare two tests whose parameters are known; None if more differs than words and values.

    The new one may have further fixtures, and further statements that do not end it: it comes to each as the old one
    did. A word becomes the same word everywhere, and no other one does; variables may be called as they like.

    >>> old, new = ast.parse("def test_a(): assert f.old(1)\\ndef test_b(n): assert f.new(n)").body
    >>> found = reword(old, new, (), ("n",))
    >>> found.words, found.holds_for({}, {"n": "1"}), found.holds_for({}, {"n": "2"})
    ((('old', 'new'),), True, False)
    """
    if type(old) is not type(new) or _wrappers(old) != _wrappers(new):
        return None
    if not set(_fixtures(old, params)) <= set(_fixtures(new, new_params)):
        return None
    comparison = _Comparison(_Names(frozenset(params), _variables(old)), _Names(frozenset(new_params), _variables(new)))
    if not comparison.is_contained(old.body, new.body):
        return None
    names = tuple(pair for pair in comparison.names.changed() if not comparison.are_variables(*pair))
    return Rewording(names, tuple(comparison.texts.changed()), tuple(comparison.values))


@dataclass(frozen=True, slots=True)
class _Names:
    """The parameters of a test, and the names that it gives to what it makes."""

    params: frozenset[str]
    variables: frozenset[str]

    def is_value(self, node: ast.AST, other: ast.AST) -> bool:
        """Whether a node stands for the value of a parameter, which the other side has, too."""
        return isinstance(node, ast.Name) and node.id in self.params and isinstance(other, ast.expr)


class _Vocabulary:
    """What each word became: one word, which no other one became."""

    def __init__(self) -> None:
        self._became: dict[str, str] = {}
        self._was: dict[str, str] = {}

    def takes(self, old: str, new: str) -> bool:
        return self._became.setdefault(old, new) == new and self._was.setdefault(new, old) == old

    def copy(self) -> _Vocabulary:
        other = _Vocabulary()
        other._became, other._was = dict(self._became), dict(self._was)
        return other

    def changed(self) -> Iterator[tuple[str, str]]:
        return ((old, new) for old, new in self._became.items() if old != new)


class _Comparison:
    def __init__(self, old: _Names, new: _Names) -> None:
        self._old, self._new = old, new
        self.names, self.texts = _Vocabulary(), _Vocabulary()
        self.values: list[_Pair] = []

    def is_contained(self, old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> bool:
        """Whether all old statements are among the new ones, in their order, and are come to."""
        rest = list(old)
        for statement in new:
            if rest and self._is_tried(rest[0], statement):
                rest.pop(0)
            elif _may_end(statement):
                return False
        return not rest

    def _is_tried(self, old: ast.stmt, new: ast.stmt) -> bool:
        before = self.names.copy(), self.texts.copy(), list(self.values)
        if self.is_same(old, new):
            return True
        self.names, self.texts, self.values = before
        return False

    def are_variables(self, old: str, new: str) -> bool:
        """Whether both sides give these names to what they make."""
        return old in self._old.variables and new in self._new.variables

    def _same(self, old: ast.AST, new: ast.AST) -> bool:
        # A variable may have the name of the parameter that it is made of.
        both_vary = isinstance(old, ast.Name) and isinstance(new, ast.Name) and self.are_variables(old.id, new.id)
        if not both_vary and (self._old.is_value(old, new) or self._new.is_value(new, old)):
            self.values.append((old, new))
            return True
        if type(old) is not type(new):
            return False
        if isinstance(old, ast.Constant) and isinstance(new, ast.Constant):
            return self._same_constant(old.value, new.value)
        return all(self.is_same(getattr(old, name, None), getattr(new, name, None)) for name in old._fields)

    def is_same(self, old: object, new: object) -> bool:
        if isinstance(old, ast.AST) and isinstance(new, ast.AST):
            return self._same(old, new)
        if isinstance(old, list) and isinstance(new, list):
            return len(old) == len(new) and all(map(self.is_same, old, new))
        if isinstance(old, str) and isinstance(new, str):
            return self.names.takes(old, new)
        return type(old) is type(new) and old == new

    def _same_constant(self, old: object, new: object) -> bool:
        if isinstance(old, str) and isinstance(new, str):
            return self.texts.takes(old, new)
        return type(old) is type(new) and old == new


def _resolved(node: ast.AST, params: Mapping[str, str]) -> str:
    value = parameter(params[node.id]) if isinstance(node, ast.Name) and node.id in params else node
    return ast.dump(_joined(value))


def _joined(node: ast.AST) -> ast.AST:
    """A text that is written in pieces, in one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        match _joined(node.left), _joined(node.right):
            case ast.Constant(value=str(begin)), ast.Constant(value=str(end)):
                return ast.Constant(value=begin + end)
            case _:
                pass
    return node


def _may_end(statement: ast.stmt) -> bool:
    """Whether a statement may leave its function without an error."""
    return any(isinstance(one, ast.Return) for one in statements([statement]))


def _wrappers(function: Function) -> list[str]:
    """The decorators that may change what a function does; marks say how a test is run."""
    return [ast.dump(one) for one in function.decorator_list if not is_mark(one)]


def _fixtures(function: Function, params: Collection[str]) -> Iterator[str]:
    arguments = function.args
    for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if one.arg not in params and one.arg not in ("self", "cls"):
            yield one.arg


def _variables(function: Function) -> frozenset[str]:
    """The names that a function gives to what it makes."""
    return frozenset(
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )

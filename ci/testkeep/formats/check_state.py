"""What a walk through a test knows: the values of names, and what was noted so far."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from testkeep.formats.literal_rows import parameter
from testkeep.formats.module_names import ModuleNames
from testkeep.formats.normal_form import is_immutable, is_literal, name_of, number
from testkeep.formats.syntax import Function, arguments_of
from testkeep.model.source import Check

_OF_SELF = re.compile(r"«self»(?:\.(\w+))?")
_ASSERTION_OF_SELF = re.compile(r"«self»\.(assert\w+|fail|skipTest|subTest)\b")


@dataclass
class Value:
    """The value of a variable: its normal form, and after how many effects it was computed."""

    form: ast.expr
    time: int
    token: str
    """Stands for the object itself where it makes a difference that two things are one."""
    is_object: bool = False
    is_touched: bool = False
    """An effect has used it, and may have changed it."""


class Values:
    """What each name in a test stands for."""

    def __init__(
        self,
        names: ModuleNames,
        function: Function,
        owner: ast.ClassDef | None,
        params: Mapping[str, str],
        bound: Counter[str],
    ) -> None:
        self.time = 0
        self.placeholder: Callable[[], str] = str
        self._names = names
        self._bound = bound
        self._values: dict[str, Value] = {}
        self._variables: dict[str, str] = {}
        self._is_in_effect = False
        arguments = [argument.arg for argument in arguments_of(function.args)]
        own = arguments[0] if owner is not None and arguments and arguments[0] in ("self", "cls") else None
        self._arguments: dict[str, ast.expr] = {
            name: name_of(f"«{'self' if name == own else name}»") for name in arguments
        } | {name: parameter(text) for name, text in params.items() if name in arguments}

    def stands_for(self, name: str) -> ast.expr:
        """The normal form of a name: a value, a variable, a parameter, a fixture or something global."""
        if name in self._values:
            return self._use(self._values[name])
        if name in self._bound:
            return name_of(self._variable(name))
        if name in self._arguments:
            return self._arguments[name]
        return self._names.stands_for(name)

    def literal(self, name: str) -> ast.expr | None:
        """The literal that a name stands for, however long it is; None if it stands for something else."""
        if name in self._values:
            value = self._values[name]
            return value.form if is_literal(value.form) and not value.is_touched else None
        if name in self._bound or name in self._arguments:
            return None
        return self._names.literal(name)

    def _use(self, value: Value) -> ast.expr:
        if is_immutable(value.form) and not value.is_object:
            return value.form
        if self._is_in_effect:
            value.is_touched = True
        elif self.time == value.time or (is_literal(value.form) and not value.is_touched):
            return value.form
        return ast.Call(func=name_of(f"«@{value.time}»"), args=[name_of(value.token), value.form], keywords=[])

    def _variable(self, name: str) -> str:
        if name not in self._variables:
            self._variables[name] = self.placeholder()
        return self._variables[name]

    @contextmanager
    def in_effect(self) -> Iterator[None]:
        """While an effect is written, objects are known by their identity: it may change them."""
        self._is_in_effect = True
        try:
            yield
        finally:
            self._is_in_effect = False

    def set(self, name: str, form: ast.expr, *, is_plain: bool = True) -> None:
        """Note the value of a variable; one that is not plain is an object, even if its form is a name."""
        self._values[name] = Value(form, self.time, self.placeholder(), is_object=not is_plain)

    def set_import(self, name: str, origin: str) -> None:
        """Note what a name stands for that the test itself imports."""
        self._names.imported.add(origin)
        self._values[name] = Value(name_of(origin), self.time, "")

    def alias(self, name: str, other: str) -> bool:
        """Make a name another one for the same object."""
        if other in self._values:
            self._values[name] = self._values[other]
        return other in self._values

    def forget(self, names: Iterable[str]) -> None:
        """Make names variables again: they are bound where it depends on something."""
        for name in names:
            self._values.pop(name, None)

    def is_argument(self, name: str) -> bool:
        """Say whether a name is one of the test's arguments."""
        return name in self._arguments

    def rebound(self) -> list[tuple[str, ast.expr]]:
        """The arguments to which the test assigns: variables that begin with what was given."""
        return [(self._variable(name), value) for name, value in self._arguments.items() if name in self._bound]


class Notes:
    """The checks and effects of a test so far, as digests that do not depend on the names of variables."""

    def __init__(self, names: ModuleNames, owner: ast.ClassDef | None) -> None:
        self.checks: list[Check] = []
        self.effects = 0
        self._names = names
        self._owner = owner
        self._before = hashlib.sha256()
        self._numbers: dict[str, int] = {}
        self._attributes: set[str] = set()

    def effect(self, text: str) -> None:
        """Note what the test does."""
        self.effects += 1
        text = self._plain(text)
        self._attributes.update(_OF_SELF.findall(text))
        self._before.update(f"{number(text, self._numbers)}\n".encode(errors="surrogatepass"))

    def check(self, text: str) -> None:
        """Note what the test asserts."""
        text = self._plain(text)
        attributes = self._attributes.union(_OF_SELF.findall(text))
        digest = self._before.copy()
        text = number(text, dict(self._numbers))
        context = self._names.context(self._owner, attributes) if attributes and self._owner is not None else ""
        digest.update(f"\0{text}\0{context}".encode(errors="surrogatepass"))
        self.checks.append(Check(digest=digest.hexdigest()[:32], text=text))

    def _plain(self, text: str) -> str:
        """Assertions that are unittest's own need nothing of the class."""
        members = self._names.members(self._owner) if self._owner is not None else frozenset()
        return _ASSERTION_OF_SELF.sub(
            lambda found: found[0] if found[1] in members else f"unittest.TestCase.{found[1]}", text
        )

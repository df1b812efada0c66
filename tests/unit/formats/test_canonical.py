"""Values as text that is the same in every run."""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath
from unittest.mock import MagicMock

import pytest

from testkeep.formats.canonical import canonical

_HERE = __name__


class _Colour(enum.Enum):
    RED = 1


class _Access(enum.Flag):
    READ = 1
    WRITE = 2


class _Plain:
    def __init__(self, name: str, inner: object = None) -> None:
        self.name = name
        self.inner = inner

    def method(self) -> None: ...


class _Slotted:
    __slots__ = ("x",)


@dataclasses.dataclass
class _Point:
    x: int
    y: object = None


class _Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class _Wrong:
    def __repr__(self) -> str:
        return 3  # type: ignore[return-value]


class _Surrogate:
    def __repr__(self) -> str:
        return "\ud800" * 300


def _function() -> None: ...


def _nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


_NAMES = {name: f"{_HERE}.{name}" for name in ("_Colour", "_Access", "_Plain", "_Slotted", "_Broken", "_Wrong")}


@pytest.mark.parametrize(
    ("make", "text"),
    [
        pytest.param(lambda: None, "None", id="None"),
        pytest.param(lambda: 1.5, "1.5", id="number"),
        pytest.param(lambda: "a'b", '"a\'b"', id="text"),
        pytest.param(lambda: "jump at 0x10", "'jump at 0x10'", id="text that looks like an address"),
        pytest.param(lambda: b" at 0x10", "b' at 0x10'", id="bytes that look like an address"),
        pytest.param(lambda: {"b", "a", "c"}, "{'a', 'b', 'c'}", id="set"),
        pytest.param(lambda: frozenset({3, 10, 2}), "{10, 2, 3}", id="frozen set"),
        pytest.param(lambda: (1, "a"), "(1, 'a')", id="tuple"),
        pytest.param(lambda: [1, [2]], "[1, [2]]", id="nested lists"),
        pytest.param(lambda: {"b": 1, "a": {2}}, "{'a': {2}, 'b': 1}", id="dict"),
        pytest.param(lambda: _Colour.RED, f"{_NAMES['_Colour']}.RED", id="enum"),
        pytest.param(lambda: _Access.READ | _Access.WRITE, f"{_NAMES['_Access']}.READ|WRITE", id="flags"),
        pytest.param(lambda: _Plain, _NAMES["_Plain"], id="class"),
        pytest.param(lambda: _function, f"{_HERE}._function", id="function"),
        pytest.param(lambda: collections, "collections", id="module"),
        pytest.param(lambda: len, "builtins.len", id="built-in function"),
        pytest.param(lambda: _Plain("a").method, f"{_NAMES['_Plain']}.method", id="bound method"),
        pytest.param(
            lambda: functools.partial(_function, 1, key={2}),
            f"partial({_HERE}._function, (1), {{'key': {{2}}}})",
            id="partial",
        ),
        pytest.param(
            lambda: _Plain("a", {2}), f"{_NAMES['_Plain']}({{'inner': {{2}}, 'name': 'a'}})", id="object without repr"
        ),
        pytest.param(_Slotted, f"{_NAMES['_Slotted']}({{}})", id="object with slots"),
        pytest.param(object, "builtins.object({})", id="bare object"),
        pytest.param(lambda: _Point(1), "_Point(x=1, y=None)", id="dataclass"),
        pytest.param(
            lambda: _Point(1, _Plain("a")), f"_Point(x=1, y=<{_NAMES['_Plain']} object>)", id="address inside of a repr"
        ),
        pytest.param(lambda: MagicMock(name="db"), "<MagicMock name='db'>", id="mock"),
        pytest.param(lambda: PurePosixPath("a/b"), "PurePosixPath('a/b')", id="path"),
        pytest.param(lambda: collections.OrderedDict(b=1, a=2), "{'a': 2, 'b': 1}", id="ordered dict"),
        pytest.param(_Broken, f"<{_NAMES['_Broken']}>", id="repr that raises"),
        pytest.param(lambda: [_Broken(), 1], f"[<{_NAMES['_Broken']}>, 1]", id="repr that raises, inside"),
        pytest.param(_Wrong, f"<{_NAMES['_Wrong']}>", id="repr that is no text"),
        pytest.param(lambda: _nested(4), "[[[[[]]]]]", id="as deep as is followed"),
        pytest.param(lambda: _nested(5), "[[[[[<builtins.list>]]]]]", id="too deep"),
        pytest.param(lambda: "x" * 198, repr("x" * 198), id="200 characters"),
        pytest.param(
            lambda: "x" * 199,
            f"'{'x' * 199}…{hashlib.sha256(repr('x' * 199).encode()).hexdigest()[:16]}",
            id="201 characters",
        ),
    ],
)
def test_canonical__two_equal_values__have_the_same_known_text(make: Callable[[], object], text: str) -> None:
    """Both are alive at the same time, so that their addresses differ."""
    one, other = make(), make()
    assert (canonical(one), canonical(other)) == (text, text)


def test_canonical__value_that_holds_itself__ends() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert canonical(endless) == "[[[[[<builtins.list>]]]]]"


def test_canonical__long_texts__differ_where_the_values_do() -> None:
    one, other = canonical("x" * 1000 + "a"), canonical("x" * 1000 + "b")
    assert one != other
    assert one[:200] == other[:200]
    assert len(one) == 217


def test_canonical__dicts_in_another_order__are_the_same() -> None:
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})


def test_canonical__text_that_cannot_be_encoded__has_a_digest() -> None:
    text = canonical(_Surrogate())
    assert text == "\ud800" * 200 + "…" + hashlib.sha256(b"?" * 300).hexdigest()[:16]


def test_canonical__lambdas__are_told_apart_by_what_they_do() -> None:
    made = [lambda: 1, lambda: 2, lambda: len(""), lambda: (lambda: 3)]
    again = [lambda: 1, lambda: 2, lambda: len(""), lambda: (lambda: 3)]
    assert [canonical(one) for one in made] == [canonical(one) for one in again]
    assert len({canonical(one) for one in made}) == 4


def test_canonical__home__is_left_out() -> None:
    """A function or class that moves to another file together with its tests stays the same value."""
    assert (
        canonical([_function, _Plain, collections.Counter], home=_HERE) == "[._function, ._Plain, collections.Counter]"
    )
    assert canonical(_function, home=f"x{_HERE}") == f"{_HERE}._function"

"""What an assertion says: which of them cannot be false."""

from __future__ import annotations

import ast

import pytest

from testkeep.formats.assertions import cannot_be_false

VACUOUS = [
    *("True", "1", "'text'", "...", "b'x'", "not None", "not 0", "not ''", "not False", "not ()", "not []", "not {}"),
    *("(x, 'message')", "(f(), )", "[x]", "{x}", "{1: x}", "(*a, x)", "{**a, 1: 2}", "not f''"),
    *("x or True", "True or x", "x or y or 1", "x == 1 or 'message'", "True and 1", "(y := True)", "1 if x else 2"),
    *("x == x", "x is x", "x <= x", "x >= x", "x.y == x.y", "x[0] == x[0]", "1 == 1", "x == x == x"),
    *("lambda: False", "lambda x: x == 1", "(n for n in x)", "f'text {x}'"),
    *("len(x) >= 0", "0 <= len(x)", "len(x) > -1", "-1 < len(f(x))", "isinstance(f(), object)"),
]
MEANINGFUL = [
    *("x", "x == 1", "x == 1 and (y, 2)", "x == y", "x != x", "x < x", "x is not x", "x == x.y", "x == x == y"),
    *("False", "0", "None", "''", "()", "[]", "{}", "f''", "f'{x}'", "(*a,)", "[*a]", "{**a}", "not x"),
    *("not True", "x and True", "f() <= f()"),
    *("f() == f()", "next(a) == next(a)", "x[f()] == x[f()]", "(y := x) == (y := x)", "x or y"),
    *("x or False", "x or f()"),
    *("len(x) > 0", "len(x) >= 1", "len(x) == 0", "0 < len(x)", "0 >= len(x)", "len(x) != -1", "-1 <= x", "0 <= x"),
    *("isinstance(x, int)", "isinstance(x)", "isinstance(x, (object, int))", "1 if x else 0", "all(n for n in x)"),
]  # fmt: skip


@pytest.mark.parametrize("text", VACUOUS)
def test_cannot_be_false__holds_whatever_the_code_does__is_true(text: str) -> None:
    assert cannot_be_false(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize("text", MEANINGFUL)
def test_cannot_be_false__depends_on_something__is_false(text: str) -> None:
    assert not cannot_be_false(ast.parse(text, mode="eval").body)

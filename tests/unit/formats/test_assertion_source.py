"""Which assert statements a file has, and which of them cannot be false."""

from __future__ import annotations

import ast
import textwrap

import pytest

from testkeep.formats.assertion_source import is_vacuous, read_assertions

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
def test_what_cannot_be_false(text: str) -> None:
    assert is_vacuous(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize("text", MEANINGFUL)
def test_what_can_be_false(text: str) -> None:
    assert not is_vacuous(ast.parse(text, mode="eval").body)


def summary(source: str) -> dict[str, list[str]]:
    """The assert statements by scope: the lines that they share, and each with what is said of it."""
    text = textwrap.dedent(source)
    lines = text.encode().split(b"\n")

    def told(start: tuple[int, int], end: tuple[int, int]) -> str:
        last = end[1] if start[0] == end[0] else None
        return lines[start[0] - 1][start[1] : last].decode()

    return {
        f"{name} {first}": [
            f"{line.first}-{line.last}{' single' if line.is_single else ''}: "
            + ", ".join(
                told(each.start, each.end)
                + (" vacuous" if each.is_vacuous else "")
                + ("" if each.is_certain else " uncertain")
                for each in line.assertions
            )
            for line in found
        ]
        for (name, first), found in read_assertions(text).items()
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("x = 1\n", {}, id="none"),
        pytest.param("assert x\n", {"<module> 1": ["1-1 single: assert x"]}, id="module"),
        pytest.param(
            """\
            class TestIt:
                assert a

                @mark
                @mark(
                    1
                )
                def test_it(self):
                    assert b
                    async def inner():
                        assert True
                    assert c
            """,
            {
                "TestIt 1": ["2-2 single: assert a"],
                "test_it 4": ["9-9 single: assert b", "12-12 single: assert c"],
                "inner 10": ["11-11 single: assert True vacuous"],
            },
            id="scopes",
        ),
        pytest.param(
            """\
            assert (
                a
            ), "message"
            """,
            {"<module> 1": ["1-3 single: assert ("]},
            id="several lines",
        ),
        pytest.param(
            "ä = 1; assert a; assert b\nassert c; x = (\n  1)\n",
            {"<module> 1": ["1-1: assert a, assert b", "2-3: assert c"]},
            id="one line",
        ),
        pytest.param(
            """\
            if x: assert a
            elif y: assert b
            else: assert c
            for x in y: assert d
            else: assert e
            while x: assert f
            with x: assert g
            try: assert h
            except E: assert i
            finally: assert j
            match x:
                case 1: assert k
                case _:
                    assert l
            def check(): assert m
            class X: assert n
            if (
                x
            ): assert o
            """,
            {
                "<module> 1": [
                    "1-1: assert a uncertain",
                    "3-3 single: assert c",
                    "2-2: assert b uncertain",
                    "4-4: assert d uncertain",
                    "5-5 single: assert e",
                    "6-6: assert f uncertain",
                    "7-7 single: assert g",
                    "8-8 single: assert h",
                    "10-10 single: assert j",
                    "9-9: assert i uncertain",
                    "12-12: assert k uncertain",
                    "14-14 single: assert l",
                    "19-19 single: assert o",
                ],
                "check 15": ["15-15 single: assert m"],
                "X 16": ["16-16 single: assert n"],
            },
            id="on the line of a header",
        ),
        pytest.param("assert (\n", {}, id="does not parse"),
        pytest.param("assert x\0\n", {}, id="no text"),
    ],
)
def test_read_assertions(source: str, expected: dict[str, list[str]]) -> None:
    assert {key: sorted(value) for key, value in summary(source).items()} == {
        key: sorted(value) for key, value in expected.items()
    }


def test_a_deep_expression_does_not_stop_it() -> None:
    assert read_assertions("x = " + "(" * 500 + "1" + ")" * 500) == {}
    deep = "assert " + "+".join("1" for _ in range(20_000))
    assert isinstance(read_assertions(deep), dict)

"""The marks behind assertions: code that has them does what it did."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import textwrap
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from testkeep.formats import assertion_marks
from testkeep.formats.assertion_marks import mark


class Told:
    """What the marks of a module call."""

    def __init__(self) -> None:
        self.marks: list[str] = []

    def names(self) -> dict[str, Any]:
        def told(word: str) -> Any:
            return lambda text, *value: (self.marks.append(word + text[0] + text.split()[1]), *value)[-1]

        words = {"HELD": "", "FAILED": "!", "CALLED": "", "CAME": "", "ASKED": "?", "RAISES": "^"}
        return {getattr(assertion_marks, name): told(word) for name, word in words.items()} | {
            assertion_marks.ERROR: (AssertionError, pytest.fail.Exception)
        }


def outcome(function: Any) -> tuple[object, ...]:
    """What a function gives or raises, with the lines that the traceback shows."""
    try:
        result = function()
        if inspect.isawaitable(result):
            result = asyncio.run(result)  # type: ignore[arg-type]
        if isinstance(result, Iterator):
            result = list(result)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it must be the same
        frames = [(frame.filename, frame.lineno, frame.name) for frame in traceback.extract_tb(error.__traceback__)]
        return type(error), str(error), frames, repr(error.__context__), repr(error.__cause__)
    return (result,)


_PRELUDE = """\
import contextlib, pytest, unittest
case = unittest.TestCase()
seen = []
def f(value=1):
    seen.append(value)
    return value
def boom(error=ValueError):
    raise error("boom")
"""


@pytest.mark.parametrize(
    ("body", "marks"),
    [
        pytest.param("assert f(1) == 1\nreturn 5", ["p1"], id="held"),
        pytest.param("assert f(1) == 2, 'text'", ["!p1"], id="failed"),
        pytest.param("assert (\n    f(1)\n    == 2\n)", ["!p1"], id="failed over several lines"),
        pytest.param("assert boom()", [], id="another exception"),
        pytest.param(
            "for i in range(4):\n    assert i < 9\n    if i == 2:\n        break\n"
            "    if i:\n        continue\n    f(i)\nelse:\n    f('else')\nreturn i",
            ["p2", "s7", "p2", "p2"],
            id="break and continue",
        ),
        pytest.param(
            "while True:\n    with pytest.raises(ValueError):\n        boom()\n    return 7",
            ["^x2", "?x2", "x2"],
            id="return after a context",
        ),
        pytest.param("with contextlib.suppress(AssertionError):\n    assert f(0)\nreturn 2", ["!p2"], id="swallowed"),
        pytest.param(
            "try:\n    assert f(0)\nexcept AssertionError as error:\n    return str(error)", ["!p2"], id="caught"
        ),
        pytest.param(
            "try:\n    assert f(0), 'a'\nexcept AssertionError as error:\n    raise ValueError('b') from error",
            ["!p2"],
            id="chained",
        ),
        pytest.param("try:\n    assert f(0), 'a'\nfinally:\n    f(2)", ["!p2", "s4"], id="finally"),
        pytest.param("yield f(1)\nassert f(2)\nyield f(3)", ["p2"], id="yield"),
        pytest.param("x = yield f(1)\nassert (yield x) is None\nassert f(0)", ["p2", "!p3"], id="yield in an assert"),
        pytest.param("global seen\nassert (seen := list([1]))\nreturn seen", ["p2"], id="global and walrus"),
        pytest.param("assert (y := f(3)) == 3\nreturn y", ["p1"], id="walrus"),
        pytest.param(
            "x = 1\ndef inner():\n    nonlocal x\n    x += 1\n    assert x == 2\ninner()\nreturn x",
            ["p5", "s6"],
            id="nonlocal",
        ),
        pytest.param("case.assertEqual(f(1), 1)\ncase.assertEqual(1, 2)", ["?c1", "c1", "?c2", "!c2"], id="unittest"),
        pytest.param("return case.assertEqual(f(1), 1)", ["?c1", "c1"], id="what is returned"),
        pytest.param("return case.assertEqual(f(1), 2)", ["?c1", "!c1"], id="what is returned fails"),
        pytest.param("if f(1):\n    return case.assertIsNone(f(None))\nf(3)", ["?c2", "c2"], id="returned in a block"),
        pytest.param("case.assertRaises(ValueError, boom)", ["?c1", "c1"], id="a function that raises"),
        pytest.param("with pytest.raises(KeyError):\n    boom()", ["^x1", "?x1"], id="raises another one"),
        pytest.param("with pytest.raises(KeyError):\n    pass", ["^x1", "?x1", "!x1"], id="raises none"),
        pytest.param(
            "with pytest.raises(ValueError) as caught:\n    boom()\nreturn str(caught.value)",
            ["^x1", "?x1", "x1"],
            id="raises",
        ),
        pytest.param(
            "with pytest.raises(AssertionError):\n    assert f(0)",
            ["^x1", "?x1", "!p2", "x1"],
            id="expects that it fails",
        ),
        pytest.param(
            "match f(2):\n    case 1:\n        assert f(0)\n    case n if n == 2:\n        assert n", ["p5"], id="match"
        ),
        pytest.param(
            "return [case.assertIsNone(x) for x in (None, f(None))]",
            ["?c1", "c1", "?c1", "c1"],
            id="in a comprehension",
        ),
        pytest.param("check = lambda x: case.assertIsNone(x)\ncheck(1)", ["?c1"], id="in a lambda, and fails"),
        pytest.param(
            "expected = pytest.raises(ValueError)\nwith expected:\n    boom()",
            ["?c1", "c1", "x2"],
            id="a context that was made before",
        ),
        pytest.param(
            "with contextlib.ExitStack() as stack:\n    stack.enter_context(pytest.raises(ValueError))\n    boom()",
            ["?c2", "c2", "s2"],
            id="in an exit stack",
        ),
        pytest.param("pytest.fail('text')", [], id="pytest.fail"),
        pytest.param("pytest.skip('text')", [], id="pytest.skip"),
        pytest.param("'''Text.'''\nf(1)", ["s2"], id="docstring"),
        pytest.param("a = [x for x in range(3)]; assert a; assert not a", ["p1", "!p1"], id="several on a line"),
        pytest.param(
            "class Fake:\n    def send(self):\n        assert f(1)\n        return 4\nreturn Fake().send()",
            ["p3"],
            id="class",
        ),
    ],
)
@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_mark__marked_code__behaves_as_unmarked_code(keyword: str, body: str, marks: list[str]) -> None:
    if keyword == "async def" and "yield" in body:
        pytest.skip("nothing is yielded there")
    source = f"{_PRELUDE}{keyword} test_x():\n{textwrap.indent(body, '    ')}\n"
    offset = _PRELUDE.count("\n") + 1
    plain: dict[str, Any] = {}
    exec(compile(source, "t.py", "exec", dont_inherit=True), plain)
    tree = ast.parse(source)
    found = mark(tree)
    told = Told()
    marked = told.names()
    exec(compile(tree, "t.py", "exec", dont_inherit=True), marked)
    assert outcome(marked["test_x"]) == outcome(plain["test_x"])
    assert marked["seen"] == plain["seen"]
    assert marked["test_x"].__doc__ == plain["test_x"].__doc__
    told_lines = [f"{text.rstrip('0123456789')}{int(text.lstrip('!?^pcxsva')) - offset}" for text in told.marks]
    assert sorted(told_lines) == sorted(marks)
    assert {site.line for site in found} >= {int(text.lstrip("!?^pcxsva")) for text in told.marks}


@pytest.mark.parametrize("test", ["assert f(0)", "case.assertTrue(f(0))", "with pytest.raises(E): f()"])
def test_mark__lines_that_marked_code_has__are_those_of_the_source(test: str) -> None:
    tree = ast.parse(f"def test_x():\n\n    {test}\n\n    x = 1\n")
    mark(tree)
    lines = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.expr | ast.excepthandler)}
    assert lines == {1, 3, 5}


def test_mark__words_of_the_marks__cannot_be_written_by_hand() -> None:
    names = Told().names()
    assert not [name for name in names if name.isidentifier()]
    with contextlib.suppress(SyntaxError):
        ast.parse("\n".join(names))
        pytest.fail("one of them is Python")

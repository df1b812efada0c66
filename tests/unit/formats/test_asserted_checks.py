"""The checks of a test: when they are the same in another test, and when they are not."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pytest

from testkeep.formats.asserted_checks import TestChecks, read_checks

CALC = "import pytest\nfrom app.calc import add, div, mul, sub\n"
ROWS = "[(1, 1, 1), (20, 5, 100), (2, -7, -14)]"


def digests(text: str, name: str = "test_x", params: Mapping[str, str] | None = None) -> list[str]:
    """The digests of a test's checks; the file has the usual imports unless it has its own."""
    text = textwrap.dedent(text)
    checks = read_checks(text if "import" in text else CALC + text, name, params or {})
    assert checks is not None
    return [check.digest for check in checks]


def body(*lines: str, arguments: str = "") -> str:
    """Write a test with these lines."""
    return f"def test_x({arguments}):\n" + "".join(f"    {line}\n" for line in lines)


def method(*lines: str, members: str = "", bases: str = "unittest.TestCase") -> str:
    """Write a test with these lines as a method of a class."""
    text = textwrap.indent(members, "    ") + "    def test_x(self):\n" + "".join(f"        {line}\n" for line in lines)
    return f"import unittest\n{CALC}\nclass TestA({bases}):\n{text}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(body("assert add(1, 2) == 3"), body("total = add(1, 2)", "assert total == 3"), id="local"),
        pytest.param(body("assert add(1, 2) == 3"), body("assert 3 == add(1, 2)"), id="the literal first"),
        pytest.param(body("assert add(1, 2) != [3]"), body("assert [3] != add(1, 2)"), id="the display first"),
        pytest.param(
            body("assert add(['a', '--b', c()]) == 3"),
            body("args = ['--b', c()]", "assert add(['a'] + args) == 3"),
            id="two lists are added",
        ),
        pytest.param(body("assert add('ab') == 3"), body("b = 'b'", "assert add('a' + b) == 3"), id="texts are added"),
        pytest.param(body("assert add.name == 3"), body("assert getattr(add, 'name') == 3"), id="getattr"),
        pytest.param(
            body("a = add(1, 2)", "b = mul(a, 2)", "assert b == 6"),
            body("assert mul(add(1, 2), 2) == 6"),
            id="two locals",
        ),
        pytest.param(
            body("a, b = 1, 2", "assert add(a, b) == 3"), body("assert add(1, 2) == 3"), id="unpacked literal"
        ),
        pytest.param(body("n: int = 1", "assert add(n, 2) == 3"), body("assert add(1, 2) == 3"), id="annotated local"),
        pytest.param(body("assert add(1, 2) == 3, 'sum'"), body("assert add(1, 2) == 3"), id="message"),
        pytest.param(
            body("assert add(1, 2) == 3 and sub(2, 1) == 1"),
            body("assert add(1, 2) == 3", "assert sub(2, 1) == 1"),
            id="and is split",
        ),
        pytest.param(
            body("import app.calc as c", "assert c.add(1, 2) == 3"), body("assert add(1, 2) == 3"), id="own import"
        ),
        pytest.param(
            "import app.calc\ndef test_x():\n    assert app.calc.add(1, 2) == 3\n",
            body("assert add(1, 2) == 3"),
            id="import of the module",
        ),
        pytest.param(
            "from app import calc as c\ndef test_x():\n    assert c.add(1, 2) == 3\n",
            body("assert add(1, 2) == 3"),
            id="import under another name",
        ),
        pytest.param(
            "from app.calc import *\ndef test_x():\n    assert add(1, 2) == 3\n",
            body("assert add(1, 2) == 3"),
            id="import of everything",
        ),
        pytest.param("SUM = 3\n" + body("assert add(1, 2) == SUM"), body("assert add(1, 2) == 3"), id="constant"),
        pytest.param(
            "TABLE = {'b': 1, 'a': [2, -3]}\n" + body("assert add() == TABLE"),
            body("assert add() == {'a': [2, -3], 'b': 1}"),
            id="constant dict in another order",
        ),
        pytest.param(
            body("for n in (1, 2):", "    assert add(n, 0) == n"),
            body("assert add(1, 0) == 1", "assert add(2, 0) == 2"),
            id="loop over a tuple",
        ),
        pytest.param(
            body("for n in range(2):", "    result = add(n, 0)", "    assert result == n"),
            body("assert add(0, 0) == 0", "assert add(1, 0) == 1"),
            id="loop over a range, with a local",
        ),
        pytest.param(
            body("for i, n in enumerate(['a', 'b'], 1):", "    assert add(i) == n"),
            body("assert add(1) == 'a'", "assert add(2) == 'b'"),
            id="loop over enumerate",
        ),
        pytest.param(
            body("for a, b in zip((1, 2), (3, 4)):", "    assert add(a) == b"),
            body("assert add(1) == 3", "assert add(2) == 4"),
            id="loop over zip",
        ),
        pytest.param(
            body("for a, b in {1: 3, 2: 4}.items():", "    assert add(a) == b"),
            body("assert add(1) == 3", "assert add(2) == 4"),
            id="loop over items",
        ),
        pytest.param(
            f"ROWS = {ROWS}\n" + body("for a, b, c in ROWS:", "    assert mul(a, b) == c"),
            body("assert mul(1, 1) == 1", "assert mul(20, 5) == 100", "assert mul(2, -7) == -14"),
            id="loop over a constant",
        ),
        pytest.param(
            body("for n in (1, 2):", "    for m in (3, 4):", "        assert add(n, m)"),
            body("assert add(1, 3)", "assert add(1, 4)", "assert add(2, 3)", "assert add(2, 4)"),
            id="loop in a loop",
        ),
        pytest.param(
            body("for n in (1, 2):", "    assert add(n)", "for n in (3,):", "    assert sub(n)"),
            body("assert add(1)", "assert add(2)", "assert sub(3)"),
            id="two loops with one variable",
        ),
        pytest.param(
            body("for n in (1, 2):", "    with subtests.test(n=n):", "        assert add(n)", arguments="subtests"),
            body("assert add(1)", "assert add(2)"),
            id="subtests",
        ),
        pytest.param(
            body("with pytest.raises(ValueError):", "    div(1, 0)"),
            body("with pytest.raises(ValueError):", "    result = div(1, 0)"),
            id="what is computed there is kept",
        ),
        pytest.param(
            body("with pytest.raises(ValueError) as caught:", "    div(1, 0)", "assert 'zero' in str(caught.value)"),
            body("with pytest.raises(ValueError) as e:", "    div(1, 0)", "assert 'zero' in str(e.value)"),
            id="what was raised",
        ),
        pytest.param(
            body("with pytest.raises(ValueError):", "    div(1, 0)"),
            "from pytest import raises\nfrom app.calc import div\n" + body("with raises(ValueError):", "    div(1, 0)"),
            id="raises imported",
        ),
        pytest.param(
            body("assert [a for a in add()] == [1]"), body("assert [b for b in add()] == [1]"), id="own variables"
        ),
        pytest.param(
            body("client.start()", "x = 0", "x += 1", "assert add(x)", arguments="client"),
            body("client.start()", "y = 0", "y += 1", "assert add(y)", arguments="client"),
            id="variables renamed",
        ),
        pytest.param(
            body("check = add(1)", "assert check.a", "assert check.b"),
            body("assert add(1).a", "assert add(1).b"),
            id="two checks of one value",
        ),
        pytest.param(
            body("assert add(1)", "return", "assert sub(1)"), body("assert add(1)"), id="what follows a return"
        ),
        pytest.param(
            body("assert True", "assert (add, 1)", "assert add(1) or True", "assert add == add", "assert sub(1)"),
            body("assert sub(1)"),
            id="assertions of nothing",
        ),
        pytest.param(
            body(
                "assert len(add()) >= 0",
                "assert isinstance(add(), object)",
                "assert add or sub == sub",
                "assert sub(1)",
            ),
            body("assert sub(1)"),
            id="assertions that always hold",
        ),
        pytest.param("@pytest.mark.slow\n" + body("assert add(1)"), body("assert add(1)"), id="a mark"),
        pytest.param(
            body("rows = []", "rows.append(1)", "assert add(rows)"),
            body("values = []", "values.append(1)", "assert add(values)"),
            id="an object that changes, renamed",
        ),
    ],
)
def test_read_checks__said_otherwise__are_the_same(one: str, other: str) -> None:
    assert digests(one) == digests(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(method("self.assertEqual(add(1, 2), 3)"), body("assert add(1, 2) == 3"), id="assertEqual"),
        pytest.param(method("self.assertTrue(add(1))"), body("assert add(1)"), id="assertTrue"),
        pytest.param(
            method("with self.assertRaises(ValueError):", "    div(1, 0)"),
            body("with pytest.raises(ValueError):", "    div(1, 0)"),
            id="assertRaises",
        ),
        pytest.param(
            method("self.assertRaises(ValueError, div, 1, 0)"),
            body("with pytest.raises(ValueError):", "    div(1, 0)"),
            id="assertRaises of a call",
        ),
        pytest.param(
            method(
                "with self.assertRaises(ValueError) as cm:", "    div(1, 0)", "self.assertIn('z', str(cm.exception))"
            ),
            body("with pytest.raises(ValueError) as e:", "    div(1, 0)", "assert 'z' in str(e.value)"),
            id="exception of assertRaises",
        ),
        pytest.param(
            method("for n in (1, 2):", "    with self.subTest(n=n):", "        self.assertTrue(add(n))"),
            body("assert add(1)", "assert add(2)"),
            id="subTest",
        ),
        pytest.param(
            method("self.assertAlmostEqual(add(1), 2)", "self.assertAlmostEqual(add(2), 3)"),
            method("self.assertAlmostEqual(add(1), 2)", "self.assertAlmostEqual(add(2), 3)", members="x = 1\n"),
            id="no plain form, nothing of the class used",
        ),
        pytest.param(
            method("assert self.x == add(1)", members="def setUp(self):\n    self.x = 1\n"),
            method("assert self.x == add(1)", members="def setup_method(self):\n    self.x = 1\n", bases="object"),
            id="the same set-up",
        ),
    ],
)
def test_read_checks__method_becomes_another_or_a_function__are_the_same(one: str, other: str) -> None:
    assert digests(one, "TestA.test_x") == digests(other, "TestA.test_x" if "class" in other else "test_x") != []


ONE = body("total = add(1, 2)", "assert total == 3")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(ONE, body("total = add(1, 2)", "print(total)"), id="W40 no assertion"),
        pytest.param(ONE, body("total = add(1, 2)", "assert total != 3"), id="W41 the opposite"),
        pytest.param(ONE, body("total = add(1, 3)", "assert total == 4"), id="W42 another value"),
        pytest.param(ONE, body("assert div(9, 3) == 3"), id="W45 another function"),
        pytest.param(ONE, "from app.other import add\n" + ONE, id="another import of the name"),
        pytest.param("from .calc import add\n" + ONE, "from ..calc import add\n" + ONE, id="another relative import"),
        pytest.param(ONE, body("assert not add(1, 2) == 3"), id="negated"),
        pytest.param(body("assert add(1) < 3"), body("assert add(1) <= 3"), id="another comparison"),
        pytest.param(body("assert add(1) == 1"), body("assert add(1) == 1.0"), id="another type"),
        pytest.param(body("assert add(a)", arguments="a"), body("assert add(b)", arguments="b"), id="other fixture"),
        pytest.param(body("assert add(a)", arguments="a"), body("assert add(a)"), id="fixture or global"),
        pytest.param(
            "def check_it(a):\n    assert a == 1\n" + body("check_it(add())"),
            "def check_it(a):\n    assert a\n" + body("check_it(add())"),
            id="other helper of the name",
        ),
        pytest.param(
            "def one():\n    return 1\ndef check_it(a):\n    assert a == one()\n" + body("check_it(add())"),
            "def one():\n    return 2\ndef check_it(a):\n    assert a == one()\n" + body("check_it(add())"),
            id="other helper of the helper",
        ),
        pytest.param(
            "from a import one\ndef check_it(a):\n    assert a == one()\n" + body("check_it(1)"),
            "from b import one\ndef check_it(a):\n    assert a == one()\n" + body("check_it(1)"),
            id="other import of the helper",
        ),
        pytest.param(
            body("x = add()", "sub()", "assert x == 1"),
            body("sub()", "assert add() == 1"),
            id="computed before an effect",
        ),
        pytest.param(body("sub()", "assert add() == 1"), body("assert add() == 1"), id="an effect before"),
        pytest.param(body("sub()", "mul()", "assert add()"), body("mul()", "sub()", "assert add()"), id="other order"),
        pytest.param(body("_ = sub()", "assert add() == 1"), body("assert add() == 1"), id="computed for its effect"),
        pytest.param(
            body("a = []", "b = []", "a.append(1)", "assert add(b)"),
            body("a = []", "b = a", "a.append(1)", "assert add(b)"),
            id="one object or two",
        ),
        pytest.param(
            body("a = []", "a.append(1)", "assert add(a)"),
            body("[].append(1)", "assert add([])"),
            id="object or literal",
        ),
        pytest.param(body("if add():", "    assert sub() == 1"), body("assert sub() == 1"), id="under a condition"),
        pytest.param(
            body("if sub():", "    return", "assert add()"), body("assert add()"), id="after a conditional return"
        ),
        pytest.param(
            body("try:", "    assert add()", "except Exception:", "    pass"), body("assert add()"), id="swallowed"
        ),
        pytest.param(
            body("with pytest.raises(ValueError):", "    div(1, 0)"),
            body("with pytest.raises(Exception):", "    div(1, 0)"),
            id="another exception",
        ),
        pytest.param(
            body("with pytest.raises(ValueError):", "    div(1, 0)"),
            body("with pytest.raises(ValueError, match='x'):", "    div(1, 0)"),
            id="another pattern",
        ),
        pytest.param(
            body("with pytest.raises(E) as e:", "    div(1, 0)", "assert 'a' in str(e.value)"),
            body("with pytest.raises(E) as e:", "    div(2, 0)", "assert 'a' in str(e.value)"),
            id="what was raised elsewhere",
        ),
        pytest.param(
            body("for n in (1, 2):", "    if n > 1:", "        continue", "    assert add(n)"),
            body("assert add(1)", "assert add(2)"),
            id="loop that leaves rounds out",
        ),
        pytest.param(
            body(
                "for n in (1, 2):",
                "    with subtests.test():",
                "        if n > 1:",
                "            continue",
                "        assert add(n)",
                arguments="subtests",
            ),
            body("assert add(1)", "assert add(2)"),
            id="loop of subtests that leaves rounds out",
        ),
        pytest.param(
            "@mock.patch('app.calc.add')\n" + body("assert sub(1)"),
            body("assert sub(1)"),
            id="a decorator that patches",
        ),
        pytest.param(
            body("x = 1", "if sub():", "    x = 2", "assert add(x)"), body("assert add(1)"), id="assigned again"
        ),
        pytest.param(body("x = 1", "x += 1", "assert add(x)"), body("assert add(1)"), id="augmented"),
        pytest.param(
            body("n += 1", "assert add(n)", arguments="n"),
            body("assert add(n)", arguments="n"),
            id="argument assigned to",
        ),
        pytest.param("async " + body("assert await add(1)"), "async " + body("assert add(1)"), id="never awaited"),
        pytest.param(body("assert add('a')"), body("assert add(a)"), id="text or name"),
        pytest.param(body("assert add('«1»')"), body("def f(): ...", "assert add(f)"), id="text like a placeholder"),
    ],
)
def test_read_checks__says_something_else__are_others(one: str, other: str) -> None:
    assert digests(one) != []
    assert set(digests(one)).isdisjoint(digests(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("def setUp(self):\n    self.x = 1\n", "def setUp(self):\n    self.x = 2\n", id="set-up"),
        pytest.param("x = 1\n", "x = 2\n", id="attribute"),
        pytest.param("def x(self):\n    return 1\n", "def x(self):\n    return 2\n", id="method"),
        pytest.param(
            "def x(self):\n    return self.y()\ndef y(self):\n    return 1\n",
            "def x(self):\n    return self.y()\ndef y(self):\n    return 2\n",
            id="method of a method",
        ),
    ],
)
def test_read_checks__uses_another_part_of_its_class__are_others(one: str, other: str) -> None:
    text = "assert self.x == add(1)"
    assert digests(method(text, members=one), "TestA.test_x") != digests(method(text, members=other), "TestA.test_x")
    plain = "assert add(1) == 1"
    assert digests(method(plain, members=one), "TestA.test_x") == digests(method(plain, members=other), "TestA.test_x")


@pytest.mark.parametrize(
    ("params", "literal"),
    [
        pytest.param("1", "1", id="number"),
        pytest.param("-1.5", "-1.5", id="negative"),
        pytest.param("'abc'", "'abc'", id="text"),
        pytest.param("(1, 2)", "(1, 2)", id="tuple"),
        pytest.param("{'a': 1, 'b': [2]}", "{'b': [2], 'a': 1}", id="dict"),
        pytest.param("app.calc.Kind.RED", "Kind.RED", id="member"),
        pytest.param("builtins.ValueError", "ValueError", id="builtin"),
    ],
)
def test_read_checks__parameter__is_its_value(params: str, literal: str) -> None:
    text = "from app.calc import add, Kind\n"
    given = digests(text + body("assert add(a) == 1", arguments="a"), params={"a": params})
    assert given == digests(text + body(f"assert add({literal}) == 1"))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("PosixPath('./x')", id="object"),
        pytest.param("(1)", id="tuple of one, recorded without comma"),
        pytest.param("x", id="like a fixture"),
        pytest.param("1 + 1", id="expression"),
        pytest.param("'aaa…0123", id="cut"),
        pytest.param("nan", id="nan"),
        pytest.param("(" * 3000, id="nested"),
    ],
)
def test_read_checks__value_that_is_no_literal__is_like_nothing_but_itself(value: str) -> None:
    text = body("assert add(a) == 1", arguments="a, x")
    given = digests(text, params={"a": value})
    others = [digests(text), digests(text, params={"a": "1"}), digests(text.replace("add(a)", "add(x)"))]
    assert given == digests(text, params={"a": value})
    assert given not in others


def test_read_checks__tests_merged_into_one_with_parameters_or_a_loop__are_the_same() -> None:
    apart = [digests(body(f"assert mul({a}, {b}) == {c}"))[0] for a, b, c in ((1, 1, 1), (20, 5, 100), (2, -7, -14))]
    names = ("a", "b", "product")
    by_row = [
        digests(
            body("assert mul(a, b) == product", arguments="a, b, product"),
            params=dict(zip(names, row, strict=True)),
        )[0]
        for row in (("1", "1", "1"), ("20", "5", "100"), ("2", "-7", "-14"))
    ]
    in_loop = digests(body(f"for a, b, c in {ROWS}:", "    assert mul(a, b) == c"))
    assert apart == by_row == in_loop


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param("assert add(1, n) == 3", "assert app.calc.add(1, «n») == 3", id="fixture"),
        pytest.param("assert pytest.approx(1) == add()", "assert pytest.approx(1) == app.calc.add()", id="module"),
        pytest.param("assert len(add()) == 1", "assert len(app.calc.add()) == 1", id="builtin"),
        pytest.param("check_div(9, 3, 3)", "check_div(9, 3, 3)", id="helper"),
        pytest.param("n.assert_called_once()", "«n».assert_called_once()", id="mock"),
    ],
)
def test_read_checks__for_a_reader__say_what_they_assert(line: str, text: str) -> None:
    checks = read_checks(CALC + body(line, arguments="n"), "test_x", {})
    assert checks is not None
    assert [check.text for check in checks] == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("def test_x(:", None, id="syntax error"),
        pytest.param("def test_y(): ...", None, id="no such function"),
        pytest.param("def test_x(): ...\0", None, id="null byte"),
        pytest.param("x = " + "(" * 5000 + ")" * 5000, None, id="nested deeper than Python parses"),
        pytest.param("def test_x():\n    assert a" + ".b()" * 3000, None, id="nested deeper than Python calls"),
        pytest.param("def test_x(): ...", (), id="nothing asserted"),
        pytest.param("x = " + "(1)" + "+1" * 1500 + "\ndef test_x(): ...", (), id="deep elsewhere"),
    ],
)
def test_read_checks__odd_text__is_read_without_a_fuss(text: str, expected: object) -> None:
    assert read_checks(text, "test_x", {}) == expected


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["for n in " + repr(list(range(10_000))) + ":", "    assert add(n) == n"], id="10,000 rows"),
        pytest.param(["assert add('\\ud800') == 'ä'"], id="surrogate and umlaut"),
        pytest.param(["assert f\"{'a' if add() else 'b'}\" == 'a'"], id="f-string"),
        pytest.param(["x = 'a\"\\'\\n'", "assert add(f'{x}') == 1"], id="f-string with quotes"),
        pytest.param(["assert (x := add()) == 1", "assert x"], id="walrus"),
        pytest.param(["match add():", "    case [1, *rest]:", "        assert rest"], id="match"),
        pytest.param(["assert add(*[1], **{'a': 2})"], id="stars"),
        pytest.param(["global y", "y = 1", "assert add(y)"], id="global"),
        pytest.param(["class A:", "    b = 1", "assert A.b"], id="class inside"),
        pytest.param(
            ["x0 = add(add)", *(f"x{n + 1} = add(x{n}, x{n})" for n in range(60)), "assert x60"], id="growing"
        ),
    ],
)
def test_read_checks__odd_body__has_checks(lines: list[str]) -> None:
    assert digests(body(*lines))


def test_checks__class_in_a_class_and_decorators__are_found_by_qualified_name() -> None:
    lines = ("@decorate", "async def test_x(self):", "    assert add(1)")
    text = f"{CALC}class TestA:\n    class TestB:\n" + "".join(f"        {line}\n" for line in lines)
    checks = TestChecks(text)
    assert checks.checks("TestA.TestB.test_x", {}) is not None
    assert checks.checks("TestB.test_x", {}) is None


_HELPER = "from app import f\n\n\ndef check(a, expected):\n    value = f(a)\n    assert value == expected\n\n\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("check(1, 2)", ["assert app.f(1) == 2"], id="a call"),
        pytest.param("check(1, expected=2)", ["assert app.f(1) == 2"], id="a call with a name"),
        pytest.param("check(1, 2)\n    check(3, 4)", ["assert app.f(1) == 2", "assert app.f(3) == 4"], id="two calls"),
        pytest.param("check(n, 2)", ["assert app.f(7) == 2"], id="its parameter"),
        pytest.param("check(one(), 2)", [], id="no value of the source"),
        pytest.param("check(1)", [], id="a value is missing"),
        pytest.param("set_up()\n    check(1, 2)", [], id="something else beside"),
        pytest.param("if on:\n        check(1, 2)", [], id="a condition"),
    ],
)
def test_read_checks__test_only_calls_helpers__has_what_they_assert(body: str, found: list[str]) -> None:
    checks = read_checks(f"{_HELPER}def test_x(n):\n    {body}\n", "test_x", {"n": "7"})

    assert checks is not None
    assert [check.text for check in checks if check.text.startswith("assert")] == found


def test_read_checks__fixture_has_the_name_of_a_function__is_not_that() -> None:
    checks = read_checks(f"{_HELPER}def test_x(check):\n    check(1, 2)\n", "test_x", {})

    assert checks is not None
    assert [check.text for check in checks if check.text.startswith("assert")] == []


def test_read_checks__test_calls_a_method_of_its_class__has_what_it_asserts() -> None:
    text = (
        "class TestX:\n    def check(self, a):\n        assert f(a)\n\n    def test_x(self):\n        self.check('b')\n"
    )

    assert [check.text for check in read_checks(text, "TestX.test_x", {}) or ()][-1:] == ["assert f('b')"]

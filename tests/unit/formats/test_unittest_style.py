"""Assertions of unittest read like plain ones."""

from __future__ import annotations

import ast

import pytest

from testkeep.formats.python_source import read_functions
from testkeep.formats.unittest_style import translate


def translated(*lines: str) -> str:
    tree = ast.parse("def test(self):\n" + "".join(f"    {line}\n" for line in lines))
    translate(tree)
    return "\n".join(line.strip() for line in ast.unparse(tree).splitlines()[1:])


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        *(
            pytest.param(f"self.assert{kind}Equal(a, b)", "assert a == b", id=f"assert{kind}Equal")
            for kind in ("", "List", "Dict", "Set", "Tuple", "MultiLine", "Sequence")
        ),
        pytest.param("self.assertNotEqual(a, b)", "assert a != b", id="assertNotEqual"),
        pytest.param("self.assertTrue(a)", "assert a", id="assertTrue"),
        pytest.param("self.assertFalse(a)", "assert not a", id="assertFalse"),
        pytest.param("self.assertIs(a, b)", "assert a is b", id="assertIs"),
        pytest.param("self.assertIsNot(a, b)", "assert a is not b", id="assertIsNot"),
        pytest.param("self.assertIsNone(a)", "assert a is None", id="assertIsNone"),
        pytest.param("self.assertIsNotNone(a)", "assert a is not None", id="assertIsNotNone"),
        pytest.param("self.assertIn(a, b)", "assert a in b", id="assertIn"),
        pytest.param("self.assertNotIn(a, b)", "assert a not in b", id="assertNotIn"),
        pytest.param("self.assertGreater(a, b)", "assert a > b", id="assertGreater"),
        pytest.param("self.assertGreaterEqual(a, b)", "assert a >= b", id="assertGreaterEqual"),
        pytest.param("self.assertLess(a, b)", "assert a < b", id="assertLess"),
        pytest.param("self.assertLessEqual(a, b)", "assert a <= b", id="assertLessEqual"),
        pytest.param("self.assertIsInstance(a, b)", "assert isinstance(a, b)", id="assertIsInstance"),
        pytest.param("self.assertNotIsInstance(a, b)", "assert not isinstance(a, b)", id="assertNotIsInstance"),
        pytest.param("self.assertEqual(a, b, 'why')", "assert a == b", id="message"),
        pytest.param("self.assertEqual(a, b, msg='why')", "assert a == b", id="message by name"),
        pytest.param("assert a, 'why'", "assert a", id="message of a plain one"),
        pytest.param("self.assertRaises(E, f, 1, b=2)", "with pytest.raises(E):\nf(1, b=2)", id="assertRaises"),
        pytest.param("pytest.raises(E, f, 1)", "with pytest.raises(E):\nf(1)", id="raises of a call"),
        pytest.param(
            "self.assertRaisesRegex(E, 'x', f)", "with pytest.raises(E, match='x'):\nf()", id="assertRaisesRegex"
        ),
        pytest.param("with self.assertRaises(E): f()", "with pytest.raises(E):\nf()", id="assertRaises as a block"),
        pytest.param("with self.assertRaises(E, msg=''): f()", "with pytest.raises(E):\nf()", id="block with message"),
        pytest.param(
            "with self.assertRaisesRegex(E, 'x'): f()",
            "with pytest.raises(E, match='x'):\nf()",
            id="assertRaisesRegex as a block",
        ),
        pytest.param("with self.assertWarns(W): f()", "with pytest.warns(W):\nf()", id="assertWarns"),
        pytest.param("if a: self.assertTrue(b)", "if a:\nassert b", id="inside"),
    ],
)
def test_translate__has_a_plain_form__is_that(line: str, plain: str) -> None:
    assert translated(line) == plain


@pytest.mark.parametrize(
    "line",
    [
        "self.assertAlmostEqual(a, b)",
        "self.assertEqual(a)",
        "self.assertEqual(*a)",
        "self.assertEqual(first=a, second=b)",
        "self.assertRaises(*a)",
        "self.assertRaises()",
        "other.assertEqual(a, b)",
        "a = self.assertEqual(a, b)",
        "raises(E, f)",
    ],
)
def test_translate__has_none__is_left(line: str) -> None:
    assert translated(line) == line


def test_translate__exception_of_a_block__is_its_value() -> None:
    lines = translated(
        "with self.assertRaises(E) as caught:", "    f()", "assert caught.exception.code == other.exception"
    )
    assert lines.splitlines()[-1] == "assert caught.value.code == other.exception"


PYTEST = "from pytest import raises\ndef test_a():\n    assert f(1) == 2\n    with raises(E):\n        g()\n"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["self.assertEqual(f(1), 2, 'why')", "with self.assertRaises(E):", "    g()"], id="unittest"),
        pytest.param(["assert f(1) == 2, 'why'", "with pytest.raises(E):", "    g()"], id="pytest"),
        pytest.param(["assert f(1) == 2", "self.assertRaises(E, g)"], id="both"),
    ],
)
def test_body__assertions_in_another_style__is_the_same(lines: list[str]) -> None:
    method = "class A(TestCase):\n    def test_a(self):\n" + "".join(f"        {line}\n" for line in lines)
    assert read_functions(method)["A.test_a"].body == read_functions(PYTEST)["test_a"].body != ""

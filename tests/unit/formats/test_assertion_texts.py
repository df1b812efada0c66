"""The assertions of a file as people read them."""

from __future__ import annotations

import ast

import pytest

from testkeep.formats.assertion_marks import mark
from testkeep.formats.assertion_texts import statements
from testkeep.model.assertion_site import Statement


def in_test(text: str) -> str:
    return "def test_x():\n" + "".join(f"    {line}\n" for line in text.splitlines())


def texts(text: str) -> list[str]:
    return [one.text for one in statements(text).values()]


def only(statement: str) -> Statement:
    (one,) = statements(in_test(statement)).values()
    return one


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param("assert total( 1 )==2", "assert total(1) == 2", id="assert"),
        pytest.param("assert (\n    a\n    ==\n    b\n)", "assert a == b", id="several lines"),
        pytest.param("assert a == b, 'text'", "assert a == b", id="message"),
        pytest.param("with pytest.raises(E,match='x') as e:\n    a = 1", "with pytest.raises(E, match='x') as e",
                     id="context"),
        pytest.param("with open(a), raises(E): x = 1", "with open(a), raises(E)", id="several contexts"),
        pytest.param("self.assertEqual(a,b)", "self.assertEqual(a, b)", id="call"),
        pytest.param("e = self.assertRaises(E,f)", "e = self.assertRaises(E, f)", id="call whose result is kept"),
        pytest.param("return self.assertTrue( a )", "return self.assertTrue(a)", id="call whose result is returned"),
        pytest.param("f( 1 )", "f(1)", id="call that asserts nothing"),
    ],
)  # fmt: skip
def test_statements__one__is_in_one_line(statement: str, expected: str) -> None:
    assert only(statement).text == expected


def test_statements__form__is_the_marks() -> None:
    text = in_test("assert a\nwith raises(E):\n    f()\nself.assertEqual(a, b)")
    assert set(statements(text)) == {site.form for site in mark(ast.parse(text))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(in_test("assert a; assert b"), ["assert a", "assert b"], id="two assertions"),
        pytest.param(in_test("with raises(E): f()"), ["f()", "with raises(E)"], id="a context and its call"),
        pytest.param(in_test("if a: assert b"), ["assert b"], id="a condition"),
        pytest.param(in_test("check = lambda: m.assert_called( )"), ["m.assert_called()"], id="a lambda"),
        pytest.param(in_test("with expected: f()"), ["f()", "with expected"], id="a context that was made elsewhere"),
        pytest.param(in_test("s.enter_context(expected)"), ["s.enter_context(expected)"], id="a context on a stack"),
    ],
)
def test_statements__several_on_a_line__have_each_its_own_text(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("def test_x(:", id="no Python"),
        pytest.param("assert a", id="of no function"),
        pytest.param("a\0b", id="no text"),
    ],
)
def test_statements__none__is_empty(text: str) -> None:
    assert statements(text) == {}


def test_statements__one_is_nested_too_deeply__the_others_are_read() -> None:
    assert texts(in_test(f"f(){'.g()' * 700}\nassert a")) == ["assert a"]


def test_statements__said_twice__is_there_once() -> None:
    text = in_test("assert a\nassert a") + "class TestA:\n    def test_y(self):\n        assert a\n"
    assert list(statements(text).values()) == [
        Statement(text="assert a", vague_of=dumped("a"), functions=("test_x", "TestA.test_y"))
    ]


def dumped(expression: str) -> str:
    return ast.dump(ast.parse(expression, mode="eval").body) if expression else ""


@pytest.mark.parametrize(
    ("test", "subject", "vague_of"),
    [
        pytest.param("f(a) == 3", "f(a)", "", id="=="),
        pytest.param("a is None", "a", "", id="is"),
        pytest.param("a in (1, 2)", "a", "", id="in"),
        pytest.param("a == ANY", "", "a", id="ANY"),
        pytest.param("a == mock.ANY", "", "a", id="mock.ANY"),
        pytest.param("a == a", "a", "a", id="itself"),
        pytest.param("a is not None", "", "a", id="is not None"),
        pytest.param("a != None", "", "a", id="!= None"),
        pytest.param("a is not False", "", "a", id="is not False"),
        pytest.param("a != 3", "", "a", id="another value"),
        pytest.param("a not in b", "", "", id="boundary: not in says as much as in"),
        pytest.param("a is True", "", "", id="boundary: its truth says as much"),
        pytest.param("a > 3", "", "a", id="greater"),
        pytest.param("a > b", "", "", id="boundary: greater than what is no value"),
        pytest.param("a == 1 and b", "a == 1 and b", "", id="all of several"),
        pytest.param("a == 1 or b", "", "a == 1 and b", id="any of several"),
        pytest.param("1 < a < 3", "", "", id="chain"),
        pytest.param("a", "", "a", id="truth"),
        pytest.param("f(a)", "", "f(a)", id="truth of a call"),
        pytest.param("isinstance(a, int)", "", "a", id="isinstance"),
        pytest.param("bool(a)", "", "a", id="bool"),
        pytest.param("len(a)", "", "a", id="len"),
        pytest.param("len(a) == 3", "len(a)", "", id="a length"),
    ],
)
def test_statements__what_is_compared__table(test: str, subject: str, vague_of: str) -> None:
    one = only(f"assert {test}")
    assert one == Statement(
        text=f"assert {test}", subject=dumped(subject), vague_of=dumped(vague_of), functions=("test_x",)
    )


@pytest.mark.parametrize(
    ("context", "subject", "vague_of"),
    [
        pytest.param("raises(E, match='x')", "raises(E),", "", id="a text"),
        pytest.param("raises(E, check=f)", "raises(E),", "", id="a check"),
        pytest.param("raises(E)", "", "raises(E),", id="any text"),
        pytest.param("open(a), raises(E, match='x')", "open(a), raises(E)", "", id="several contexts"),
    ],
)
def test_statements__what_an_exception_is_asked_for__table(context: str, subject: str, vague_of: str) -> None:
    one = only(f"with {context}:\n    x = 1")
    assert (one.subject, one.vague_of) == (dumped(subject), dumped(vague_of))


@pytest.mark.parametrize("statement", ["self.assertEqual(a, 3)", "f(a)"])
def test_statements__no_assert__compares_nothing(statement: str) -> None:
    one = only(statement)
    assert (one.subject, one.vague_of) == ("", "")

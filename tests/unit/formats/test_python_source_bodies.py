"""The digest of a body: what changes it and what does not."""

from __future__ import annotations

import pytest

from testkeep.formats.python_source import read_functions


def body(text: str, name: str = "test_a") -> str:
    return read_functions(text)[name].body


BEFORE = "def test_a(client):\n    result = client.get(1)\n    assert result == 2\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(BEFORE.replace("test_a", "test_b"), "test_b", id="name"),
        pytest.param(BEFORE.replace("def", "@pytest.mark.slow\ndef", 1), "test_a", id="mark"),
        pytest.param(BEFORE.replace("(client)", "(client: Client) -> None"), "test_a", id="annotations"),
        pytest.param(BEFORE.replace("    result =", '    """Says."""\n    result ='), "test_a", id="docstring"),
        pytest.param(
            BEFORE.replace("client.get(1)", "client.get(\n        1\n    )  # why"), "test_a", id="formatting"
        ),
        pytest.param(
            "class TestA:\n    def test_a(self, client):\n        result = client.get(1)\n        assert result == 2\n",
            "TestA.test_a",
            id="method",
        ),
    ],
)
def test_body__said_otherwise__is_the_same(text: str, name: str) -> None:
    assert body(text, name) == body(BEFORE) != ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BEFORE.replace("== 2", "== 3"), id="constant"),
        pytest.param(BEFORE.replace("==", "!="), id="comparison"),
        pytest.param(BEFORE.replace("    assert result == 2\n", ""), id="assertion gone"),
        pytest.param(BEFORE.replace("client", "admin"), id="fixture"),
        pytest.param(BEFORE.replace("def", "async def", 1), id="async"),
        pytest.param(BEFORE.replace("def", "@mock.patch('app.read')\ndef", 1), id="decorator"),
        pytest.param(BEFORE.replace("    assert", "    return\n    assert"), id="early return"),
    ],
)
def test_body__does_something_else__is_another(text: str) -> None:
    assert body(text) != body(BEFORE)


def test_body__shadowed_definition__is_that_of_the_last() -> None:
    assert body(BEFORE + "def test_a(client):\n    pass\n") == body("def test_a(client):\n    pass\n")


def test_body__annotated_starred_arguments__is_the_same() -> None:
    plain, annotated = (f"def test_a(*{a}, **{k}):\n    assert b\n" for a, k in (("a", "k"), ("a: int", "k: int")))
    assert body(annotated) == body(plain) != body(plain.replace("*a", "*c"))


def test_body__of_a_class__is_empty() -> None:
    assert body("class TestA:\n    pass\n", "TestA") == ""


LONG_TEXT = 'def test_a():\n    assert read("""\n        a: 1\n          b: 2\n        """)\n'


def test_body__longer_text_is_indented_with_its_test__is_the_same() -> None:
    lines = 'assert read("""\n            a: 1\n              b: 2\n            """)\n'
    moved = f"class TestA:\n    def test_a(self):\n        {lines}"
    assert body(moved, "TestA.test_a") == body(LONG_TEXT)


def test_body__longer_text_is_indented_within_itself__is_another() -> None:
    assert body(LONG_TEXT.replace("          b: 2", "        b: 2")) != body(LONG_TEXT)

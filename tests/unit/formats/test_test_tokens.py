"""The fingerprint of a function, and how alike two are."""

from __future__ import annotations

import pytest

from testkeep.formats.asserted_checks import read_tokens
from testkeep.model.source import likeness

BODY = "    user = make_user(name='a')\n    client.login(user)\n    assert client.get('/x').status == 200\n"
TEXT = f"def test_x(client):\n{BODY}"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        pytest.param(TEXT, 1, 1, id="the same"),
        pytest.param(TEXT.replace("):", "):\n    'Says.'\n"), 1, 1, id="docstring"),
        pytest.param(TEXT.replace("200", "404"), 0.7, 0.99, id="another constant"),
        pytest.param("def test_x(a):\n    assert add(a, 1) == 2\n", 0, 0.2, id="another test"),
        pytest.param("def test_x(: ", 0, 0, id="no Python"),
        pytest.param("def test_y(): ...", 0, 0, id="no such function"),
    ],
)
def test_likeness__is_what_is_common(text: str, least: float, most: float) -> None:
    assert least <= likeness(read_tokens(TEXT, "test_x"), read_tokens(text, "test_x")) <= most


def test_likeness__own_name_and_style_of_assertions__do_not_matter() -> None:
    plain = "def test_x():\n    assert f(1) == 2\n"
    method = "class A:\n    def test_y(self):\n        self.assertEqual(f(1), 2)\n"
    assert read_tokens(plain, "test_x") == read_tokens(method, "A.test_y") != frozenset()


def test_likeness__of_nothing__is_none() -> None:
    assert likeness(frozenset(), frozenset()) == 0

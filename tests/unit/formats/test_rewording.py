from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from testkeep.formats.rewording import reword
from testkeep.formats.syntax import Function

NONE: Mapping[str, str] = {}


def function(text: str) -> Function:
    (found,) = ast.parse(text).body
    assert isinstance(found, Function)
    return found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("def test_a(): assert f(1)", "def test_b(): assert f(1)", (), id="the same under another name"),
        pytest.param("def test_a(): assert f(1)", "def test_b(): assert g(1)", (("f", "g"),), id="another function"),
        pytest.param(
            "def test_a(): assert a.old() and a.old", "def test_b(): assert a.new() and a.new", (("old", "new"),),
            id="an attribute twice",
        ),
        pytest.param(
            "def test_a(): assert made(old=1)['old']", "def test_b(): assert made(new=1)['new']", (("old", "new"),),
            id="an argument and a key",
        ),
        pytest.param(
            "def test_a():\n  one = f()\n  assert one", "def test_b():\n  other = f()\n  assert other", (),
            id="a variable is called as it likes",
        ),
        pytest.param(
            "def test_a():\n  assert f(1)\n  assert f(2)",
            "def test_b():\n  assert f(1)\n  x = 3\n  assert f(x)\n  assert f(2)", (), id="statements more",
        ),
        pytest.param(
            "def test_a(client): assert client.x", "def test_b(client, monkeypatch): assert client.x", (),
            id="a fixture more",
        ),
    ],
)  # fmt: skip
def test_reword__same_statements__names_the_words(old: str, new: str, words: tuple[tuple[str, str], ...]) -> None:
    found = reword(function(old), function(new), (), ())

    assert found is not None
    assert found.words == words
    assert found.holds_for(NONE, NONE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("def test_a(): assert f(1) == 2", "def test_b(): assert f(1) == 3", id="another number"),
        pytest.param("def test_a(): assert f(1)", "def test_b(): assert f(1)\n", id="async"),
        pytest.param("def test_a(): assert f(1) == 2", "def test_b(): assert f(1) != 2", id="another comparison"),
        pytest.param("def test_a(): assert a == b", "def test_b(): assert b == b", id="two words become one"),
        pytest.param("def test_a(): assert a.x == b.x", "def test_b(): assert a.y == b.x", id="a word is two now"),
        pytest.param("def test_a():\n  assert f()", "def test_b():\n  return\n  assert f()", id="a way out"),
        pytest.param(
            "def test_a():\n  assert f()", "def test_b():\n  if x:\n    return\n  assert f()", id="a way out in a block"
        ),
        pytest.param("def test_a():\n  a()\n  assert f()", "def test_b():\n  assert f()", id="a statement less"),
        pytest.param("def test_a(client): assert f()", "def test_b(): assert f()", id="a fixture less"),
        pytest.param("def test_a(): assert f()", "@patch('x')\ndef test_b(): assert f()", id="something wraps it"),
    ],
)
def test_reword__more_differs__is_none(request: pytest.FixtureRequest, old: str, new: str) -> None:
    other = f"async {new}" if "[async]" in request.node.name else new

    assert reword(function(old), function(other), (), ()) is None


@pytest.mark.parametrize(
    ("new", "row", "same"),
    [
        pytest.param("def test_b(n): assert f(n) == 2", {"n": "1"}, True, id="its value"),
        pytest.param("def test_b(n): assert f(n) == 2", {"n": "3"}, False, id="another value"),
        pytest.param("def test_b(n, m): assert f(n) == 2", {"n": "1", "m": "2"}, False, id="a value that is not used"),
        pytest.param("def test_b(n, m): assert f(n) == m", {"n": "1", "m": "2"}, True, id="both values"),
    ],
)
def test_holds_for__rows_of_a_table__is_the_one_with_the_values(new: str, row: dict[str, str], same: bool) -> None:
    found = reword(function("def test_a(): assert f(1) == 2"), function(new), (), row)

    assert found is not None
    assert found.holds_for(NONE, row) is same


def test_holds_for__parameter_is_made_into_a_variable_of_its_name__has_the_value() -> None:
    old = function('def test_a():\n  url = URL("a" + "b")\n  assert url.path == "x"')
    new = function("def test_b(url, path):\n  url = URL(url)\n  assert url.path == path")

    found = reword(old, new, (), ("url", "path"))

    assert found is not None
    assert found.holds_for(NONE, {"url": "'ab'", "path": "'x'"})
    assert not found.holds_for(NONE, {"url": "'ab'", "path": "'y'"})


def test_holds_for__text_is_put_together_from_a_variable__is_no_value() -> None:
    found = reword(function("def test_a(): f('a' + b)"), function("def test_b(text): f(text)"), (), ("text",))

    assert found is not None
    assert not found.holds_for(NONE, {"text": "'ab'"})

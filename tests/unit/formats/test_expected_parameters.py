"""Arguments of a test that only say what it expects."""

from __future__ import annotations

import ast

import pytest

from testkeep.formats.expected_parameters import expected_parameters


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("assert f(a) == b", ("b",), id="compared with"),
        pytest.param("assert b == f(a)", ("b",), id="the other way round"),
        pytest.param("assert f(a) == [b, 1]", ("b",), id="in a display"),
        pytest.param("assert f(a) == str(b)", ("b",), id="written as a text"),
        pytest.param("assert f(a) == b and g(a) == b", ("b",), id="twice"),
        pytest.param("assert f(a) == b + 1", (), id="failing: a part of a computation"),
        pytest.param("assert load(a)[b] == c", ("c",), id="failing: a key"),
        pytest.param("assert b in f(a)", (), id="failing: what is looked for"),
        pytest.param("assert len(f(a)) >= b", (), id="failing: a limit"),
        pytest.param("with pytest.raises(b, match=c):\n    f(a)", ("b", "c"), id="an exception, and its text"),
        pytest.param("assert f(a, b)", (), id="failing: a call is given it"),
        pytest.param("x = b\n  assert f(a) == x", (), id="failing: it is used before"),
        pytest.param("if b:\n    assert f(a) == b", (), id="failing: something depends on it"),
        pytest.param("assert f(a) == b\n  g(b)", (), id="failing: something is done with it, too"),
        pytest.param("with open(b):\n    assert a", (), id="failing: a context that expects nothing"),
        pytest.param("f(a)", (), id="nothing is asserted"),
    ],
)
def test_expected_parameters__table(body: str, found: tuple[str, ...]) -> None:
    function = ast.parse(f"def test_x(a, b, c):\n  {body}").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert expected_parameters(function) == found

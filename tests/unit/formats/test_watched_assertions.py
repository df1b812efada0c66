"""Assertions that run only where a test is traced."""

from __future__ import annotations

import ast

import pytest

from testkeep.formats.assertion_texts import statements
from testkeep.formats.watched_assertions import watched_forms


def _test(*lines: str) -> str:
    return "import sys\n\n\ndef test_x():\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("text", "n_watched"),
    [
        pytest.param(_test("assert x == 1"), 0, id="always"),
        pytest.param(_test("if sys.gettrace():", "    assert x == 1"), 1, id="if somebody traces"),
        pytest.param(_test("if y:", "    assert x == 1", "sys.gettrace()"), 0, id="if something else"),
        pytest.param(_test("if sys.gettrace() is None:", "    return", "assert x == 1"), 1, id="after a way out"),
        pytest.param(_test("if sys.gettrace() is None:", "    y = 1", "assert x == 1"), 0, id="boundary: no way out"),
        pytest.param(_test("if 'coverage' in sys.modules:", "    assert x == 1"), 1, id="if coverage is measured"),
        pytest.param(_test("if 'coverage' in words:", "    assert x == 1"), 0, id="boundary: a word"),
        pytest.param(_test("if sys.monitoring.get_tool(1):", "    assert x == 1"), 1, id="as Python 3.12 traces"),
        pytest.param(_test("if os.environ.get('COVERAGE_PROCESS_START'):", "    assert x"), 1, id="by a variable"),
        pytest.param("T = sys.gettrace()\n" + _test("if T:", "    with raises(E):", "        f()"), 2, id="by a name"),
        pytest.param("def t():\n    return sys.gettrace()\n" + _test("if t():", "    assert x"), 1, id="by a function"),
        pytest.param(
            _test("while sys.gettrace():", "    try:", "        assert x", "    finally:", "        y"), 1, id="deep"
        ),
        pytest.param(_test("if sys.gettrace():", "    assert x == 1", "assert x == 1"), 0, id="boundary: and always"),
    ],
)
def test_watched_forms__table(text: str, n_watched: int) -> None:
    found = watched_forms(text, ast.parse(text))

    assert sum(form in found for form in statements(text)) == n_watched if n_watched < 2 else found


def test_statements__assertion_runs_only_if_watched__says_so() -> None:
    text = _test("if sys.gettrace():", "    assert x == 1", "assert y == 1")

    assert sorted((one.text, one.if_watched) for one in statements(text).values()) == [
        ("assert x == 1", True),
        ("assert y == 1", False),
    ]

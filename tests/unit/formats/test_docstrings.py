"""Where docstrings stand."""

from __future__ import annotations

import pytest

from testkeep.formats.docstrings import docstring_lines


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param('"""One."""\nx = 1\n', {1}, id="module"),
        pytest.param('\n"""One\nand two.\n"""\n', {2, 3, 4}, id="several lines"),
        pytest.param(
            'class A:\n    """One."""\n\n    async def f(self):\n        "Two."\n', {2, 5}, id="class and method"
        ),
        pytest.param('x = 1\n"""No docstring."""\n', set(), id="a text that is none"),
        pytest.param("def f():\n    return 'x'\n", set(), id="no docstring"),
        pytest.param("def f(:\n", set(), id="no Python"),
        pytest.param("\0", set(), id="a null byte"),
    ],
)
def test_docstring_lines__source__is_where_they_stand(source: str, expected: set[int]) -> None:
    assert docstring_lines(source) == expected

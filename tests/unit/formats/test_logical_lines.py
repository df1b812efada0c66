"""Statements that take several lines are measured at their first."""

from __future__ import annotations

import pytest

from testkeep.formats.logical_lines import with_first_lines

_CODE = b"""\
import a  # 1


@decorate(  # 4
    b,
    c,
)
def f(  # 8
    x,
):
    # a remark
    y = g(  # 12
        x,

        lambda: 1,
    )
    if (  # 17
        y
        and x
    ):
        return 1  # 21
    return \\
        2
"""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param((1,), (1,), id="a line of its own"),
        pytest.param((5,), (4, 5), id="inside a decorator"),
        pytest.param((9,), (8, 9), id="inside a signature"),
        pytest.param((11,), (11,), id="a remark between statements"),
        pytest.param((13, 15), (12, 13, 15), id="two lines of a call"),
        pytest.param((14,), (12, 14), id="an empty line inside a call"),
        pytest.param((16,), (12, 16), id="the closing bracket"),
        pytest.param((18, 21), (17, 18, 21), id="a condition and what it guards"),
        pytest.param((23,), (22, 23), id="after a backslash"),
        pytest.param((22,), (22,), id="the first line itself"),
        pytest.param((), (), id="nothing"),
    ],
)
def test_with_first_lines__table(lines: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert with_first_lines(lines, _CODE) == expected


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"x = (\n  1,\n", id="a bracket that is not closed"),
        pytest.param(b"\xff\xfe = 1\n", id="not text"),
        pytest.param(b"# coding: no-such-codec\nx = 1\n", id="an unknown encoding"),
        pytest.param(b"", id="empty"),
    ],
)
def test_with_first_lines__not_python__adds_nothing(source: bytes) -> None:
    assert with_first_lines((2,), source) == (2,)

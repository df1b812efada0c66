"""The lines that give tests their parameters."""

from __future__ import annotations

import pytest

from testkeep.formats.parameter_places import fixture_line, parametrize_line

TEXT = """\
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("mode", "rw")]


@pytest.mark.parametrize(["a", "b"], [(1, 2)])
class TestAll:
    pytestmark = pytest.mark.parametrize("c", [3])

    @pytest.mark.parametrize("x, y", [(1, 2)])
    @pytest.mark.parametrize(argnames="z", argvalues=[1])
    def test_one(self, x, y, z): ...


@pytest.fixture(name="size", params=[1])
def _size(request): ...


@pytest.fixture
def plain(): ...
"""


@pytest.mark.parametrize(
    ("name", "parameter", "line"),
    [
        pytest.param("TestAll.test_one", "y", 10, id="one of two in a text"),
        pytest.param("TestAll.test_one", "z", 11, id="by keyword"),
        pytest.param("TestAll.test_one", "b", 6, id="at the class, in a list"),
        pytest.param("TestAll.test_one", "c", 8, id="pytestmark of the class"),
        pytest.param("TestAll.test_one", "mode", 3, id="pytestmark of the module"),
        pytest.param("TestAll.test_gone", "a", 6, id="boundary: an inherited test"),
        pytest.param("TestAll.test_one", "w", 0, id="no mark gives it"),
    ],
)
def test_parametrize_line__mark_of_a_parameter__is_found(name: str, parameter: str, line: int) -> None:
    assert parametrize_line(TEXT, name, parameter) == line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param("size", 15, id="named by its decorator"),
        pytest.param("_size", 0, id="boundary: its function's name is not the fixture's"),
        pytest.param("plain", 19, id="decorator without a call"),
        pytest.param("test_one", 0, id="no fixture"),
    ],
)
def test_fixture_line__fixture__is_found(name: str, line: int) -> None:
    assert fixture_line(TEXT, name) == line


def test_places__file_does_not_parse__are_unknown() -> None:
    assert (parametrize_line("def", "a", "b"), fixture_line("def", "a")) == (0, 0)

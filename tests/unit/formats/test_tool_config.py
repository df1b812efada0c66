"""Which tools a project configures itself, and with which keys."""

from __future__ import annotations

import pytest

from testkeep.formats.tool_config import configured_tools


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, {}, id="no files"),
        pytest.param(
            {"pyproject.toml": "[tool.mypy]\nstrict = true\nfiles = ['a']\n[tool.isort]\n[tool.x.y]\nz = 1"},
            {"mypy": {"strict", "files"}, "isort": set(), "x": {"y"}},
            id="pyproject.toml",
        ),
        pytest.param({"pyproject.toml": "[project]\nname = 'x'"}, {}, id="pyproject.toml without tools"),
        pytest.param({"pyproject.toml": "tool = 3"}, {}, id="tool is no table"),
        pytest.param({"pyproject.toml": "[tool]\nmypy = 3"}, {}, id="a tool is no table"),
        pytest.param({"pyproject.toml": "[tool."}, {}, id="no TOML"),
        pytest.param({"mypy.ini": "[mypy]\nfiles = a\n[mypy-x.*]\ny = 1"}, {"mypy": {"files"}}, id="mypy.ini"),
        pytest.param({".mypy.ini": "[mypy]\nstrict = 1"}, {"mypy": {"strict"}}, id=".mypy.ini"),
        pytest.param({"mypy.ini": ""}, {"mypy": set()}, id="an empty file of its own configures a tool, too"),
        pytest.param({".isort.cfg": "[settings]\nprofile = black"}, {"isort": {"profile"}}, id=".isort.cfg"),
        pytest.param(
            {".isort.cfg": "[isort]\nprofile = black"}, {"isort": {"profile"}}, id=".isort.cfg, other section"
        ),
        pytest.param(
            {"setup.cfg": "[mypy]\nfiles = %(x)s\n[tool:isort]\nprofile = black\n[flake8]\nx = 1"},
            {"mypy": {"files"}, "isort": {"profile"}},
            id="setup.cfg",
        ),
        pytest.param({"tox.ini": "[isort]\nprofile = black\n[tox]\nx = 1"}, {"isort": {"profile"}}, id="tox.ini"),
        pytest.param({"setup.cfg": "no section"}, {}, id="no ini file"),
        pytest.param({"setup.cfg": "[mypy]\na = 1\na = 2"}, {"mypy": {"a"}}, id="a key that is there twice"),
        pytest.param(
            {"setup.cfg": "[mypy]\nstrict = 1", "pyproject.toml": "[tool.mypy]\nfiles = ['a']"},
            {"mypy": {"strict", "files"}},
            id="two files",
        ),
    ],
)
def test_configured_tools__table(files: dict[str, str], expected: dict[str, set[str]]) -> None:
    assert configured_tools(files) == expected

"""What the configuration files of static tools say."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from testkeep.formats.tool_settings import read_tool_settings
from testkeep.model.static_tool import Tool


@pytest.mark.parametrize(
    ("files", "tool", "file", "values"),
    [
        pytest.param(
            {"pyproject.toml": "[tool.ruff]\nexclude = ['a']\n[tool.ruff.lint]\nextend-select = ['B']\n"},
            Tool.RUFF,
            "pyproject.toml",
            {("exclude",): ["a"], ("extend_select",): ["B"]},
            id="ruff: what is in lint and what is not",
        ),
        pytest.param(
            {
                "ruff.toml": "[lint.per-file-ignores]\n'a-b/*' = ['F']\n",
                "pyproject.toml": "[tool.ruff]\nexclude = []\n",
            },
            Tool.RUFF,
            "ruff.toml",
            {("per-file-ignores", "a-b/*"): ["F"]},
            id="the first file that it looks for",
        ),
        pytest.param(
            {"pyproject.toml": "[tool.isort]\nsections = [{ name = 'a', b = 1 }, 'c']\n"},
            Tool.ISORT,
            "pyproject.toml",
            {("sections", "a", "name"): "a", ("sections", "a", "b"): 1},
            id="boundary: an array with a table and a text",
        ),
        pytest.param(
            {"ruff.toml": "extend = 'b/base.toml'\nexclude = ['x']\n", "b/base.toml": ""},
            Tool.RUFF,
            "ruff.toml",
            {("extend",): "b/base.toml", ("exclude",): ["x"]},
            id="boundary: it extends a file that configures nothing",
        ),
        pytest.param(
            {"a/ruff.toml": "extend = '../ruff.toml'\n", "ruff.toml": "exclude = ['x']\n"},
            None,
            "",
            {},
            id="in another folder",
        ),
        pytest.param(
            {"setup.cfg": "[mypy]\nstrict = True\n[mypy-app.*]\nignore_errors = yes\n[flake8]\nignore =\n  E1\n  E2\n"},
            Tool.MYPY,
            "setup.cfg",
            {("strict",): True, ("overrides", "app.*", "ignore_errors"): True},
            id="mypy: sections of an ini file",
        ),
        pytest.param(
            {"pyproject.toml": "[[tool.mypy.overrides]]\nmodule = ['a', 'b']\nignore_errors = true\n"},
            Tool.MYPY,
            "pyproject.toml",
            {
                ("overrides", "a", "module"): ["a", "b"],
                ("overrides", "a", "ignore_errors"): True,
                ("overrides", "b", "module"): ["a", "b"],
                ("overrides", "b", "ignore_errors"): True,
            },
            id="mypy: tables",
        ),
        pytest.param(
            {".importlinter": "[importlinter]\nroot_package = a\n[importlinter:contract:1]\nname = X\nlayers =\n  a\n"},
            Tool.IMPORT_LINTER,
            ".importlinter",
            {
                ("root_package",): "a",
                ("contracts", "X", "name"): "X",
                ("contracts", "X", "layers"): "a",
            },
            id="import-linter: contracts by name",
        ),
        pytest.param(
            {".isort.cfg": "[settings]\nskip = a,b\nline_length = 100\n"},
            Tool.ISORT,
            ".isort.cfg",
            {("skip",): "a,b", ("line_length",): 100},
            id="isort's own file",
        ),
        pytest.param({"pyproject.toml": "[tool.ruff"}, None, "", {}, id="missing evidence: it does not parse"),
        pytest.param({"setup.cfg": "strict"}, None, "", {}, id="missing evidence: nor does this"),
    ],
)
def test_read_settings__table(
    files: Mapping[str, str], tool: Tool | None, file: str, values: Mapping[tuple[str, ...], object]
) -> None:
    found = read_tool_settings(files)

    if tool is None:
        assert {one.file: one.values for one in found.values() if one.file in ("pyproject.toml", "setup.cfg")} == {}
    else:
        assert (found[tool].file, found[tool].values) == (file, values)


def test_read_settings__extended_file__is_read_below() -> None:
    files = {
        "a/ruff.toml": "extend = '../ruff.toml'\nexclude = ['y']\n",
        "ruff.toml": "exclude = ['x']\nselect = ['E']\n",
    }

    found = read_tool_settings(files, "a")[Tool.RUFF]

    assert (found.file, found.values) == (
        "a/ruff.toml",
        {("extend",): "../ruff.toml", ("exclude",): ["y"], ("select",): ["E"]},
    )

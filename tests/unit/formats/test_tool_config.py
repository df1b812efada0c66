"""Which tools a project configures itself."""

from __future__ import annotations

import pytest

from testkeep.formats.tool_config import configured_tools, installed_tools
from testkeep.model.static_tool import Tool, ToolUse


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, [], id="no files"),
        pytest.param(
            {"pyproject.toml": "[tool.mypy]\nstrict = true\n[tool.isort]\n[tool.x.y]\nz = 1"},
            ["isort", "mypy"],
            id="pyproject.toml",
        ),
        pytest.param({"pyproject.toml": "[tool.ruff]\nline-length = 9"}, ["ruff"], id="ruff lints"),
        pytest.param({"pyproject.toml": "[tool.ruff.format]"}, ["ruff format", "ruff"], id="ruff lints and formats"),
        pytest.param({"ruff.toml": "[format]\n"}, ["ruff format", "ruff"], id="ruff.toml"),
        pytest.param({".ruff.toml": ""}, ["ruff"], id="an empty .ruff.toml"),
        pytest.param({"pyproject.toml": "[tool.importlinter]"}, ["import-linter"], id="contracts"),
        pytest.param({".importlinter": ""}, ["import-linter"], id=".importlinter"),
        pytest.param({".flake8": "[flake8]"}, ["flake8"], id=".flake8"),
        pytest.param({"pyproject.toml": "[project]\nname = 'x'"}, [], id="pyproject.toml without tools"),
        pytest.param({"pyproject.toml": "tool = 3"}, [], id="tool is no table"),
        pytest.param({"pyproject.toml": "[tool]\nmypy = 3"}, [], id="a tool is no table"),
        pytest.param({"pyproject.toml": "[tool."}, [], id="no TOML"),
        pytest.param({"mypy.ini": "[mypy]\n[mypy-x.*]\ny = 1"}, ["mypy"], id="mypy.ini"),
        pytest.param({".mypy.ini": ""}, ["mypy"], id="an empty file of its own configures a tool, too"),
        pytest.param({".isort.cfg": "[settings]\nprofile = black"}, ["isort"], id=".isort.cfg"),
        pytest.param(
            {"setup.cfg": "[mypy]\nx = %(x)s\n[tool:isort]\nprofile = black\n[flake8]\nx = 1"},
            ["isort", "flake8", "mypy"],
            id="setup.cfg",
        ),
        pytest.param({"tox.ini": "[isort]\nprofile = black\n[tox]\nx = 1"}, ["isort"], id="tox.ini"),
        pytest.param({"setup.cfg": "[settings]\na = 1"}, [], id="a section of another file"),
        pytest.param({"setup.cfg": "no section"}, [], id="no ini file"),
        pytest.param({"setup.cfg": "[mypy]\na = 1\na = 2"}, ["mypy"], id="a key that is there twice"),
    ],
)
def test_configured_tools__table(files: dict[str, str], expected: list[str]) -> None:
    assert [use.tool for use in configured_tools(files)] == expected


TWO = {
    "mypy.ini": "[mypy]",
    "pyproject.toml": "[tool.mypy]\nfiles = ['app']\n[tool.isort]\n[tool.ruff.format]\n[tool.importlinter]",
    "ruff.toml": "",
    ".isort.cfg": "[settings]",
    ".flake8": "[flake8]",
    ".importlinter": "[importlinter]",
    "setup.cfg": "[mypy]\n[flake8]\n[tool:isort]",
    "tox.ini": "[flake8]\n[mypy]",
}


@pytest.mark.parametrize(
    ("tool", "read", "unread"),
    [
        pytest.param(Tool.ISORT, ".isort.cfg", ("pyproject.toml", "setup.cfg"), id="isort"),
        pytest.param(Tool.RUFF, "ruff.toml", ("pyproject.toml",), id="ruff"),
        pytest.param(Tool.FLAKE8, "setup.cfg", ("tox.ini", ".flake8"), id="flake8"),
        pytest.param(Tool.IMPORT_LINTER, ".importlinter", ("pyproject.toml",), id="import-linter"),
        pytest.param(Tool.MYPY, "mypy.ini", ("pyproject.toml", "setup.cfg"), id="mypy"),
    ],
)
def test_configured_tools__several_files__the_one_that_the_tool_reads_first_wins(
    tool: Tool, read: str, unread: tuple[str, ...]
) -> None:
    found = {use.tool: use for use in configured_tools(TWO)}

    assert found[tool] == ToolUse(tool=tool, where=read, unread=unread, names_targets=tool is Tool.IMPORT_LINTER)
    assert Tool.RUFF_FORMAT not in found


def test_configured_tools__file_that_the_tool_never_reads__configures_nothing() -> None:
    assert configured_tools({"tox.ini": "[mypy]\nstrict = true"}) == ()


@pytest.mark.parametrize("key", ["files", "packages", "modules"])
def test_configured_tools__mypy_knows_its_targets__is_handed_no_files(key: str) -> None:
    found = configured_tools({"pyproject.toml": f"[tool.mypy]\n{key} = ['a']"})

    assert found == (ToolUse(tool=Tool.MYPY, where="pyproject.toml", names_targets=True),)


@pytest.mark.parametrize(
    ("table", "path", "checks"),
    [
        pytest.param("extend-exclude = '^/gen/'", "gen/a.py", False, id="a folder at the top"),
        pytest.param("extend-exclude = '^/gen/'", "app/gen/a.py", True, id="a folder deeper"),
        pytest.param('exclude = """\n/(\n  gen  # made\n)/\n"""', "app/gen/a.py", False, id="a verbose expression"),
        pytest.param("force-exclude = 'a\\.py$'", "app/a.py", False, id="a file"),
        pytest.param("exclude = '('", "app/a.py", True, id="no expression: black says so"),
    ],
)
def test_configured_tools__black_excludes__files_are_not_handed_over(table: str, path: str, *, checks: bool) -> None:
    (use,) = configured_tools({"pyproject.toml": f"[tool.black]\n{table}"})

    assert use.checks(path) is checks


def test_installed_tools__development_dependencies__name_tools() -> None:
    found = installed_tools({"pytest", "mypy", "ruff"})

    assert [(use.tool, use.where) for use in found] == [
        (Tool.RUFF, "the development dependencies"),
        (Tool.MYPY, "the development dependencies"),
    ]

"""Which formatters a project's own scripts run."""

from __future__ import annotations

import pytest

from testkeep.formats.tool_calls import called_formatters, may_call_tools
from testkeep.model.static_tool import Tool, ToolUse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ruff format --check --diff app tests", ["ruff format"], id="a line of a script"),
        pytest.param("${PREFIX}ruff format $FILES", ["ruff format"], id="after a variable"),
        pytest.param("lint:\n\tuv run ruff format .\n\t@.venv/bin/black app", ["black", "ruff format"], id="make"),
        pytest.param('session.run("black", "--check", ".")', ["black"], id="a noxfile"),
        pytest.param('session.run("ruff", "format")', ["ruff format"], id="a subcommand in Python"),
        pytest.param('session.run(\n    "black",\n    "tests/unit",\n)', ["black"], id="a path on the next line"),
        pytest.param('lint = ["isort --check .", "black app"]', ["black"], id="a list in TOML"),
        pytest.param("black \\\n    --check .", ["black"], id="over two lines"),
        pytest.param("    - uses: psf/black@stable", ["black"], id="an action"),
        pytest.param("    - run: python -m black --check .", ["black"], id="a workflow"),
        pytest.param("cd app && black .", ["black"], id="after an operator"),
        pytest.param("# black . is slow", [], id="a comment"),
        pytest.param("true  # black .", [], id="a comment after a command"),
        pytest.param("pip install black ruff mypy flake8", [], id="an installation"),
        pytest.param("pip install black && black --check .", ["black"], id="an installation and a call"),
        pytest.param("pip install \\\n    black --upgrade", [], id="an installation over two lines"),
        pytest.param('dev = ["black", "isort", "pytest"]', [], id="requirements without versions"),
        pytest.param('deps = [\n    "black",\n    "-r requirements.txt",\n]', [], id="requirements with a file"),
        pytest.param("deps =\n    black\n    isort\n    -r more.txt", [], id="requirements of tox"),
        pytest.param("tool:\n  - black\n  - isort", [], id="a list in YAML"),
        pytest.param('profile = "black"\nline_length = 9', [], id="a value"),
        pytest.param("ruff check . && mypy app", [], id="tools that format nothing"),
        pytest.param('dev = ["black==25.1", "mypy >= 1", "ruff"]', [], id="requirements"),
        pytest.param("[tool.black]\nline-length = 9", [], id="a table"),
        pytest.param("background: blackboard .", [], id="another word"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_called_formatters__table(text: str, expected: list[str]) -> None:
    assert [use.tool.value for use in called_formatters({"file": text})] == expected


def test_called_formatters__called_in_two_files__first_is_named() -> None:
    found = called_formatters({"Makefile": "black .", "tox.ini": "commands = black ."})

    assert found == (ToolUse(tool=Tool.BLACK, where="Makefile"),)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("Makefile", True, id="makefile"),
        pytest.param("scripts/lint", True, id="a script"),
        pytest.param("scripts/lint.sh", True, id="a shell script"),
        pytest.param(".github/workflows/ci.yml", True, id="a workflow"),
        pytest.param("tox.ini", True, id="tox"),
        pytest.param("hatch.toml", True, id="hatch"),
        pytest.param("scripts/data.json", False, id="data"),
        pytest.param("app/main.py", False, id="code"),
        pytest.param("docs/Makefile.md", False, id="a page"),
    ],
)
def test_may_call_tools__table(path: str, expected: bool) -> None:
    assert may_call_tools(path) is expected

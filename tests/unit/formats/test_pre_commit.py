"""The static tools among the hooks of pre-commit."""

from __future__ import annotations

import pytest

from testkeep.errors import UsageError
from testkeep.formats.pre_commit import FILE, loads
from testkeep.model.static_tool import Tool, ToolUse

_HOOK = "repos:\n- repo: https://example.invalid/x\n  rev: v1\n  hooks:\n  - "


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        pytest.param("id: black", [(Tool.BLACK, ())], id="black"),
        pytest.param("id: ruff-check\n    args: [--fix, --select, E]", [(Tool.RUFF, ("--select", "E"))], id="no fixes"),
        pytest.param("id: ruff\n    args: [--output-format, full, -q]", [(Tool.RUFF, ())], id="no form of its own"),
        pytest.param("id: ruff-format", [(Tool.RUFF_FORMAT, ())], id="ruff format"),
        pytest.param(
            "id: mypy", [(Tool.MYPY, ("--ignore-missing-imports", "--scripts-are-modules"))], id="mypy's defaults"
        ),
        pytest.param("id: mypy\n    args: []", [(Tool.MYPY, ())], id="mypy without its defaults"),
        pytest.param("id: trailing-whitespace", [], id="another tool"),
        pytest.param("id: black\n    stages: [manual]", [], id="a hook that is run by hand"),
        pytest.param("id: x\n    entry: uv run ruff check --fix", [(Tool.RUFF, ())], id="a local hook"),
        pytest.param("id: x\n    entry: python -m isort", [(Tool.ISORT, ())], id="a module"),
        pytest.param("id: x\n    entry: bash -c 'ruff check'", [], id="a script may do more"),
        pytest.param("id: x\n    entry: ruff server", [], id="another command of ruff's"),
        pytest.param('id: x\n    entry: "it\'s"', [], id="no command line"),
    ],
)
def test_loads__one_hook__is_a_tool_or_none(hook: str, expected: list[tuple[Tool, tuple[str, ...]]]) -> None:
    assert [(use.tool, use.arguments) for use in loads(_HOOK + hook)] == expected


def test_loads__files_and_exclude__are_those_of_the_hook_and_of_all() -> None:
    found = loads("files: '^a'\nexclude: '^b'\n" + _HOOK + "id: isort\n    files: '^c'\n    exclude: '^d'")

    assert found == (ToolUse(tool=Tool.ISORT, where=FILE, only=("^a", "^c"), never=("^b", "^d")),)


def test_loads__project_deeper_in_the_repository__passes_over_targets_of_its_root() -> None:
    text = _HOOK + "id: x\n    entry: ruff check backend\n    pass_filenames: false"

    assert [use.names_targets for use in loads(text)] == [True]
    assert loads(text, "backend") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("repos: [", "not valid YAML at line 1", id="no YAML"),
        pytest.param("- a", "expected a mapping with a list 'repos'", id="a list"),
        pytest.param("repos: 3", "expected a mapping with a list 'repos'", id="repos is a number"),
        pytest.param("repos: [3]", "expected each of 'repos' to have a list of 'hooks'", id="a repo is a number"),
        pytest.param("", "expected a mapping with a list 'repos'", id="an empty file"),
    ],
)
def test_loads__broken_file__is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        loads(text)

    assert caught.value.message == f"{FILE}: {message}"


def test_loads__bad_expression__is_named() -> None:
    with pytest.raises(UsageError) as caught:
        loads(_HOOK + "id: black\n    exclude: '('")

    assert caught.value.message.startswith(f"{FILE}: '(' is not a regular expression: ")

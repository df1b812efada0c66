"""``commands`` of the policy: what a project has a static stage run beside the kit's own tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import GitProject, simple_project

POLICY = '[tool.testkeep]\nstages = ["format", "unit"]\n[tool.testkeep.commands]\nformat = {}\n'


def project_with(tmp_path: Path, *commands: str) -> GitProject:
    """A project whose policy has further commands of the stage 'format'."""
    return simple_project(tmp_path / "repository", policy=POLICY.format(list(commands)))


@pytest.mark.parametrize(
    ("command", "exit_code", "codes", "message"),
    [
        pytest.param("git --version", 0, [], "", id="passing"),
        pytest.param(
            "git frobnicate", 1, ["TK106"], "git frobnicate: git: 'frobnicate' is not a git command", id="failing"
        ),
        pytest.param("./ci/check 'two words'", 1, ["TK106"], "./ci/check: two words", id="a path"),
        pytest.param("coverage --version", 0, [], "", id="of the environment, activated or not"),
        pytest.param("sh -c 'command -v coverage'", 0, [], "", id="that starts another of the environment"),
        pytest.param(
            "no-such-linter .", 4, ["TK507"], "stage format: no-such-linter is not installed", id="not installed"
        ),
        pytest.param("./ci/none", 4, ["TK507"], "stage format: ./ci/none is not installed", id="a path to nothing"),
        pytest.param("./ci/text", 4, ["TK507"], "stage format: ./ci/text is not installed", id="not executable"),
    ],
)
def test_run__command_of_the_policy__is_a_tool_of_its_stage(
    tmp_path: Path, command: str, exit_code: int, codes: list[str], message: str
) -> None:
    project = project_with(tmp_path, command)
    project.write({"ci/check": '#!/bin/sh\necho "$1"\nexit 7\n', "ci/text": "text"})
    (project.root / "ci" / "check").chmod(0o755)

    run = project.testkeep("run", "format", "--base", "none", PATH="/usr/local/bin:/usr/bin:/bin")

    assert (run.exit_code, run.codes) == (exit_code, codes), run.output
    assert message in "".join(finding.message for finding in run.verdict.findings)
    assert [stage.name for stage in run.verdict.stages] == ["format"]


def test_run__no_python_files__runs_the_commands_alone(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit({"testkeep.toml": '[commands]\nlint = ["git --version"]\n'})

    run = project.testkeep("run", "lint", "--base", "none")

    assert (run.exit_code, run.codes) == (0, [])
    assert run.verdict.stages[0].detail == "git"


def test_run__a_change_takes_a_command_away__is_named_and_runs_all_the_same(tmp_path: Path) -> None:
    project = project_with(tmp_path, "git frobnicate", "git --version")
    project.commit({"pyproject.toml": POLICY.format([])})

    run = project.testkeep("run", "format", "--base", "HEAD^")

    assert (run.exit_code, run.codes) == (1, ["TK106", "TK503"])
    assert "commands.format" in run.finding("TK503").message


@pytest.mark.parametrize("stage", ["format", "lint", "typing"])
def test_run__file_of_the_project_is_called_like_a_tool__is_not_taken_for_it(tmp_path: Path, stage: str) -> None:
    project = simple_project(tmp_path / "repository", policy=f"[tool.testkeep]\nstages = ['{stage}', 'unit']\n")
    files = {f"{name}.py": '"""Finds nothing."""\n' for name in ("black", "isort", "mypy", "ruff")}
    project.commit({**files, "app/bad.py": "import os\nx : int='a'\n"})

    run = project.testkeep("run", stage, "--base", "none")

    assert (run.exit_code, run.codes) == (1, ["TK106"])

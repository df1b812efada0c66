"""Which commands a stage runs."""

from __future__ import annotations

from typing import Any

import pytest

from testkeep.model.policy import Policy
from testkeep.model.stage import Stage
from testkeep.model.static_tool import Tool, ToolUse
from testkeep.pipeline.commands import PytestRun, ToolCommand, fix_command, further_commands, static_command

_RUFF = ("ruff", "check", "--no-fix", "--no-fix-only", "--force-exclude", "--output-format=concise")


def _use(tool: Tool, **fields: Any) -> ToolUse:
    return ToolUse(tool=tool, where="pyproject.toml", **fields)


@pytest.mark.parametrize(
    ("use", "shown"),
    [
        pytest.param(_use(Tool.BLACK, arguments=("-l", "9")), ("black", "--check", "-l", "9", "."), id="black"),
        pytest.param(_use(Tool.ISORT), ("isort", "--check-only", "--filter-files", "."), id="isort"),
        pytest.param(_use(Tool.RUFF_FORMAT), ("ruff", "format", "--check", "--force-exclude", "."), id="ruff format"),
        pytest.param(_use(Tool.RUFF_IMPORTS), (*_RUFF, "--select", "I", "."), id="ruff imports"),
        pytest.param(_use(Tool.RUFF), (*_RUFF, "."), id="ruff"),
        pytest.param(_use(Tool.FLAKE8), ("flake8", "--format=default", "."), id="flake8"),
        pytest.param(_use(Tool.MYPY), ("mypy", "--no-pretty", "--no-color-output", "."), id="mypy"),
        pytest.param(
            _use(Tool.MYPY, names_targets=True, arguments=("app",)),
            ("mypy", "--no-pretty", "--no-color-output", "app"),
            id="mypy with targets",
        ),
        pytest.param(_use(Tool.IMPORT_LINTER, names_targets=True), ("import-linter",), id="import-linter"),
    ],
)
def test_static_command__use__is_shown_as_a_person_types_it(use: ToolUse, shown: tuple[str, ...]) -> None:
    assert static_command(use, ["a.py", "b.py"], required=True).shown == shown


def test_static_command__files__come_last() -> None:
    command = static_command(_use(Tool.BLACK), ["a.py", "b.py"], required=False)

    assert command.argv == ("-P", "-m", "black", "--check", "a.py", "b.py")
    assert not command.required


def test_further_commands__policy_names_some__are_split_as_a_shell_would() -> None:
    policy = Policy(
        commands={"lint": ("zizmor --offline .github", "./scripts/check 'two words'"), "format": ("taplo",)}
    )

    assert further_commands(policy, Stage.LINT) == (
        ToolCommand("zizmor", ("--offline", ".github"), install="commands.lint in the policy names it"),
        ToolCommand("./scripts/check", ("two words",), install="commands.lint in the policy names it"),
    )
    assert further_commands(policy, Stage.TYPING) == ()


@pytest.mark.parametrize(
    ("tool", "shown"),
    [
        pytest.param(Tool.BLACK, ("black", "."), id="black"),
        pytest.param(Tool.ISORT, ("isort", "--filter-files", "."), id="isort"),
        pytest.param(Tool.RUFF_FORMAT, ("ruff", "format", "--force-exclude", "."), id="ruff format"),
        pytest.param(
            Tool.RUFF_IMPORTS,
            ("ruff", "check", "--fix", "--exit-zero", "--force-exclude", "--select", "I", "."),
            id="ruff imports",
        ),
        pytest.param(Tool.RUFF, ("ruff", "check", "--fix", "--exit-zero", "--force-exclude", "."), id="ruff"),
        pytest.param(Tool.FLAKE8, None, id="flake8 repairs nothing"),
        pytest.param(Tool.MYPY, None, id="nor does mypy"),
    ],
)
def test_fix_command__table(tool: Tool, shown: tuple[str, ...] | None) -> None:
    command = fix_command(_use(tool), ["a.py"])

    assert (command.shown if command else None) == shown


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        pytest.param(ToolCommand("mypy", ("app",), module="mypy"), ("-P", "-m", "mypy", "app"), id="a module"),
        pytest.param(
            ToolCommand("import-linter", module="importlinter", script="run()"), ("-c", "run()"), id="a script"
        ),
    ],
)
def test_tool_command__argv__is_for_the_interpreter(command: ToolCommand, argv: tuple[str, ...]) -> None:
    assert command.argv == argv


def _run(
    *,
    coverage_config: str = "/e/coverage.toml",
    source: tuple[str, ...] = ("app",),
    workers: int = 1,
    extra: tuple[str, ...] = (),
) -> PytestRun:
    return PytestRun(
        stage=Stage.UNIT,
        root="/p",
        evidence="/e",
        context="/e/unit.context",
        coverage_config=coverage_config,
        source=source,
        workers=workers,
        extra=extra,
    )


_BEFORE = (
    "-p",
    "testkeep",
    "-p",
    "pytest_cov",
    "--rootdir=.",
    "--testkeep-stage=unit",
    "--testkeep-evidence=/e",
    "--testkeep-context=/e/unit.context",
)
_AFTER = ("--cov-report=", "--cov-fail-under=0")


@pytest.mark.parametrize(
    ("run", "arguments"),
    [
        pytest.param(
            _run(source=("app", "src/shop", "main.py"), extra=("-x", "-k", "a b")),
            (
                *_BEFORE,
                "--cov=/p/app",
                "--cov=/p/src/shop",
                "--cov=/p",
                "--cov-config=/e/coverage.toml",
                *_AFTER,
                "-x",
                "-k",
                "a b",
            ),
            id="measured, with the user's arguments last",
        ),
        pytest.param(_run(coverage_config=""), (*_BEFORE, *_AFTER), id="not measured"),
        pytest.param(_run(source=()), (*_BEFORE, *_AFTER), id="nothing to measure"),
        pytest.param(
            _run(source=(), workers=2),
            (*_BEFORE, *_AFTER, "-p", "xdist", "--numprocesses=2", "--dist=worksteal"),
            id="on two workers",
        ),
    ],
)
def test_pytest_run__arguments__table(run: PytestRun, arguments: tuple[str, ...]) -> None:
    assert run.arguments == arguments

"""Which commands a stage runs."""

from __future__ import annotations

import pytest

from testkeep.model.policy import Policy
from testkeep.model.stage import TEST_STAGES, Stage
from testkeep.pipeline.commands import PytestRun, ToolCommand, fix_commands, further_commands, static_commands

_RUFF_CHECK = ("ruff", "check", "--no-fix", "--no-fix-only")


def _lines(commands: tuple[ToolCommand, ...]) -> list[tuple[str, ...]]:
    return [(command.tool, *command.arguments) for command in commands]


@pytest.mark.parametrize(
    ("stage", "formatter", "configured", "expected"),
    [
        pytest.param(
            Stage.FORMAT,
            "black",
            {},
            [("black", "--check", "."), ("isort", "--check-only", "--profile", "black", ".")],
            id="format, isort is not configured",
        ),
        pytest.param(
            Stage.FORMAT,
            "black",
            {"isort": frozenset[str]()},
            [("black", "--check", "."), ("isort", "--check-only", ".")],
            id="format, isort is configured",
        ),
        pytest.param(
            Stage.FORMAT,
            "ruff",
            {},
            [("ruff", "format", "--check", "."), (*_RUFF_CHECK, "--select", "I", ".")],
            id="format with ruff",
        ),
        pytest.param(Stage.LINT, "black", {}, [(*_RUFF_CHECK, ".")], id="lint"),
        pytest.param(
            Stage.LINT,
            "black",
            {"importlinter": frozenset({"root_package"})},
            [(*_RUFF_CHECK, "."), ("import-linter",)],
            id="lint, with contracts",
        ),
        pytest.param(
            Stage.TYPING,
            "black",
            {},
            [("mypy", "--ignore-missing-imports", "app", "lib")],
            id="typing, mypy is not configured",
        ),
        pytest.param(
            Stage.TYPING, "black", {"mypy": frozenset({"strict"})}, [("mypy", "app", "lib")], id="typing, configured"
        ),
        *(
            pytest.param(
                Stage.TYPING,
                "black",
                {"mypy": frozenset({"strict", key})},
                [("mypy",)],
                id=f"typing, mypy knows its {key}",
            )
            for key in ("files", "packages", "modules")
        ),
    ],
)
def test_static_commands__table(
    stage: Stage, formatter: str, configured: dict[str, frozenset[str]], expected: list[tuple[str, ...]]
) -> None:
    assert _lines(static_commands(stage, formatter, ("app", "lib"), configured)) == expected


def test_static_commands__typing_without_source__checks_the_folder() -> None:
    assert _lines(static_commands(Stage.TYPING, "black", (), {})) == [("mypy", "--ignore-missing-imports", ".")]


def test_further_commands__policy_names_some__are_split_as_a_shell_would() -> None:
    policy = Policy(
        commands={"lint": ("zizmor --offline .github", "./scripts/check 'two words'"), "format": ("taplo",)}
    )

    assert further_commands(policy, Stage.LINT) == (
        ToolCommand("zizmor", ("--offline", ".github"), install="commands.lint in the policy names it"),
        ToolCommand("./scripts/check", ("two words",), install="commands.lint in the policy names it"),
    )
    assert further_commands(policy, Stage.TYPING) == ()


@pytest.mark.parametrize("stage", TEST_STAGES)
def test_static_commands__test_stage__has_none(stage: Stage) -> None:
    assert static_commands(stage, "black", ("app",), {}) == ()


@pytest.mark.parametrize(
    ("formatter", "configured", "expected"),
    [
        pytest.param(
            "black",
            {},
            [
                ("ruff", "check", "--fix", "--exit-zero", "app"),
                ("isort", "--profile", "black", "app"),
                ("black", "app"),
            ],
            id="black",
        ),
        pytest.param(
            "black",
            {"isort": frozenset({"profile"})},
            [("ruff", "check", "--fix", "--exit-zero", "app"), ("isort", "app"), ("black", "app")],
            id="black, isort is configured",
        ),
        pytest.param(
            "ruff",
            {},
            [
                ("ruff", "check", "--fix", "--exit-zero", "app"),
                ("ruff", "check", "--select", "I", "--fix", "--exit-zero", "app"),
                ("ruff", "format", "app"),
            ],
            id="ruff",
        ),
    ],
)
def test_fix_commands__table(
    formatter: str, configured: dict[str, frozenset[str]], expected: list[tuple[str, ...]]
) -> None:
    assert _lines(fix_commands(formatter, configured, ("app",))) == expected


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
    coverage_config: str = "/e/coverage.rc",
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
    "--rootdir=/p",
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
                "--cov=main",
                "--cov-config=/e/coverage.rc",
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

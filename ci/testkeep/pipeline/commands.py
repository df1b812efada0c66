"""Which commands a stage runs. The only place where a tool's command line is written."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from testkeep.model.counting import measured_folders
from testkeep.model.policy import Policy
from testkeep.model.stage import Stage
from testkeep.model.static_tool import Tool, ToolUse


@dataclass(frozen=True)
class ToolCommand:
    """One static tool: the name of its distribution, and its arguments.

    ``module`` is set where the module has another name, ``script`` where it has no ``__main__``. A tool without a
    module is a program, ``tool`` its name or path. ``files`` come last on its command line; a tool that is not
    ``required`` and not installed is passed over.
    """

    tool: str
    arguments: tuple[str, ...] = ()
    module: str = ""
    script: str = ""
    install: str = "pip install 'testkeep[tools]'"
    files: tuple[str, ...] = ()
    required: bool = True

    @property
    def argv(self) -> tuple[str, ...]:
        """What makes the interpreter run it; a file of the project that has the module's name is not taken for it."""
        return ("-c", self.script) if self.script else ("-P", "-m", self.module, *self.arguments, *self.files)

    @property
    def shown(self) -> tuple[str, ...]:
        """The command as a person would type it, in the project's folder."""
        return (self.tool, *self.arguments, *(["."] if self.files else []))


def _tool(name: str, *arguments: str) -> ToolCommand:
    return ToolCommand(name, arguments, module=name)


# A project may have set "fix = true" for its developers; a check changes nothing.
_READ_ONLY = ("--no-fix", "--no-fix-only")


def static_command(use: ToolUse, files: Sequence[str], *, required: bool) -> ToolCommand:
    """The command that checks files with a tool, as the project uses it.

    Output is asked for in the form that ``formats.complaints`` reads. ``required``: a tool that is not installed keeps
    the stage from being judged.
    """
    targets = () if use.names_targets else tuple(files)
    return replace(_check(use.tool, use.arguments), files=targets, required=required)


def _check(tool: Tool, arguments: Sequence[str]) -> ToolCommand:
    match tool:
        case Tool.BLACK:
            return _tool("black", "--check", *arguments)
        case Tool.ISORT:
            return _tool("isort", "--check-only", "--filter-files", *arguments)
        case Tool.RUFF_FORMAT:
            return _tool("ruff", "format", "--check", "--force-exclude", *arguments)
        case Tool.RUFF_IMPORTS:
            return _tool("ruff", "check", *_READ_ONLY, *_RUFF_FORM, "--select", "I", *arguments)
        case Tool.RUFF:
            return _tool("ruff", "check", *_READ_ONLY, *_RUFF_FORM, *arguments)
        case Tool.FLAKE8:
            return replace(_tool("flake8", "--format=default", *arguments), install="pip install flake8")
        case Tool.IMPORT_LINTER:
            return _IMPORT_LINTER
        case Tool.MYPY:
            return _tool("mypy", "--no-pretty", "--no-color-output", *arguments)


_RUFF_FORM = ("--force-exclude", "--output-format=concise")
_IMPORT_LINTER = ToolCommand(
    "import-linter",
    module="importlinter",
    script="from importlinter.cli import lint_imports_command; lint_imports_command()",
    install="pip install import-linter",
)


def further_commands(policy: Policy, stage: Stage) -> tuple[ToolCommand, ...]:
    """The commands that the policy names for a static stage beside those of ``static_commands``."""
    commands = [command for name, named in policy.commands.items() if name == stage for command in named]
    needed = f"commands.{stage} in the policy names it"
    words = (shlex.split(command) for command in commands)
    return tuple(ToolCommand(program, tuple(rest), install=needed) for program, *rest in words)


def fix_command(use: ToolUse, files: Sequence[str]) -> ToolCommand | None:
    """The command that repairs what a tool complains of; None if that is left to people."""
    targets, arguments = tuple(files), use.arguments
    match use.tool:
        case Tool.BLACK:
            command = _tool("black", *arguments)
        case Tool.ISORT:
            command = _tool("isort", "--filter-files", *arguments)
        case Tool.RUFF_FORMAT:
            command = _tool("ruff", "format", "--force-exclude", *arguments)
        case Tool.RUFF_IMPORTS:
            command = _tool("ruff", "check", "--fix", "--exit-zero", "--force-exclude", "--select", "I", *arguments)
        case Tool.RUFF:
            command = _tool("ruff", "check", "--fix", "--exit-zero", "--force-exclude", *arguments)
        case _:
            return None
    return replace(command, files=targets)


@dataclass(frozen=True)
class PytestRun:
    """What the pytest command line of one stage depends on; all paths are absolute."""

    stage: Stage
    root: str
    evidence: str
    context: str
    coverage_config: str
    source: tuple[str, ...]
    workers: int
    extra: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of ``python -m pytest``. Whatever the project's ``addopts`` say comes before them."""
        folders = measured_folders(self.source) if self.coverage_config else []
        # Absolute, because processes that tests start may run somewhere else.
        measure = [f"--cov={posixpath.normpath(posixpath.join(self.root, folder))}" for folder in folders]
        config = [f"--cov-config={self.coverage_config}"] if measure else []
        return (
            # By name, so that they are there also under PYTEST_DISABLE_PLUGIN_AUTOLOAD.
            "-p", "testkeep",
            "-p", "pytest_cov",
            # Where it is started: pytest would take a "$" in the path for a variable.
            "--rootdir=.",
            f"--testkeep-stage={self.stage}",
            f"--testkeep-evidence={self.evidence}",
            f"--testkeep-context={self.context}",
            *measure,
            *config,
            "--cov-report=",
            # One stage alone cannot reach a threshold that is meant for all of them.
            "--cov-fail-under=0",
            *(("-p", "xdist", f"--numprocesses={self.workers}", "--dist=worksteal") if self.workers > 1 else ()),
            *self.extra,
        )  # fmt: skip


def inspection_arguments(evidence: str, context: str) -> tuple[str, ...]:
    """The arguments of ``python -m pytest`` for an inspection; the context says which tests. All paths are absolute.

    Whatever the project's ``addopts`` ask for, it runs in one process, without coverage, and to its end.
    """
    return (
        "-p", "testkeep",
        "-p", "pytest_cov",
        "-p", "xdist",
        "--rootdir=.",
        f"--testkeep-evidence={evidence}",
        f"--testkeep-context={context}",
        "--no-cov",
        "--numprocesses=0",
        "--dist=no",
        "--maxfail=0",
    )  # fmt: skip


def collection_arguments(evidence: str, context: str) -> tuple[str, ...]:
    """The arguments of ``python -m pytest`` that list the tests, and leave nothing outside the evidence folder."""
    return (*inspection_arguments(evidence, context), "--collect-only", "-q", "-o", f"cache_dir={evidence}/cache")

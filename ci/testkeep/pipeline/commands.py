"""Which commands a stage runs. The only place where a tool's command line is written."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from testkeep.model.layout import CONTAINERS
from testkeep.model.policy import Policy
from testkeep.model.stage import Stage


@dataclass(frozen=True)
class ToolCommand:
    """One static tool: the name of its distribution, and its arguments.

    ``module`` is set where the module has another name, ``script`` where it has no ``__main__``. A tool without a
    module is a program, ``tool`` its name or path.
    """

    tool: str
    arguments: tuple[str, ...] = ()
    module: str = ""
    script: str = ""
    install: str = "pip install 'testkeep[tools]'"

    @property
    def argv(self) -> tuple[str, ...]:
        """What makes the interpreter run it; a file of the project that has the module's name is not taken for it."""
        return ("-c", self.script) if self.script else ("-P", "-m", self.module, *self.arguments)


def _tool(name: str, *arguments: str) -> ToolCommand:
    return ToolCommand(name, arguments, module=name)


_IMPORT_LINTER = ToolCommand(
    "import-linter",
    module="importlinter",
    script="from importlinter.cli import lint_imports_command; lint_imports_command()",
    install="pip install import-linter",
)


# A project may have set "fix = true" for its developers; a check changes nothing.
_READ_ONLY = ("--no-fix", "--no-fix-only")


def static_commands(
    stage: Stage, formatter: str, source: Sequence[str], configured: Mapping[str, frozenset[str]]
) -> tuple[ToolCommand, ...]:
    """The tools of a static stage; a test stage has none.

    ``configured`` maps a tool to the keys that the project's configuration sets for it (missing: it has none); only an
    unconfigured tool gets defaults from here.
    """
    match stage, formatter:
        case Stage.FORMAT, "ruff":
            return (
                _tool("ruff", "format", "--check", "."),
                _tool("ruff", "check", *_READ_ONLY, "--select", "I", "."),
            )
        case Stage.FORMAT, _:
            # isort's own default style contradicts black's; a project that says nothing means black's.
            profile = () if "isort" in configured else ("--profile", "black")
            return (
                _tool("black", "--check", "."),
                _tool("isort", "--check-only", *profile, "."),
            )
        case Stage.LINT, _:
            contracts = (_IMPORT_LINTER,) if "importlinter" in configured else ()
            return (_tool("ruff", "check", *_READ_ONLY, "."), *contracts)
        case Stage.TYPING, _:
            return (_tool("mypy", *_mypy_arguments(source, configured.get("mypy"))),)
        case _:
            return ()


def further_commands(policy: Policy, stage: Stage) -> tuple[ToolCommand, ...]:
    """The commands that the policy names for a static stage beside those of ``static_commands``."""
    commands = [command for name, named in policy.commands.items() if name == stage for command in named]
    needed = f"commands.{stage} in the policy names it"
    words = (shlex.split(command) for command in commands)
    return tuple(ToolCommand(program, tuple(rest), install=needed) for program, *rest in words)


def fix_commands(
    formatter: str, configured: Mapping[str, frozenset[str]], paths: Sequence[str]
) -> tuple[ToolCommand, ...]:
    """The tools that mend what ``format`` and ``lint`` complain of, in the order in which they must run.

    The linter comes first: what it rewrites need not be well formatted. What it cannot mend is the lint stage's.
    """
    lint = _tool("ruff", "check", "--fix", "--exit-zero", *paths)
    if formatter == "ruff":
        return (
            lint,
            _tool("ruff", "check", "--select", "I", "--fix", "--exit-zero", *paths),
            _tool("ruff", "format", *paths),
        )
    profile = () if "isort" in configured else ("--profile", "black")
    return (lint, _tool("isort", *profile, *paths), _tool("black", *paths))


def _mypy_arguments(source: Sequence[str], keys: frozenset[str] | None) -> tuple[str, ...]:
    if keys is not None and keys & {"files", "packages", "modules"}:
        return ()
    targets = tuple(source) or (".",)
    return targets if keys is not None else ("--ignore-missing-imports", *targets)


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
        measure = [f"--cov={self._measured(entry)}" for entry in self.source] if self.coverage_config else []
        config = [f"--cov-config={self.coverage_config}"] if measure else []
        return (
            # By name, so that they are there also under PYTEST_DISABLE_PLUGIN_AUTOLOAD.
            "-p", "testkeep",
            "-p", "pytest_cov",
            f"--rootdir={self.root}",
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

    def _measured(self, entry: str) -> str:
        """A folder, or a module's name; absolute, because processes that tests start may run somewhere else."""
        path = PurePosixPath(entry)
        if path.suffix != ".py":
            return posixpath.normpath(posixpath.join(self.root, entry))
        parts = path.with_suffix("").parts
        return ".".join(parts[1:] if parts[0] in CONTAINERS else parts)


def inspection_arguments(root: str, evidence: str, context: str) -> tuple[str, ...]:
    """The arguments of ``python -m pytest`` for an inspection; the context says which tests. All paths are absolute.

    Whatever the project's ``addopts`` ask for, it runs in one process, without coverage, and to its end.
    """
    return (
        "-p", "testkeep",
        "-p", "pytest_cov",
        "-p", "xdist",
        f"--rootdir={root}",
        f"--testkeep-evidence={evidence}",
        f"--testkeep-context={context}",
        "--no-cov",
        "--numprocesses=0",
        "--dist=no",
        "--maxfail=0",
    )  # fmt: skip

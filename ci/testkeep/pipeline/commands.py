"""Which commands a stage runs. The only place where a tool's command line is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from testkeep.model.stage import Stage


@dataclass(frozen=True)
class ToolCommand:
    """One static tool: its module, distribution and arguments."""

    tool: str
    arguments: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The command as a person would type it."""
        return (self.tool, *self.arguments)


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
                ToolCommand("ruff", ("format", "--check", ".")),
                ToolCommand("ruff", ("check", "--select", "I", ".")),
            )
        case Stage.FORMAT, _:
            # isort's own default style contradicts black's; a project that says nothing means black's.
            profile = () if "isort" in configured else ("--profile", "black")
            return (
                ToolCommand("black", ("--check", ".")),
                ToolCommand("isort", ("--check-only", *profile, ".")),
            )
        case Stage.LINT, _:
            return (ToolCommand("ruff", ("check", ".")),)
        case Stage.TYPING, _:
            return (ToolCommand("mypy", _mypy_arguments(source, configured.get("mypy"))),)
        case _:
            return ()


def fix_commands(formatter: str, configured: Mapping[str, frozenset[str]]) -> tuple[ToolCommand, ...]:
    """The tools that mend what ``format`` and ``lint`` complain of, in the order in which they must run."""
    lint = ToolCommand("ruff", ("check", "--fix", "."))
    if formatter == "ruff":
        return (
            lint,
            ToolCommand("ruff", ("check", "--select", "I", "--fix", ".")),
            ToolCommand("ruff", ("format", ".")),
        )
    profile = () if "isort" in configured else ("--profile", "black")
    return (lint, ToolCommand("isort", (*profile, ".")), ToolCommand("black", (".",)))


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
    extra: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of ``python -m pytest``. Whatever the project's ``addopts`` say comes before them."""
        measure = [f"--cov={_coverage_source(entry)}" for entry in self.source] if self.coverage_config else []
        config = [f"--cov-config={self.coverage_config}"] if measure else []
        return (
            "-p", "testkeep",
            f"--rootdir={self.root}",
            f"--testkeep-stage={self.stage}",
            f"--testkeep-evidence={self.evidence}",
            f"--testkeep-context={self.context}",
            *measure,
            *config,
            "--cov-report=",
            # One stage alone cannot reach a threshold that is meant for all of them.
            "--cov-fail-under=0",
            *self.extra,
        )  # fmt: skip


def _coverage_source(entry: str) -> str:
    """coverage.py wants a folder or a module's name, not the file of a module."""
    path = PurePosixPath(entry)
    return path.stem if path.suffix == ".py" else entry

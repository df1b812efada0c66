"""The configuration of coverage.py that a project has, and the one that is in force for a change of it."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.formats import coverage_config
from testkeep.formats.coverage_config import CONFIG_FILES, Config
from testkeep.formats.coverage_leniency import loosened, tightened
from testkeep.model.policy_change import PolicyChange
from testkeep.pipeline.context import Project
from testkeep.system.files import read_text


def config_in_force(project: Project) -> Config:
    """Read the project's configuration; what a change of it leaves out beyond the base's counts all the same.

    Raises:
        UsageError: a file cannot be read.
    """
    head = _own(project)
    change = project.policy_change
    return head if change is None or change.base is None else tightened(_of_base(project, change), head)


def loosened_coverage(project: Project, change: PolicyChange) -> Iterator[tuple[str, str, str]]:
    """The options by which a change leaves out more than the base: their names, and the values of both sides.

    Raises:
        UsageError: a file cannot be read.
    """
    return loosened(_of_base(project, change), _own(project))


def _own(project: Project) -> Config:
    return _first((name, read_text(project.root / name)) for name in CONFIG_FILES)


def _of_base(project: Project, change: PolicyChange) -> Config:
    prefix = f"{change.folder}/" if change.folder else ""
    texts = project.repository.read_many(change.commit, (f"{prefix}{name}" for name in CONFIG_FILES))
    return _first((name, texts.get(f"{prefix}{name}")) for name in CONFIG_FILES)


def _first(texts: Iterator[tuple[str, str | None]]) -> Config:
    configs = (coverage_config.loads(name, text) for name, text in texts if text is not None)
    return next((config for config in configs if config is not None), {})

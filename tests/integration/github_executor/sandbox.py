"""A repository with workflows in it, executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

from github_executor.driver import Execution, Repository
from github_executor.report import Report
from repositories import GitProject

WORKFLOW = ".github/workflows/ci.yml"
JOB = "{runs-on: ubuntu-24.04, steps: [{run: 'true'}]}"


class Sandbox:
    """The repository ``acme/app`` and, where a test makes them, others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = GitProject(folder / "app")
        self.state = folder / "state"

    def repository(self, name: str, files: Mapping[str, str]) -> GitProject:
        """Another repository with one commit."""
        project = GitProject(self.folder / name)
        project.commit(files)
        return project

    def run(self, workflow: str, files: Mapping[str, str] | None = None, **settings: Any) -> Report:
        """Commit a workflow, started by a push unless it says otherwise, and execute it."""
        text = dedent(workflow)
        started = text if "\non:" in f"\n{text}" else f"on: push\n{text}"
        self.project.commit({**(files or {}), WORKFLOW: started})
        return self.execution(**settings).run()

    def jobs(self, jobs: str, files: Mapping[str, str] | None = None, **settings: Any) -> Report:
        """Execute a workflow of these jobs."""
        return self.run(f"jobs:\n{_indented(jobs)}", files, **settings)

    def steps(self, steps: str, files: Mapping[str, str] | None = None, **settings: Any) -> Report:
        """Execute a workflow with one job, ``job``, of these steps."""
        return self.jobs(f"job:\n  runs-on: ubuntu-24.04\n  steps:\n{_indented(steps, 4)}", files, **settings)

    def execution(self, **settings: Any) -> Execution:
        """An execution of what is committed."""
        return replace(Execution(Repository("acme/app", self.project.root), WORKFLOW, self.state), **settings)


def script(*lines: str) -> str:
    """A step that runs these lines."""
    return "- run: |\n" + "".join(f"    {line}\n" for line in lines)


def _indented(text: str, by: int = 2) -> str:
    return "".join(f"{' ' * by}{line}" for line in dedent(text).splitlines(keepends=True))

"""Repositories as they are on GitHub: the kit's, lent to a small project that calls its workflow."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from github_executor.driver import Execution, Repository
from github_executor.report import Report
from repositories import GitProject, simple_project

ROOT = Path(__file__).parents[3]
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
POLICY = """
[tool.testkeep]
stages = ["format", "unit", "integration"]

[tool.testkeep.suites]
shards = { unit = 2 }
"""
CALLER = """\
name: CI
on:
  pull_request:
  merge_group:
  push: {{branches: [main]}}
permissions:
  actions: read
  contents: read
jobs:
  ci:
    uses: {workflow}
    with:
{inputs}
"""
NO_BASE_JOBS = ("ci / base: ${{ matrix.name }}", "skipped")
FLOW = """\
    from app.calc import add


    def test_flow():
        assert add(add(1, 1), 1) == 3
    """


def kit_repository(place: Path) -> Path:
    """The part of this repository that GitHub reads when somebody calls the workflow."""
    project = GitProject(place)
    for folder in (".github", "github-actions"):
        shutil.copytree(ROOT / folder, place / folder)
    project.commit()
    project.git("tag", "v1")
    return place


@dataclass
class Caller:
    """A project on GitHub that calls the kit's workflow."""

    project: GitProject
    kit: Path
    state: Path
    inputs: dict[str, object] = field(default_factory=dict)
    workflow: str = "acme/testkeep/.github/workflows/pipeline.yml@v1"

    def write_workflow(self, **inputs: object) -> None:
        """Write the calling workflow; ``inputs`` go to the kit's."""
        # The base's own jobs take half of the time, and are the matter of few tests.
        given = {"kit": "testkeep", "runner": "direct", "install": "true", "default-python": PYTHON, "baseline": "gate"}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        lines = "\n".join(f"      {name}: {json.dumps(value)}" for name, value in given.items())
        path = self.project.repository / ".github" / "workflows" / "ci.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CALLER.format(workflow=self.workflow, inputs=lines))

    def pull_request(self, **rest: Any) -> Execution:
        """The run that GitHub starts for a pull request of the branch ``topic``: on its merge into ``main``."""
        git = self.project.git
        git("checkout", "--quiet", "--detach", "main")
        git("merge", "--quiet", "--no-ff", "-m", "merge", "topic")
        git("update-ref", "refs/pull/7/merge", "HEAD")
        base = git("rev-parse", "main")
        payload = {"pull_request": {"number": 7, "base": {"ref": "main", "sha": base}}}
        return self.execution(event="pull_request", ref="refs/pull/7/merge", sha="HEAD", payload=payload, **rest)

    def push(self, before: str, **rest: Any) -> Execution:
        """The run for a push to ``main``."""
        self.project.git("checkout", "--quiet", "main")
        return self.execution(event="push", ref="refs/heads/main", sha="main", payload={"before": before}, **rest)

    def execution(self, *, payload: Mapping[str, Any], **rest: Any) -> Execution:
        """One attempt of a run, with an interpreter in which the kit is installed already."""
        run = Execution(
            Repository("acme/shop", self.project.repository),
            ".github/workflows/ci.yml",
            self.state,
            payload={"repository": {"default_branch": "main"}, **payload},
            repositories={"acme/testkeep@v1": self.kit},
            pythons={PYTHON: prepared_python(self.state.parent / "python")},
            environment={"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        )
        return replace(run, **rest)


def caller(place: Path, kit: Path, folder: str = "", **inputs: object) -> Caller:
    """A project whose branch ``topic`` adds a harmless file to ``main``; checked out is ``topic``."""
    project = simple_project(place / "shop", folder, policy=POLICY)
    made = Caller(project, kit, place / "state")
    project.write({"tests/integration/test_flow.py": FLOW})
    made.write_workflow(**inputs)
    project.git("add", "--all")
    project.git("commit", "--quiet", "-m", "the workflow")
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"README.md": "text\n"})
    return made


def prepared_python(folder: Path) -> Path:
    """This machine's interpreter and kit. What pip is to install is there: looking takes it a second in each job."""
    here = Path(sys.executable)
    folder.mkdir(exist_ok=True)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\n[ "$1 $2 $3" = "-P -m pip" ] && exit 0\nexec "{here}" "$@"\n')
    python.chmod(0o755)
    program = folder / "testkeep"
    if not program.is_symlink():
        program.symlink_to(here.with_name("testkeep"))
    return python


def results(report: Report) -> dict[str, str]:
    """How each check ended, but for the base's own jobs where there are none."""
    assert report.error is None, report.error
    return {name: outcome for name, outcome in report.outcomes.items() if (name, outcome) != NO_BASE_JOBS}

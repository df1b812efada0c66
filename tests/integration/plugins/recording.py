"""Runs real pytest with the recorder in a small project, and reads what it left."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from testkeep.formats import evidence_json, journal
from testkeep.model.evidence import Evidence, Suite, Unfinished
from testkeep.model.tests import Outcome, Phase, RecordedTest, Selection
from testkeep.pipeline.context import bare_context
from testkeep.system.evidence_folder import EvidenceFolder

TWO_WORKERS = ("-n", "2")
SHARED_MODES = [pytest.param((), id="serial"), pytest.param(TWO_WORKERS, id="two workers")]
"""For fixtures whose one run many tests look at."""
# With workers the same is asked again; that takes long, and .ci/run does it by itself.
MODES = [pytest.param((), id="serial"), pytest.param(TWO_WORKERS, id="two workers", marks=pytest.mark.slow)]

_PRESETS = ("PYTEST", "COV_CORE", "TESTKEEP", "PYTHONOPTIMIZE", "PYTHONPATH", "CI", "GIT_")
_GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
_TIMEOUT_S = 180  # on a busy machine xdist alone waits 40 s for a worker that died


@dataclass(frozen=True)
class Recorded:
    """What one run of pytest left: a record, or the remains of a job that did not finish."""

    root: Path
    exit_code: int
    output: str
    evidence: Evidence | None
    unfinished: Unfinished | None

    @property
    def suite(self) -> Suite:
        assert self.evidence is not None, self.output
        assert self.evidence.suite is not None
        return self.evidence.suite

    @property
    def tests(self) -> dict[str, RecordedTest]:
        """The tests by the last part of their ids."""
        tests = {short(test.item.id): test for test in self.suite.tests}
        assert len(tests) == len(self.suite.tests), [test.item.id for test in self.suite.tests]
        return tests

    @property
    def outcomes(self) -> dict[str, str]:
        return {name: str(test.outcome or test.item.selection) for name, test in self.tests.items()}

    @property
    def started(self) -> dict[str, bool | None]:
        return {name: test.execution.started if test.execution else None for name, test in self.tests.items()}

    @property
    def phases(self) -> dict[str, list[str]]:
        """What there is to say of the phases of the tests that did not simply pass."""
        told = {name: self._told(test.execution.phases) for name, test in self.tests.items() if test.execution}
        return {name: lines for name, lines in told.items() if lines}

    def _told(self, phases: Sequence[Phase]) -> list[str]:
        told = []
        for phase in phases:
            reason = f" {phase.reason.splitlines()[0]!r}" if phase.reason else ""
            place = f" at {self.source_at(phase.location)}" if phase.location else ""
            xfail = "" if phase.wasxfail is None else f", xfail {phase.wasxfail!r}"
            raised = f", {phase.raised}" if phase.raised else ""
            told.append(f"{phase.when} {phase.outcome}{reason}{place}{xfail}{raised}")
        return [text for text in told if not text.endswith(" passed")]

    def source_at(self, location: str) -> str:
        """The line of code at ``path:line``."""
        path, _, line = location.rpartition(":")
        return (self.root / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].strip()

    @property
    def is_clean(self) -> bool:
        """Whether a reader could take this for a run in which everything was run and nothing failed."""
        if self.evidence is None or self.suite.exit_status != 0 or self.suite.lost_workers:
            return False
        selected = [test for test in self.suite.tests if test.item.selection is Selection.SELECTED]
        bad = (None, Outcome.FAILED, Outcome.ERROR)
        return bool(selected) and not any(test.outcome in bad for test in selected)


@dataclass(frozen=True)
class SmallProject:
    """A project in a git repository."""

    root: Path
    evidence: Path

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_PRESETS)}
        return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | dict(extra)

    def command(self, *arguments: str) -> list[str]:
        workers = ["-p", "xdist"] if "-n" in arguments else []
        recorder = ["-p", "testkeep", f"--testkeep-evidence={self.evidence}"]
        return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *workers, *recorder, *arguments]

    def pytest(self, *arguments: str, job: str = "tests", **environment: str) -> Recorded:
        """Run pytest with the recorder; an empty variable is left out of its environment."""
        env = {key: value for key, value in self.environment(environment).items() if value}
        done = subprocess.run(self.command(*arguments), cwd=self.root, env=env, capture_output=True, timeout=_TIMEOUT_S)
        return self.read(job, done.returncode, (done.stdout + done.stderr).decode(errors="replace"))

    def limited(self, *arguments: str, environment: Mapping[str, str] | None = None, **changes: Any) -> Recorded:
        """Run pytest for a job whose context differs from that of a bare run."""
        context = msgspec.structs.replace(bare_context(self.root, None), **changes)
        file = self.evidence.parent / f"{self.evidence.name}.json"
        file.write_bytes(msgspec.json.encode(context))
        EvidenceFolder(self.evidence).prepare([context.job.id])
        return self.pytest(*arguments, f"--testkeep-context={file}", **(environment or {}))

    def read(self, job: str, exit_code: int, output: str) -> Recorded:
        folder = EvidenceFolder(self.evidence)
        data = folder.read_record(job)
        journals = [journal.decode(lines) for lines in folder.read_journals(job)]
        return Recorded(
            root=self.root,
            exit_code=exit_code,
            output=output,
            evidence=evidence_json.loads(data, job) if data is not None else None,
            unfinished=journal.unfinished(job, journals) if any(journals) else None,
        )


def make_project(repository: Path, files: Mapping[str, str], folder: str = "") -> SmallProject:
    """Write a project into a new repository (or a folder of it) and commit it."""
    root = repository / folder
    root.mkdir(parents=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    if not (root / "pyproject.toml").exists():
        (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "everything"]):
        subprocess.run([*_GIT, *command], cwd=repository, check=True)
    return SmallProject(root, repository.parent / f"{repository.name} evidence")


def short(test_id: str) -> str:
    """A test's id without its file and classes."""
    names, bracket, params = test_id.partition("[")
    return names.rpartition("::")[2] + bracket + params


def selections(tests: Sequence[RecordedTest]) -> dict[str, str]:
    """How the tests that were not run were taken out, by the last part of their ids."""
    return {
        short(test.item.id): f"{test.item.selection} {test.item.selected_by}".rstrip()
        for test in tests
        if test.item.selection is not Selection.SELECTED
    }

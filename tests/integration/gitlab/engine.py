"""Runs a repository's GitLab pipeline on this machine, with gitlab-ci-local in an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec
import pytest

import node_packages
from testkeep.model.verdict import Verdict

HERE = Path(__file__).parent
GATE = "testkeep-gate"
_SUMMARY = re.compile(r"^ (?P<result>PASS|FAIL|WARN|NOT STARTED) +(?P<job>.+?)(?: (?P<coverage>[\d.]+)% coverage)?$")


@dataclass(frozen=True)
class PipelineRun:
    """How a pipeline ended."""

    folder: Path
    exit_code: int
    output: str

    @cached_property
    def jobs(self) -> dict[str, str]:
        """What became of each job, by name; matrix jobs by the name of their row."""
        found = map(_SUMMARY.match, self.output.splitlines())
        return {_short(match["job"]): match["result"] for match in found if match}

    @property
    def exit_codes(self) -> dict[str, int]:
        """The exit code of each job that ended."""
        ended = re.compile(r"^(\S+-\w+(?:: \[.+\])?) finished in [^\n]*?(?:FAIL (\d+))? *$", re.MULTILINE)
        return {_short(match[1]): int(match[2] or 0) for match in ended.finditer(self.output)}

    @property
    def coverage(self) -> float | None:
        """The coverage that the pipeline's expression found in the gate's log; None if it found none."""
        for line in self.output.splitlines():
            match = _SUMMARY.match(line)
            if match and match["job"].endswith("gate") and match["coverage"]:
                return float(match["coverage"])
        return None

    def artifacts(self, job: str = GATE) -> Path:
        """The folder with what a job left."""
        return self.folder / ".gitlab-ci-local" / "artifacts" / job

    def verdict(self, job: str = GATE) -> Verdict:
        """The verdict that a gate reached."""
        file = self.artifacts(job) / "testkeep-report" / "verdict.json"
        assert file.is_file(), self.output
        return msgspec.json.decode(file.read_bytes(), type=Verdict)

    def codes(self, job: str = GATE) -> list[str]:
        """The codes of a verdict's errors, each once, sorted."""
        return sorted({finding.code for finding in self.verdict(job).findings if finding.severity == "error"})


def _short(job: str) -> str:
    """Name a matrix job by the first value of its row: ``testkeep-tests: [unit-py312, 3.12]`` is ``unit-py312``."""
    match = re.fullmatch(r"(?P<prefix>.*?)(?:static|tests|base): \[(?P<row>[^,]+),.*\]", job.strip())
    if match is None:
        return job.strip()
    prefix = "" if match["prefix"] == "testkeep-" else match["prefix"]
    return prefix + match["row"]


@dataclass(frozen=True)
class Engine:
    """gitlab-ci-local, and the Node that runs it. ``environment`` is added to the jobs' own."""

    node: Path
    script: Path
    home: Path
    concurrency: int = 2
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, checkout: Path, variables: Mapping[str, str], *arguments: str) -> PipelineRun:
        """Run the pipeline of a checkout. ``variables`` are those that GitLab would have set."""
        done = subprocess.run(
            [
                *(self.node, self.script, "--home", self.home),
                *("--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source"),
                *("--concurrency", str(self.concurrency), "--max-job-name-padding", "0"),
                *(word for pair in variables.items() for word in ("--variable", "=".join(pair))),
                *("--unset-variable", "CI_COMMIT_BRANCH" if "CI_COMMIT_BRANCH" not in variables else "CI_COMMIT_TAG"),
                *("--ignore-predefined-vars", ",".join(variables)),
                *arguments,
            ],
            cwd=checkout,
            env=closed_environment(self.home) | dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        output = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        return PipelineRun(checkout, done.returncode, output)


def closed_environment(home: Path) -> dict[str, str]:
    """The environment of the jobs: nothing of this machine but its programs, and the Python that runs the tests."""
    coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS")}
    return coverage | {
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def make_engine(home: Path) -> Engine:
    """gitlab-ci-local and what it needs; without them the test is skipped, or fails where that would hide it in CI."""
    if shutil.which("rsync") is None:
        missing = "nothing was executed: rsync is not installed (Debian: apt-get install rsync)"
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    tools = node_packages.require(HERE)
    return Engine(tools.node, tools.packages / "node_modules/gitlab-ci-local/dist/index.js", home)

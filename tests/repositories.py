"""Real git repositories with small projects in them, and testkeep run on them as a user would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import msgspec

from launcher import run_testkeep
from testkeep.model.finding import Finding
from testkeep.model.verdict import Verdict

# Of the machine or of the pytest that runs these tests; they would change what the inner runs do.
_FOREIGN = ("PYTEST_", "GIT_", "TOX_", "NOX", "GITHUB_", "GITLAB_", "CI", "COV_CORE_", "PYTHONPATH", "TESTKEEP_")

CALC = """\
    def add(a: int, b: int) -> int:
        return a + b
    """
TEST_CALC = """\
    import pytest

    from app.calc import add


    @pytest.mark.parametrize(("a", "b", "total"), [(1, 2, 3), (0, 0, 0)])
    def test_add(a, b, total):
        assert add(a, b) == total


    def test_guard():
        assert add(2, 2) == 4


    class TestMore:
        def test_negative(self):
            assert add(-1, 1) == 0
    """


WAIVER = """
[[tool.testkeep.waivers]]
test = "tests/unit/test_calc.py::test_guard"
rule = "TK201"
reason = "known"
owner = "team"
expires = 2999-12-31
"""


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without what belongs to the outer run, and with quick inner runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS")}
    quick = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return kept | coverage | quick | extra


@dataclass(frozen=True)
class Outcome:
    """How a run of testkeep ended."""

    exit_code: int
    output: str
    errors: str
    verdict: Verdict | None

    @property
    def codes(self) -> list[str]:
        """The codes of all findings, each once, sorted."""
        return sorted({finding.code for finding in self.findings})

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The verdict's findings."""
        assert self.verdict is not None, self.output + self.errors
        return self.verdict.findings

    def finding(self, code: str) -> Finding:
        """The only finding with a code."""
        (found,) = [finding for finding in self.findings if finding.code == code]
        return found


class GitProject:
    """A project in a git repository of its own. ``folder`` is its place in the repository."""

    def __init__(self, repository: Path, folder: str = "") -> None:
        self.repository = repository
        self.root = repository / folder
        self.root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "A. Developer")
        self.git("config", "user.email", "developer@example.invalid")

    def git(self, *arguments: str) -> str:
        """Run git in the repository."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.repository,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files; texts are dedented."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file, where it must stand."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        (self.root / name).write_text(text.replace(old, new), encoding="utf-8")

    def remove(self, name: str) -> None:
        """Delete a file, and commit that."""
        (self.root / name).unlink()
        self.commit()

    def commit(self, files: Mapping[str, str] | None = None, message: str = "change") -> str:
        """Write files and commit everything; returns the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start testkeep and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "testkeep", *arguments],
            cwd=self.root,
            env=clean_environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A job that a shell started in the background ignores Ctrl-C, and so would all that it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )

    def testkeep(self, *arguments: str, cwd: Path | None = None, **environment: str) -> Outcome:
        """Run testkeep; ``run`` and ``gate`` also leave their verdict as JSON."""
        verdict_file = self.repository.parent / "verdict.json"
        verdict_file.unlink(missing_ok=True)
        command, *rest = arguments
        asked = ["--json", str(verdict_file)] if command in ("run", "gate") and "--help" not in rest else []
        done = run_testkeep([command, *asked, *rest], cwd or self.root, clean_environment(**environment))
        verdict = msgspec.json.decode(verdict_file.read_bytes(), type=Verdict) if verdict_file.exists() else None
        return Outcome(done.returncode, done.stdout, done.stderr, verdict)

    @property
    def evidence(self) -> Path:
        """The default evidence folder."""
        return self.root / ".testkeep" / "evidence"


def simple_project(repository: Path, folder: str = "", policy: str = "") -> GitProject:
    """A project with a package, four tests that guard, and a first commit."""
    project = GitProject(repository, folder)
    project.commit(
        {
            ".gitignore": "__pycache__/\n.pytest_cache/\n",
            "pyproject.toml": f'[project]\nname = "simple"\nversion = "1"\n{policy}',
            "app/__init__.py": "",
            "app/calc.py": CALC,
            "tests/unit/test_calc.py": TEST_CALC,
        }
    )
    return project


def wait_until(condition: object, what: str, seconds: float = 20.0) -> None:
    """Wait until a callable returns something true."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


INTERRUPT, TERMINATE, KILL = signal.SIGINT, signal.SIGTERM, signal.SIGKILL

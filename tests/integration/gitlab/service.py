"""A project as it lies on a GitLab server, and the checkouts that GitLab's runner makes of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repositories import GitProject, clean_environment

ROOT = Path(__file__).parents[3]
PIPELINE = ROOT / "gitlab-ci" / "pipeline.yml"
COMPONENT = ROOT / "templates" / "pipeline.yml"
PYTHON = ".".join(map(str, sys.version_info[:2]))
PY = f"py{PYTHON.replace('.', '')}"
TARGET, SOURCE = "main", "feature"
INCLUDED = "ci/testkeep.yml"
LOCAL = {"local": INCLUDED}

POLICY = '[project]\nname = "simple"\nversion = "1"\n[tool.testkeep]\nstages = ["lint", "unit"]\n'
FILES = {
    ".gitignore": "__pycache__/\n.pytest_cache/\n",
    "pyproject.toml": POLICY,
    "app/__init__.py": "",
    "app/calc.py": "def add(a: int, b: int) -> int:\n    return a + b\n",
    "tests/unit/test_calc.py": (
        "from app.calc import add\n\n\n"
        "def test_add():\n    assert add(1, 2) == 3\n\n\n"
        "def test_guard():\n    assert add(2, 2) == 4\n"
    ),
}
TEST_FILE = "tests/unit/test_calc.py"
GOOD_CHANGE = {
    "app/twice.py": "from app.calc import add\n\n\ndef twice(a: int) -> int:\n    return add(a, a)\n",
    "tests/unit/test_twice.py": ("from app.twice import twice\n\n\ndef test_twice():\n    assert twice(2) == 4\n"),
}


def rows(*jobs: str) -> list[dict[str, str]]:
    """The rows of a matrix, for the Python that runs these tests."""
    return [{"TESTKEEP_JOB": job, "TESTKEEP_PYTHON": PYTHON} for job in jobs]


INPUTS: dict[str, Any] = {
    "python": PYTHON,
    "kit": "",
    "runner": "direct",
    "static": rows("lint"),
    "tests": rows(f"unit-{PY}"),
    "base": rows(f"base-unit-{PY}"),
}


def ci_file(*includes: Mapping[str, Any], include: Mapping[str, str] = LOCAL, **more: Any) -> str:
    """Write a ``.gitlab-ci.yml``, as JSON: one include of the pipeline for each set of inputs, or one with ``INPUTS``.

    ``more`` are further keys of the file.
    """
    wanted = [{**include, "inputs": {**INPUTS, **inputs}} for inputs in includes or ({},)]
    return json.dumps({"include": wanted, **more}, indent=2) + "\n"


@dataclass(frozen=True)
class Checkout:
    """What a runner starts a pipeline in: the working tree, and the variables that GitLab sets."""

    folder: Path
    variables: dict[str, str]


class Service:
    """A GitLab project whose default branch has a first commit, with a working clone at hand.

    The clone is on the branch of a merge request into the default branch. ``place`` is the project's folder in the
    repository, ``example`` a folder with another project than the small one, with a policy of these ``stages``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        place: str = "",
        ci: str = "",
        example: Path | None = None,
        stages: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        self.bare = folder / "app.git"
        self.project = GitProject(folder / "clone", place)
        self.git("init", "--quiet", "--bare", f"--initial-branch={TARGET}", str(self.bare))
        if example is None:
            self.project.commit(FILES)
        else:
            shutil.copytree(example, self.project.root, dirs_exist_ok=True, ignore=_LEFT_BY_RUNS)
        if stages:
            self.project.replace("pyproject.toml", "[tool.testkeep]\n", f"[tool.testkeep]\nstages = {[*stages]}\n")
        self.commit_ci(ci or ci_file())
        self.first = self.project.git("rev-parse", "HEAD")
        self.project.git("push", "--quiet", str(self.bare), TARGET)
        self.project.git("checkout", "--quiet", "-b", SOURCE)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run git anywhere; returns what it printed."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self._folder,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout.strip()

    def commit_ci(self, ci: str) -> str:
        """Commit the project's ``.gitlab-ci.yml`` and the pipeline that it includes."""
        files = {".gitlab-ci.yml": ci, INCLUDED: PIPELINE.read_text(encoding="utf-8")}
        for name, text in files.items():
            path = self.project.repository / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self.project.commit()

    def detached(self, depth: int = 0) -> Checkout:
        """A pipeline of the merge request, for its commit as it was pushed."""
        head = self._push(SOURCE)
        base = self.project.git("merge-base", SOURCE, TARGET)
        return self._check_out(head, depth, {**_MERGE_REQUEST, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base})

    def merged_result(self, depth: int = 0) -> Checkout:
        """A pipeline for what merging the merge request into its target would give."""
        target = self.project.git("rev-parse", TARGET)
        head = self._merge(target, self._push(SOURCE))
        variables = {
            **_MERGE_REQUEST,
            "CI_MERGE_REQUEST_EVENT_TYPE": "merged_result",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.project.git("merge-base", SOURCE, TARGET),
            "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": target,
        }
        return self._check_out(head, depth, variables)

    def merge_train(self, before: str, depth: int = 0, *, fast_forward: bool = False) -> Checkout:
        """A pipeline of a merge train, in which another branch goes ``before`` the merge request."""
        onto = self._merge(self.project.git("rev-parse", TARGET), self._push(before))
        head = self._merge(onto, self._push(SOURCE))
        if fast_forward:
            # One commit of the merge request, put upon what is ahead of it.
            head = self.project.git("commit-tree", f"{head}^{{tree}}", "-p", onto, "-m", "rebased")
        variables = {
            **_MERGE_REQUEST,
            "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.project.git("merge-base", SOURCE, TARGET),
            "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": onto,
        }
        return self._check_out(head, depth, variables)

    def default_branch(self, depth: int = 0) -> Checkout:
        """A pipeline of the default branch, after the merge request was merged by fast-forward."""
        before = self.project.git("rev-parse", TARGET)
        self.project.git("branch", "--force", TARGET, SOURCE)
        head = self._push(TARGET)
        variables = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": TARGET, "CI_COMMIT_BEFORE_SHA": before}
        return self._check_out(head, depth, variables)

    def first_commit(self) -> Checkout:
        """A pipeline of the default branch, which has one commit only."""
        variables = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": TARGET, "CI_COMMIT_BEFORE_SHA": "0" * 40}
        tree = self.project.git("rev-parse", f"{TARGET}^{{tree}}")
        head = self.project.git("commit-tree", tree, "-m", "first")
        self.project.git("push", "--quiet", "--force", str(self.bare), f"{head}:refs/heads/{TARGET}")
        return self._check_out(head, 0, variables)

    def _push(self, branch: str) -> str:
        self.project.git("push", "--quiet", "--force", str(self.bare), branch)
        return self.project.git("rev-parse", branch)

    def _merge(self, first: str, second: str) -> str:
        """Merge two commits as the server does: the first parent is what is merged into."""
        tree = self.project.git("merge-tree", "--write-tree", first, second)
        return self.project.git("commit-tree", tree, "-p", first, "-p", second, "-m", "merge")

    def _check_out(self, head: str, depth: int, variables: Mapping[str, str]) -> Checkout:
        """Fetch as GitLab's runner does: the pipeline's own ref, and all branches only without a depth."""
        self.project.git("push", "--quiet", "--force", str(self.bare), f"{head}:refs/pipelines/1")
        folder = self._folder / "builds" / "my project"
        self.git("init", "--quiet", str(folder))
        self.git("remote", "add", "origin", self.bare.as_uri(), cwd=folder)
        what = ["+refs/pipelines/1:refs/pipelines/1"]
        what = [f"--depth={depth}", *what] if depth else ["+refs/heads/*:refs/remotes/origin/*", *what]
        self.git("fetch", "--quiet", "--no-tags", "origin", *what, cwd=folder)
        self.git("checkout", "--quiet", "--detach", head, cwd=folder)
        # The engine's own; a runner keeps such things outside the working tree.
        (folder / ".git/info/exclude").write_text(".gitlab-ci-local/\n", encoding="utf-8")
        return Checkout(folder, {**_OF_EVERY_PIPELINE, "CI_COMMIT_SHA": head, **variables})


_LEFT_BY_RUNS = shutil.ignore_patterns("__pycache__", ".*_cache", ".nox", ".tox", ".venv", ".testkeep", "*.db")
_OF_EVERY_PIPELINE = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": TARGET}
_MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": TARGET,
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": SOURCE,
}

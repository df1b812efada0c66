"""A run that is stopped leaves no process, no worktree, and no evidence that looks complete."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import GitProject, wait_until

SLEEPING = "import time\n\n\ndef test_sleeps():\n    time.sleep(120)\n"


def processes_in(folder: Path) -> list[str]:
    """The command lines of processes that work in a folder (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").resolve().is_relative_to(folder):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.fixture
def sleeping(project: GitProject) -> GitProject:
    project.commit({"tests/unit/test_zz_sleeping.py": SLEEPING})
    return project


def has_begun(project: GitProject) -> bool:
    journal = project.evidence / "unit.main.jsonl"
    return journal.exists() and b"test_sleeps" in journal.read_bytes().rpartition(b'"type":"started"')[2]


INTERRUPTED_AT_AN_IMPORT = """\
import sys


class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "testkeep.cli":
            raise KeyboardInterrupt


sys.meta_path.insert(0, Interrupting())
from testkeep.__main__ import main

sys.exit(main())
"""


def test_main__interrupted_while_it_is_imported__says_so_in_one_line() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED_AT_AN_IMPORT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\ntestkeep: interrupted\n")


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
@pytest.mark.parametrize(
    "how",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, id="termination"),
        pytest.param(
            signal.SIGHUP,
            id="a closed terminal",
            marks=pytest.mark.skipif(
                signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, reason="under nohup a closed terminal is no matter"
            ),
        ),
    ],
)
def test_run__interrupted__ends_every_child_and_says_what_was_cut(sleeping: GitProject, how: signal.Signals) -> None:
    run = sleeping.start("run", "unit", "integration", "--base", "none")
    wait_until(lambda: has_begun(sleeping), "the sleeping test")

    run.send_signal(how)
    _, errors = run.communicate(timeout=30)

    assert run.returncode == 130
    assert "interrupted; cut off: unit (4 of 5 tests had run)" in errors
    assert processes_in(sleeping.root) == []
    gate = sleeping.testkeep("gate", "--base", "none")
    assert gate.exit_code == 4
    assert {"TK104", "TK501"} >= set(gate.codes)


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_run__killed__leaves_no_child_and_no_complete_evidence(sleeping: GitProject) -> None:
    run = sleeping.start("run", "unit", "--base", "none")
    wait_until(lambda: has_begun(sleeping), "the sleeping test")

    run.kill()
    run.communicate(timeout=30)

    wait_until(lambda: processes_in(sleeping.root) == [], "the end of the children")
    assert not (sleeping.evidence / "unit.json").exists()
    gate = sleeping.testkeep("gate", "--base", "none")
    assert gate.exit_code == 4
    assert "it was running tests/unit/test_zz_sleeping.py::test_sleeps" in gate.finding("TK104").message


def test_run__interrupted_while_the_base_runs__removes_the_worktree(sleeping: GitProject) -> None:
    sleeping.commit({"tests/unit/test_zz_sleeping.py": "def test_sleeps():\n    assert True\n"})
    run = sleeping.start("run", "unit")
    wait_until(lambda: len(sleeping.git("worktree", "list").splitlines()) == 2, "the worktree")

    run.send_signal(signal.SIGINT)
    run.communicate(timeout=30)

    assert run.returncode == 130
    assert len(sleeping.git("worktree", "list").splitlines()) == 1


def test_run__killed_while_the_base_runs__the_next_run_removes_the_worktree(sleeping: GitProject) -> None:
    sleeping.commit({"tests/unit/test_zz_sleeping.py": "def test_sleeps():\n    assert True\n"})
    run = sleeping.start("run", "unit")
    wait_until(lambda: len(sleeping.git("worktree", "list").splitlines()) == 2, "the worktree")
    orphan = Path(sleeping.git("worktree", "list").splitlines()[1].split()[0])
    run.kill()
    run.communicate(timeout=30)
    assert orphan.exists()

    sleeping.testkeep("run", "unit", "--base", "HEAD~2")

    assert not orphan.exists()
    assert len(sleeping.git("worktree", "list").splitlines()) == 1


def test_run__after_an_interrupted_one__is_not_disturbed_by_what_it_left(sleeping: GitProject) -> None:
    run = sleeping.start("run", "unit", "--base", "none")
    wait_until(lambda: has_begun(sleeping), "the sleeping test")
    run.kill()
    run.communicate(timeout=30)
    (sleeping.root / "tests/unit/test_zz_sleeping.py").unlink()
    sleeping.commit()

    assert sleeping.testkeep("run", "unit", "--base", "none").exit_code == 0
    assert subprocess.run(["git", "status"], cwd=sleeping.root, check=False, capture_output=True).returncode == 0

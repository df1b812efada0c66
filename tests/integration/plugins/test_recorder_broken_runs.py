"""Runs that break off, crash or are cut: none leaves a record that looks complete and clean."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from integration.plugins.recording import MODES, Recorded, make_project, short

LIST = "test_a.py"
GOOD = "def test_good():\n    assert True\n"
LAST = "def test_last():\n    assert True\n"


def a_file(body: str, before: str = "") -> dict[str, str]:
    return {LIST: f"import os, pytest, signal, sys\n{before}\n{GOOD}\ndef test_bad():\n    {body}\n\n{LAST}"}


@dataclass(frozen=True)
class Left:
    """What a broken run must have left: the outcomes in its record, or how far it came without one."""

    exit_status: int | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    lost_workers: int = 0
    running: tuple[str, ...] = ()
    cause: str = ""


def left_by(recorded: Recorded) -> Left:
    if recorded.evidence is not None:
        return Left(recorded.suite.exit_status, recorded.outcomes, len(recorded.suite.lost_workers))
    unfinished = recorded.unfinished
    assert unfinished is not None, recorded.output
    return Left(running=tuple(map(short, unfinished.running)), cause=unfinished.cause)


NAMES = ("test_good", "test_bad", "test_last")


def told(good: str, bad: str, last: str) -> dict[str, str]:
    return dict(zip(NAMES, (good, bad, last), strict=True))


CASES = [
    pytest.param(
        a_file("os._exit(0)"),
        (),
        Left(running=("test_bad",)),
        Left(1, told("passed", "failed", "passed"), lost_workers=1),
        id="os._exit in a test",
    ),
    pytest.param(
        a_file("os.kill(os.getpid(), signal.SIGKILL)"),
        (),
        Left(running=("test_bad",)),
        Left(1, told("passed", "failed", "passed"), lost_workers=1),
        id="kill -9 in a test",
    ),
    pytest.param(
        a_file("pytest.exit('enough', returncode=0)"),
        (),
        Left(running=("test_bad",), cause="pytest.exit: enough"),
        None,
        id="pytest.exit with success",
    ),
    pytest.param(
        a_file("raise KeyboardInterrupt"),
        (),
        Left(2, told("passed", "selected", "selected")),
        None,
        id="KeyboardInterrupt",
    ),
    pytest.param(
        a_file("sys.exit(0)"),
        (),
        Left(1, told("passed", "failed", "passed")),
        Left(1, told("passed", "failed", "passed")),
        id="sys.exit",
    ),
    pytest.param(
        a_file("assert False"), ("-x",), Left(1, told("passed", "failed", "selected")), None, id="stops at a failure"
    ),
    pytest.param(
        a_file(
            "pass", "@pytest.fixture(scope='session', autouse=True)\ndef service():\n    raise RuntimeError('no')\n"
        ),
        (),
        Left(1, told("error", "error", "error")),
        Left(1, told("error", "error", "error")),
        id="session fixture fails",
    ),
    pytest.param(
        a_file("pass", "@pytest.fixture(scope='session', autouse=True)\ndef service():\n    os._exit(0)\n"),
        (),
        Left(running=("test_good",)),
        None,
        id="session fixture ends the process",
    ),
    pytest.param(
        a_file("pass") | {"conftest.py": "def pytest_sessionfinish():\n    raise RuntimeError('no')\n"},
        (),
        Left(),
        Left(),
        id="another plugin fails at the end",
    ),
    pytest.param(
        a_file("pass") | {"conftest.py": "def pytest_unconfigure():\n    raise RuntimeError('no')\n"},
        (),
        Left(),
        Left(),
        id="another plugin fails after the end",
    ),
    pytest.param(
        a_file("pass")
        | {"conftest.py": "import pytest\ndef pytest_sessionstart():\n    pytest.exit('no service', returncode=0)\n"},
        (),
        Left(cause="pytest.exit: no service"),
        Left(cause="pytest.exit: no service"),
        id="pytest.exit at the start",
    ),
    pytest.param(
        a_file("pass") | {"test_0.py": "import pytest\npytest.exit('not here', returncode=0)\n"},
        (),
        None,
        None,
        id="pytest.exit in a module",
    ),
    pytest.param(
        a_file("pass") | {"conftest.py": "def pytest_runtest_logreport(report):\n    raise RuntimeError('no')\n"},
        (),
        None,
        None,
        id="a hook fails",
    ),
]


@pytest.mark.parametrize(("files", "arguments", "serial", "distributed"), CASES)
@pytest.mark.parametrize("mode", MODES)
def test_broken_runs(
    tmp_path: Path,
    files: dict[str, str],
    arguments: tuple[str, ...],
    serial: Left | None,
    distributed: Left | None,
    mode: tuple[str, ...],
) -> None:
    recorded = make_project(tmp_path / "repository", files).pytest(*arguments, *mode)
    expected = distributed if mode else serial
    assert not recorded.is_clean
    # None: what else had run by then depends on the moment.
    assert expected is None or left_by(recorded) == expected


@pytest.mark.parametrize("mode", MODES)
def test_kill_while_a_test_sleeps(tmp_path: Path, mode: tuple[str, ...]) -> None:
    project = make_project(tmp_path / "repository", a_file("import time; time.sleep(600)"))
    running = subprocess.Popen(project.command(*mode), cwd=project.root, env=project.environment({}))
    try:
        until = time.monotonic() + 30
        while not has_begun(project.read("tests", 0, ""), "test_bad"):
            assert time.monotonic() < until
            assert running.poll() is None
            time.sleep(0.05)
    finally:
        running.kill()
        running.wait()
    recorded = project.read("tests", running.returncode, "")
    assert recorded.evidence is None
    assert recorded.unfinished is not None
    assert (recorded.unfinished.n_collected, short(recorded.unfinished.running[0])) == (3, "test_bad")


def has_begun(recorded: Recorded, name: str) -> bool:
    return recorded.unfinished is not None and name in map(short, recorded.unfinished.running)


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        pytest.param({"conftest.py": "import nowhere\n"}, (), id="conftest.py cannot be imported"),
        pytest.param(
            {"conftest.py": "def pytest_configure():\n    1 / 0\n"}, (), id="conftest.py cannot be configured"
        ),
        pytest.param({"pytest.ini": "[pytest]\naddopts = --no-such-option\n"}, (), id="unknown option"),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_a_run_that_cannot_start_leaves_nothing(
    tmp_path: Path, files: dict[str, str], arguments: tuple[str, ...], mode: tuple[str, ...]
) -> None:
    """Not even the record of the run before."""
    project = make_project(tmp_path / "repository", {LIST: GOOD})
    assert project.pytest(*mode).is_clean
    for name, text in files.items():
        (project.root / name).write_text(text)
    recorded = project.pytest(*arguments, *mode)
    assert recorded.exit_code not in (0, 1) or "ZeroDivisionError" in recorded.output
    assert recorded.evidence is None


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param((), None, id="serial"),
        # xdist calls it a run that found no tests.
        pytest.param(("-n", "2"), ["pytest ended there with exit code 4"] * 2, id="two workers"),
    ],
)
def test_a_path_that_is_not_there(tmp_path: Path, mode: tuple[str, ...], expected: list[str] | None) -> None:
    recorded = make_project(tmp_path / "repository", {LIST: GOOD}).pytest(LIST, "no_such_file.py", *mode)
    lost = recorded.suite.lost_workers if recorded.evidence else None
    assert (lost and [worker.partition(": ")[2] for worker in lost]) == expected


def test_a_forked_child_that_stays_writes_nothing(tmp_path: Path) -> None:
    """It runs the rest of the tests once more, and ends before its parent does."""
    files = a_file("if os.fork() == 0:\n        sys.exit(0)\n    os.wait()")
    recorded = make_project(tmp_path / "repository", files).pytest()
    assert recorded.output.count("test session starts") == 1
    assert recorded.output.count("short test summary") == 1  # the child's
    assert left_by(recorded) == Left(0, told("passed", "passed", "passed"))


@pytest.mark.parametrize("mode", MODES)
def test_a_pytest_inside_a_test_writes_nothing(tmp_path: Path, mode: tuple[str, ...]) -> None:
    """It inherits the option from PYTEST_ADDOPTS."""
    inner = "subprocess.run([sys.executable, '-m', 'pytest', '-p', 'testkeep', 'inner.py'], check=True)"
    files = a_file(inner, "import subprocess\n") | {"inner.py": "def test_inner():\n    assert True\n"}
    project = make_project(tmp_path / "repository", files)
    recorded = project.pytest(*mode, PYTEST_ADDOPTS=f"'--testkeep-evidence={project.evidence}'")
    assert recorded.is_clean, recorded.output
    assert recorded.outcomes == told("passed", "passed", "passed")


def test_the_worker_that_lists_the_tests_dies_before_it_has(tmp_path: Path) -> None:
    text = f"import os\nif os.environ.get('PYTEST_XDIST_WORKER') == 'gw0':\n    os._exit(1)\n{GOOD}"
    recorded = make_project(tmp_path / "repository", {LIST: text}).pytest("-n", "2")
    assert (recorded.outcomes, recorded.is_clean) == ({"test_good": "passed"}, False)
    assert [worker.partition(":")[0] for worker in recorded.suite.lost_workers] == ["gw0"]


def test_an_evidence_folder_that_vanishes(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repository", {})
    (project.root / LIST).write_text(f"import shutil\ndef test_bad():\n    shutil.rmtree({str(project.evidence)!r})\n")
    recorded = project.pytest()
    assert (recorded.exit_code, recorded.evidence) == (4, None)
    assert "ERROR: testkeep: " in recorded.output
    assert "test_bad removed the folder with the evidence" in recorded.output
    assert "Traceback" not in recorded.output

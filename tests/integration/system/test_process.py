"""Real processes."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from testkeep.errors import ToolError
from testkeep.system.process import Task, Tasks, call

STUBBORN = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def make_task(folder: Path, name: str, code: str, timeout_s: float = 30.0) -> Task:
    return Task(name, (sys.executable, "-c", code), folder, {}, folder / f"{name}.log", timeout_s)


def nothing() -> None:
    return None


def never() -> bool:
    return False


def test_call__program_is_not_there__is_a_tool_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no-such-program cannot be started"):
        call(["no-such-program"], tmp_path)


def test_run__several_tasks__run_together_and_keep_their_outputs_apart(tmp_path: Path) -> None:
    meet = (
        "import pathlib, time\npathlib.Path({mine!r}).touch()\n"
        "while not pathlib.Path({other!r}).exists(): time.sleep(0.01)\nprint({mine!r})"
    )
    tasks = [
        make_task(tmp_path, "a", meet.format(mine="a", other="b")),
        make_task(tmp_path, "b", meet.format(mine="b", other="a")),
    ]

    together = Tasks(limit=2)
    ended = together.run(tasks, nothing, never)

    assert together.beside == {"a": {"b"}, "b": {"a"}}
    assert {name: end.exit_code for name, end in ended.items()} == {"a": 0, "b": 0}
    assert [(tmp_path / f"{name}.log").read_text() for name in "ab"] == ["a\n", "b\n"]


def test_run__more_tasks_than_the_limit__never_runs_more_at_a_time(tmp_path: Path) -> None:
    tasks = Tasks(limit=1)
    seen: list[int] = []

    tasks.run(
        [make_task(tmp_path, name, "import time; time.sleep(0.2)") for name in "abc"],
        lambda: seen.append(len(tasks.running)),
        never,
    )

    assert max(seen) == 1
    assert tasks.beside == {"a": set(), "b": set(), "c": set()}


def test_run__task_takes_too_long__is_ended_with_what_it_started(tmp_path: Path) -> None:
    sleep = "import time; time.sleep(60)"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {sleep!r}]); {sleep}"

    ended = Tasks(limit=1).run([make_task(tmp_path, "a", code, timeout_s=0.5)], nothing, never)["a"]

    assert ended.timed_out is True


def test_run__interrupted__ends_also_a_task_that_ignores_it(tmp_path: Path) -> None:
    def interrupt() -> None:
        if (tmp_path / "a.log").read_text().startswith("up"):
            raise KeyboardInterrupt

    tasks = Tasks(limit=1)
    with pytest.raises(KeyboardInterrupt):
        tasks.run([make_task(tmp_path, "a", STUBBORN)], interrupt, never)

    assert tasks.ended["a"].exit_code == -signal.SIGTERM
    assert tasks.ended["a"].cut is True


def test_run__little_grace__ends_a_stubborn_task_soon(tmp_path: Path) -> None:
    ended = Tasks(limit=1, grace_s=0.1).run([make_task(tmp_path, "a", STUBBORN, timeout_s=5)], nothing, never)["a"]

    assert (ended.timed_out, ended.exit_code) == (True, -signal.SIGTERM)
    assert ended.duration_s < 5 + 5  # the usual grace


def test_run__stop_early__starts_nothing_more(tmp_path: Path) -> None:
    tasks = Tasks(limit=1)

    ended = tasks.run(
        [make_task(tmp_path, "a", "raise SystemExit(1)"), make_task(tmp_path, "b", "pass")],
        nothing,
        lambda: bool(tasks.ended),
    )

    assert list(ended) == ["a"]


def test_run__a_task_leaves_a_process_behind__it_ends_with_the_task(tmp_path: Path) -> None:
    code = (
        "import subprocess,sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid)"
    )

    Tasks(limit=1).run([make_task(tmp_path, "a", code)], nothing, never)

    child = Path("/proc") / (tmp_path / "a.log").read_text().strip()
    deadline = time.monotonic() + 5
    while child.exists() and "Z" not in (child / "stat").read_text().split()[2]:
        assert time.monotonic() < deadline
        time.sleep(0.02)

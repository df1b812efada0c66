"""Starting other programs: one quick call at a time, or several long ones together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from testkeep.errors import ToolError

_POLL_S = 0.05
_GRACE_S = 5.0
_PR_SET_PDEATHSIG = 1
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Completed:
    """A call that ended. ``stdout`` is bytes, because file names need not be text."""

    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Standard output as text, without the last line's end."""
        return self.stdout.decode(errors="surrogateescape").rstrip("\n")


def call(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> Completed:
    """Run a short command and wait for it.

    Raises:
        ToolError: the program cannot be started.
    """
    try:
        done = subprocess.run(argv, cwd=cwd, env=env, input=stdin, capture_output=True, check=False)
    except OSError as error:
        raise ToolError(f"{argv[0]} cannot be started: {error.strerror}", hint=f"Is {argv[0]} installed?") from error
    return Completed(done.returncode, done.stdout, done.stderr.decode(errors="replace").strip())


def run_visibly(argv: Sequence[str], cwd: Path, extra: Mapping[str, str] | None = None) -> int:
    """Run a command that writes to our own output, and return its exit code. ``extra`` are environment variables."""
    return subprocess.run(argv, cwd=cwd, env={**os.environ, **(extra or {})}, check=False).returncode


@dataclass(frozen=True)
class Task:
    """A long command: both of its output streams go to ``log``. ``timeout_s`` is in seconds."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    log: Path
    timeout_s: float


@dataclass(frozen=True)
class Ended:
    """How a task ended: a negative exit code is the number of the signal that ended it.

    ``cut`` says that it was ended because the others were given up.
    """

    exit_code: int
    duration_s: float
    timed_out: bool = False
    cut: bool = False


@dataclass
class _Running:
    task: Task
    process: subprocess.Popen[bytes]
    started: float


class Tasks:
    """Runs tasks together, each in a process group of its own, and ends them all when it is left early.

    A process that is told to end has ``grace_s`` seconds before it is told more firmly. ``ended`` says how each task
    ended, and ``beside`` which others ran while it did.
    """

    def __init__(self, limit: int, grace_s: float = _GRACE_S) -> None:
        self._limit = limit
        self._grace_s = grace_s
        self._running: list[_Running] = []
        self.ended: dict[str, Ended] = {}
        self.beside: dict[str, set[str]] = {}

    @property
    def running(self) -> tuple[str, ...]:
        """The names of the tasks that are running now."""
        return tuple(entry.task.name for entry in self._running)

    def run(
        self, tasks: Sequence[Task], on_tick: Callable[[], None], stop_early: Callable[[], bool]
    ) -> dict[str, Ended]:
        """Run all tasks, at most ``limit`` at a time, and return how each that was started ended.

        ``on_tick`` is called some times a second; when ``stop_early`` says so, running tasks are ended and the rest is
        not started. On an exception, KeyboardInterrupt included, no process outlives the call.
        """
        waiting = list(tasks)
        try:
            while (waiting or self._running) and not stop_early():
                while waiting and len(self._running) < self._limit:
                    self._start(waiting.pop(0))
                self._reap()
                on_tick()
                time.sleep(_POLL_S)
        finally:
            self._end_all()
        return self.ended

    def _start(self, task: Task) -> None:
        with task.log.open("wb") as log, _signals_held():
            process = subprocess.Popen(
                task.argv,
                cwd=task.cwd,
                env=dict(task.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_prepare_child,  # noqa: PLW1509
            )
        others = {entry.task.name for entry in self._running if entry.process.poll() is None}
        self.beside[task.name] = others
        for other in others:
            self.beside[other].add(task.name)
        self._running.append(_Running(task, process, time.monotonic()))

    def _reap(self) -> None:
        for entry in list(self._running):
            code = entry.process.poll()
            late = code is None and time.monotonic() - entry.started > entry.task.timeout_s
            if late:
                code = _end([entry.process], self._grace_s)[0]
            if code is not None:
                self._running.remove(entry)
                # Whatever a test left running in the background ends with its stage.
                _signal_group(entry.process.pid, signal.SIGKILL)
                duration_s = time.monotonic() - entry.started
                self.ended[entry.task.name] = Ended(code, duration_s, timed_out=late)

    def _end_all(self) -> None:
        codes = _end([entry.process for entry in self._running], self._grace_s)
        for entry, code in zip(self._running, codes, strict=True):
            self.ended[entry.task.name] = Ended(code, time.monotonic() - entry.started, cut=True)
        self._running.clear()


def _end(processes: Sequence[subprocess.Popen[bytes]], grace_s: float) -> list[int]:
    """End process groups, more firmly at each step, and return their exit codes."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            if process.poll() is None:
                _signal_group(process.pid, how)
        deadline = time.monotonic() + grace_s
        while time.monotonic() < deadline and any(process.poll() is None for process in processes):
            time.sleep(_POLL_S)
    for process in processes:
        _signal_group(process.pid, signal.SIGKILL)
    return [process.wait() for process in processes]


def _signal_group(group: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, how)


def interrupt_on_termination() -> None:
    """Treat SIGTERM (a cancelled CI job) and SIGHUP (a closed terminal) like Ctrl-C.

    So children end, and worktrees are removed. Under nohup a closed terminal is no matter.
    """

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, interrupt)


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Let Ctrl-C wait while a process is forked: Python drops what it raises in the hooks around a fork."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _load_libc() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except OSError:
        return None


_libc = _load_libc() if sys.platform == "linux" else None


def _prepare_child() -> None:
    # A job that a shell started in the background ignores Ctrl-C; its children must hear ours.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    # Without this a "kill -9" of testkeep leaves test processes behind that go on writing evidence.
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

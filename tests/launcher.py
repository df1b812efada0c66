"""Runs testkeep for tests: one process has imported it, and forks itself for each command.

Starting Python and importing testkeep takes longer than many a command. What the command finds is what ``python -m
testkeep`` finds: its own environment, folder, arguments and output files, and no other thread or loaded project.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

# Python reads these when it starts.
_OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG")


def run_testkeep(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run testkeep to its end."""
    if _of_interpreter(environment) != _of_interpreter(os.environ):
        argv = [sys.executable, "-m", "testkeep", *arguments]
        return subprocess.run(argv, cwd=cwd, env=dict(environment), capture_output=True, text=True, check=False)
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        exit_code = _server().run(arguments, cwd, environment, out, err)
        return subprocess.CompletedProcess(list(arguments), exit_code, _text(out), _text(err))


def _of_interpreter(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_OF_THE_INTERPRETER)}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


class _Server:
    """The process that has imported testkeep. It ends with the process that started it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        # No coverage of its own: each command starts that by itself.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        with ours:
            self._stream = ours.makefile("rw", encoding="utf-8")
        atexit.register(self._end)

    def _end(self) -> None:
        self._stream.close()
        self._process.wait()

    def run(self, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], out: Path, err: Path) -> int:
        request = {"arguments": arguments, "cwd": str(cwd), "environment": dict(environment)}
        json.dump(request | {"out": str(out), "err": str(err)}, self._stream)
        self._stream.write("\n")
        self._stream.flush()
        return int(self._stream.readline())


@cache
def _server() -> _Server:
    return _Server()


def _serve(stream: Any) -> None:
    for line in stream:
        child = os.fork()
        if child == 0:
            stream.close()
            _command(json.loads(line))
        _, status = os.waitpid(child, 0)
        stream.write(f"{os.waitstatus_to_exitcode(status)}\n")
        stream.flush()


def _command(request: dict[str, Any]) -> None:
    """Become ``python -m testkeep``."""
    for name, descriptor in (("out", 1), ("err", 2)):
        file = os.open(request[name], os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["cwd"])
    sys.path[0] = request["cwd"]
    sys.argv = ["testkeep", *request["arguments"]]
    if any(name.startswith("COVERAGE_PROCESS") for name in os.environ):
        coverage.process_startup()
    runpy.run_module("testkeep", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    # What most commands import.
    import coverage
    import coverage.html
    import rich._emoji_codes  # noqa: F401

    import testkeep.cli.baseline
    import testkeep.cli.coverage
    import testkeep.cli.gate
    import testkeep.cli.plan
    import testkeep.cli.run  # noqa: F401

    with socket.socket(fileno=int(sys.argv[1])) as connection:
        served = connection.makefile("rw", encoding="utf-8")
    _serve(served)

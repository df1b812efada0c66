"""``--runner``: the same command, inside the environment that nox, tox or Poetry makes of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from testkeep.errors import EXIT_INCONCLUSIVE, ToolError
from testkeep.system.interpreter import executable, has_module, has_program
from testkeep.system.process import run_visibly

_SESSIONS = {"run": "test", "gate": "gate"}
DIRECT = "direct"
_RUNNERS: dict[str, Callable[[str, Sequence[str]], tuple[str, ...]]] = {
    "nox": lambda name, rest: (executable(), "-m", "nox", "-s", _SESSIONS[name], "--", *rest),
    "tox": lambda name, rest: (executable(), "-m", "tox", "run", "-e", _SESSIONS[name], "--", *rest),
    "poetry": lambda name, rest: ("poetry", "run", "testkeep", name, *rest),
}

runner_option = click.option(
    "--runner",
    type=click.Choice([DIRECT, *_RUNNERS]),
    default=DIRECT,
    show_default=True,
    expose_value=False,
    help="Run this command in the environment that nox or tox makes, or in Poetry's.",
)


def chosen(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Take the runner off a command line: its name (``direct`` if there is none), and the other words."""
    end = argv.index("--") if "--" in argv else len(argv)
    words = list(argv[:end])
    if not words or words[0] not in _SESSIONS:
        return DIRECT, list(argv)
    for index, word in enumerate(words):
        name, separator, value = word.partition("=")
        if name == "--runner" and (separator or index + 1 < len(words)):
            after = index + 1 if separator else index + 2
            runner = value if separator else words[index + 1]
            if runner in _RUNNERS:
                return runner, [*words[:index], *words[after:], *argv[end:]]
    return DIRECT, list(argv)


def run_through(runner: str, argv: Sequence[str]) -> int:
    """Run a command through a runner, and return its exit code; what is no exit code of testkeep decides nothing.

    Raises:
        ToolError: the runner is not installed.
    """
    name, *rest = argv
    there = has_program(runner) if runner == "poetry" else has_module(runner)
    if not there:
        raise ToolError(f"--runner {runner}: {runner} is not installed here", hint=f"Install it: pip install {runner}")
    code = run_visibly(_RUNNERS[runner](name, rest), Path.cwd())
    return code if 0 <= code <= EXIT_INCONCLUSIVE else EXIT_INCONCLUSIVE

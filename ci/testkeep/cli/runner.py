"""``--runner``: the same command, inside the environment that nox, tox or Poetry makes of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from testkeep.errors import EXIT_INCONCLUSIVE, EXIT_PASS, EvidenceError, ToolError
from testkeep.system.files import read_output, scratch_folder, write_atomically
from testkeep.system.interpreter import executable, has_module, has_program, take_environment_variable
from testkeep.system.process import run_visibly

_SESSIONS = {"run": "test", "gate": "gate"}
DIRECT = "direct"
_RECEIPT = "TESTKEEP_RECEIPT"
_RUNNERS: dict[str, Callable[[str, Sequence[str]], tuple[str, ...]]] = {
    # -P: a nox.py of the project is not nox.
    "nox": lambda name, rest: (executable(), "-P", "-m", "nox", "-s", _SESSIONS[name], "--", *rest),
    "tox": lambda name, rest: (executable(), "-P", "-m", "tox", "run", "-e", _SESSIONS[name], "--", *rest),
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


def expected_receipt() -> Path | None:
    """Where the kit outside of a runner looks for what the kit inside did; nobody that is started from here sees it."""
    place = take_environment_variable(_RECEIPT)
    return Path(place) if place else None


def leave_receipt(place: Path, name: str, code: int) -> None:
    """Say that this command was run to its end, and with which exit code."""
    write_atomically(place, f"{name} {code}".encode())


def run_through(runner: str, argv: Sequence[str]) -> int:
    """Run a command through a runner, and return the exit code that the command had in there.

    Raises:
        ToolError: the runner is not installed.
        EvidenceError: the runner ended with success, and ran something else than this command.
    """
    name, *rest = argv
    there = has_program(runner) if runner == "poetry" else has_module(runner)
    if not there:
        raise ToolError(f"--runner {runner}: {runner} is not installed here", hint=f"Install it: pip install {runner}")
    with scratch_folder() as folder:
        place = folder / "receipt"
        outer = run_visibly(_RUNNERS[runner](name, rest), Path.cwd(), {_RECEIPT: str(place)})
        command, _, number = read_output(place).partition(" ")
    inner = int(number) if command == name and number.isdecimal() else None
    if outer == EXIT_PASS and inner is None:
        raise EvidenceError(
            f"--runner {runner}: {runner} ended with success, but 'testkeep {name}' did not end in there",
            hint=f"Something of the project's own is called {_SESSIONS[name]!r} there, and stands in its place.",
        )
    # Runners have exit codes of their own; a pass in there is none if the runner found fault with something else.
    return EXIT_INCONCLUSIVE if inner is None or (outer and inner == EXIT_PASS) else inner

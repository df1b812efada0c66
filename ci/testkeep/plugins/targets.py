"""What each nox session and tox environment of the kit is called, says of itself, and runs."""

from __future__ import annotations

from collections.abc import Sequence

from testkeep.model.policy import Policy
from testkeep.model.stage import Stage

TEST, GATE, FIX = "test", "gate", "fix"

_DESCRIPTIONS = {
    Stage.FORMAT: "Check the formatting.",
    Stage.LINT: "Check the code with the linter.",
    Stage.TYPING: "Check the types.",
    Stage.UNIT: "Run the unit tests.",
    Stage.INTEGRATION: "Run the integration tests.",
    Stage.MIGRATION: "Run the migration tests.",
    Stage.CONCURRENCY: "Run the concurrency tests.",
    Stage.E2E: "Run the end-to-end tests.",
    Stage.PERFORMANCE: "Run the performance tests.",
    TEST: "Run the whole pipeline and judge it.",
    GATE: "Judge the evidence that is there.",
    FIX: "Format the code and fix what the linter can fix.",
}


def names(policy: Policy) -> tuple[str, ...]:
    """Name everything that can be run under a policy: its stages in their order, then test, gate and fix."""
    return (*(stage.value for stage in policy.run_stages), TEST, GATE, FIX)


def description(name: str) -> str:
    """Say in one sentence what a session or environment does."""
    return _DESCRIPTIONS[name]


def command_line(name: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Write the command of a session or environment.

    ``arguments`` are the user's own: pytest's for a test stage, paths for ``fix``, testkeep's for the others.

    >>> command_line("unit", ["-k", "login"])
    ('testkeep', 'run', 'unit', '--no-gate', '--', '-k', 'login')
    """
    if name in (FIX, GATE):
        return ("testkeep", name, *arguments)
    if name == TEST:
        return ("testkeep", "run", *arguments)
    for_pytest = ("--",) if arguments and not Stage(name).is_static else ()
    return ("testkeep", "run", name, "--no-gate", *for_pytest, *arguments)

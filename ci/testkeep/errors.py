"""Every error that testkeep raises on purpose, and the exit code of each.

    KitError
    ├── UsageError            2   wrong usage or configuration
    │   └── PolicyError       2   the policy has problems, all of them listed
    ├── Undecided             4   no verdict can be reached
    │   ├── EvidenceError     4   evidence is missing or unreadable
    │   ├── BaselineError     4   the base commit's evidence cannot be had
    │   └── ToolError         4   a tool is missing or could not start
    └── Interrupted         130   the user stopped the run

A verdict is a value, never an exception: exit codes 0 and 1 have no error. Anything else that escapes is a bug in
testkeep (3).
"""

from __future__ import annotations

from collections.abc import Sequence

EXIT_PASS = 0
EXIT_FAIL = 1
EXIT_USAGE = 2
EXIT_BUG = 3
EXIT_INCONCLUSIVE = 4
EXIT_INTERRUPTED = 130


class KitError(Exception):
    """The root: one message for the user and, where there is one, what to do about it."""

    exit_code = EXIT_BUG

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(KitError):
    """The command line, the place it was run in, or the configuration is wrong."""

    exit_code = EXIT_USAGE


class PolicyError(UsageError):
    """The policy cannot be used; ``problems`` has every reason, in the order of the file."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{source}: the policy has {len(self.problems)} problem(s):\n{lines}")


class Undecided(KitError):
    """No verdict can be reached: something that the judgement needs is not there."""

    exit_code = EXIT_INCONCLUSIVE


class EvidenceError(Undecided):
    """Evidence is missing, unreadable, or not what it says it is."""


class BaselineError(Undecided):
    """The base commit's evidence can neither be found nor made."""


class ToolError(Undecided):
    """A tool is missing or could not be started."""


class Interrupted(KitError):
    """The user stopped the run."""

    exit_code = EXIT_INTERRUPTED

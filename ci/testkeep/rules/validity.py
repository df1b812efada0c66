"""Is a record the record of a real run? What is not can neither pass nor be compared."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.evidence import Suite
from testkeep.model.tests import Outcome, RecordedTest, Selection

# pytest's exit codes; anything else means that the session did not come to its end.
EXIT_OK, EXIT_TESTS_FAILED, EXIT_INTERRUPTED, EXIT_NOTHING = 0, 1, 2, 5
# As pytest writes them: for a strict mark, and for unittest's expectedFailure with and without the exception's type.
_STRICT_PASSES = ("[XPASS(strict)]", "Unexpected success", "Failed: Unexpected success")

_NOT_A_RUN = {
    "collectonly": "--collect-only: tests were listed, not run",
    "setuponly": "--setup-only: fixtures were set up, tests were not run",
    "setupplan": "--setup-plan: a plan was shown, tests were not run",
    "showfixtures": "--fixtures: fixtures were listed, tests were not run",
    "show_fixtures_per_test": "--fixtures-per-test: fixtures were listed, tests were not run",
}


def doubts(suite: Suite) -> Iterator[str]:
    """Say why a finished run's outcomes mean nothing, beginning with the plainest reason."""
    settings = suite.settings
    yield from (reason for option, reason in _NOT_A_RUN.items() if option in settings.options)
    if settings.optimize:
        yield f"Python ran with optimisation level {settings.optimize}, which removes assert statements"
    if settings.options.get("assertmode") == "plain":
        yield "--assert=plain: assertions were not instrumented"
    if suite.foreign_code:
        first, *others = suite.foreign_code
        more = f" and {len(others)} more" if others else ""
        yield f"imported {first}{more}, not the project's own code: install the project again, editable"


def is_doubted_only(suite: Suite) -> bool:
    """Whether pytest itself has nothing to complain of, so that its output says nothing of what is wrong."""
    return suite.exit_status in (EXIT_OK, EXIT_NOTHING) and any(doubts(suite))


def broken_off(suite: Suite) -> str:
    """Say how a session ended before its end; empty if it did not."""
    if suite.exit_status not in (EXIT_OK, EXIT_TESTS_FAILED, EXIT_INTERRUPTED, EXIT_NOTHING):
        return f"pytest ended with exit code {suite.exit_status}"
    if suite.exit_status == EXIT_INTERRUPTED and not any(_failed_collectors(suite)):
        return "the session was interrupted"
    unreached = sum(test.item.selection is Selection.SELECTED and test.outcome is None for test in suite.tests)
    if unreached and suite.exit_status in (EXIT_OK, EXIT_NOTHING):
        return f"the session ended with success although {unreached} of its tests had not run"
    return ""


def is_comparable(suite: Suite) -> bool:
    """Whether the outcomes of a run can be held against those of another."""
    return not any(doubts(suite)) and not broken_off(suite) and not any(_failed_collectors(suite))


def unexplained_failure(suite: Suite) -> bool:
    """Whether pytest reported failure although no recorded test failed and every file was collected."""
    bad = any(test.outcome in (Outcome.FAILED, Outcome.ERROR) for test in suite.tests)
    return suite.exit_status == EXIT_TESTS_FAILED and not bad and not any(_failed_collectors(suite))


def is_unexpected_pass(test: RecordedTest) -> bool:
    """Whether a test passed that is marked xfail, also where the mark is strict and it counts as failed."""
    if test.outcome is Outcome.XPASSED:
        return True
    phase = test.decisive_phase
    strict = phase is not None and phase.reason.startswith(_STRICT_PASSES)
    return test.outcome is Outcome.FAILED and strict


def _failed_collectors(suite: Suite) -> Iterator[bool]:
    return (True for report in suite.collectors if report.outcome == "failed")

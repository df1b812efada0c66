"""The outcome of a test, and whether it guards."""

from __future__ import annotations

import pytest

from builders import a_test, not_run, phases
from testkeep.model.tests import Execution, Outcome, Phase, Subtest


def _phase(when: str, outcome: str, wasxfail: str | None = None) -> Phase:
    return Phase(when=when, outcome=outcome, wasxfail=wasxfail)


_SET_UP, _CALL, _TEARDOWN = (_phase(when, "passed") for when in ("setup", "call", "teardown"))
_FAILED_SUBTEST = (Subtest(description="[a]", outcome="passed"), Subtest(description="[b]", outcome="failed"))


@pytest.mark.parametrize(
    ("execution", "outcome", "decisive"),
    [
        pytest.param(Execution(phases=(_SET_UP, _CALL, _TEARDOWN)), Outcome.PASSED, _CALL, id="passed"),
        pytest.param(
            Execution(phases=(_SET_UP, _phase("call", "failed"), _phase("teardown", "failed"))),
            Outcome.FAILED,
            _phase("call", "failed"),
            id="failed in call and tear-down",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _CALL, _phase("teardown", "failed"))),
            Outcome.ERROR,
            _phase("teardown", "failed"),
            id="failed in tear-down",
        ),
        pytest.param(
            Execution(phases=(_phase("setup", "failed"), _phase("teardown", "failed"))),
            Outcome.ERROR,
            _phase("setup", "failed"),
            id="failed in set-up and tear-down",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _phase("call", "skipped"), _phase("teardown", "failed"))),
            Outcome.ERROR,
            _phase("teardown", "failed"),
            id="skipped, and failed in tear-down",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _phase("call", "skipped", "bug"), _phase("teardown", "failed"))),
            Outcome.ERROR,
            _phase("teardown", "failed"),
            id="xfailed, and failed in tear-down",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _CALL, _phase("teardown", "skipped"))),
            Outcome.PASSED,
            _phase("teardown", "skipped"),
            id="passed, and skipped in tear-down",
        ),
        pytest.param(
            Execution(phases=(_phase("setup", "skipped"), _TEARDOWN)),
            Outcome.SKIPPED,
            _phase("setup", "skipped"),
            id="skipped in set-up",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _phase("call", "skipped"), _TEARDOWN)),
            Outcome.SKIPPED,
            _phase("call", "skipped"),
            id="skipped in call",
        ),
        pytest.param(
            Execution(phases=(_phase("setup", "skipped", ""), _TEARDOWN)),
            Outcome.XFAILED,
            _phase("setup", "skipped", ""),
            id="xfailed in set-up, without a reason",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _phase("call", "passed", "bug"), _TEARDOWN)),
            Outcome.XPASSED,
            _phase("call", "passed", "bug"),
            id="xpassed",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _CALL, _TEARDOWN), subtests=_FAILED_SUBTEST),
            Outcome.FAILED,
            _CALL,
            id="passed, but a subtest failed",
        ),
        pytest.param(
            Execution(phases=(_SET_UP, _phase("call", "rerun"))),
            Outcome.FAILED,
            _phase("call", "rerun"),
            id="an attempt that was to be repeated, and was not",
        ),
        pytest.param(
            Execution(phases=(_phase("setup", "rerun"),)),
            Outcome.ERROR,
            _phase("setup", "rerun"),
            id="a set-up that was to be repeated, and was not",
        ),
        pytest.param(Execution(phases=(_SET_UP, _TEARDOWN)), None, None, id="never called"),
        pytest.param(Execution(phases=(_TEARDOWN,)), Outcome.ERROR, None, id="only torn down"),
        pytest.param(Execution(phases=()), Outcome.ERROR, None, id="nothing reported"),
    ],
)
def test_execution__outcome_and_decisive_phase__table(
    execution: Execution, outcome: Outcome | None, decisive: Phase | None
) -> None:
    assert execution.outcome is outcome
    assert execution.decisive_phase == decisive


@pytest.mark.parametrize(
    ("did", "started", "guards"),
    [
        ("passed", True, True),
        ("passed", None, True),
        ("passed", False, False),
        ("failed", True, False),
        ("error in teardown", True, False),
        ("skipped", None, False),
        ("xfailed", True, False),
        ("xpassed", True, False),
        ("not called", None, False),
    ],
)
def test_recorded_test__guards__only_if_its_own_code_ran_and_passed(
    did: str, started: bool | None, guards: bool
) -> None:
    assert a_test(did=did, started=started).guards is guards


def test_recorded_test__not_run__has_no_outcome_and_does_not_guard() -> None:
    test = not_run()
    assert (test.outcome, test.decisive_phase, test.guards) == (None, None, False)


def test_recorded_test__decisive_phase__is_that_of_its_execution() -> None:
    assert a_test(did="failed", why="x").decisive_phase == phases("failed", "x")[1]

"""The builders' own logic: words for what tests do, and the exit status that pytest would give."""

from __future__ import annotations

import pytest

from builders import a_record, a_suite, a_test, not_run, phases
from testkeep.model.evidence import CollectorReport
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, RecordedTest, Selection

_BROKEN = CollectorReport(id="tests/test_a.py", outcome="failed", reason="ImportError")


@pytest.mark.parametrize(
    ("did", "outcome"),
    [
        ("passed", Outcome.PASSED),
        ("failed", Outcome.FAILED),
        ("error", Outcome.ERROR),
        ("error in teardown", Outcome.ERROR),
        ("skipped", Outcome.SKIPPED),
        ("skipped in call", Outcome.SKIPPED),
        ("xfailed", Outcome.XFAILED),
        ("xfailed in setup", Outcome.XFAILED),
        ("xpassed", Outcome.XPASSED),
        ("unexpected pass", Outcome.FAILED),
        ("not called", None),
    ],
)
def test_a_test__each_word__has_the_outcome_that_it_says(did: str, outcome: Outcome | None) -> None:
    assert a_test(did=did).outcome is outcome


def test_phases__unknown_word__is_refused() -> None:
    with pytest.raises(ValueError, match="no test can have 'exploded'"):
        phases("exploded")


@pytest.mark.parametrize(
    ("tests", "collectors", "status"),
    [
        pytest.param((), (), 5, id="no tests"),
        pytest.param((not_run(how=Selection.DESELECTED),), (), 5, id="all deselected"),
        pytest.param((a_test(), a_test(did="skipped")), (), 0, id="green"),
        pytest.param((a_test(), a_test(did="failed")), (), 1, id="one failed"),
        pytest.param((a_test(did="error in teardown"),), (), 1, id="one error"),
        pytest.param((a_test(),), (_BROKEN,), 2, id="a file is broken"),
    ],
)
def test_a_suite__without_exit_status__has_pytests_own(
    tests: tuple[RecordedTest, ...], collectors: tuple[CollectorReport, ...], status: int
) -> None:
    assert a_suite(*tests, collectors=collectors).exit_status == status
    assert a_suite(*tests, collectors=collectors, exit_status=3).exit_status == 3


def test_a_record__without_stages__has_the_stage_of_its_name() -> None:
    assert a_record(job="integration").job.stages == (Stage.INTEGRATION,)
    assert a_record(job="tests", stages=(Stage.UNIT, Stage.E2E)).job.stages == (Stage.UNIT, Stage.E2E)

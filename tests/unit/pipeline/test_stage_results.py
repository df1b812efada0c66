"""What became of each stage."""

from __future__ import annotations

from functools import partial

import pytest

from builders import a_record, a_static_record, a_suite, a_test, a_tool, cut_off, not_run, the_facts
from testkeep.model.evidence import CollectorReport, Evidence
from testkeep.model.stage import Stage
from testkeep.model.tests import RecordedTest, Selection
from testkeep.model.verdict import StageResult, StageStatus
from testkeep.pipeline.stage_results import count, result_of, stage_results
from testkeep.rules.base import Facts, Rejection, RejectionKind

_LINT = partial(StageResult, name="lint", duration_s=1.5)
_UNIT = partial(StageResult, name="unit", duration_s=1.5)
_BROKEN = CollectorReport(id="tests/test_x.py", outcome="failed", reason="ImportError")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            a_static_record(a_tool(), a_tool("mypy")),
            _LINT(status=StageStatus.PASSED, detail="ruff 1.0, mypy 1.0"),
            id="passed",
        ),
        pytest.param(
            a_static_record(a_tool(exit_code=1), a_tool("mypy", exit_code=2), a_tool("black")),
            _LINT(status=StageStatus.FAILED, detail="ruff check, mypy found problems"),
            id="complaints",
        ),
        pytest.param(
            a_static_record(a_tool(exit_code=1), a_tool("mypy", exit_code=None)),
            _LINT(status=StageStatus.ERROR, detail="mypy not installed"),
            id="a missing tool weighs more than complaints",
        ),
        pytest.param(
            a_static_record(idle="no Python files"),
            _LINT(status=StageStatus.SKIPPED, detail="nothing to do: no Python files"),
            id="nothing to do",
        ),
        pytest.param(
            a_static_record(), _LINT(status=StageStatus.ERROR, detail="not a valid run"), id="a record of nothing"
        ),
    ],
)
def test_result_of__tools__table(record: Evidence, expected: StageResult) -> None:
    assert result_of(record, Stage.LINT) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            a_record(a_test(), a_test(did="skipped"), a_test(stage=Stage.E2E)),
            _UNIT(status=StageStatus.PASSED, tests={"passed": 1, "skipped": 1}),
            id="passed: only its own tests are counted",
        ),
        pytest.param(
            a_record(a_test(), a_test(did="failed")),
            _UNIT(status=StageStatus.FAILED, tests={"passed": 1, "failed": 1}),
            id="a test failed",
        ),
        pytest.param(
            a_record(a_test(did="error in teardown")),
            _UNIT(status=StageStatus.FAILED, tests={"error": 1}),
            id="a fixture failed",
        ),
        pytest.param(
            a_record(suite=a_suite(a_test(), exit_status=1)),
            _UNIT(status=StageStatus.FAILED, tests={"passed": 1}),
            id="pytest says failure, and no test does",
        ),
        pytest.param(
            a_record(suite=a_suite(collectors=(_BROKEN,))),
            _UNIT(status=StageStatus.ERROR, detail="1 file could not be collected"),
            id="a broken file",
        ),
        pytest.param(
            a_record(suite=a_suite(a_test(did="failed"), optimize=1)),
            _UNIT(status=StageStatus.ERROR, tests={"failed": 1}, detail="not a valid run"),
            id="not a valid run weighs more than a failure",
        ),
        pytest.param(a_record(), _UNIT(status=StageStatus.SKIPPED, detail="nothing to do: no tests"), id="no tests"),
        pytest.param(
            a_record(not_run(how=Selection.LEFT_OUT)),
            _UNIT(status=StageStatus.SKIPPED, tests={"left-out": 1}, detail="nothing to do: no test is to be run"),
            id="all left out",
        ),
    ],
)
def test_result_of__tests__table(record: Evidence, expected: StageResult) -> None:
    assert result_of(record, Stage.UNIT) == expected


def _rejected(job: str) -> Rejection:
    return Rejection(job=job, kind=RejectionKind.MISSING, reason=f"there is no record of {job}")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            the_facts(a_record(a_test()), a_static_record(a_tool()), stages=(Stage.LINT, Stage.UNIT)),
            (
                _LINT(status=StageStatus.PASSED, detail="ruff 1.0"),
                _UNIT(status=StageStatus.PASSED, tests={"passed": 1}),
            ),
            id="in the run's order",
        ),
        pytest.param(
            the_facts(
                a_record(a_test(), a_test(did="failed"), job="unit-1", stages=(Stage.UNIT,)),
                a_record(a_test(), job="unit-2", stages=(Stage.UNIT,)),
                a_record(job="unit-3", stages=(Stage.UNIT,)),
            ),
            (_UNIT(status=StageStatus.FAILED, tests={"passed": 2, "failed": 1}),),
            id="the worst of several jobs, and all their tests",
        ),
        pytest.param(
            the_facts(unfinished=(cut_off(),), rejections=(_rejected("unit"),)),
            (StageResult(name="unit", status=StageStatus.ERROR, detail="did not finish"),),
            id="cut off",
        ),
        pytest.param(
            the_facts(rejections=(_rejected("lint"), _rejected("unit"))),
            (StageResult(name="unit", status=StageStatus.ERROR, detail="there is no record of unit"),),
            id="rejected",
        ),
        pytest.param(
            the_facts(), (StageResult(name="unit", status=StageStatus.ERROR, detail="no evidence"),), id="nothing known"
        ),
    ],
)
def test_stage_results__table(facts: Facts, expected: tuple[StageResult, ...]) -> None:
    assert stage_results(facts) == expected


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        pytest.param((), {}, id="none"),
        pytest.param(
            (
                not_run(how=Selection.LEFT_OUT),
                not_run(how=Selection.DROPPED),
                not_run(how=Selection.DESELECTED),
                not_run(),
                a_test(did="not called"),
                a_test(did="xpassed"),
                a_test(did="xfailed"),
                a_test(did="skipped"),
                a_test(did="error"),
                a_test(did="failed"),
                a_test(),
                a_test(),
            ),
            {
                "passed": 2,
                "failed": 1,
                "error": 1,
                "skipped": 1,
                "xfailed": 1,
                "xpassed": 1,
                "not run": 1,
                "selected": 1,
                "deselected": 1,
                "dropped": 1,
                "left-out": 1,
            },
            id="one of each, two passed",
        ),
    ],
)
def test_count__table(tests: tuple[RecordedTest, ...], expected: dict[str, int]) -> None:
    assert list(count(tests).items()) == list(expected.items())

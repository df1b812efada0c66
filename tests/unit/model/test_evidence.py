from __future__ import annotations

import pytest

from builders import provenance
from testkeep.model.evidence import Job, JobContext
from testkeep.model.policy import Policy
from testkeep.model.stage import DEFAULT_STAGES, Stage

PERFORMANCE = (Stage.PERFORMANCE,)
DEFAULT_MARKS = Policy().suites.leave_out


def context(run_stages: tuple[Stage, ...] = DEFAULT_STAGES, leave_out: tuple[str, ...] = DEFAULT_MARKS) -> JobContext:
    job = Job(id="unit", stages=(Stage.UNIT,))
    return JobContext(job=job, provenance=provenance(), packages=(), run_stages=run_stages, leave_out=leave_out)


@pytest.mark.parametrize(
    ("job", "stage", "marks", "reason"),
    [
        pytest.param(context(), Stage.UNIT, (), "", id="an ordinary test"),
        pytest.param(context(), Stage.UNIT, ("asyncio", "unit"), "", id="other marks"),
        pytest.param(context(), Stage.UNIT, ("asyncio", "slow"), "mark slow", id="slow"),
        pytest.param(context(), Stage.UNIT, ("diagnostic", "slow"), "mark diagnostic", id="the closest mark"),
        pytest.param(context(), Stage.E2E, (), "stage e2e, which the policy does not run", id="stage that is not run"),
        pytest.param(
            context(),
            Stage.PERFORMANCE,
            ("performance",),
            "stage performance, which the policy does not run",
            id="of its own stage, which is not run",
        ),
        pytest.param(context(PERFORMANCE), Stage.PERFORMANCE, ("performance",), "", id="of a stage that is run"),
        pytest.param(
            context(PERFORMANCE),
            Stage.PERFORMANCE,
            ("performance", "slow"),
            "mark slow",
            id="slow, of a stage that is run",
        ),
        pytest.param(context(leave_out=()), Stage.UNIT, ("slow",), "", id="nothing is left out"),
    ],
)
def test_leaves_out__table(job: JobContext, stage: Stage, marks: tuple[str, ...], reason: str) -> None:
    assert job.leaves_out(stage, marks) == reason

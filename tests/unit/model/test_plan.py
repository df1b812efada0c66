"""The names of jobs."""

from __future__ import annotations

import pytest

from testkeep.model.evidence import Job, Side
from testkeep.model.plan import job_id
from testkeep.model.stage import Stage


@pytest.mark.parametrize(
    ("stage", "python", "shard", "of", "side", "expected"),
    [
        pytest.param(Stage.LINT, "3.12", 1, 1, Side.HEAD, "lint", id="static"),
        pytest.param(Stage.UNIT, "3.12", 1, 1, Side.HEAD, "unit-py312", id="one shard"),
        pytest.param(Stage.E2E, "3.13", 2, 3, Side.HEAD, "e2e-py313-2of3", id="a shard"),
        pytest.param(Stage.UNIT, "3.11", 1, 2, Side.BASE, "base-unit-py311-1of2", id="of the base"),
    ],
)
def test_job_id(stage: Stage, python: str, shard: int, of: int, side: Side, expected: str) -> None:
    assert job_id(stage, python, shard, of, side) == expected


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        pytest.param(Job(id="unit", stages=(Stage.UNIT,)), "unit", id="not planned"),
        pytest.param(Job(id="unit-py312", stages=(Stage.UNIT,), attempt=2), "unit-py312-a2", id="second attempt"),
    ],
)
def test_stem__of_a_jobs_files__carries_the_attempt(job: Job, expected: str) -> None:
    assert job.stem == expected

"""The inputs of the GitLab pipeline, as jobs have them."""

from __future__ import annotations

from testkeep.formats.gitlab_rows import dumps
from testkeep.model.evidence import Job, Side
from testkeep.model.plan import job_id
from testkeep.model.stage import Stage


def a_job(stage: Stage, side: Side = Side.HEAD, shard: int = 1, of: int = 1) -> Job:
    name = job_id(stage, "3.10", shard, of, side)
    return Job(id=name, stages=(stage,), python="3.10", shard=shard, of=of, side=side)


def test_dumps__jobs__have_a_row_each() -> None:
    assert dumps([a_job(Stage.LINT), a_job(Stage.UNIT), a_job(Stage.UNIT, Side.BASE)]) == (
        "inputs:\n"
        "  static:\n"
        '    - {TESTKEEP_JOB: "lint", TESTKEEP_PYTHON: "3.10"}\n'
        "  tests:\n"
        '    - {TESTKEEP_JOB: "unit-py310", TESTKEEP_PYTHON: "3.10"}\n'
        "  base:\n"
        '    - {TESTKEEP_JOB: "base-unit-py310", TESTKEEP_PYTHON: "3.10"}'
    )


def test_dumps__group_without_jobs__has_a_row_that_does_nothing() -> None:
    assert dumps([a_job(Stage.LINT)]).splitlines()[3:] == [
        "  tests:",
        '    - {TESTKEEP_JOB: "none", TESTKEEP_PYTHON: "3.10"}',
        "  base:",
        '    - {TESTKEEP_JOB: "none", TESTKEEP_PYTHON: "3.10"}',
    ]


def test_dumps__more_jobs_than_gitlab_waits_for__says_so() -> None:
    few = dumps([a_job(Stage.UNIT, shard=shard, of=49) for shard in range(1, 50)])
    many = dumps([a_job(Stage.UNIT, shard=shard, of=50) for shard in range(1, 51)])
    assert ("#" in few, "# 50 jobs: GitLab lets the gate wait for 49" in many) == (False, True)

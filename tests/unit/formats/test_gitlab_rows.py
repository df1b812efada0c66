"""The inputs of the GitLab pipeline, as a plan has them."""

from __future__ import annotations

from testkeep.formats.gitlab_rows import dumps
from testkeep.model.evidence import Job, Provenance, Side
from testkeep.model.plan import PLAN_SCHEMA, Plan, job_id
from testkeep.model.stage import Stage


def a_plan(*jobs: tuple[Stage, Side]) -> Plan:
    made = (
        Job(id=job_id(stage, "3.10", 1, 1, side), stages=(stage,), python="3.10", side=side) for stage, side in jobs
    )
    provenance = Provenance(commit="c", tree="t", dirty=False, policy="p", project="", testkeep="1")
    return Plan(schema=PLAN_SCHEMA, provenance=provenance, base="b", base_reason="", jobs=tuple(made), partitions={})


def test_dumps__a_plan__has_a_row_for_each_job() -> None:
    assert dumps(a_plan((Stage.LINT, Side.HEAD), (Stage.UNIT, Side.HEAD), (Stage.UNIT, Side.BASE))) == (
        "inputs:\n"
        "  static:\n"
        '    - {TESTKEEP_JOB: "lint", TESTKEEP_PYTHON: "3.10"}\n'
        "  tests:\n"
        '    - {TESTKEEP_JOB: "unit-py310", TESTKEEP_PYTHON: "3.10"}\n'
        "  base:\n"
        '    - {TESTKEEP_JOB: "base-unit-py310", TESTKEEP_PYTHON: "3.10"}'
    )


def test_dumps__group_without_jobs__has_a_row_that_does_nothing() -> None:
    assert dumps(a_plan((Stage.LINT, Side.HEAD))).splitlines()[3:] == [
        "  tests:",
        '    - {TESTKEEP_JOB: "none", TESTKEEP_PYTHON: "3.10"}',
        "  base:",
        '    - {TESTKEEP_JOB: "none", TESTKEEP_PYTHON: "3.10"}',
    ]

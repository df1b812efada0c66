"""A plan as JSON: whole and untouched, or refused."""

from __future__ import annotations

import json

import msgspec
import pytest

from builders import BASE, provenance
from testkeep.errors import EvidenceError
from testkeep.formats.plan_json import dumps, github_matrices, gitlab_matrices, loads, sealed
from testkeep.model.evidence import Job, Side
from testkeep.model.partition import Partition
from testkeep.model.plan import PLAN_SCHEMA, Plan
from testkeep.model.stage import Stage

_JOBS = (
    Job(id="lint", stages=(Stage.LINT,), python="3.12"),
    Job(id="unit-py312-1of2", stages=(Stage.UNIT,), python="3.12", shard=1, of=2),
    Job(id="unit-py312-2of2", stages=(Stage.UNIT,), python="3.12", shard=2, of=2),
    Job(id="base-e2e-py312", stages=(Stage.E2E,), python="3.12", side=Side.BASE),
)
_PLAN = sealed(
    Plan(
        schema=PLAN_SCHEMA,
        provenance=provenance(),
        base=BASE,
        base_reason="the merge base with main",
        jobs=_JOBS,
        partitions={Stage.UNIT: Partition(of=2, bounds=("tests/b.py::test_ü",))},
    )
)


def test_plan__written_and_read__is_the_same() -> None:
    assert loads(dumps(_PLAN), "plan.json") == _PLAN


def test_digest__same_plan_made_again__is_the_same() -> None:
    assert sealed(msgspec.structs.replace(_PLAN, digest="")) == _PLAN


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(dumps(_PLAN)[:200], "plan.json: not a complete plan: ", id="truncated"),
        pytest.param(b"", "plan.json: not a complete plan: ", id="empty"),
        pytest.param(
            b'{"schema": "testkeep.plan/9"}',
            "expected the schema testkeep.plan/1, found testkeep.plan/9",
            id="unknown schema",
        ),
        pytest.param(b'{"schema": "testkeep.plan/1", "jobs": []}', "not a complete plan", id="a part"),
        pytest.param(
            dumps(_PLAN).replace(b"unit-py312-2of2", b"unit-py312-3of2"),
            "the plan was changed after it was made",
            id="changed",
        ),
    ],
)
def test_loads__not_a_plan_as_it_was_made__is_refused(data: bytes, message: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        loads(data, "plan.json")

    assert message in caught.value.message
    assert caught.value.hint == "Make the plan again: 'testkeep plan --output FILE'."


def test_matrices__groups_with_jobs__have_an_entry_for_each() -> None:
    unit = {"stage": "unit", "python": "3.12"}

    assert github_matrices(_PLAN) == {
        "static": {"include": [{"id": "lint", "name": "lint", "stage": "lint", "python": "3.12", "shard": "1/1"}]},
        "tests": {
            "include": [
                {"id": "unit-py312-1of2", "name": "unit (3.12, 1/2)", "shard": "1/2", **unit},
                {"id": "unit-py312-2of2", "name": "unit (3.12, 2/2)", "shard": "2/2", **unit},
            ]
        },
        "base": {
            "include": [
                {"id": "base-e2e-py312", "name": "e2e (3.12)", "stage": "e2e", "python": "3.12", "shard": "1/1"}
            ]
        },
    }
    assert gitlab_matrices(_PLAN)["static"] == [{"TESTKEEP_JOB": "lint", "TESTKEEP_PYTHON": "3.12"}]


def test_matrices__group_without_jobs__is_left_out() -> None:
    plan = msgspec.structs.replace(_PLAN, jobs=_JOBS[1:2])

    assert (list(github_matrices(plan)), list(gitlab_matrices(plan))) == (["tests"], ["tests"])


def test_dumps__has_the_matrices_beside_the_plan() -> None:
    assert json.loads(dumps(_PLAN))["matrix"] == {"github": github_matrices(_PLAN), "gitlab": gitlab_matrices(_PLAN)}

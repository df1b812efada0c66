"""A plan as JSON, with the matrices that CI products make their jobs of."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from testkeep.errors import EvidenceError
from testkeep.formats.text_json import encode
from testkeep.formats.unreadable import UNREADABLE
from testkeep.model.evidence import Job
from testkeep.model.plan import PLAN_SCHEMA, Plan, groups

_AGAIN = "Make the plan again: 'testkeep plan --output FILE'."


class _Header(msgspec.Struct):
    schema: str


def sealed(plan: Plan) -> Plan:
    """Put the digest of everything else into a plan."""
    return msgspec.structs.replace(plan, digest=_digest(plan))


def dumps(plan: Plan) -> bytes:
    """Write a plan, indented, and beside it the ``matrix`` of each platform; nothing reads that back."""
    content: dict[str, Any] = msgspec.to_builtins(plan)
    content["matrix"] = {"github": github_matrices(plan), "gitlab": gitlab_matrices(plan)}
    return msgspec.json.format(encode(content), indent=2) + b"\n"


def loads(data: bytes, source: str) -> Plan:
    """Read a plan.

    Raises:
        EvidenceError: it is truncated, of a schema that this version does not know, or was changed after it was made.
    """
    try:
        schema = msgspec.json.decode(data, type=_Header).schema
        if schema != PLAN_SCHEMA:
            raise EvidenceError(f"{source}: expected the schema {PLAN_SCHEMA}, found {schema}", hint=_AGAIN)
        plan = msgspec.json.decode(data, type=Plan)
    except UNREADABLE as error:
        raise EvidenceError(f"{source}: not a complete plan: {error}", hint=_AGAIN) from error
    if plan.digest != _digest(plan):
        raise EvidenceError(f"{source}: the plan was changed after it was made: its digest is another", hint=_AGAIN)
    return plan


def github_matrices(plan: Plan) -> dict[str, Any]:
    """The value of ``strategy.matrix`` for each of GitHub's jobs; a group without jobs has none.

    Each entry has ``id``, ``name``, ``stage``, ``python`` and ``shard``, all texts.
    """
    return {name: {"include": [_github_entry(job) for job in jobs]} for name, jobs in groups(plan).items() if jobs}


def gitlab_matrices(plan: Plan) -> dict[str, Any]:
    """The rows of ``parallel:matrix`` for each of GitLab's jobs; a group without jobs has none."""
    return {
        name: [{"TESTKEEP_JOB": job.id, "TESTKEEP_PYTHON": job.python} for job in jobs]
        for name, jobs in groups(plan).items()
        if jobs
    }


def _github_entry(job: Job) -> dict[str, str]:
    shard = job.shown_shard if job.of > 1 else ""
    where = ", ".join(filter(None, ["" if job.stages[0].is_static else job.python, shard]))
    stage = ", ".join(job.stages)
    name = f"{stage} ({where})" if where else stage
    return {"id": job.id, "name": name, "stage": stage, "python": job.python, "shard": job.shown_shard}


def _digest(plan: Plan) -> str:
    return hashlib.sha256(encode(msgspec.structs.replace(plan, digest=""))).hexdigest()

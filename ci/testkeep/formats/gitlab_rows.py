"""Jobs as the inputs of the GitLab pipeline: YAML to copy into a project's ``.gitlab-ci.yml``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from testkeep.model.evidence import Job
from testkeep.model.plan import NO_JOB, grouped

# GitLab makes no pipeline in which a job needs more, and the gate needs all of these and the plan.
_MOST_JOBS = 49


def dumps(jobs: Sequence[Job]) -> str:
    """Write the inputs ``static``, ``tests`` and ``base``; a group without jobs has one row that does nothing.

    Every value is quoted: YAML would take the version 3.10 for the number 3.1.
    """
    return "\n".join(_lines(jobs))


def _lines(jobs: Sequence[Job]) -> Iterator[str]:
    yield "inputs:"
    if len(jobs) > _MOST_JOBS:
        yield f"  # {len(jobs)} jobs: GitLab lets the gate wait for {_MOST_JOBS}, unless its administrator allows more."
    for group, members in grouped(jobs).items():
        yield f"  {group}:"
        for name, python in [(job.id, job.python) for job in members] or [(NO_JOB, jobs[0].python)]:
            yield f"    - {{TESTKEEP_JOB: {json.dumps(name)}, TESTKEEP_PYTHON: {json.dumps(python)}}}"

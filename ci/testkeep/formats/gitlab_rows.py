"""A plan's jobs as the inputs of the GitLab pipeline: YAML to copy into a project's ``.gitlab-ci.yml``."""

from __future__ import annotations

import json

from testkeep.formats.plan_json import gitlab_matrices
from testkeep.model.plan import NO_JOB, Plan, groups


def dumps(plan: Plan) -> str:
    """Write the inputs ``static``, ``tests`` and ``base``; a group without jobs has one row that does nothing.

    Every value is quoted: YAML would take the version 3.10 for the number 3.1.
    """
    lines = ["inputs:"]
    matrices = gitlab_matrices(plan)
    nothing = [{"TESTKEEP_JOB": NO_JOB, "TESTKEEP_PYTHON": plan.jobs[0].python}]
    for group in groups(plan):
        lines.append(f"  {group}:")
        for row in matrices.get(group, nothing):
            pairs = ", ".join(f"{name}: {json.dumps(value)}" for name, value in row.items())
            lines.append(f"    - {{{pairs}}}")
    return "\n".join(lines)

"""What a CI product starts, held against the plan: its rows, which are written by hand, and its clones."""

from __future__ import annotations

import re

from testkeep.errors import BaselineError
from testkeep.model.change_event import Provider
from testkeep.model.evidence import Side
from testkeep.model.plan import NO_JOB, Plan
from testkeep.model.policy import Policy
from testkeep.pipeline.change_base import current_event
from testkeep.pipeline.context import Project
from testkeep.system.evidence_folder import MAIN, EvidenceFolder

_NAME = re.compile(r"(?P<base>base-)?(?P<stage>[a-z][a-z0-9]*)(?:-[a-z0-9]+)*")
_NAMELESS = "nameless"


def is_idle(plan: Plan, name: str, policy: Policy) -> bool:
    """Whether a row has nothing to do in this plan: it says so, or is of a stage that is not planned on its side.

    The plan leaves out the stages of the policy that have no tests, and those of the base commit where there is none,
    or where the gate sees to it; the rows are there for the changes to come. A stage that the policy does not have is
    no such case.
    """
    found = _NAME.fullmatch(name)
    if name == NO_JOB or found is None:
        return name == NO_JOB
    side = Side.BASE if found["base"] else Side.HEAD
    return found["stage"] in policy.run_stages and not any(found["stage"] in job.stages for job in plan.of_side(side))


def leave_trace(plan: Plan, name: str, folder: EvidenceFolder) -> None:
    """Let the gate know of a job that the plan does not have: evidence of a stranger, which it does not accept.

    Without that, only the job itself would fail. On a developer's machine it is a slip of the pen, and leaves nothing.

    Raises:
        EvidenceError: the folder cannot be written.
    """
    if plan.job(name) is not None or current_event().provider is Provider.LOCAL:
        return
    folder.prepare([])
    stem = f"{name if _NAME.fullmatch(name) else _NAMELESS}-a1"
    folder.journal(stem, MAIN).close()


def have_base(plan: Plan, project: Project) -> None:
    """See that the plan's base commit is in this clone, which may be shallow: its code and its policy are needed.

    Raises:
        BaselineError: it is not there, not even after fetching, or it is not one that the head comes from.
    """
    repository = project.repository
    if plan.base and repository.resolve(plan.base) is None:
        repository.fetch_history()
    if plan.base and (
        repository.resolve(plan.base) is None or not repository.is_ancestor(plan.base, project.provenance.commit)
    ):
        raise BaselineError(
            f"the plan's base commit {plan.base[:12]} is not in this clone, or not one that the head comes from",
            hint="Fetch the whole history in this job (actions/checkout: 'fetch-depth: 0'; GitLab: 'GIT_DEPTH: 0').",
        )

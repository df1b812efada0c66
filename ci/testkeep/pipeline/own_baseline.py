"""Keeps a run's own evidence as the baseline of its commit, so that the next branch does not make it again."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from testkeep.errors import BaselineError, EvidenceError
from testkeep.model.evidence import Evidence
from testkeep.model.policy import Policy
from testkeep.model.tests import Outcome
from testkeep.pipeline.base_store import is_measured, keep_red, read_store, store
from testkeep.pipeline.baseline import refuse_foreign_code, refuse_invalid
from testkeep.pipeline.context import Project
from testkeep.pipeline.gather import foreign, read_job
from testkeep.pipeline.plans import RunOptions

# A base run starts with an empty cache, and runs all tests.
_BY_CACHE = frozenset({"lf", "stepwise"})
_BAD = (Outcome.FAILED, Outcome.ERROR)


def keep_as_baseline(project: Project, options: RunOptions) -> bool:
    """Store what a run left as the baseline of its commit, if a base run would have made the same; say whether it did.

    That is: a clean commit, every test stage of the policy, nothing of the run chosen by hand, and under the commit's
    own policy. A run in which a test failed is not kept: what failed here by chance would not be missed later. Only
    that it failed is remembered: what fails in a worktree, too, is known to be red. A run that cannot be kept is no
    worse for it: a base run makes the evidence when it is asked for.
    """
    if project.provenance.dirty or options.pytest_arguments or options.footprints or not options.measure:
        return False
    if not _is_under_own_policy(project) or not set(project.policy.test_stages) <= set(options.stages):
        return False
    try:
        evidence = _records(project, options)
        red = {test.item.id for record in evidence for test in record.tests if test.outcome in _BAD}
        if red:
            keep_red(project, project.provenance.commit, red)
        if red or _is_in_store(project, evidence):
            return False
        for record in evidence:
            store(project, project.provenance.commit, options.folder, record)
    except (BaselineError, EvidenceError, OSError):
        return False
    return True


def _is_under_own_policy(project: Project) -> bool:
    """Whether the policy in force runs and measures the same as the commit's own, which a base run would obey."""
    change = project.policy_change
    if change is None:
        return True
    return _decisive(change.head) == _decisive(project.policy) and not change.coverage


def _decisive(policy: Policy) -> tuple[object, ...]:
    coverage = policy.coverage
    return policy.source, policy.stages, policy.suites.leave_out, coverage.branch, coverage.omit, coverage.include


def _records(project: Project, options: RunOptions) -> list[Evidence]:
    """The records of the policy's test stages.

    Raises:
        BaselineError: one of them is no baseline.
        EvidenceError: one of them cannot be read, or is not of this commit as it is now.
    """
    found = [read_job(options.folder, options.job(stage).stem) for stage in project.policy.test_stages]
    evidence = [record for record in found if isinstance(record, Evidence)]
    refuse_invalid(evidence, [left for left in found if not isinstance(left, Evidence)])
    refuse_foreign_code(evidence, project, project)
    now = project.repository.tree_state(project.untracked)
    wanted = msgspec.structs.replace(project.provenance, tree=now.tree)
    for record in evidence:
        if record.suite is not None and _BY_CACHE & record.suite.settings.options.keys():
            raise BaselineError(f"its run of {record.job.id} chose tests by what failed before")
        if reason := foreign(record.provenance, wanted):
            raise EvidenceError(f"{record.job.id}: {reason}")
        if record.ran_tests and project.source and not options.folder.coverage_path(record.job.stem).exists():
            raise EvidenceError(f"there is no coverage data of {record.job.id}")
    return evidence


def _is_in_store(project: Project, evidence: Sequence[Evidence]) -> bool:
    """Whether the store has these stages already, with no fewer tests that guard."""
    commit = project.provenance.commit
    before = [record for record in read_store(project, commit).evidence if is_measured(project, commit, record)]
    stages = {stage for record in before for stage in record.job.stages}
    missing = {stage for record in evidence for stage in record.job.stages} - stages
    return not missing and _guards(before) >= _guards(evidence)


def _guards(evidence: Sequence[Evidence]) -> int:
    return sum(test.guards for record in evidence for test in record.tests)

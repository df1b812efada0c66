"""Reads the evidence of a plan: exactly the planned jobs, each in its last attempt, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from testkeep.errors import BaselineError, EvidenceError
from testkeep.model.evidence import EVIDENCE_SCHEMA, Evidence, Job, Side, Unfinished
from testkeep.model.plan import Plan, groups, job_id
from testkeep.model.policy import Policy
from testkeep.model.stage import Stage
from testkeep.model.verdict import StageStatus
from testkeep.pipeline.baseline import refuse_bad_shards, refuse_invalid
from testkeep.pipeline.context import Project
from testkeep.pipeline.gather import Gathered, foreign, read_job
from testkeep.pipeline.plans import NO_TESTS, stages_with_tests
from testkeep.pipeline.stage_results import result_of
from testkeep.rules.base import Baseline, Rejection, RejectionKind
from testkeep.system.evidence_folder import EvidenceFolder

# As GitHub calls them in the context "needs".
SUCCESS, FAILURE, SKIPPED = "success", "failure", "skipped"
_BAD = (StageStatus.FAILED, StageStatus.ERROR)
_STEM = re.compile(r"(?P<job>.+)-a(?P<attempt>[1-9][0-9]*)")


@dataclass(frozen=True)
class PlannedEvidence:
    """What a folder holds of a plan's jobs.

    ``doubled`` are the stems of jobs of which several files were found; ``job`` is the only one that is asked for
    (None: all of the plan). ``attempt`` is the one that is running, if the CI product says so: nothing can be newer.
    """

    plan: Plan
    folder: EvidenceFolder
    doubled: frozenset[str] = frozenset()
    job: Job | None = None
    attempt: int | None = None

    def head(self, project: Project) -> Gathered:
        """The records of the head's jobs; whatever keeps them from being exactly the planned set is a rejection."""
        if self.job is not None:
            return self._of((self.job,), project)
        gathered = self._of(tuple(self.plan.of_side(Side.HEAD)), project)
        known = {job.id for job in self.plan.jobs}
        more = [
            Rejection(job=stem, kind=RejectionKind.FOREIGN, reason=reason)
            for stem in sorted(self.folder.job_ids())
            if (reason := self._intrusion(stem, known))
        ]
        unasked = [stage for stage in project.policy.test_stages if not self._plans(stage)]
        with_tests = stages_with_tests(project, unasked)
        idle = [stage for stage in unasked if stage not in with_tests]
        evidence = (*gathered.evidence, *(_idle(project, stage) for stage in idle))
        unplanned = _unplanned(self.plan, project.policy, idle)
        return Gathered(evidence, gathered.unfinished, (*gathered.rejections, *more, *unplanned))

    def _intrusion(self, stem: str, known: Collection[str]) -> str:
        """What is wrong with the name of a record; empty if nothing is."""
        if self.attempt is not None and _attempt_of(stem) > self.attempt:
            return f"this is attempt {self.attempt}, so no job can have left that"
        # The plan of an earlier attempt may have had other jobs.
        is_planned = _job_of(stem) in known and _attempt_of(stem) > 0
        if not is_planned and not 0 < _attempt_of(stem) < self.plan.attempt:
            return "the plan has no such job"
        return ""

    def _plans(self, stage: Stage) -> bool:
        return any(stage in job.stages for job in self.plan.of_side(Side.HEAD))

    def baseline(self, project: Project) -> Baseline | None:
        """The evidence of the base's jobs, or what is wrong with it; None if the plan has no such jobs."""
        jobs = tuple(self.plan.of_side(Side.BASE))
        if not jobs:
            return None
        commit = self.plan.base
        found = self._of(jobs, project)
        if found.rejections:
            names = ", ".join(f"{rejection.job} ({rejection.reason})" for rejection in found.rejections)
            return Baseline(commit=commit, problem=f"its jobs left no usable evidence: {names}")
        try:
            refuse_invalid(found.evidence, found.unfinished)
            refuse_bad_shards(found.evidence)
        except BaselineError as error:
            return Baseline(commit=commit, problem=error.message)
        return Baseline(commit=commit, evidence=found.evidence)

    def _of(self, jobs: Sequence[Job], project: Project) -> Gathered:
        evidence: list[Evidence] = []
        unfinished: list[Unfinished] = []
        rejections: list[Rejection] = []
        for job in jobs:
            stem = self._last_attempt(job)
            if stem is None:
                rejections.append(_rejected(job, RejectionKind.MISSING, "there is no record of it"))
                continue
            try:
                found = read_job(self.folder, stem)
            except EvidenceError as error:
                rejections.append(_rejected(job, RejectionKind.UNREADABLE, error.message))
                continue
            reason = self._mismatch(job, stem, found, project)
            if reason:
                rejections.append(_rejected(job, RejectionKind.FOREIGN, reason))
            elif stem in self.doubled:
                rejections.append(
                    _rejected(job, RejectionKind.DOUBLED, f"there are several records of {stem}; one job leaves one")
                )
            elif isinstance(found, Unfinished):
                unfinished.append(msgspec.structs.replace(found, job=job))
            else:
                evidence.append(found)
        return Gathered(tuple(evidence), tuple(unfinished), tuple(rejections))

    def _last_attempt(self, job: Job) -> str | None:
        own = [stem for stem in self.folder.job_ids() if _job_of(stem) == job.id]
        return max(own, key=_attempt_of, default=None)

    def _mismatch(self, job: Job, stem: str, found: Evidence | Unfinished, project: Project) -> str:
        if isinstance(found, Unfinished) and not found.job.stages:
            return ""  # it ended before it wrote down what it was
        if found.job.stem != stem:
            return f"its record says that it is of {found.job.stem}"
        if found.job.plan != self.plan.digest:
            return "it was made for another plan"
        if (found.job.stages, found.job.shard, found.job.of) != (job.stages, job.shard, job.of):
            return f"it ran shard {found.job.shown_shard} of {', '.join(found.job.stages)}"
        if isinstance(found, Unfinished):
            return ""
        tests = [stage for stage in job.stages if not stage.is_static]
        if found.idle and tests and (job.side is Side.BASE or stages_with_tests(project, tests)):
            return "it says that there was nothing to run, and there are tests"
        if job.side is Side.BASE:
            commit, base = found.provenance.commit, self.plan.base
            return "" if commit == base else f"made at commit {commit[:12]}, and the base is {base[:12]}"
        ran = found.suite.settings.python if found.suite is not None else ""
        if ran and ".".join(ran.split(".")[:2]) != job.python:
            return f"it ran on Python {ran}, and {job.python} was planned"
        return foreign(found.provenance, project.provenance)


def _idle(project: Project, stage: Stage) -> Evidence:
    """What a job would have left that nobody needed to plan."""
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        job=Job(id=stage, stages=(stage,)),
        provenance=project.provenance,
        started_at=0.0,
        duration_s=0.0,
        idle=NO_TESTS,
    )


def _unplanned(plan: Plan, policy: Policy, idle: Sequence[Stage]) -> Iterator[Rejection]:
    """What the policy asks for and the plan leaves out, although there are tests."""
    pythons = policy.python or tuple(dict.fromkeys(job.python for job in plan.jobs))[:1] or ("",)
    for stage in policy.run_stages:
        if stage in idle:
            continue
        planned = {job.python for job in plan.of_side(Side.HEAD) if stage in job.stages}
        if stage.is_static:
            missing = [] if planned else [""]  # one version is enough, whichever
        else:
            missing = [python for python in pythons if python not in planned]
        for python in missing:
            yield Rejection(
                job=job_id(stage, python, 1, 1, Side.HEAD),
                kind=RejectionKind.MISSING,
                reason="the policy asks for it, and the plan leaves it out",
                help="Plan it: leave the stages and versions of the plan to the policy.",
                stages=(stage,),
            )


def unmet_needs(plan: Plan, found: Gathered, needs: Mapping[str, str]) -> Iterator[Rejection]:
    """What the provider's own word for the end of a job has against a pass.

    A job that failed mostly leaves evidence of why; one that was cancelled or skipped may have left that of an earlier
    attempt. A group of jobs that the plan leaves empty is skipped on purpose.
    """
    planned = groups(plan)
    for name, result in needs.items():
        if result == SUCCESS or (result == SKIPPED and planned.get(name) == ()):
            continue
        if result == FAILURE and name in planned and _explains_failure(found, planned[name]):
            continue
        yield Rejection(job=name, kind=RejectionKind.MISSING, reason=f"the provider says that it ended as {result!r}")


def _explains_failure(found: Gathered, jobs: Sequence[Job]) -> bool:
    """Whether the evidence of some jobs already keeps the verdict from being a pass."""
    ids = {job.id for job in jobs}
    if ids & ({rejection.job for rejection in found.rejections} | {left.job.id for left in found.unfinished}):
        return True
    records = (record for record in found.evidence if record.job.id in ids)
    return any(result_of(record, record.job.stages[0]).status in _BAD for record in records)


def _rejected(job: Job, kind: RejectionKind, reason: str) -> Rejection:
    return Rejection(job=job.id, kind=kind, reason=reason, stages=job.stages)


def _job_of(stem: str) -> str:
    found = _STEM.fullmatch(stem)
    return found["job"] if found else stem


def _attempt_of(stem: str) -> int:
    found = _STEM.fullmatch(stem)
    return int(found["attempt"]) if found else 0

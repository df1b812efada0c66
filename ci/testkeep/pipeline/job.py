"""Runs one job of a plan, on the head's code or in a worktree of the base."""

from __future__ import annotations

import time
from dataclasses import replace

import msgspec

from testkeep.errors import BaselineError
from testkeep.formats import evidence_json
from testkeep.model.evidence import EVIDENCE_SCHEMA, Evidence, Job, Side
from testkeep.model.plan import Plan
from testkeep.pipeline.base_runs import run_at_base
from testkeep.pipeline.base_tree import check_out
from testkeep.pipeline.baseline import refuse_foreign_code, refuse_invalid
from testkeep.pipeline.context import Project
from testkeep.pipeline.plans import RunOptions
from testkeep.pipeline.progress import Labelled, Watcher
from testkeep.pipeline.run import run_stages


def run_job(project: Project, plan: Plan, job: Job, attempt: int, options: RunOptions, watcher: Watcher) -> Job:
    """Run a job of a plan and leave its evidence, whose files carry the job and the attempt. Returns the job so named.

    Raises:
        BaselineError: the job runs the base's code, and its evidence is no baseline.
        Interrupted: the user stopped the run; every child process has ended.
        EvidenceError: the evidence cannot be written.
    """
    job = msgspec.structs.replace(job, attempt=attempt, plan=plan.digest)
    options.folder.prepare([job.stem])
    partition = plan.partitions.get(job.stages[0])
    options = replace(options, stages=job.stages, planned=job, partition=partition)
    if job.side is Side.HEAD:
        run_stages(project, options, watcher)
    else:
        _run_at_base(project, plan.base, job, options, watcher)
    return job


def _run_at_base(project: Project, commit: str, job: Job, options: RunOptions, watcher: Watcher) -> None:
    folder = options.folder
    with check_out(project, commit, for_tests=True) as tree:
        if tree is None:
            record = _idle(project, commit, job)
            folder.write_record(job.stem, evidence_json.dumps(record))
            return
        measure = project.policy.coverage.ratchet and bool(project.source)
        options = replace(options, environment=tree.environment, measure=measure)
        done, cut = run_at_base(tree, options, Labelled(watcher, "base: "))
        refuse_invalid(done, cut)
        try:
            refuse_foreign_code(done, project, tree.project)
        except BaselineError:
            folder.prepare([job.stem])  # nobody but this process can tell that it is none of the base's
            raise


def _idle(project: Project, commit: str, job: Job) -> Evidence:
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        job=job,
        provenance=msgspec.structs.replace(project.provenance, commit=commit),
        started_at=time.time(),
        duration_s=0.0,
        idle="the project was not there at the base commit",
    )

"""``testkeep run --job``: one job of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from testkeep.cli.options import screen_of
from testkeep.cli.session import conclude, folder_or_default
from testkeep.cli.view import show_held_back, watching
from testkeep.errors import EXIT_PASS, EvidenceError, UsageError
from testkeep.formats import plan_json
from testkeep.model.evidence import Side
from testkeep.model.plan import Plan
from testkeep.pipeline.base_store import lock_folder
from testkeep.pipeline.baseline import Base
from testkeep.pipeline.change_base import current_event
from testkeep.pipeline.context import load_project
from testkeep.pipeline.job import run_job
from testkeep.pipeline.judge import Case
from testkeep.pipeline.planned import PlannedEvidence
from testkeep.pipeline.planning import check_job
from testkeep.pipeline.plans import RunOptions
from testkeep.pipeline.policy_in_force import under_base
from testkeep.pipeline.scheduled import have_base, is_idle, leave_trace
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.interpreter import environment_variables
from testkeep.system.job_locks import jobs_locked

_NOT_WITH_A_JOB = ("base_ref", "no_gate", "fail_fast")


def read_plan(path: Path) -> Plan:
    """Read a plan's file.

    Raises:
        EvidenceError: it is not there, or it is not a plan as it was made.
    """
    try:
        return plan_json.loads(path.read_bytes(), str(path))
    except OSError as error:
        raise EvidenceError(f"{path}: the plan cannot be read: {error.strerror}") from error


def evidence_of(plan: Plan) -> str:
    """The default folder of a plan's evidence: what other plans and plain runs left is not in there."""
    return f"planned-{plan.digest[:12]}"


def do_job(options: dict[str, Any], pytest_arguments: tuple[str, ...]) -> int:
    """Run one job of a plan, and judge that job alone."""
    given = next((name for name in _NOT_WITH_A_JOB if options[name]), "")
    if given:
        option = given.removesuffix("_ref").replace("_", "-")
        raise UsageError(f"--job and --{option}: the plan says what the job is, and the gate judges it")
    project = load_project(Path.cwd())
    plan = read_plan(options["plan_file"])
    folder = EvidenceFolder(folder_or_default(project, options["evidence_folder"], evidence_of(plan)))
    have_base(plan, project)
    project = under_base(project, plan.base)
    if is_idle(plan, options["job_id"], project.policy):
        click.echo(f"{options['job_id']}: the plan has nothing to do here")
        return EXIT_PASS
    leave_trace(plan, options["job_id"], folder)
    job = check_job(plan, project, options["job_id"])
    attempt = options["attempt"] or current_event().attempt
    screen = screen_of(options)
    run_options = RunOptions(
        stages=job.stages,
        folder=folder,
        jobs=options["jobs"],
        footprints=options["footprints"] and job.side is Side.HEAD,
        pytest_arguments=pytest_arguments,
    )
    # An attempt has a record of its own.
    lock = jobs_locked(lock_folder(project), folder.path, [f"{job.id}-a{attempt}"])
    with lock, watching(screen, environment_variables()) as watcher:
        job = run_job(project, plan, job, attempt, run_options, watcher)
    if job.side is Side.BASE:
        show_held_back(screen)
        click.echo(f"{job.id}: evidence of {plan.base[:12]} in {folder.path}")
        return EXIT_PASS
    case = Case(
        project=project,
        stages=job.stages,
        folder=folder,
        base=Base(reason=f"only the job {job.id} was judged: no base, no coverage thresholds"),
        baseline=None,
        report=folder_or_default(project, options["report_folder"], f"report-{job.id}"),
        conserve=False,
        planned=PlannedEvidence(plan, folder, job=job),
    )
    return conclude(case, options, screen)

"""``testkeep run``: run stages, leave evidence, judge it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from testkeep.cli.job import do_job
from testkeep.cli.options import (
    FILE,
    base_option,
    evidence_option,
    loudness_options,
    minimum_options,
    output_options,
    raised,
    screen_of,
    untracked_option,
)
from testkeep.cli.runner import runner_option
from testkeep.cli.session import choose_base, conclude, folder_or_default, make_baseline
from testkeep.cli.stages import stages_named
from testkeep.cli.view import watching
from testkeep.errors import UsageError
from testkeep.model.stage import Stage
from testkeep.pipeline.base_store import clear_changed, digests, lock_folder, store_folder
from testkeep.pipeline.baseline import Base
from testkeep.pipeline.context import Project, for_one_run, load_project
from testkeep.pipeline.gather import without_outages
from testkeep.pipeline.judge import Case
from testkeep.pipeline.own_baseline import keep_as_baseline
from testkeep.pipeline.own_requirements import IN_THE_PROJECTS, check_own_requirements, other_environment
from testkeep.pipeline.plans import RunOptions
from testkeep.pipeline.policy_in_force import under_base
from testkeep.pipeline.run import run_stages
from testkeep.pipeline.tree_changes import TreeWatch, keep_changes
from testkeep.rules.base import Baseline
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.interpreter import environment_variables
from testkeep.system.job_locks import jobs_locked
from testkeep.system.process import interrupt_on_termination

_DEFAULT_JOBS = 8
_STAGES_ALONE = "only the stages themselves were judged (--no-gate): no base, no coverage thresholds"


@click.command()
@click.argument("stages", metavar="[STAGE]... [-- PYTEST_ARGUMENT...]", nargs=-1)
@base_option
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), default=_DEFAULT_JOBS, show_default=True, help="Processes at a time."
)
@untracked_option
@evidence_option
@click.option("--footprints", is_flag=True, help="Record which lines each test runs: names the tests near a gap.")
@click.option("--job", "job_id", metavar="ID", help="Run one job of a plan, and judge it alone.")
@click.option("--plan", "plan_file", type=FILE, help="The plan, as 'testkeep plan --output FILE' wrote it.")
@click.option(
    "--attempt",
    type=click.IntRange(min=1),
    help="How often the job was tried, this time included. [default: what the CI product says, else 1]",
)
@click.option("--no-gate", is_flag=True, help="Judge the stages alone: no base, no coverage thresholds.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first stage that does not pass.")
@minimum_options
@runner_option
@output_options
@loudness_options
@click.pass_obj
def run(pytest_arguments: tuple[str, ...], /, stages: tuple[str, ...], **options: Any) -> int:
    """Run the stages of the policy (all by default), leave evidence, and judge it.

    Static stages run first and together, then the test stages together. Arguments after -- go to pytest.
    """
    interrupt_on_termination()
    check_own_requirements()
    if bool(options["job_id"]) != bool(options["plan_file"]) or (options["job_id"] and stages):
        raise UsageError("--job ID and --plan FILE belong together, and name the stage themselves")
    if options["job_id"]:
        return do_job(options, pytest_arguments or ())
    project = for_one_run(load_project(Path.cwd()))
    named = stages_named(stages)
    conserve = not options["no_gate"]
    base, problem = choose_base(project, options["base_ref"]) if conserve else (Base(reason=_STAGES_ALONE), None)
    project = under_base(project, base.commit)
    project = replace(project, policy=raised(project.policy, options))
    wanted = named or project.policy.run_stages
    folder = EvidenceFolder(folder_or_default(project, options["evidence_folder"], "evidence"))
    with jobs_locked(lock_folder(project), folder.path, wanted):
        folder.prepare(wanted if stages else None)
        return _run(project, folder, base, problem, wanted, options, pytest_arguments or ())


def _run(
    project: Project,
    folder: EvidenceFolder,
    base: Base,
    problem: Baseline | None,
    wanted: tuple[Stage, ...],
    options: dict[str, Any],
    pytest_arguments: tuple[str, ...],
) -> int:
    report = folder_or_default(project, options["report_folder"], "report")
    screen = screen_of(options)
    run_options = RunOptions(
        stages=wanted,
        folder=folder,
        jobs=options["jobs"],
        fail_fast=options["fail_fast"],
        footprints=options["footprints"],
        again_alone=True,
        pytest_arguments=pytest_arguments,
    )
    with watching(screen, environment_variables()) as watcher:
        if other := other_environment(project.root):
            watcher.say(f"{other}. {IN_THE_PROJECTS}")
        watch = TreeWatch.begin(project, folder.path, report)
        known = digests(project, base.commit)
        run_stages(project, run_options, watcher)
        keep_changes(watch)
        for said in clear_changed(project, base.commit, known, wanted):
            watcher.say(said)
    comparable = without_outages(folder, project.provenance, wanted)
    if comparable == wanted:
        keep_as_baseline(project, run_options)
    baseline = problem or make_baseline(project, base, comparable, options["jobs"], screen)
    case = Case(
        project=project,
        stages=wanted,
        folder=folder,
        base=base,
        baseline=baseline,
        report=report,
        conserve=not options["no_gate"],
        base_folder=store_folder(project, base.commit),
        untracked=options["include_untracked"],
    )
    return conclude(case, options, screen)

"""``testkeep gate``: judge evidence that is there already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from testkeep.cli.options import (
    FILE,
    FOLDER,
    base_option,
    evidence_option,
    loudness_options,
    minimum_options,
    output_options,
    raised,
    screen_of,
    untracked_option,
)
from testkeep.cli.planned_gate import judge_plan
from testkeep.cli.runner import runner_option
from testkeep.cli.session import choose_base, conclude, folder_or_default, make_baseline
from testkeep.errors import EvidenceError, UsageError
from testkeep.pipeline.base_store import store_folder
from testkeep.pipeline.baseline import baseline_from
from testkeep.pipeline.context import load_project
from testkeep.pipeline.judge import Case
from testkeep.pipeline.note import NOTE_VARIABLE
from testkeep.pipeline.own_requirements import check_own_requirements
from testkeep.pipeline.policy_in_force import under_base
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.interpreter import processors
from testkeep.system.process import interrupt_on_termination


@click.command()
@evidence_option
@base_option
@untracked_option
@click.option("--baseline", "baseline_folder", type=FOLDER, help="Folder with the base commit's evidence.")
@click.option("--plan", "plan_file", type=FILE, help="The plan: exactly the evidence of its jobs is accepted.")
@click.option(
    "--needs",
    envvar="TESTKEEP_NEEDS",
    metavar="JSON",
    help="How the CI product says that the jobs ended: GitHub's toJSON(needs). [variable: TESTKEEP_NEEDS]",
)
@click.option(
    "--save-baseline",
    "saved_folder",
    type=FOLDER,
    help="With --plan: keep the evidence in this folder, as the baseline of later changes; nothing if inconclusive.",
)
@minimum_options
@click.option(
    "--gitlab-note",
    is_flag=True,
    help=f"Write the verdict as a note of the GitLab merge request, with the token in the variable {NOTE_VARIABLE}.",
)
@runner_option
@output_options
@loudness_options
def gate(**options: Any) -> int:
    """Judge the evidence of a run, against the evidence of the base commit."""
    interrupt_on_termination()
    check_own_requirements()
    if options["baseline_folder"] and options["base_ref"]:
        raise UsageError("--base and --baseline: give one of them, the commit or the folder with its evidence")
    if options["plan_file"]:
        return judge_plan(options)
    if options["needs"] or options["saved_folder"]:
        raise UsageError(f"{'--needs' if options['needs'] else '--save-baseline'}: it belongs to --plan")
    project = load_project(Path.cwd())
    folder = EvidenceFolder(folder_or_default(project, options["evidence_folder"], "evidence"))
    if not folder.path.is_dir():
        what = "it is a file" if folder.path.exists() else "it is not there"
        raise EvidenceError(
            f"{folder.path}: expected a folder with evidence, but {what}", hint="'testkeep run' leaves evidence."
        )
    screen = screen_of(options)
    if options["baseline_folder"]:
        given = EvidenceFolder(options["baseline_folder"])
        base, _ = baseline_from(given, project.policy.run_stages)
        project = under_base(project, base.commit)
        base, baseline = baseline_from(given, project.policy.run_stages)
        base_folder = given
    else:
        base, problem = choose_base(project, options["base_ref"])
        project = under_base(project, base.commit)
        baseline = problem or make_baseline(project, base, project.policy.run_stages, processors(), screen)
        base_folder = store_folder(project, base.commit)
    project = replace(project, policy=raised(project.policy, options))
    stages = project.policy.run_stages
    report = folder_or_default(project, options["report_folder"], "report")
    case = Case(
        project=project,
        stages=stages,
        folder=folder,
        base=base,
        baseline=baseline,
        report=report,
        base_folder=base_folder,
        untracked=options["include_untracked"],
    )
    return conclude(case, options, screen)

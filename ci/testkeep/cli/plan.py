"""``testkeep plan``: which jobs a run consists of, for CI products to make their own jobs of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from testkeep.cli.github_outputs import add_outputs
from testkeep.cli.options import FOLDER, base_option
from testkeep.cli.session import base_or_fail
from testkeep.cli.stages import stages_named, words
from testkeep.errors import EXIT_PASS, UsageError
from testkeep.formats import gitlab_rows, plan_json
from testkeep.model.plan import Plan, groups
from testkeep.model.policy import OLDEST_PYTHON, OLDEST_PYTHON_NAME
from testkeep.model.stage import Stage
from testkeep.pipeline.context import load_project
from testkeep.pipeline.own_requirements import check_own_requirements
from testkeep.pipeline.planning import PlanOptions, all_jobs, make_plan
from testkeep.pipeline.policy_in_force import under_base
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import write_file


@click.command()
@click.argument("stages", metavar="[STAGE]...", nargs=-1)
@base_option
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="VERSION",
    help="Version to run the tests with, '3.12' say; may be given again. [default: the policy's, else this one]",
)
@click.option(
    "--shards",
    "shards",
    multiple=True,
    metavar="STAGE=N",
    help="Number of jobs that a stage's tests are spread over; may be given again. [default: the policy's, else 1]",
)
@click.option(
    "--baseline", "baseline_folder", type=FOLDER, help="Folder with evidence of the base commit, if it is one."
)
@click.option(
    "--base-jobs/--no-base-jobs",
    default=True,
    show_default=True,
    help="Whether jobs of their own make the base's evidence; else the gate makes it.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON (schema testkeep.plan/1).")
@click.option("--github", is_flag=True, help="Add the matrices to the step's outputs (GITHUB_OUTPUT).")
@click.option("--gitlab", is_flag=True, help="Print rows for the inputs of the GitLab pipeline, as YAML.")
def plan(**options: Any) -> int:
    """Plan the jobs of a run: stage x Python x shard, and the commit that they are compared with.

    STAGE leaves all other stages out, which the gate does not accept of those in the policy. Stages, versions and
    numbers of shards may also stand in one argument, with spaces or commas between them; an empty one says nothing.
    """
    check_own_requirements()
    project = load_project(Path.cwd())
    base = base_or_fail(project, options["base_ref"])
    project = under_base(project, base.commit)
    folder = options["baseline_folder"]
    wanted = PlanOptions(
        stages=stages_named(words(options["stages"])),
        pythons=_pythons(words(options["pythons"])),
        shards=dict(map(_shards, words(options["shards"]))),
        baseline=EvidenceFolder(folder.absolute()) if folder else None,
        base_jobs=options["base_jobs"],
    )
    made = make_plan(project, base, wanted)
    data = plan_json.dumps(made)
    if options["output"]:
        write_file(options["output"], data)
    click.echo(data.decode() if options["as_json"] else _table(made), nl=not options["as_json"])
    if options["github"]:
        _tell_github(made)
    if options["gitlab"]:
        click.echo(gitlab_rows.dumps(all_jobs(project, wanted)))
    return EXIT_PASS


def _pythons(given: Sequence[str]) -> tuple[str, ...]:
    for version in given:
        major, _, minor = version.partition(".")
        if major != "3" or not minor.isdecimal():
            raise UsageError(f"--python {version}: expected a version such as 3.12")
        if (int(major), int(minor)) < OLDEST_PYTHON:
            raise UsageError(f"--python {version}: testkeep needs Python {OLDEST_PYTHON_NAME} or later")
    return tuple(dict.fromkeys(given))


def _shards(given: str) -> tuple[Stage, int]:
    name, _, number = given.partition("=")
    (stage,) = stages_named([name])
    if not number.isdecimal() or int(number) < 1:
        raise UsageError(f"--shards {given}: expected STAGE=N with a number N of at least 1, such as integration=3")
    return stage, int(number)


def _table(made: Plan) -> str:
    base = made.base[:12] or "none"
    # The name of a branch may be anything, and GitHub obeys "##[" anywhere in a line.
    reason = made.base_reason.replace("##[", "# #[")
    lines = [f"head {made.provenance.commit[:12]}, base {base}: {reason}"]
    for name, jobs in groups(made).items():
        lines += [f"{name:7} {job.id}" for job in jobs]
    return "\n".join([*lines, f"plan {made.digest[:12]}: {len(made.jobs)} jobs"])


def _tell_github(made: Plan) -> None:
    """Set the step's outputs: for each group its matrix, or nothing if it has no jobs."""
    matrices = plan_json.github_matrices(made)
    outputs = {name: json.dumps(matrices[name]) if name in matrices else "" for name in groups(made)}
    add_outputs({**outputs, "base-commit": made.base, "python": made.jobs[0].python if made.jobs else ""})

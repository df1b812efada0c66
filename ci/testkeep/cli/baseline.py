"""``testkeep baseline``: make the evidence of a commit and store it."""

from __future__ import annotations

from pathlib import Path

import click

from testkeep.cli.screen import Loudness, Screen
from testkeep.cli.session import make_baseline
from testkeep.errors import EXIT_PASS, BaselineError
from testkeep.pipeline.base_store import store_folder
from testkeep.pipeline.baseline import find_base
from testkeep.pipeline.change_base import is_dirty_here
from testkeep.pipeline.context import load_project
from testkeep.pipeline.own_requirements import check_own_requirements
from testkeep.system.interpreter import processors
from testkeep.system.process import interrupt_on_termination


@click.command()
@click.argument("ref", required=False)
def baseline(ref: str | None) -> int:
    """Make the evidence of a commit and store it, so that later runs need not.

    REF is the commit [default: as for 'run --base'].
    """
    interrupt_on_termination()
    check_own_requirements()
    project = load_project(Path.cwd())
    base = find_base(project.repository, ref, dirty=is_dirty_here(project))
    made = make_baseline(project, base, project.policy.run_stages, processors(), Screen(Loudness.SHORT))
    if made is None:
        click.echo(base.reason)
        return EXIT_PASS
    for note in made.notes:
        click.echo(note)
    if made.problem:
        raise BaselineError(f"the baseline {base.commit[:12]} is unavailable: {made.problem}")
    guards = sum(test.guards for record in made.evidence for test in (record.suite.tests if record.suite else ()))
    click.echo(f"{base.commit[:12]}: {guards} tests guard; evidence in {store_folder(project, base.commit).path}")
    return EXIT_PASS

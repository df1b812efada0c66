"""``testkeep doctor``: what a run will find here, without running a test."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from testkeep.errors import EXIT_FAIL, EXIT_PASS
from testkeep.formats.text_json import encode
from testkeep.model.checkup import Status
from testkeep.pipeline.context import load_project
from testkeep.pipeline.doctor import examine
from testkeep.reports import checkup as report


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON (schema testkeep.doctor/1) instead of lines.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0.1),
    default=None,
    metavar="SECONDS",
    help="How long collecting the tests may take; by default what keeps the whole answer below 5 seconds.",
)
def doctor(*, as_json: bool, patience: float | None) -> int:
    """Say what a run will find here, and what is in its way, without running a test.

    Looks at the project, its static tools, the versions that are installed, the tests that pytest collects, the base
    commit, and the services that environment variables name. Exits with 1 if there is a problem.
    """
    checkup = examine(load_project(Path.cwd()), patience)
    console = Console()
    if as_json:
        click.echo(encode(checkup))
    else:
        click.echo(report.render(checkup, width=console.width, color=console.is_terminal), nl=False)
    return EXIT_FAIL if checkup.count(Status.PROBLEM) else EXIT_PASS

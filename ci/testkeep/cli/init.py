"""``testkeep init``: write the starter files of a project."""

from __future__ import annotations

import re
from pathlib import Path

import click

from testkeep.errors import EXIT_PASS, UsageError
from testkeep.model.change_event import Provider
from testkeep.pipeline.baseline import default_branch
from testkeep.pipeline.callers import caller_of, rows_of
from testkeep.pipeline.context import load_project
from testkeep.system.files import write_file

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+")


@click.command()
@click.option(
    "--ci",
    "provider",
    type=click.Choice(["github", "gitlab"]),
    required=True,
    help="The CI product that calls testkeep.",
)
@click.option(
    "--repository",
    default="testkeep/testkeep",
    show_default=True,
    metavar="OWNER/NAME",
    help="Where testkeep's repository, or your copy of it, lives in that product.",
)
def init(provider: str, repository: str) -> int:
    """Write the file that runs the pipeline in a CI product. A file that is there is never overwritten."""
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(f"--repository {repository}: expected OWNER/NAME")
    project = load_project(Path.cwd())
    branch = default_branch(project.repository).removeprefix("origin/")
    starter = caller_of(Provider(provider), repository, branch, project.folder, rows_of(project))
    target = project.repository.root / starter.path
    if target.exists():
        raise UsageError(
            f"{starter.path}: it is there already, and is not overwritten",
            hint=f"Add this to it, or remove it and run 'testkeep init' again:\n{starter.text}",
        )
    write_file(target, starter.text.encode())
    click.echo(f"wrote {starter.path}; commit it, and require its check: docs/{provider}.md says how")
    return EXIT_PASS

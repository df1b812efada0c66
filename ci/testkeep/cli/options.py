"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from testkeep.model.verdict import Verdict
from testkeep.pipeline.publish import Outputs, write_outputs
from testkeep.reports import github, terminal

Function = TypeVar("Function", bound=Callable[..., Any])
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path)

_OUTPUT_OPTIONS = (
    click.option("--json", "json_file", type=FILE, help="Write the verdict as JSON (schema testkeep.verdict/1)."),
    click.option("--markdown", "markdown_file", type=FILE, help="Write the verdict as Markdown, for a job summary."),
    click.option("--html", "html_file", type=FILE, help="Write the verdict as one HTML page."),
    click.option("--github", is_flag=True, help="Print annotations as GitHub workflow commands."),
    click.option("--gitlab", "gitlab_file", type=FILE, help="Write a GitLab code quality report."),
    click.option(
        "--report", "report_folder", type=FOLDER,
        help="Folder for verdict.json, summary.md, report.html, junit.xml and coverage [default: .testkeep/report].",
    ),
)  # fmt: skip

evidence_option = click.option(
    "--evidence", "evidence_folder", type=FOLDER, help="Folder with the evidence [default: .testkeep/evidence]."
)
base_option = click.option(
    "--base",
    "base_ref",
    metavar="REF",
    help="Commit to compare with; 'none' judges without. [default: the merge base with the default branch; on that "
    "branch, the parent commit]",
)
untracked_option = click.option(
    "--include-untracked/--ignore-untracked",
    default=True,
    show_default=True,
    help="Whether the lines of Python files that git does not track yet count as changed.",
)


def output_options(function: Function) -> Function:
    """Add the options that say where a verdict goes."""
    for option in reversed(_OUTPUT_OPTIONS):
        function = option(function)
    return function


def outputs_of(options: dict[str, Any]) -> Outputs:
    """Collect the files that the user asked for."""
    return Outputs(
        json=options["json_file"],
        markdown=options["markdown_file"],
        html=options["html_file"],
        gitlab=options["gitlab_file"],
    )


def publish(verdict: Verdict, options: dict[str, Any], width: int, *, color: bool) -> None:
    """Print a verdict and write the files that the user asked for."""
    click.echo(terminal.render(verdict, width=width, color=color))
    write_outputs(verdict, outputs_of(options))
    if options["github"]:
        click.echo(github.render(verdict))

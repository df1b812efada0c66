"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from testkeep.cli.github_outputs import add_outputs
from testkeep.cli.screen import Loudness, Screen
from testkeep.model.policy import Policy
from testkeep.model.verdict import Verdict
from testkeep.pipeline.note import write_note
from testkeep.pipeline.publish import Outputs, write_outputs
from testkeep.reports import github, gitlab, terminal
from testkeep.system.interpreter import environment_variables

Function = TypeVar("Function", bound=Callable[..., Any])
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path)

_OUTPUT_OPTIONS = (
    click.option("--json", "json_file", type=FILE, help="Write the verdict as JSON (schema testkeep.verdict/1)."),
    click.option("--markdown", "markdown_file", type=FILE, help="Write the verdict as Markdown, for a job summary."),
    click.option("--html", "html_file", type=FILE, help="Write the verdict as one HTML page."),
    click.option("--github", is_flag=True, help="Print annotations as GitHub workflow commands."),
    click.option(
        "--gitlab", "gitlab_file", type=FILE,
        help="Write a GitLab code quality report, and print the total coverage as a line of its own.",
    ),
    click.option(
        "--report", "report_folder", type=FOLDER,
        help="Folder for verdict.json, summary.md, report.html, junit.xml and coverage [default: .testkeep/report].",
    ),
    click.option(
        "--coverage-reports/--no-coverage-reports", "coverage_reports", default=None,
        help="Whether htmlcov/, coverage.lcov and diff-cover's pages are written, too. "
        "[default: in CI, where the variable CI is set]",
    ),
)  # fmt: skip

_LOUDNESS = (
    click.option(
        "--quiet", "-q", "loudness", flag_value=Loudness.QUIET.value, default=None, help="Print the verdict alone."
    ),
    click.option(
        "--verbose", "-v", "loudness", flag_value=Loudness.VERBOSE.value,
        help="Print everything: all findings, and the whole output of tools that complain.",
    ),
)  # fmt: skip

evidence_option = click.option(
    "--evidence",
    "evidence_folder",
    type=FOLDER,
    help="Folder with the evidence [default: .testkeep/evidence; with --plan, one of the plan's own].",
)
base_option = click.option(
    "--base",
    "base_ref",
    metavar="REF",
    help="Commit to compare with; 'none' judges without. [default: the merge base with the default branch; on that "
    "branch HEAD if there are changes to commit, else its parent]",
)
_PERCENT = click.FloatRange(0, 100)
_MINIMA = (
    click.option(
        "--min-coverage", type=_PERCENT, metavar="PERCENT", help="Raise the policy's overall minimum to this."
    ),
    click.option("--min-diff", type=_PERCENT, metavar="PERCENT", help="Raise the policy's minimum for changed lines."),
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


def loudness_options(function: Function) -> Function:
    """Add the options that say how much is printed; the last one counts."""
    for option in reversed(_LOUDNESS):
        function = option(function)
    return function


def screen_of(options: dict[str, Any]) -> Screen:
    """What the command writes on, as loudly as the user asked for."""
    return Screen(Loudness(options["loudness"] or Loudness.SHORT))


def minimum_options(function: Function) -> Function:
    """Add the options that raise minima of the policy."""
    for option in reversed(_MINIMA):
        function = option(function)
    return function


def raised(policy: Policy, options: dict[str, Any]) -> Policy:
    """The policy with its minima raised to what was asked for; a lower value changes nothing."""
    coverage = policy.coverage
    overall = max(coverage.overall or 0.0, options["min_coverage"] or 0.0) or coverage.overall
    diff = max(coverage.diff, options["min_diff"] or 0.0)
    return msgspec.structs.replace(policy, coverage=msgspec.structs.replace(coverage, overall=overall, diff=diff))


def wants_coverage_reports(options: dict[str, Any]) -> bool:
    """Whether coverage.py's and diff-cover's own reports are to be written; each of them reads the whole code again."""
    asked: bool | None = options["coverage_reports"]
    return bool(options["gitlab_file"] or environment_variables().get("CI")) if asked is None else asked


def outputs_of(options: dict[str, Any]) -> Outputs:
    """Collect the files that the user asked for."""
    return Outputs(
        json=options["json_file"],
        markdown=options["markdown_file"],
        html=options["html_file"],
        gitlab=options["gitlab_file"],
    )


def _set_outputs(verdict: Verdict) -> None:
    """Let later steps and jobs of a workflow see the result; on a laptop there is nowhere to put it."""
    if "GITHUB_OUTPUT" in environment_variables():
        coverage = verdict.coverage
        percents = {"coverage": coverage.overall_percent, "diff-coverage": coverage.diff_percent}
        shown = {name: "" if percent is None else f"{percent:g}" for name, percent in percents.items()}
        add_outputs({"verdict": verdict.verdict, "lost": str(len(verdict.conservation.lost)), **shown})


def publish(verdict: Verdict, options: dict[str, Any], screen: Screen, report: str = "") -> None:
    """Write the files that the user asked for, and print the verdict; ``report`` is the file that has everything."""
    write_outputs(verdict, outputs_of(options))
    if options["github"]:
        click.echo(github.render(verdict))
        _set_outputs(verdict)
    if options.get("gitlab_note") and (note := write_note(verdict)):
        click.echo(note)
    if options["gitlab_file"] and (line := gitlab.coverage_line(verdict)):
        click.echo(line)
    screen.write(_rendered(verdict, screen, report))


def _rendered(verdict: Verdict, screen: Screen, report: str) -> str:
    if screen.is_quiet:
        return terminal.render_headline(verdict, color=screen.color)
    if screen.is_verbose:
        return terminal.render(verdict, width=screen.width, color=screen.color, report=report)
    return terminal.render_short(verdict, screen.setting(report))

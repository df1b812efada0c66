"""Steps that the commands which judge have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from testkeep.cli.options import publish, wants_coverage_reports
from testkeep.cli.screen import Screen, shown_path
from testkeep.cli.view import watching
from testkeep.errors import (
    EXIT_FAIL,
    EXIT_INCONCLUSIVE,
    EXIT_PASS,
    BaselineError,
    EvidenceError,
    ToolError,
    UsageError,
)
from testkeep.model.stage import Stage
from testkeep.model.verdict import Decision
from testkeep.pipeline.base_store import state_folder
from testkeep.pipeline.baseline import Base, find_base, obtain
from testkeep.pipeline.change_base import base_of_change, current_event, is_dirty_here
from testkeep.pipeline.context import Project
from testkeep.pipeline.coverage_reports import write_cobertura, write_coverage_reports
from testkeep.pipeline.judge import Case, Judgement, judge
from testkeep.pipeline.publish import write_report
from testkeep.reports import coverage_table
from testkeep.rules.base import Baseline
from testkeep.system.interpreter import environment_variables

_MOST_FILES = 20
_EXIT_CODES = {
    Decision.PASS: EXIT_PASS,
    Decision.FAIL: EXIT_FAIL,
    Decision.INCONCLUSIVE: EXIT_INCONCLUSIVE,
}


def folder_or_default(project: Project, chosen: Path | None, name: str) -> Path:
    """The folder that the user chose, or its default place in ``.testkeep``."""
    return chosen.absolute() if chosen is not None else state_folder(project) / name


def choose_base(project: Project, ref: str | None) -> tuple[Base, Baseline | None]:
    """Find the base commit; where history was cut off before it, the problem goes into the verdict.

    Raises:
        UsageError: there is no such ref.
    """
    try:
        return base_or_fail(project, ref), None
    except BaselineError as error:
        return Base(commit=ref or ""), Baseline(commit=ref or "", problem=error.message)


def base_or_fail(project: Project, ref: str | None) -> Base:
    """Find the base commit: the one that was named, else that of the change that a pipeline runs for.

    Raises:
        UsageError: there is no such ref.
        BaselineError: history was cut off before it.
    """
    repository, dirty = project.repository, is_dirty_here(project)
    return find_base(repository, ref, dirty=dirty) if ref else base_of_change(repository, current_event(), dirty=dirty)


def make_baseline(project: Project, base: Base, stages: Sequence[Stage], jobs: int, screen: Screen) -> Baseline | None:
    """Get the base's evidence for the test stages; None if there is no base commit."""
    tests = tuple(stage for stage in stages if not stage.is_static)
    if not base.commit or not tests:
        return None
    with watching(screen, environment_variables(), label="base: ", with_output=False) as watcher:
        return obtain(project, base.commit, tests, jobs, watcher)


def conclude(case: Case, options: dict[str, Any], screen: Screen) -> int:
    """Judge, write the report, show the verdict, and return its exit code."""
    return exit_code_of(reach_verdict(case, options, screen))


def exit_code_of(judgement: Judgement) -> int:
    """The exit code that a judgement has."""
    return _EXIT_CODES[judgement.verdict.verdict]


def reach_verdict(case: Case, options: dict[str, Any], screen: Screen) -> Judgement:
    """Judge, write the report, and show the verdict."""
    with watching(screen, environment_variables(), with_output=False) as watcher:
        judgement = judge(case, watcher)
    verdict = judgement.verdict
    write_report(verdict, judgement.evidence, case.report)
    if judgement.coverage is not None and screen.is_verbose:
        files = coverage_table.render_files(
            judgement.coverage, width=screen.width, color=screen.color, most=_MOST_FILES
        )
        click.echo(f"{files}\n" if files else "", nl=bool(files))
    publish(verdict, options, screen, str(shown_path(case.report / "report.html")))
    if judgement.measured is not None:
        write_cobertura(case.project, case.report, judgement.measured, in_parts=bool(options["gitlab_file"]))
    if judgement.coverage is not None and wants_coverage_reports(options):
        _write_coverage_reports(case, judgement)
    return judgement


def _write_coverage_reports(case: Case, judgement: Judgement) -> None:
    """Write what people look at later; the verdict stands, whatever becomes of it."""
    try:
        write_coverage_reports(case.project, case.report, judgement.change)
    except (EvidenceError, ToolError, UsageError) as error:
        click.echo(f"testkeep: reports of the coverage are missing: {error.message}", err=True)

"""Writes what coverage.py and diff-cover can show of a judged run: pages for people, files for other services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from testkeep.formats import cobertura, unified_diff
from testkeep.model.coverage import Coverage
from testkeep.model.diff_coverage import DiffCoverage
from testkeep.pipeline.context import Project
from testkeep.pipeline.environments import test_environment
from testkeep.system import coverage_data
from testkeep.system.diff_coverage import write_diff_coverage
from testkeep.system.files import write_file

_FOR_PEOPLE = ("html", "lcov")
_COBERTURA = "coverage.xml"
_MOST_BYTES = 9_000_000


@dataclass(frozen=True)
class MeasuredChange:
    """The lines that differ from a base commit, by path in the repository, and how these are covered."""

    base: str
    lines: Mapping[str, Sequence[int]]
    coverage: DiffCoverage


def write_cobertura(project: Project, report: Path, coverage: Coverage, *, in_parts: bool) -> None:
    """Write ``coverage.xml`` (Cobertura, file names relative to the repository's root).

    ``in_parts`` as ``cobertura-1.xml`` and so on, too, for GitLab passes over a file above 10 MiB.

    Raises:
        UsageError: a file cannot be written.
    """
    for stale in report.glob("cobertura-*.xml"):
        stale.unlink()
    xml = cobertura.dumps(coverage, project.folder)
    write_file(report / _COBERTURA, xml)
    for number, part in enumerate(cobertura.parts(xml, _MOST_BYTES) if in_parts else (), start=1):
        write_file(report / f"cobertura-{number}.xml", part)


def write_coverage_reports(project: Project, report: Path, change: MeasuredChange | None) -> None:
    """Write what takes time of the coverage that a judgement left in its report folder; nothing if it left none.

    These are ``htmlcov/``, ``coverage.lcov``, and of a change diff-cover's ``diff-cover.html``, ``.md`` and ``.json``.

    Raises:
        EvidenceError: coverage.py or diff-cover fails.
        ToolError: diff-cover is not installed.
        UsageError: a file cannot be written.
    """
    data = report / coverage_data.DATA
    if not data.is_file():
        return
    environment = test_environment(project, {})
    coverage_data.report(data, report / coverage_data.CONFIG, project.root, environment, _FOR_PEOPLE)
    if change is not None and change.coverage.files:
        xml = (report / _COBERTURA).read_bytes()
        text = unified_diff.dumps({path: change.lines[path] for path in change.coverage.files})
        shown = change.coverage.most_missing()
        write_diff_coverage(project.repository.root, report, xml=xml, diff=text, base=change.base, shown=shown)

"""Writes a verdict for people and machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from testkeep.formats import evidence_json
from testkeep.model.evidence import Evidence
from testkeep.model.verdict import Verdict
from testkeep.reports import gitlab, html, junit, markdown
from testkeep.system.files import write_file


@dataclass(frozen=True)
class Outputs:
    """The files that the user asked for, beside the report folder."""

    json: Path | None = None
    markdown: Path | None = None
    html: Path | None = None
    gitlab: Path | None = None


_RENDERERS: dict[str, Callable[[Verdict], bytes]] = {
    "json": evidence_json.dumps_verdict,
    "markdown": lambda verdict: markdown.render(verdict).encode(),
    "html": lambda verdict: html.render(verdict).encode(),
    "gitlab": lambda verdict: gitlab.render(verdict).encode(),
}
_REPORT_FILES = {"verdict.json": "json", "summary.md": "markdown", "report.html": "html"}


def write_report(verdict: Verdict, evidence: Sequence[Evidence], report: Path) -> None:
    """Write the report folder's files: the verdict as JSON, Markdown and HTML, and all tests as JUnit XML.

    Raises:
        UsageError: a file cannot be written.
    """
    for name, kind in _REPORT_FILES.items():
        write_file(report / name, _RENDERERS[kind](verdict))
    write_file(report / "junit.xml", junit.render(evidence).encode())


def write_outputs(verdict: Verdict, outputs: Outputs) -> None:
    """Write the files that the user asked for.

    Raises:
        UsageError: a file cannot be written.
    """
    for kind, render in _RENDERERS.items():
        path: Path | None = getattr(outputs, kind)
        if path is not None:
            write_file(path, render(verdict))

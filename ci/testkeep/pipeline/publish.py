"""Writes a verdict for people and machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from testkeep.errors import EvidenceError, UsageError
from testkeep.formats import evidence_json
from testkeep.model.verdict import Verdict
from testkeep.pipeline.gather import read_all
from testkeep.reports import gitlab, html, junit, markdown
from testkeep.system.evidence_folder import EvidenceFolder, write_atomically


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


def write_report(verdict: Verdict, folder: EvidenceFolder, report: Path) -> None:
    """Write the report folder's files: the verdict as JSON, Markdown and HTML, and all tests as JUnit XML.

    Raises:
        UsageError: a file cannot be written.
    """
    for name, kind in _REPORT_FILES.items():
        _write(report / name, _RENDERERS[kind](verdict))
    try:
        evidence, _ = read_all(folder)
    except EvidenceError:
        evidence = []  # the verdict says what cannot be read
    _write(report / "junit.xml", junit.render(evidence).encode())


def write_outputs(verdict: Verdict, outputs: Outputs) -> None:
    """Write the files that the user asked for.

    Raises:
        UsageError: a file cannot be written.
    """
    for kind, render in _RENDERERS.items():
        path: Path | None = getattr(outputs, kind)
        if path is not None:
            _write(path, render(verdict))


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error

"""How much of a change the tests executed, by diff-cover on the lines that every gate sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from testkeep.formats import cobertura, diff_cover_json, unified_diff
from testkeep.formats.logical_lines import with_first_lines
from testkeep.model.diff_coverage import DiffCoverage
from testkeep.system.diff_coverage import write_diff_coverage
from testkeep.system.files import read_bytes
from testkeep.system.git import Repository
from testkeep.system.git_diff import diff_since


def changed_lines(repository: Repository, base: str, *, include_untracked: bool) -> dict[str, tuple[int, ...]]:
    """The lines that differ between a commit and the working tree, as Python and coverage.py count them.

    A statement of several lines is measured at its first one, which is changed if any of them is. A link's text is no
    code. The keys are paths relative to the repository's root.

    Raises:
        BaselineError: the commit is not there.
    """
    counted = unified_diff.changed_lines(diff_since(repository, base, include_untracked=include_untracked))
    return {
        path: _of_python(lines, read_bytes(repository.root / path)) if path.endswith(".py") else lines
        for path, lines in counted.items()
        if not (repository.root / path).is_symlink()
    }


def _of_python(lines: Sequence[int], source: bytes) -> tuple[int, ...]:
    return with_first_lines(unified_diff.as_python_counts(lines, source), source)


def cover_changes(
    repository: Repository, base: str, xml: bytes, out: Path, changed: Mapping[str, tuple[int, ...]]
) -> DiffCoverage:
    """Hold a change since a commit against a Cobertura report whose file names are relative to the repository's root.

    diff-cover's own reports are written to ``out``, unless nothing that was measured has ``changed`` lines.

    Raises:
        EvidenceError: the report cannot be read, or diff-cover fails.
        ToolError: diff-cover is not installed.
        UsageError: ``out`` cannot be written.
    """
    measured = cobertura.loads(xml)
    # It takes time for files that were not measured as well, and finds nothing.
    relevant = {path: lines for path, lines in changed.items() if path in measured}
    if not relevant:
        return DiffCoverage(files={})
    missing = {path: len(measured[path].missing.intersection(lines)) for path, lines in relevant.items()}
    report = write_diff_coverage(
        repository.root,
        out,
        xml=xml,
        diff=unified_diff.dumps(relevant),
        base=base,
        shown=sorted(filter(missing.__getitem__, missing), key=missing.__getitem__, reverse=True),
    )
    return diff_cover_json.loads(report).with_partial({path: file.partial for path, file in measured.items()})

"""coverage.py's JSON report to the coverage of each file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from testkeep.errors import EvidenceError
from testkeep.formats.unreadable import UNREADABLE
from testkeep.model.coverage import Branch, Coverage, FileCoverage, FunctionCoverage, Ratio


class _Meta(Struct, frozen=True):
    branch_coverage: bool = False


class _Function(Struct):
    missing_lines: tuple[int, ...] = ()
    executed_lines: tuple[int, ...] = ()
    start_line: int = 0


class _Summary(Struct):
    covered_lines: int
    num_statements: int
    covered_branches: int = 0
    num_branches: int = 0

    @property
    def lines(self) -> Ratio:
        return Ratio(self.covered_lines, self.num_statements)

    @property
    def ratio(self) -> Ratio:
        return Ratio(self.covered_lines + self.covered_branches, self.num_statements + self.num_branches)


class _File(Struct):
    summary: _Summary
    executed_lines: tuple[int, ...] = ()
    missing_lines: tuple[int, ...] = ()
    excluded_lines: frozenset[int] = frozenset()
    missing_branches: tuple[Branch, ...] = ()
    executed_branches: tuple[Branch, ...] = ()
    functions: dict[str, _Function] = {}


class _Report(Struct):
    files: dict[str, _File]
    meta: _Meta = _Meta()


def loads(data: bytes) -> Coverage:
    """Read a report of ``coverage json``; branches count beside lines where they were measured.

    Raises:
        EvidenceError: the text is not such a report.
    """
    try:
        report = msgspec.json.decode(data, type=_Report)
    except UNREADABLE as error:
        raise EvidenceError(f"coverage's JSON report cannot be read: {error}") from error
    return Coverage(
        files={
            path.replace("\\", "/"): FileCoverage(
                ratio=file.summary.ratio,
                lines=file.summary.lines,
                executed=file.executed_lines,
                missing=file.missing_lines,
                excluded=file.excluded_lines,
                missing_branches=file.missing_branches,
                executed_branches=file.executed_branches,
                functions=tuple(_with_gaps(file.functions)),
            )
            for path, file in report.files.items()
        },
        branch=report.meta.branch_coverage,
    )


def _with_gaps(functions: Mapping[str, _Function]) -> Iterator[FunctionCoverage]:
    """The functions that were not wholly run; versions that do not say where one starts have its first line."""
    for name, function in functions.items():
        if function.missing_lines:
            first = function.start_line or min((*function.executed_lines, *function.missing_lines))
            yield FunctionCoverage(name, first, function.missing_lines, function.executed_lines)

"""diff-cover's JSON report to the coverage of a change."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from testkeep.errors import EvidenceError
from testkeep.formats.unreadable import UNREADABLE
from testkeep.model.coverage import Ratio
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage


class _File(Struct):
    covered_lines: list[int]
    violation_lines: list[int]


class _Report(Struct):
    src_stats: dict[str, _File]
    total_num_lines: int
    total_num_violations: int


def loads(data: bytes) -> DiffCoverage:
    """Read a report of ``diff-cover --format json:…``; its percentages, which are rounded, are not looked at.

    Raises:
        EvidenceError: the text is not such a report, or its totals are not those of its lines.
    """
    try:
        report = msgspec.json.decode(data, type=_Report)
    except UNREADABLE as error:
        raise EvidenceError(f"diff-cover's JSON report cannot be read: {error}") from error
    coverage = DiffCoverage(
        files={
            path: ChangedFile(covered=tuple(sorted(file.covered_lines)), missing=tuple(sorted(file.violation_lines)))
            for path, file in report.src_stats.items()
        }
    )
    total = Ratio(report.total_num_lines - report.total_num_violations, report.total_num_lines)
    if coverage.ratio != total:
        raise EvidenceError(
            f"diff-cover's JSON report cannot be read: its files have {coverage.ratio.covered} of "
            f"{coverage.ratio.total} lines covered, its totals say {total.covered} of {total.total}"
        )
    return coverage

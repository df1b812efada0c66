"""coverage.py's JSON report to coverage totals."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from testkeep.errors import EvidenceError
from testkeep.model.coverage import CoverageTotals, Ratio


class _Summary(Struct):
    covered_lines: int
    num_statements: int
    covered_branches: int = 0
    num_branches: int = 0


class _File(Struct):
    summary: _Summary


class _Report(Struct):
    files: dict[str, _File]


def loads(data: bytes) -> CoverageTotals:
    """Read a report of ``coverage json``; branches count beside lines where they were measured.

    Raises:
        EvidenceError: the text is not such a report.
    """
    try:
        report = msgspec.json.decode(data, type=_Report)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"coverage's JSON report cannot be read: {error}") from error
    return CoverageTotals(
        files={
            path.replace("\\", "/"): Ratio(
                file.summary.covered_lines + file.summary.covered_branches,
                file.summary.num_statements + file.summary.num_branches,
            )
            for path, file in report.files.items()
        }
    )

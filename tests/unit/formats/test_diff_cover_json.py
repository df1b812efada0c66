"""diff-cover's JSON report to the coverage of a change."""

from __future__ import annotations

import json

import pytest

from testkeep.errors import EvidenceError
from testkeep.formats.diff_cover_json import loads
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage


def _report(files: dict[str, tuple[list[int], list[int]]], lines: int, violations: int) -> bytes:
    stats = {
        path: {"percent_covered": 33.3, "covered_lines": covered, "violation_lines": missing, "violations": []}
        for path, (covered, missing) in files.items()
    }
    totals = {"total_num_lines": lines, "total_num_violations": violations, "total_percent_covered": 33}
    return json.dumps({"report_name": "XML", "src_stats": stats, **totals}).encode()


def test_loads__files__have_their_lines_in_order() -> None:
    assert loads(_report({"src/a.py": ([3, 1], [2]), "b.py": ([], [7])}, 4, 2)) == DiffCoverage(
        files={"src/a.py": ChangedFile(covered=(1, 3), missing=(2,)), "b.py": ChangedFile(missing=(7,))}
    )


def test_loads__nothing_that_can_be_covered__is_no_file() -> None:
    assert loads(_report({}, 0, 0)) == DiffCoverage(files={})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(_report({}, 0, 0)[:-2], "", id="cut off"),
        pytest.param(b"{}", "", id="something else"),
        pytest.param(
            b'{"src_stats": {"a.py": {"violation_lines": []}}, "total_num_lines": 0, "total_num_violations": 0}',
            "",
            id="no covered lines",
        ),
        pytest.param(
            _report({"a.py": ([1], [2])}, 3, 1),
            "its files have 1 of 2 lines covered, its totals say 2 of 3",
            id="totals of other lines",
        ),
        pytest.param(b'{"x": ' + b"[" * 100_000, "", id="nested without end"),
    ],
)
def test_loads__anything_else__is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        loads(data)
    assert caught.value.message.startswith(f"diff-cover's JSON report cannot be read: {reason}")

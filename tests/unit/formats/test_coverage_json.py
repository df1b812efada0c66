"""coverage.py's JSON report to totals."""

from __future__ import annotations

import json

import pytest

from testkeep.errors import EvidenceError
from testkeep.formats.coverage_json import loads
from testkeep.model.coverage import Coverage, CoverageTotals, FileCoverage, FunctionCoverage, Ratio


def _report(**files: dict[str, int]) -> bytes:
    return json.dumps({"meta": {"version": "7.17.3"}, "files": {k: {"summary": v} for k, v in files.items()}}).encode()


_LINES = {"covered_lines": 7, "num_statements": 10, "percent_covered": 70.0, "missing_lines": 3}


def test_loads__lines__are_counted() -> None:
    assert loads(_report(**{"app/a.py": _LINES, "app\\b.py": _LINES})).totals == CoverageTotals(
        files={"app/a.py": Ratio(7, 10), "app/b.py": Ratio(7, 10)}
    )


def test_loads__branches__count_beside_lines() -> None:
    branches = {**_LINES, "covered_branches": 1, "num_branches": 4}
    assert loads(_report(**{"a.py": branches})).totals == CoverageTotals(files={"a.py": Ratio(8, 14)})


def test_loads__no_files__are_no_totals() -> None:
    assert loads(_report()).totals == CoverageTotals(files={})


def test_loads__whole_report__has_lines_branches_and_functions_with_gaps() -> None:
    report = {
        "meta": {"branch_coverage": True},
        "files": {
            "app/a.py": {
                "executed_lines": [1, 2, 5],
                "missing_lines": [3, 6],
                "executed_branches": [[2, 5]],
                "missing_branches": [[2, 3], [5, -5]],
                "summary": {**_LINES, "covered_branches": 1, "num_branches": 3},
                "functions": {
                    "A.f": {"executed_lines": [2], "missing_lines": [3], "start_line": 1},
                    "whole": {"executed_lines": [5], "missing_lines": [], "start_line": 4},
                    "": {"executed_lines": [1], "missing_lines": [6]},
                },
            }
        },
    }
    assert loads(json.dumps(report).encode()) == Coverage(
        files={
            "app/a.py": FileCoverage(
                ratio=Ratio(8, 13),
                lines=Ratio(7, 10),
                executed=(1, 2, 5),
                missing=(3, 6),
                missing_branches=((2, 3), (5, -5)),
                executed_branches=((2, 5),),
                functions=(FunctionCoverage("A.f", 1, (3,), (2,)), FunctionCoverage("", 1, (6,), (1,))),
            )
        },
        branch=True,
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(_report(**{"a.py": _LINES})[:-2], id="cut off"),
        pytest.param(b"{}", id="something else"),
        pytest.param(_report(**{"a.py": {"covered_lines": 1}}), id="no statements"),
        pytest.param(b'{"files": {"\xff": 3}}', id="not UTF-8"),
        pytest.param(b'{"x": ' + b"[" * 100_000, id="nested without end"),
    ],
)
def test_loads__anything_else__is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError) as caught:
        loads(data)
    assert caught.value.message.startswith("coverage's JSON report cannot be read: ")

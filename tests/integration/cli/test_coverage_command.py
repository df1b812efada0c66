"""``testkeep coverage`` after real runs: what was measured, what to write next, and what it says of what is missing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from integration.cli.covered_project import CALC, CHOOSE, covered_project
from repositories import GitProject
from testkeep.model.coverage_summary import CoverageSummary, FileSummary, Share
from testkeep.model.gap import Gap

IMPORTS_SERVICE = "import app.service\n\n\ndef test_module():\n    assert app.service\n"
LAYERS = '{ service = { paths = ["**/service.py"], minimum = 80 } }'
GAP = Gap(path="app/service.py", function="choose", line=2, missing=3, ranges=((2, 4),))
TABLES = """\
of             run  total  coverage  needed             at the base
all files        3      6       50%  90%, 3 more lines  100%
layer service    1      4       25%  80%, 3 more lines  n/a
changed lines    1      4       25%  90%, 3 more lines

file            total  missing  coverage  missing lines
app/service.py      4        3       25%  2-4
2 files without gaps: not shown

what to write next for coverage.overall: 3 more lines must be run
  app/service.py:2-4 (3 lines in choose)

what to write next for coverage.layers.service: 3 more lines must be run
  app/service.py:2-4 (3 lines in choose)

what to write next for coverage.diff: 3 more lines must be run
  app/service.py:2-4 (3 lines in choose)
"""
FLOW = "def g(x):\n    y = x + 1\n    return y\n\n\ndef f(x):\n    if x > 100:\n        return g(x)\n    return x\n"
TEST_FLOW = "from app.flow import f\n\n\ndef test_f():\n    assert f(1) == 1\n"


def _asked(project: GitProject, *arguments: str) -> CoverageSummary:
    asked = project.testkeep("coverage", "--json", *arguments)
    assert asked.exit_code == 0, asked.output + asked.errors
    return msgspec.json.decode(asked.output, type=CoverageSummary)


def test_coverage__after_a_run__shows_layers_files_and_what_to_write_next(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", overall=90, diff=90, ratchet="true", layers=LAYERS)
    base = project.git("rev-parse", "HEAD")
    head = project.commit({"app/service.py": CHOOSE, "tests/unit/test_service.py": IMPORTS_SERVICE})
    project.testkeep("run")

    tables = project.testkeep("coverage")
    summary = _asked(project)

    title = f"coverage of unit, in lines: head {head[:10]}, base {base[:10]}\n\n"
    assert (tables.exit_code, tables.output) == (0, title + TABLES)
    assert summary == CoverageSummary(
        schema="testkeep.coverage/1",
        head=head,
        base=base,
        stages=("unit",),
        branch=False,
        overall=Share(covered=3, total=6, percent=50.0, minimum=90.0, needed=3, base_percent=100.0),
        layers={"service": Share(covered=1, total=4, percent=25.0, minimum=80.0, needed=3)},
        diff=Share(covered=1, total=4, percent=25.0, minimum=90.0, needed=3),
        files={
            "app/__init__.py": FileSummary(covered=0, total=0, percent=None, layer="", missing=()),
            "app/calc.py": FileSummary(covered=2, total=2, percent=100.0, layer="", missing=()),
            "app/service.py": FileSummary(covered=1, total=4, percent=25.0, layer="service", missing=((2, 4),)),
        },
        gaps={"coverage.overall": (GAP,), "coverage.layers.service": (GAP,), "coverage.diff": (GAP,)},
    )


def test_coverage__some_stages_were_not_run__says_which_are_missing(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", stages='["unit", "integration", "migration"]')
    project.testkeep("run", "unit", "--base", "none")

    summary = _asked(project, "--base", "none")

    assert (summary.stages, summary.overall.percent) == (("unit",), 100.0)
    assert summary.notes[0] == "integration, migration not measured: the numbers are of the other stages"


def test_coverage__base_was_never_measured__shows_the_head_alone_and_runs_nothing(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", ratchet="true")
    base = project.git("rev-parse", "HEAD")
    project.commit({"app/calc.py": f"# Sums.\n{CALC}"})
    project.testkeep("run", "--base", "none")

    summary = _asked(project)

    assert (summary.overall.percent, summary.overall.base_percent) == (100.0, None)
    assert summary.diff == Share(covered=0, total=0, percent=None, minimum=0.0)
    assert not list((project.root / ".testkeep" / "baseline").glob(f"{base[:12]}-*/*.json"))


@pytest.mark.parametrize(
    ("was_run", "message"),
    [pytest.param(False, "there is no record of it", id="never run"), pytest.param(True, "made at commit", id="stale")],
)
def test_coverage__no_evidence_of_this_tree__is_one_clear_line(tmp_path: Path, was_run: bool, message: str) -> None:
    project = covered_project(tmp_path / "repository")
    if was_run:
        project.testkeep("run", "--base", "none")
    project.commit({"app/calc.py": f"# Sums.\n{CALC}"})

    for arguments in ([], ["--json"]):
        asked = project.testkeep("coverage", *arguments)

        assert (asked.exit_code, asked.output) == (4, "")
        assert len(asked.errors.strip().splitlines()) <= 2, asked.errors  # what is wrong, and what to do
        assert message in asked.errors
        assert "testkeep run" in asked.errors


def test_footprints__gap_behind_a_condition__names_the_test_of_the_caller(tmp_path: Path) -> None:
    project = covered_project(
        tmp_path / "repository", {"app/flow.py": FLOW, "tests/unit/test_flow.py": TEST_FLOW}, overall=100
    )

    run = project.testkeep("run", "--base", "none", "--footprints")
    without = _asked(project, "--base", "none")

    near = ("tests/unit/test_flow.py::test_f",)
    expected = (
        Gap(path="app/flow.py", function="g", line=2, missing=2, ranges=((2, 3),), tests=near),
        Gap(path="app/flow.py", function="f", line=8, missing=1, ranges=((8, 8),), tests=near),
    )
    assert (run.exit_code, run.codes) == (1, ["TK301"]), run.output
    assert run.verdict.coverage.gaps == {"coverage.overall": expected}
    assert without.gaps == {"coverage.overall": expected}
    assert run.finding("TK301").help.splitlines()[1:] == [
        "app/flow.py:2-3 (2 lines in g); nearest tests: tests/unit/test_flow.py::test_f",
        "app/flow.py:8 (1 line in f); nearest tests: tests/unit/test_flow.py::test_f",
    ]
    assert "    near: tests/unit/test_flow.py::test_f" in project.testkeep("coverage", "--base", "none").output


def test_footprints__were_not_taken__names_no_test(tmp_path: Path) -> None:
    project = covered_project(
        tmp_path / "repository", {"app/flow.py": FLOW, "tests/unit/test_flow.py": TEST_FLOW}, overall=100
    )

    run = project.testkeep("run", "--base", "none")

    assert [gap.tests for gap in run.verdict.coverage.gaps["coverage.overall"]] == [(), ()]

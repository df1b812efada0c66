"""What ``--gitlab`` leaves for GitLab beside the code quality report."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import GitProject, simple_project


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A project whose only stage is measured."""
    return simple_project(tmp_path / "repository", policy='[tool.testkeep]\nstages = ["unit"]\n')


def test_run__coverage__is_a_line_and_parts_that_replace_older_ones(project: GitProject) -> None:
    report = project.root / "report"
    project.write({"report/cobertura-9.xml": "<coverage/>"})

    done = project.testkeep("run", "--base", "none", "--gitlab", "quality.json", "--report", "report")

    assert "testkeep total coverage: 100%" in done.output.splitlines()
    assert [file.name for file in report.glob("cobertura-*.xml")] == ["cobertura-1.xml"]
    assert (report / "cobertura-1.xml").read_bytes() == (report / "coverage.xml").read_bytes()


def test_run__nothing_measured__leaves_neither_line_nor_parts(project: GitProject) -> None:
    done = project.testkeep("run", "lint", "--base", "none", "--gitlab", "quality.json", "--report", "report")

    assert "total coverage" not in done.output
    assert not list((project.root / "report").glob("cobertura-*.xml"))


def test_run__not_asked_for__leaves_neither_line_nor_parts(project: GitProject) -> None:
    done = project.testkeep("run", "--base", "none", "--report", "report")

    assert "total coverage" not in done.output
    assert not list((project.root / "report").glob("cobertura-*.xml"))

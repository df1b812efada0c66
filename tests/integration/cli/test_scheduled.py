"""Jobs that a CI product starts and that the plan does not have, or that have nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import GitProject

IN_CI = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": "main"}


@pytest.fixture
def plan(project: GitProject, tmp_path: Path) -> Path:
    """The plan of the first commit, for the unit stage alone: there is no base."""
    file = tmp_path / "plan.json"
    assert project.testkeep("plan", "unit", "--output", str(file), **IN_CI).exit_code == 0
    return file


def left_by(project: GitProject, plan: Path, job: str, **variables: str) -> tuple[int, list[str]]:
    """Run a job; its exit code, and the evidence files that it left."""
    folder = plan.with_name("evidence")
    done = project.testkeep("run", "--job", job, "--plan", str(plan), "--evidence", str(folder), **variables)
    return done.exit_code, sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize(
    ("job", "file"),
    [
        pytest.param("e2e-py312", "e2e-py312-a1.main.jsonl", id="a stage that the policy does not have"),
        pytest.param("unit-py99", "unit-py99-a1.main.jsonl", id="another Python"),
        pytest.param("unit-1of2", "unit-1of2-a1.main.jsonl", id="another number of shards"),
        pytest.param("../../x", "nameless-a1.main.jsonl", id="a path"),
        pytest.param("a.b", "nameless-a1.main.jsonl", id="a dot"),
    ],
)
def test_run__job_that_the_plan_does_not_have__leaves_a_trace_for_the_gate(
    project: GitProject, plan: Path, job: str, file: str
) -> None:
    assert left_by(project, plan, job, **IN_CI) == (2, [file])


def test_run__slip_of_the_pen_on_a_laptop__leaves_nothing(project: GitProject, plan: Path) -> None:
    assert left_by(project, plan, "unti") == (2, [])


@pytest.mark.parametrize(
    "job",
    [
        pytest.param("none", id="a row that is there because there must be one"),
        pytest.param("integration-py312", id="a stage of the policy without tests"),
        pytest.param("base-unit-py312", id="no base commit"),
    ],
)
def test_run__nothing_to_do__passes_and_leaves_nothing(project: GitProject, plan: Path, job: str) -> None:
    assert left_by(project, plan, job, **IN_CI) == (0, [])


def test_gate__trace_of_a_stranger__is_inconclusive(project: GitProject, plan: Path) -> None:
    left_by(project, plan, "e2e-py312", **IN_CI)

    done = project.testkeep("gate", "--plan", str(plan), "--evidence", str(plan.with_name("evidence")), **IN_CI)

    assert done.exit_code == 4
    assert [finding.message for finding in done.findings if finding.code == "TK502"] == [
        "job e2e-py312-a1: the plan has no such job"
    ]


def test_run__base_job_of_a_plan_with_a_base__is_not_idle(project: GitProject, plan: Path) -> None:
    project.commit({"app/more.py": "MORE = 1\n"})
    assert project.testkeep("plan", "unit", "--output", str(plan), **IN_CI).exit_code == 0

    assert left_by(project, plan, "base-unit-py27", **IN_CI) == (2, ["base-unit-py27-a1.main.jsonl"])


def test_plan__rows__are_of_the_policy_and_not_of_the_tests_that_there_are(project: GitProject) -> None:
    printed = project.testkeep("plan", "--python=3.12", "--gitlab").output.partition("inputs:")[2]

    assert "concurrency-py312" in printed
    assert "base-concurrency-py312" in printed

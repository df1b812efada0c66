"""GitHub's workflow, executed: which checks are there, and that the one that is required cannot be fooled."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from integration.github.callers import PYTHON, caller, kit_repository, results


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit_repository(tmp_path_factory.mktemp("kit") / "testkeep")


def test_pull_request__all_green__passes_the_required_check(tmp_path: Path, kit: Path) -> None:
    # Here pip itself finds that the kit is installed.
    run = caller(tmp_path, kit, baseline="recompute").pull_request(pythons={PYTHON: Path(sys.executable)})

    report = run.run()

    assert results(report) == {
        "ci / plan": "success",
        "ci / format": "success",
        f"ci / unit ({PYTHON}, 1/2)": "success",
        f"ci / unit ({PYTHON}, 2/2)": "success",
        f"ci / integration ({PYTHON})": "success",
        f"ci / base: unit ({PYTHON}, 1/2)": "success",
        f"ci / base: unit ({PYTHON}, 2/2)": "success",
        f"ci / base: integration ({PYTHON})": "success",
        "ci / gate": "success",
    }


def test_pull_request__a_test_fails__the_gate_says_which(tmp_path: Path, kit: Path) -> None:
    made = caller(tmp_path, kit)
    made.project.replace("tests/integration/test_flow.py", "== 3", "== 4")
    made.project.commit()

    report = made.pull_request().run()

    outcomes = results(report)
    gate = report.job("ci / gate")
    assert {name for name, outcome in outcomes.items() if outcome == "failure"} == {
        f"ci / integration ({PYTHON})",
        "ci / gate",
    }
    assert gate.outputs["verdict"] == "fail"
    (annotation,) = [found for found in gate.annotations if (found.title or "").startswith("TK")]
    assert (annotation.level, annotation.title) == ("failure", "TK101 failed")
    assert annotation.path == "tests/integration/test_flow.py"
    assert "tests/integration/test_flow.py::test_flow" in gate.summary


def test_pull_request__test_newly_skipped__all_jobs_are_green_and_the_gate_is_red(tmp_path: Path, kit: Path) -> None:
    made = caller(tmp_path, kit)
    made.project.replace("tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip\ndef test_guard")
    made.project.commit()

    report = made.pull_request().run()

    assert [name for name, outcome in results(report).items() if outcome != "success"] == ["ci / gate"]
    assert report.job("ci / gate").outputs["lost"] == "1"
    assert "TK201" in report.job("ci / gate").summary


def test_pull_request__a_shard_is_cancelled__is_no_success(tmp_path: Path, kit: Path) -> None:
    run = caller(tmp_path, kit).pull_request(cancel=[f"ci / unit ({PYTHON}, 2/2)"])

    report = run.run()

    assert results(report)["ci / gate"] == "failure"
    assert report.job("ci / gate").outputs["verdict"] == "inconclusive"
    assert "there is no record of it" in report.job("ci / gate").summary


def test_pull_request__failed_jobs_are_run_again__the_last_attempt_counts(tmp_path: Path, kit: Path) -> None:
    # It fails once, for a reason that is not in the code: a file that is not there yet.
    marker = tmp_path / "service-is-up"
    place = json.dumps(str(marker))
    flow = f"import pathlib\n\nPLACE = {place}\n\n\ndef test_flow():\n    assert pathlib.Path(PLACE).exists()\n"
    made = caller(tmp_path, kit)
    made.project.commit({"tests/integration/test_service.py": flow})
    run = made.pull_request()

    first = run.run()
    marker.touch()
    second = replace(run, attempt=2).run()

    assert results(first)["ci / gate"] == "failure"
    assert results(second)["ci / gate"] == "success", second.job("ci / gate").log
    assert [job.name for job in second.jobs if job.ran] == [f"ci / integration ({PYTHON})", "ci / gate"]


def test_pull_request__of_a_fork__needs_no_secret_and_no_write_permission(tmp_path: Path, kit: Path) -> None:
    made = caller(tmp_path, kit)
    run = made.pull_request()
    payload = {**run.payload, "pull_request": {**run.payload["pull_request"], "head": {"repo": {"fork": True}}}}

    report = replace(run, payload=payload, secrets={}).run()

    assert set(results(report).values()) == {"success"}


def test_merge_queue__is_compared_with_what_the_queue_builds_on(tmp_path: Path, kit: Path) -> None:
    made = caller(tmp_path, kit)
    pull = made.pull_request()
    git = made.project.git
    git("update-ref", "refs/heads/gh-readonly-queue/main/pr-7", "HEAD")
    base = git("rev-parse", "main")

    report = replace(
        pull,
        event="merge_group",
        ref="refs/heads/gh-readonly-queue/main/pr-7",
        payload={"merge_group": {"base_sha": base, "base_ref": "refs/heads/main"}},
    ).run()

    assert results(report)["ci / gate"] == "success"
    assert f"base {base[:12]}: the commit that github names" in report.job("ci / plan").log


def test_push__baseline_store__is_written_for_the_default_branch_and_read_by_the_next_pull_request(
    tmp_path: Path, kit: Path
) -> None:
    made = caller(tmp_path, kit, baseline="store")
    made.project.git("checkout", "--quiet", "main")
    before = made.project.git("rev-parse", "HEAD")
    made.project.commit({"app/more.py": ""})
    push = made.push(before)
    made.project.git("checkout", "--quiet", "-B", "topic")
    made.project.commit({"README.md": "more text\n"})

    pushed = push.run()
    pull = replace(made.pull_request(), run_id=2).run()

    assert results(pushed)["ci / gate"] == "success"
    assert not [name for name in results(pull) if "base: " in name]
    assert results(pull)["ci / gate"] == "success"


def test_monorepo__project_in_a_folder_with_a_space__is_judged_there(tmp_path: Path, kit: Path) -> None:
    made = caller(tmp_path, kit, folder="services/web shop", working_directory="services/web shop")

    report = made.pull_request().run()

    assert set(results(report).values()) == {"success"}


@pytest.mark.parametrize(
    ("inputs", "step", "message"),
    [
        pytest.param({"shards": "unit=0"}, "Plan the jobs", "--shards unit=0: expected STAGE=N", id="no shards"),
        pytest.param({"stages": "unt"}, "Plan the jobs", "no such stage: 'unt'; did you mean unit?", id="no stage"),
        pytest.param({"python_versions": "3"}, "Plan the jobs", "--python 3: expected a version", id="no version"),
    ],
)
def test_bad_input__that_the_plan_can_tell__stops_there_and_the_gate_is_red(
    tmp_path: Path, kit: Path, inputs: dict[str, object], step: str, message: str
) -> None:
    report = caller(tmp_path, kit, **inputs).pull_request().run()

    outcomes = results(report)
    assert (outcomes["ci / plan"], outcomes["ci / gate"]) == ("failure", "failure")
    assert message in report.job("ci / plan").step(step).log


def test_bad_input__python_that_is_not_to_be_had__leaves_no_evidence_and_the_gate_is_red(
    tmp_path: Path, kit: Path
) -> None:
    made = caller(tmp_path, kit, baseline="recompute", python_versions=f"{PYTHON} 3.99", stages="integration")

    outcomes = results(made.pull_request().run())

    assert (outcomes[f"ci / integration ({PYTHON})"], outcomes["ci / integration (3.99)"]) == ("success", "failure")
    assert outcomes["ci / gate"] == "failure"


def test_plan__no_test_stage__makes_no_empty_matrix_and_passes(tmp_path: Path, kit: Path) -> None:
    made = caller(tmp_path, kit, baseline="recompute")
    for branch in ("main", "topic"):
        made.project.git("checkout", "--quiet", branch)
        made.project.replace("pyproject.toml", 'stages = ["format", "unit", "integration"]', 'stages = ["format"]')
        made.project.replace("pyproject.toml", "shards = { unit = 2 }", "")
        made.project.commit()
    made.project.git("checkout", "--quiet", "-B", "topic", "main")
    made.project.commit({"README.md": "other text\n"})

    outcomes = results(made.pull_request().run())

    assert outcomes == {
        "ci / plan": "success",
        "ci / format": "success",
        "ci / ${{ matrix.name }}": "skipped",
        "ci / gate": "success",
    }


def test_bad_input__unknown_to_the_workflow__is_refused_before_anything_runs(tmp_path: Path, kit: Path) -> None:
    report = caller(tmp_path, kit, shard="unit=2").pull_request().run()

    assert (report.conclusion, report.jobs) == ("startup_failure", ())
    assert "shard" in (report.error or "")


def test_plan__leaves_out_a_stage_of_the_policy__the_gate_misses_it(tmp_path: Path, kit: Path) -> None:
    report = caller(tmp_path, kit, stages="unit").pull_request().run()

    gate = report.job("ci / gate")
    assert (gate.result, gate.outputs["verdict"]) == ("failure", "inconclusive")
    assert "the policy asks for it, and the plan leaves it out" in gate.summary


def test_caller__grants_too_little__starts_nothing(tmp_path: Path, kit: Path) -> None:
    made = caller(tmp_path, kit)
    workflow = made.project.repository / ".github" / "workflows" / "ci.yml"
    workflow.write_text(workflow.read_text().replace("  actions: read\n", ""))
    made.project.commit()

    report = made.pull_request().run()

    assert (report.conclusion, report.jobs) == ("startup_failure", ())


HOSTILE = """\
import pytest

IDS = [
    "%0A::error title=forged::1",
    "::set-output name=verdict::pass",
    "##[error]2",
    "`code` ``` ${{ secrets.TOKEN }}",
    "]]> </testcase> <script>3</script>",
    "$(touch forged) ; `touch forged`",
    *(f"long-{n}-{'x' * 200}" for n in range(494)),
]


@pytest.mark.parametrize("text", IDS, ids=IDS)
def test_hostile(text):
    print("::error title=forged::in the output")
    assert len(text) == 0, f"\\n::error title=forged::{text}"
"""


def test_pull_request__five_hundred_failures_with_hostile_ids__say_what_they_are_and_nothing_else(
    tmp_path: Path, kit: Path
) -> None:
    made = caller(tmp_path, kit)
    made.project.write({"tests/integration/test_hostile.py": HOSTILE})
    made.project.commit()

    report = made.pull_request().run()

    gate = report.job("ci / gate")
    assert (results(report)["ci / gate"], gate.outputs["verdict"]) == ("failure", "fail")
    judged = [annotation for annotation in gate.step("gate").annotations if annotation.title]
    assert 0 < len(judged) <= 10
    assert {annotation.title for annotation in judged} == {"TK101 failed"}
    assert not [found for job in report.jobs for found in job.annotations if found.title == "forged"]
    assert 0 < len(gate.summary.encode()) < 1024 * 1024
    assert not list(tmp_path.rglob("forged"))

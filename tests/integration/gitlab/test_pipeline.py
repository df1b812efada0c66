"""What the five jobs do together: which changes are let through, and what the gate says of jobs that left nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

from fake_gitlab import TOKEN, FakeGitLab
from integration.gitlab.engine import GATE, PipelineRun
from integration.gitlab.service import GOOD_CHANGE, PIPELINE, PY, TEST_FILE, Checkout, Service, ci_file, rows
from integration.gitlab.template import read
from testkeep.model.verdict import Decision

Run = Callable[[Checkout], PipelineRun]
SHARDED = {
    "shards": "unit=2",
    "tests": rows(f"unit-{PY}-1of2", f"unit-{PY}-2of2"),
    "base": rows(f"base-unit-{PY}-1of2", f"base-unit-{PY}-2of2"),
}


def reported_paths() -> list[str]:
    """Where GitLab looks for the gate's reports."""
    reports = read(PIPELINE)[1]["$[[ inputs.job-prefix ]]gate"]["artifacts"]["reports"]
    return [reports["junit"], reports["codequality"], reports["coverage_report"]["path"]]


def test_pipeline__good_change__passes_and_reports(service: Service, run: Run) -> None:
    service.project.commit(GOOD_CHANGE)

    done = run(service.detached())

    assert done.jobs == dict.fromkeys(
        ["testkeep-plan", "lint", f"unit-{PY}", f"base-unit-{PY}", GATE], "PASS"
    ), done.output
    verdict = done.verdict()
    assert (verdict.verdict, verdict.base) == (Decision.PASS, service.first)
    assert (verdict.conservation.kept, verdict.coverage.diff_percent) == (2, 100)
    assert done.coverage == 100
    report = done.artifacts() / "testkeep-report"
    classes = ET.parse(report / "coverage.xml").iter("class")
    assert sorted(entry.attrib["filename"] for entry in classes) == ["app/__init__.py", "app/calc.py", "app/twice.py"]
    assert [len(list(done.artifacts().glob(path))) for path in reported_paths()] == [1, 1, 1]
    assert (report / "cobertura-1.xml").read_bytes() == (report / "coverage.xml").read_bytes()
    names = [case.attrib["name"] for case in ET.parse(report / "junit.xml").iter("testcase")]
    assert names == ["test_add", "test_guard", "test_twice"]
    assert json.loads((report / "codequality.json").read_text()) == []


def test_pipeline__failing_test__fails_and_the_gate_says_which(service: Service, run: Run) -> None:
    service.project.replace(TEST_FILE, "== 3", "== 4")
    service.project.commit()

    done = run(service.detached())

    assert done.exit_code == 1
    assert (done.jobs[f"unit-{PY}"], done.exit_codes[GATE]) == ("FAIL", 1), done.output
    assert done.codes() == ["TK101"]
    (issue,) = json.loads((done.artifacts() / "testkeep-report/codequality.json").read_text())
    assert (issue["location"]["path"], issue["severity"]) == (TEST_FILE, "critical")


def test_pipeline__newly_skipped_test__fails_though_every_job_before_the_gate_passes(
    service: Service, run: Run
) -> None:
    service.project.replace(TEST_FILE, "def test_guard", "import pytest\n\n\n@pytest.mark.skip\ndef test_guard")
    service.project.commit()

    done = run(service.detached())

    assert [job for job, result in done.jobs.items() if result != "PASS"] == [GATE], done.output
    assert (done.exit_codes[GATE], done.codes()) == (1, ["TK201"])


def test_pipeline__shards__are_judged_together(service: Service, run: Run) -> None:
    service.commit_ci(ci_file(SHARDED))
    service.project.commit(GOOD_CHANGE)

    done = run(service.detached())

    assert (done.exit_code, done.verdict().conservation.kept) == (0, 2), done.output
    assert len(done.jobs) == 7


def test_pipeline__row_of_a_shard_missing__is_inconclusive(service: Service, run: Run) -> None:
    service.commit_ci(ci_file({**SHARDED, "tests": SHARDED["tests"][:1]}))

    done = run(service.detached())

    assert [job for job, result in done.jobs.items() if result != "PASS"] == [GATE], done.output
    assert (done.exit_codes[GATE], done.codes()) == (4, ["TK501"])


def test_pipeline__row_that_the_plan_does_not_have__is_inconclusive(service: Service, run: Run) -> None:
    service.commit_ci(ci_file({"tests": rows(f"unit-{PY}", f"integration-{PY}")}))

    done = run(service.detached())

    assert (done.exit_codes[f"integration-{PY}"], done.exit_codes[GATE]) == (2, 4), done.output
    assert done.codes() == ["TK502"]


def test_pipeline__base_row_missing__is_inconclusive(service: Service, run: Run) -> None:
    service.commit_ci(ci_file({"base": rows("none")}))

    done = run(service.detached())

    assert (done.exit_codes["none"], done.exit_codes[GATE], done.codes()) == (0, 4, ["TK506"]), done.output


def test_pipeline__job_killed_before_it_leaves_anything__is_inconclusive(service: Service, run: Run) -> None:
    kill = f'if [ "$TESTKEEP_JOB" = "unit-{PY}" ]; then kill -KILL $$; fi'
    service.commit_ci(ci_file(**{".testkeep-job": {"before_script": [kill]}}))

    done = run(service.detached())

    assert (done.jobs[f"unit-{PY}"], done.exit_codes[GATE]) == ("FAIL", 4), done.output
    assert done.codes() == ["TK501"]


def test_pipeline__impossible_plan__runs_no_stage(service: Service, run: Run) -> None:
    service.commit_ci(ci_file({"shards": "integration=2"}))

    done = run(service.detached())

    # On GitLab the gate runs here, too, and finds no plan; this engine leaves it out behind jobs that were skipped.
    assert (done.exit_code, done.exit_codes) == (1, {"testkeep-plan": 2}), done.output


def test_gate__no_plan__is_inconclusive(service: Service) -> None:
    done = service.project.testkeep("gate", "--plan", "testkeep-plan.json", "--evidence", "testkeep-evidence")

    assert (done.exit_code, "the plan cannot be read" in done.errors) == (4, True)


def test_pipeline__row_of_a_stage_without_tests__does_nothing(service: Service, run: Run) -> None:
    service.project.replace("pyproject.toml", '"unit"', '"unit", "integration"')
    service.commit_ci(
        ci_file(
            {
                "tests": rows(f"unit-{PY}", f"integration-{PY}"),
                "base": rows(f"base-unit-{PY}", f"base-integration-{PY}"),
            }
        )
    )

    done = run(service.detached())

    assert (done.exit_code, len(done.jobs), set(done.jobs.values())) == (0, 7, {"PASS"}), done.output


def test_pipeline__higher_minimum_than_the_policys__is_asked_for(service: Service, run: Run) -> None:
    service.commit_ci(ci_file({"min-coverage": "98.5", "min-diff-coverage": "97"}))
    service.project.commit({"app/unused.py": "def unused():\n    return 1\n"})

    done = run(service.detached())

    assert (done.exit_codes[GATE], {"TK301", "TK303"} <= set(done.codes())) == (1, True), done.output
    messages = " ".join(finding.message for finding in done.verdict().findings)
    assert "98.5 % are needed" in messages
    assert "97 % are needed" in messages


def test_pipeline__base_made_by_the_gate__passes(service: Service, run: Run) -> None:
    service.commit_ci(ci_file({"baseline": "gate", "base": rows("none")}))
    service.project.commit(GOOD_CHANGE)

    done = run(service.detached())

    assert (done.exit_code, done.verdict().conservation.kept) == (0, 2), done.output


def test_pipeline__variable_with_a_token__verdict_is_a_note(service: Service, run: Run) -> None:
    service.commit_ci(ci_file({"comment-token-variable": "NOTE_TOKEN"}))
    checkout = service.detached()
    with FakeGitLab() as gitlab:
        checkout.variables.update(NOTE_TOKEN=TOKEN, CI_API_V4_URL=gitlab.api, CI_MERGE_REQUEST_PROJECT_ID="12")
        checkout.variables["CI_MERGE_REQUEST_IID"] = "3"
        done = run(checkout)

    assert done.exit_code == 0, done.output
    assert [note["body"].partition("\n")[0] for note in gitlab.notes] == ["<!-- testkeep testkeep-gate -->"]


def test_pipeline__no_variable_named__speaks_of_no_note(service: Service, run: Run) -> None:
    done = run(service.detached())

    assert (done.exit_code, "note was written" in done.output) == (0, False), done.output

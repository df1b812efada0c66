"""Plans, their jobs, and the gate over exactly these jobs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from repositories import GitProject, Outcome, simple_project
from testkeep.model.stage import Stage
from testkeep.model.verdict import Decision, StageStatus

HERE = f"py{sys.version_info[0]}{sys.version_info[1]}"
POLICY = """
[tool.testkeep]
stages = ["unit", "integration"]

[tool.testkeep.suites]
shards = { unit = 2 }
"""
SUMS = """\
    import pytest

    from app.calc import add


    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_sum(n):
        assert add(n, 1) == n + 1


    def test_zero():
        assert add(0, 0) == 0
    """
FLOW = """\
    from app.calc import add


    def test_flow():
        assert add(add(1, 1), 1) == 3
    """
UNIT_1, UNIT_2 = f"unit-{HERE}-1of2", f"unit-{HERE}-2of2"
HEAD_JOBS = [UNIT_1, UNIT_2, f"integration-{HERE}"]
JOBS = [*HEAD_JOBS, *(f"base-{job}" for job in HEAD_JOBS)]


class Planned:
    """A project with a plan, and evidence of its jobs in a folder outside of it."""

    def __init__(self, project: GitProject, place: Path) -> None:
        self.project = project
        self.plan = place / "plan.json"
        self.evidence = place / "evidence"

    def make(self, *arguments: str) -> Outcome:
        return self.project.testkeep("plan", "--output", str(self.plan), *arguments)

    def jobs(self) -> list[str]:
        return [job["id"] for job in json.loads(self.plan.read_text())["jobs"]]

    def run(self, job: str, *arguments: str, **environment: str) -> Outcome:
        return self.project.testkeep(
            "run", "--job", job, "--plan", str(self.plan), "--evidence", str(self.evidence), *arguments, **environment
        )

    def gate(self, *arguments: str, evidence: Path | None = None, **environment: str) -> Outcome:
        folder = evidence or self.evidence
        return self.project.testkeep(
            "gate", "--plan", str(self.plan), "--evidence", str(folder), *arguments, **environment
        )

    def copy(self, place: Path) -> Planned:
        shutil.copytree(self.project.repository, place / "repository")
        shutil.copytree(self.evidence, place / "evidence")
        shutil.copyfile(self.plan, place / "plan.json")
        copied = object.__new__(GitProject)
        copied.repository = copied.root = place / "repository"
        return Planned(copied, place)


def planned_project(place: Path) -> Planned:
    project = simple_project(place / "repository", policy=POLICY)
    project.commit({"tests/unit/test_sums.py": SUMS, "tests/integration/test_flow.py": FLOW})
    project.commit({"README.md": "text\n"})
    return Planned(project, place)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """A plan all of whose jobs were run. Only to be copied."""
    planned = planned_project(tmp_path_factory.mktemp("planned"))
    planned.make()
    for job in planned.jobs():
        run = planned.run(job)
        assert run.exit_code == 0, run.output + run.errors
    return planned


@pytest.fixture
def planned(done: Planned, tmp_path: Path) -> Planned:
    return done.copy(tmp_path)


def test_plan__policy_with_shards__has_a_job_for_each_on_both_sides(planned: Planned) -> None:
    made = planned.make("--json")

    plan = json.loads(made.output)
    assert made.exit_code == 0
    assert [job["id"] for job in plan["jobs"]] == JOBS
    assert plan["base"] == planned.project.git("rev-parse", "HEAD^")
    assert plan["base_reason"] == "the parent of the tip of main"
    assert plan["partitions"] == {"unit": {"of": 2}}
    assert [entry["id"] for entry in plan["matrix"]["github"]["tests"]["include"]] == HEAD_JOBS
    assert json.loads(planned.plan.read_text()) == plan


@pytest.mark.slow
def test_plan__made_twice__has_the_same_digest(planned: Planned) -> None:
    first, second = (json.loads(planned.make("--json").output)["digest"] for _ in range(2))

    assert first == second


def test_plan__without_json__says_what_it_compares_and_lists_the_jobs(planned: Planned) -> None:
    base = planned.project.git("rev-parse", "HEAD^")[:12]

    lines = planned.make().output.splitlines()

    assert lines[0].endswith(f"base {base}: the parent of the tip of main")
    assert lines[1:-1] == [f"{'base' if job.startswith('base') else 'tests':7} {job}" for job in JOBS]
    assert lines[-1].endswith(": 6 jobs")


def test_plan__versions_stages_and_shards_are_asked_for__win_over_the_policy(planned: Planned) -> None:
    planned.make("unit", "lint", "--python", "3.11", "--python", "3.13", "--shards", "unit=1", "--base", "none")

    assert planned.jobs() == ["lint", "unit-py311", "unit-py313"]


def test_plan__for_github__adds_the_matrices_to_the_outputs_of_the_step(planned: Planned, tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_text("before=1\n")

    made = planned.project.testkeep("plan", "--github", GITHUB_OUTPUT=str(output))

    assert made.exit_code == 0, made.errors
    found = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert [entry["id"] for entry in json.loads(found["tests"])["include"]] == HEAD_JOBS
    assert (found["before"], found["static"]) == ("1", "")
    assert found["base-commit"] == planned.project.git("rev-parse", "HEAD^")


@pytest.mark.slow
def test_plan__for_github_without_any_job__has_empty_outputs(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit({"testkeep.toml": 'stages = ["unit"]\n', "app/__init__.py": ""})
    outputs = tmp_path / "outputs"
    outputs.touch()

    done = project.testkeep("plan", "--github", GITHUB_OUTPUT=str(outputs))

    assert done.exit_code == 0, done.errors
    assert outputs.read_text() == "static=\ntests=\nbase=\nbase-commit=\npython=\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ("--shards", "unit=0"), "--shards unit=0: expected STAGE=N with a number N of at least 1", id="no shards"
        ),
        pytest.param(("--shards", "unit"), "--shards unit: expected STAGE=N", id="no number"),
        pytest.param(("--shards", "unt=2"), "no such stage: 'unt'; did you mean unit?", id="no such stage"),
        pytest.param(
            ("--shards", "lint=2"), "--shards lint=2: lint cannot be split: it runs no tests", id="static stage"
        ),
        pytest.param(
            ("--shards", "e2e=2"),
            "--shards e2e=2: e2e cannot be split: it is not among the stages",
            id="stage that is not run",
        ),
        pytest.param(
            ("--python", "3.11 3.12", "--no-base-jobs"),
            "--no-base-jobs: the gate would run the base's tests with one Python, and here are 2",
            id="several versions for the gate",
        ),
        pytest.param(("--python", "py312"), "--python py312: expected a version such as 3.12", id="no version"),
        pytest.param(("--python", "3.10"), "--python 3.10: testkeep needs Python 3.11 or later", id="old version"),
        pytest.param(("--base", "nowhere"), "--base nowhere: no such commit, branch or tag", id="no such base"),
        pytest.param(("--github",), "--github: GITHUB_OUTPUT is not set", id="not on GitHub"),
        pytest.param(("--output", "README.md/plan.json"), "README.md/plan.json: cannot be written", id="no place"),
    ],
)
def test_plan__wrong_usage__says_what_was_expected(planned: Planned, arguments: tuple[str, ...], message: str) -> None:
    made = planned.project.testkeep("plan", *arguments)

    assert (made.exit_code, made.errors.count("Traceback")) == (2, 0)
    assert message in made.errors


def test_shards__together__run_each_test_of_the_stage_once(planned: Planned) -> None:
    records = [json.loads((planned.evidence / f"{job}-a1.json").read_text()) for job in (UNIT_1, UNIT_2)]

    own = [{test["item"]["id"] for test in record["suite"]["tests"]} for record in records]
    others = [set(record["suite"]["other_shards"]) for record in records]

    assert own[0] | own[1] == {
        "tests/unit/test_calc.py::test_add[1-2-3]",
        "tests/unit/test_calc.py::test_add[0-0-0]",
        "tests/unit/test_calc.py::test_guard",
        "tests/unit/test_calc.py::TestMore::test_negative",
        "tests/unit/test_sums.py::test_sum[1]",
        "tests/unit/test_sums.py::test_sum[2]",
        "tests/unit/test_sums.py::test_sum[3]",
        "tests/unit/test_sums.py::test_zero",
    }
    assert all(own)
    assert others == [own[1], own[0]]


def test_run__one_job__judges_it_alone_and_leaves_files_that_name_it(planned: Planned) -> None:
    shutil.rmtree(planned.evidence)

    run = planned.run(UNIT_1, "--attempt", "3")

    assert (run.exit_code, run.verdict.verdict) == (0, Decision.PASS)
    assert run.verdict.notes == (f"only the job {UNIT_1} was judged: no base, no coverage thresholds",)
    assert {path.name.partition(".")[0] for path in planned.evidence.iterdir()} == {f"{UNIT_1}-a3"}
    assert not any(path.name.startswith(".") for path in planned.evidence.iterdir())


def test_run__attempt__is_what_github_says(planned: Planned) -> None:
    planned.run(UNIT_1, GITHUB_ACTIONS="true", GITHUB_RUN_ATTEMPT="2")

    assert (planned.evidence / f"{UNIT_1}-a2.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        pytest.param(("--job", "unit"), 2, "--job ID and --plan FILE belong together", id="no plan"),
        pytest.param(("--plan", "{plan}"), 2, "--job ID and --plan FILE belong together", id="no job"),
        pytest.param(("unit", "--job", UNIT_1, "--plan", "{plan}"), 2, "name the stage themselves", id="a stage, too"),
        pytest.param(
            ("--job", UNIT_1, "--plan", "{plan}", "--base", "none"),
            2,
            "--job and --base: the plan says",
            id="a base, too",
        ),
        pytest.param(
            ("--job", "unit-py39", "--plan", "{plan}"),
            2,
            f"--job unit-py39: the plan has no such job; it has {JOBS[0]}, ",
            id="no such job",
        ),
        pytest.param(
            ("--job", UNIT_1, "--plan", "nowhere.json"),
            4,
            "nowhere.json: the plan cannot be read: No such file",
            id="no such file",
        ),
        pytest.param(
            ("--job", UNIT_1, "--plan", "README.md"), 4, "README.md: not a complete plan", id="something else"
        ),
        pytest.param(
            ("--job", UNIT_1, "--plan", "{plan}", "--attempt", "0"), 2, "0 is not in the range x>=1", id="no attempt"
        ),
    ],
)
def test_run__job_that_cannot_be_done__says_why(
    planned: Planned, arguments: tuple[str, ...], exit_code: int, message: str
) -> None:
    run = planned.project.testkeep("run", *(word.format(plan=planned.plan) for word in arguments))

    assert (run.exit_code, run.errors.count("Traceback")) == (exit_code, 0)
    assert message in run.errors


def test_run__plan_of_another_commit__is_refused(planned: Planned) -> None:
    planned.project.commit({"README.md": "other text\n"})

    run = planned.run(UNIT_1)

    assert run.exit_code == 4
    assert "the plan is of something else: made at commit" in run.errors


def test_run__another_python_was_planned__is_refused(planned: Planned) -> None:
    planned.make("--python", "3.99")

    run = planned.run("unit-py399-1of2")

    assert run.exit_code == 4
    assert "job unit-py399-1of2 was planned for Python 3.99, and this is Python 3." in run.errors


def test_run__failing_test__fails_the_job(planned: Planned) -> None:
    planned.project.replace("app/calc.py", "a + b", "a - b")
    planned.project.commit()
    planned.make()

    run = planned.run(UNIT_1)

    assert (run.exit_code, run.codes) == (1, ["TK101"])


def test_run__job_of_the_base__runs_the_bases_code_and_never_fails_for_it(planned: Planned) -> None:
    planned.project.replace("app/calc.py", "a + b", "a - b")
    planned.project.commit()
    planned.project.replace("app/calc.py", "a - b", "a + b")
    planned.project.commit()
    planned.make()

    run = planned.run(f"base-{UNIT_1}")

    record = json.loads((planned.evidence / f"base-{UNIT_1}-a1.json").read_text())
    assert run.exit_code == 0, run.errors
    assert record["provenance"]["commit"] == planned.project.git("rev-parse", "HEAD^")
    assert record["suite"]["exit_status"] == 1


def test_gate__evidence_of_exactly_the_planned_jobs__passes(planned: Planned) -> None:
    gate = planned.gate()

    assert (gate.exit_code, gate.codes) == (0, []), gate.output
    assert gate.verdict.base == planned.project.git("rev-parse", "HEAD^")
    assert [(stage.name, stage.status, stage.tests) for stage in gate.verdict.stages] == [
        (Stage.UNIT, StageStatus.PASSED, {"passed": 8}),
        (Stage.INTEGRATION, StageStatus.PASSED, {"passed": 1}),
    ]
    assert (gate.verdict.conservation.kept, gate.verdict.coverage.overall_percent) == (9, 100.0)
    assert "base: " not in gate.output


def test_gate__one_folder_for_each_job__is_the_same(planned: Planned, tmp_path: Path) -> None:
    nested = tmp_path / "downloaded"
    for file in planned.evidence.iterdir():
        place = nested / f"testkeep-{file.name.partition('.')[0]}"
        place.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place / file.name)

    gate = planned.gate(evidence=nested)

    assert (gate.exit_code, gate.verdict.conservation.kept) == (0, 9), gate.output


def test_gate__test_newly_skipped__is_the_loss_that_it_is(planned: Planned) -> None:
    planned.project.replace("tests/unit/test_sums.py", "def test_zero", "@pytest.mark.skip\ndef test_zero")
    planned.project.commit()
    planned.make()
    for job in planned.jobs():
        planned.run(job)

    gate = planned.gate()

    assert (gate.exit_code, gate.codes) == (1, ["TK201"])
    assert gate.finding("TK201").test == "tests/unit/test_sums.py::test_zero"
    assert gate.verdict.conservation.kept == 8


def _remove(planned: Planned) -> None:
    (planned.evidence / f"{UNIT_2}-a1.json").unlink()


def _truncate(planned: Planned) -> None:
    path = planned.evidence / f"{UNIT_2}-a1.json"
    path.write_text(path.read_text()[:200])


def _double(planned: Planned) -> None:
    (planned.evidence / "again").mkdir()
    shutil.copyfile(planned.evidence / f"{UNIT_2}-a1.json", planned.evidence / "again" / f"{UNIT_2}-a1.json")


def _rename(planned: Planned) -> None:
    shutil.copyfile(planned.evidence / f"{UNIT_1}-a1.json", planned.evidence / f"{UNIT_2}-a1.json")


def _stranger(planned: Planned) -> None:
    shutil.copyfile(planned.evidence / f"{UNIT_1}-a1.json", planned.evidence / "unit-py399-a1.json")


def _of_another_plan(planned: Planned) -> None:
    path = planned.evidence / f"{UNIT_2}-a1.json"
    digest = json.loads(planned.plan.read_text())["digest"]
    path.write_text(path.read_text().replace(digest, "0" * 64))


def _on_another_python(planned: Planned) -> None:
    path = planned.evidence / f"{UNIT_2}-a1.json"
    record = json.loads(path.read_text())
    record["suite"]["settings"]["python"] = "3.99.1"
    path.write_text(json.dumps(record))


def _interrupted(planned: Planned) -> None:
    (planned.evidence / f"{UNIT_2}-a1.json").unlink()
    (planned.evidence / f"{UNIT_2}-a1.main.jsonl").write_bytes(b"")


def _says_it_was_idle(planned: Planned) -> None:
    path = planned.evidence / f"{UNIT_2}-a1.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "suite": None, "idle": "no tests"}))


def _no_attempt(planned: Planned) -> None:
    shutil.copyfile(planned.evidence / f"{UNIT_1}-a1.json", planned.evidence / f"{UNIT_1}.json")


def _newer_attempt_cut_off(planned: Planned) -> None:
    (planned.evidence / f"{UNIT_2}-a2.main.jsonl").write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "code", "message"),
    [
        pytest.param(_remove, "TK501", f"job {UNIT_2}: there is no record of it", id="missing"),
        pytest.param(
            _truncate, "TK501", f"job {UNIT_2}: {UNIT_2}-a1.json: not a complete evidence record", id="truncated"
        ),
        pytest.param(
            _double,
            "TK501",
            f"job {UNIT_2}: there are several records of {UNIT_2}-a1; one job leaves one",
            id="doubled",
        ),
        pytest.param(_rename, "TK502", f"job {UNIT_2}: its record says that it is of {UNIT_1}-a1", id="another job's"),
        pytest.param(_stranger, "TK502", "job unit-py399-a1: the plan has no such job", id="not planned"),
        pytest.param(_of_another_plan, "TK502", f"job {UNIT_2}: it was made for another plan", id="of another plan"),
        pytest.param(
            _on_another_python, "TK502", f"job {UNIT_2}: it ran on Python 3.99.1, and 3.", id="another Python"
        ),
        pytest.param(
            _says_it_was_idle,
            "TK502",
            f"job {UNIT_2}: it says that there was nothing to run, and there are tests",
            id="idle, although there are tests",
        ),
        pytest.param(_no_attempt, "TK502", f"job {UNIT_1}: the plan has no such job", id="without an attempt"),
        pytest.param(_interrupted, "TK104", f"stage {UNIT_2} did not finish", id="interrupted"),
        pytest.param(
            _newer_attempt_cut_off, "TK104", f"stage {UNIT_2} did not finish", id="the last attempt was cut off"
        ),
    ],
)
def test_gate__evidence_is_not_exactly_the_planned_set__is_inconclusive(
    planned: Planned, spoil: Callable[[Planned], None], code: str, message: str
) -> None:
    spoil(planned)

    gate = planned.gate()

    assert (gate.exit_code, gate.codes) == (4, [code]), gate.output
    assert gate.finding(code).message.startswith(message)
    if code == "TK501":
        assert gate.verdict.conservation.compared is False


@pytest.mark.slow
def test_gate__several_attempts__counts_the_last(planned: Planned) -> None:
    path = planned.evidence / f"{UNIT_2}-a1.json"
    planned.run(UNIT_2, "--attempt", "2")
    path.write_text("what the first attempt left")

    gate = planned.gate()

    assert (gate.exit_code, gate.codes) == (0, []), gate.output


def test_gate__attempt_that_is_still_to_come__cannot_have_left_anything(planned: Planned) -> None:
    # As code in the tests of one job could do, to take the place of another job's evidence.
    forged = planned.evidence / f"base-{UNIT_1}-a2.json"
    shutil.copyfile(planned.evidence / f"base-{UNIT_1}-a1.json", forged)

    gate = planned.gate(GITHUB_ACTIONS="true", GITHUB_RUN_ATTEMPT="1")

    assert gate.exit_code == 4
    assert gate.finding("TK502").message == f"job base-{UNIT_1}-a2: this is attempt 1, so no job can have left that"


@pytest.mark.slow
def test_gate__jobs_of_an_earlier_attempts_plan__are_no_matter(planned: Planned) -> None:
    # All jobs are run again, and the plan does without the base's, because its evidence was found somewhere.
    again = {"GITHUB_ACTIONS": "true", "GITHUB_RUN_ATTEMPT": "2"}
    assert planned.make("--no-base-jobs", "--base", "HEAD^").exit_code == 0
    earlier = planned.gate(**again)
    planned.project.testkeep("plan", "--output", str(planned.plan), "--no-base-jobs", "--base", "HEAD^", **again)
    for job in HEAD_JOBS:
        planned.run(job, **again)

    gate = planned.gate(**again)

    assert any("the plan has no such job" in finding.message for finding in earlier.findings)
    assert (gate.exit_code, gate.codes) == (0, []), gate.output


def test_gate__job_of_the_base_left_nothing__has_no_baseline(planned: Planned) -> None:
    (planned.evidence / f"base-{UNIT_1}-a1.json").unlink()

    gate = planned.gate()

    assert (gate.exit_code, gate.codes) == (4, ["TK506"])
    assert (
        f"its jobs left no usable evidence: base-{UNIT_1} (there is no record of it)" in gate.finding("TK506").message
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("needs", "exit_code", "message"),
    [
        pytest.param(
            {"plan": "success", "static": "skipped", "tests": "success", "base": "success"},
            0,
            "",
            id="all well, nothing static was planned",
        ),
        pytest.param(
            {"tests": "cancelled"}, 4, "job tests: the provider says that it ended as 'cancelled'", id="cancelled"
        ),
        pytest.param({"tests": "skipped"}, 4, "job tests: the provider says that it ended as 'skipped'", id="skipped"),
        pytest.param(
            {"tests": "failure"},
            4,
            "job tests: the provider says that it ended as 'failure'",
            id="failed, and its evidence does not say why",
        ),
        pytest.param(
            {"plan": "skipped"},
            4,
            "job plan: the provider says that it ended as 'skipped'",
            id="a job that is no group",
        ),
    ],
)
def test_gate__what_the_product_says_of_its_jobs__counts(
    planned: Planned, needs: dict[str, str], exit_code: int, message: str
) -> None:
    said = json.dumps({name: {"result": result, "outputs": {}} for name, result in needs.items()})

    gate = planned.gate(TESTKEEP_NEEDS=said)

    assert gate.exit_code == exit_code, gate.output
    assert [finding.message for finding in gate.findings] == ([message] if message else [])


@pytest.mark.slow
def test_gate__failed_job_whose_evidence_says_why__is_that_failure(planned: Planned) -> None:
    planned.project.replace("tests/integration/test_flow.py", "== 3", "== 4")
    planned.project.commit()
    planned.make()
    for job in planned.jobs():
        planned.run(job)

    gate = planned.gate("--needs", json.dumps({"tests": {"result": "failure"}}))

    assert (gate.exit_code, gate.codes) == (1, ["TK101"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        pytest.param(("unit",), f"integration-{HERE}", id="a stage of the policy"),
        pytest.param(("--shards", "unit=1"), "", id="other shards are no matter"),
    ],
)
def test_gate__plan_leaves_out_what_the_policy_asks_for__is_inconclusive(
    planned: Planned, arguments: tuple[str, ...], missing: str
) -> None:
    planned.make(*arguments)
    shutil.rmtree(planned.evidence)
    for job in planned.jobs():
        planned.run(job)

    gate = planned.gate()

    found = [finding.message for finding in gate.findings]
    expected = [f"job {missing}: the policy asks for it, and the plan leaves it out"] if missing else []
    assert (gate.exit_code, found) == (4 if missing else 0, expected), gate.output


@pytest.mark.slow
def test_gate__python_that_the_policy_asks_for_was_not_planned__is_inconclusive(planned: Planned) -> None:
    planned.project.replace("pyproject.toml", "[tool.testkeep]\n", '[tool.testkeep]\npython = ["3.98", "3.99"]\n')
    planned.project.commit()
    planned.make("--python", "3.98", "--no-base-jobs")

    gate = planned.gate()

    left_out = [finding.message for finding in gate.findings if "leaves it out" in finding.message]
    assert left_out == ["jobs unit-py399, integration-py399: the policy asks for it, and the plan leaves it out"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        pytest.param(("--base", "HEAD^"), 2, "--base and --plan: the plan names the commit", id="a base, too"),
        pytest.param(("--needs", "{"), 2, "--needs: not JSON", id="needs that are none"),
    ],
)
def test_gate__wrong_usage__says_what_was_expected(
    planned: Planned, arguments: tuple[str, ...], exit_code: int, message: str
) -> None:
    gate = planned.gate(*arguments)

    assert gate.exit_code == exit_code
    assert message in gate.errors


def test_gate__plan_was_changed_after_it_was_made__is_inconclusive(planned: Planned) -> None:
    plan = json.loads(planned.plan.read_text())
    plan["jobs"] = plan["jobs"][1:]
    planned.plan.write_text(json.dumps(plan))

    gate = planned.gate()

    assert gate.exit_code == 4
    assert "the plan was changed after it was made" in gate.errors


def test_gate__commit_after_the_plan__is_inconclusive(planned: Planned) -> None:
    planned.project.commit({"README.md": "other text\n"})

    gate = planned.gate()

    assert gate.exit_code == 4
    assert "the plan is of something else: made at commit" in gate.errors


def test_plan__change_adds_a_python__its_base_jobs_are_of_the_bases_versions(tmp_path: Path) -> None:
    policy = '[tool.testkeep]\nstages = ["unit"]\npython = [{}]\n'
    planned = Planned(simple_project(tmp_path / "repository", policy=policy.format('"3.11"')), tmp_path)
    planned.project.commit({"pyproject.toml": policy.format('"3.11", "3.99"')})

    planned.make("--base", "HEAD^")

    assert planned.jobs() == ["unit-py311", "unit-py399", "base-unit-py311"]


def test_gate__static_stage_with_another_version_than_the_policys_first__is_planned(tmp_path: Path) -> None:
    policy = '[tool.testkeep]\nstages = ["format", "unit"]\npython = ["3.11", "3.99"]\n'
    planned = Planned(simple_project(tmp_path / "repository", policy=policy), tmp_path)
    planned.make("--base", "none", "--python", "3.99", "--python", "3.11")
    planned.evidence.mkdir()

    gate = planned.gate()

    assert [finding.message for finding in gate.findings if "leaves it out" in finding.message] == []
    assert len(planned.jobs()) == 3


def test_gate__nobody_names_a_folder__what_plain_runs_left_is_no_matter(tmp_path: Path) -> None:
    policy = '[tool.testkeep]\nstages = ["unit"]\n'
    planned = Planned(simple_project(tmp_path / "repository", policy=policy), tmp_path)
    planned.project.testkeep("run", "--base", "none")
    planned.make("--base", "none")
    planned.project.testkeep("run", "--job", f"unit-{HERE}", "--plan", str(planned.plan))

    gate = planned.project.testkeep("gate", "--plan", str(planned.plan))

    assert (gate.exit_code, gate.codes) == (0, []), gate.output


@pytest.mark.slow
def test_plan__more_shards_than_tests__leaves_some_idle_and_passes(planned: Planned) -> None:
    planned.make("--shards", "integration=3", "--no-base-jobs")
    shutil.rmtree(planned.evidence)
    for job in planned.jobs():
        assert planned.run(job).exit_code == 0

    gate = planned.gate()

    assert (gate.exit_code, gate.codes) == (0, []), gate.output
    assert gate.verdict.stages[1].tests == {"passed": 1}


def test_plan__baseline_is_there__takes_durations_and_needs_no_jobs_for_it(planned: Planned, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    baseline.mkdir()
    for file in planned.evidence.glob("base-*"):
        shutil.copyfile(file, baseline / file.name)

    planned.make("--baseline", str(baseline))
    plan = json.loads(planned.plan.read_text())
    for job in planned.jobs():
        planned.run(job)
    for file in planned.evidence.glob("base-*"):
        file.unlink()
    gate = planned.gate("--baseline", str(baseline))

    assert [job["id"] for job in plan["jobs"]] == HEAD_JOBS
    assert len(plan["partitions"]["unit"]["bounds"]) == 1
    assert (gate.exit_code, gate.verdict.conservation.kept) == (0, 9), gate.output
    assert "base: " not in gate.output


def test_plan__baseline_of_another_commit__is_not_taken(planned: Planned, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    shutil.copytree(planned.evidence, baseline)  # of the head, and of the base

    planned.make("--baseline", str(baseline))

    assert planned.jobs() == JOBS


def test_plan__baseline_without_one_of_its_shards__is_not_taken(planned: Planned, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    baseline.mkdir()
    for file in planned.evidence.glob("base-*"):
        if UNIT_1 not in file.name:
            shutil.copyfile(file, baseline / file.name)

    planned.make("--baseline", str(baseline))

    assert planned.jobs() == JOBS

"""The policy in force is the base's where the change loosens it, whichever command judges."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import WAIVER, GitProject, simple_project

POLICY = '[tool.testkeep]\nstages = ["unit", "integration"]\n'
FLOW = "from app.calc import add\n\n\ndef test_flow():\n    assert add(1, 1) == 2\n"


@pytest.fixture
def staged(tmp_path: Path) -> GitProject:
    """A project with tests in two stages, on its default branch."""
    project = simple_project(tmp_path / "repository", policy=POLICY)
    project.commit({"tests/integration/test_flow.py": FLOW})
    return project


def _drop_stage(project: GitProject) -> None:
    project.replace("pyproject.toml", ', "integration"', "")
    project.commit()


def _notes(run: object) -> str:
    return "\n".join(run.verdict.notes)


def test_run_and_gate__the_change_drops_a_stage__run_it_and_agree(staged: GitProject) -> None:
    _drop_stage(staged)

    run = staged.testkeep("run")
    gate = staged.testkeep("gate")

    assert [stage.name for stage in run.verdict.stages] == ["unit", "integration"]
    assert (run.exit_code, run.codes) == (1, ["TK503"])
    assert (run.finding("TK503").test, run.finding("TK503").path) == ("stages", "pyproject.toml")
    assert (gate.exit_code, gate.findings) == (1, run.findings)


def test_gate__baseline_is_a_folder__takes_the_policy_of_its_commit(staged: GitProject, tmp_path: Path) -> None:
    staged.testkeep("run", "--base", "none", "--evidence", str(tmp_path / "base"))
    _drop_stage(staged)
    staged.testkeep("run", "--evidence", str(tmp_path / "head"))

    gate = staged.testkeep("gate", "--evidence", str(tmp_path / "head"), "--baseline", str(tmp_path / "base"))

    assert (gate.exit_code, gate.codes, gate.verdict.conservation.kept) == (1, ["TK503"], 5)


def test_gate__commit_of_the_baseline_is_not_here__says_that_the_heads_policy_is_in_force(
    staged: GitProject, tmp_path: Path
) -> None:
    other = simple_project(tmp_path / "other" / "repository", policy=POLICY)
    other.commit({"tests/integration/test_flow.py": FLOW, "README.md": "another commit"})
    other.testkeep("run", "--base", "none", "--evidence", str(tmp_path / "base"))
    _drop_stage(staged)
    staged.testkeep("run", "--base", "none", "--evidence", str(tmp_path / "head"))

    gate = staged.testkeep("gate", "--evidence", str(tmp_path / "head"), "--baseline", str(tmp_path / "base"))

    assert (gate.exit_code, gate.codes) == (4, ["TK501"])
    assert "is not in this repository: the policy of the head is in force" in _notes(gate)
    said = " ".join(finding.message for finding in gate.findings)
    assert "no such commit here, so that nothing can be compared with it" in said
    assert "what the change did to sources could not be looked into" in said


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("run", "--no-gate"), id="jobs that do not judge"),
        pytest.param(("run", "--base", "none"), id="jobs without a base"),
    ],
)
def test_gate__evidence_of_jobs_that_know_no_base__is_not_foreign(
    staged: GitProject, arguments: tuple[str, ...]
) -> None:
    staged.replace("pyproject.toml", '"integration"]\n', f'"integration"]\n{WAIVER}')
    staged.commit()
    staged.testkeep(*arguments)

    gate = staged.testkeep("gate")

    assert (gate.exit_code, gate.codes) == (0, ["TK503"])


def test_run__without_a_base__is_judged_by_its_own_policy_and_waives_nothing(staged: GitProject) -> None:
    _drop_stage(staged)

    run = staged.testkeep("run", "--base", "none")

    assert [stage.name for stage in run.verdict.stages] == ["unit"]
    assert (run.exit_code, run.findings) == (0, ())


def test_run__first_policy_of_the_project__is_stated(project: GitProject) -> None:
    base = project.git("rev-parse", "HEAD")
    project.commit({"testkeep.toml": "[coverage]\noverall = 10\n"})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.findings) == (0, ())
    assert f"first adoption of a policy: there is none at {base[:12]}" in run.verdict.notes


def test_run__policy_is_removed__is_held_against_the_defaults(staged: GitProject) -> None:
    base = staged.git("rev-parse", "HEAD")
    staged.replace("pyproject.toml", POLICY, "")
    staged.commit()

    run = staged.testkeep("run", "unit")

    assert (run.exit_code, run.findings) == (0, ())
    assert f"the default policy is held against that of {base[:12]}" in _notes(run)


def test_run__project_is_new_in_the_repository__has_no_policy_at_the_base(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", policy="[tool.testkeep.coverage]\noverall = 99\n")
    project.commit(
        {
            "service/testkeep.toml": 'stages = ["unit"]\n[coverage]\noverall = 10\n',
            "service/calc.py": "def add(a, b):\n    return a + b\n",
            "service/tests/unit/test_add.py": "from calc import add\n\n\ndef test_add():\n    assert add(1, 1) == 2\n",
            "service/pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        }
    )

    run = project.testkeep("run", cwd=project.root / "service")

    assert (run.exit_code, run.codes) == (0, []), run.output
    assert "first adoption of a policy" in _notes(run)


STRICT = POLICY + "[tool.testkeep.coverage]\noverall = 90\n"
LAX = POLICY + "[tool.testkeep.coverage]\noverall = 5\n"
WAIVES_OVERALL = WAIVER.replace("tests/unit/test_calc.py::test_guard", "coverage.overall").replace("TK201", "TK503")


def _removed(tmp_path: Path, *versions: str) -> GitProject:
    project = simple_project(tmp_path / "repository", policy=STRICT)
    project.commit({"tests/integration/test_flow.py": FLOW})
    for version in versions:
        project.commit({"pyproject.toml": f'[project]\nname = "simple"\nversion = "1"\n{version}'})
    project.git("switch", "--quiet", "--create", "topic")
    return project


@pytest.mark.parametrize(
    ("versions", "keys"),
    [
        pytest.param(("",), ["coverage.overall"], id="removed"),
        pytest.param(("", LAX, ""), ["coverage.overall"], id="removed twice: the strictest counts"),
        pytest.param((STRICT + WAIVES_OVERALL, LAX, ""), [], id="waived: loosened by agreement, then removed"),
        pytest.param(("[tool.testkeep]\nno_such_key = 1\n",), ["coverage.overall"], id="made unreadable"),
    ],
)
def test_run__policy_was_removed_before__the_next_is_compared_with_it(
    tmp_path: Path, versions: tuple[str, ...], keys: list[str]
) -> None:
    project = _removed(tmp_path, *versions)
    project.commit({"pyproject.toml": f'[project]\nname = "simple"\nversion = "1"\n{LAX}'})

    run = project.testkeep("run", "--base", "main")

    errors = [one.test for one in run.findings if one.code == "TK503" and one.severity == "error"]
    assert (run.exit_code, errors) == (1 if keys else 0, keys), run.output


def test_run__policy_was_removed_long_ago__the_next_is_a_first_adoption(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", policy=STRICT)
    for text, date in (("", "2001-01-01T00:00:00Z"), ("a = 1\n", "2001-06-01T00:00:00Z")):
        project.write({"pyproject.toml" if not text else "other.toml": text})
        project.git("add", "--all")
        project.git("-c", "core.abbrev=40", "commit", "--quiet", "--message", "change", f"--date={date}")
    project.git("filter-branch", "--env-filter", 'export GIT_COMMITTER_DATE="$GIT_AUTHOR_DATE"', "--", "HEAD~2..HEAD")
    project.git("switch", "--quiet", "--create", "topic")
    project.commit({"pyproject.toml": f'[project]\nname = "simple"\nversion = "1"\n{LAX}'})

    run = project.testkeep("run", "--base", "main")

    assert (run.exit_code, "first adoption of a policy" in _notes(run)) == (0, True), run.output


def test_run__policy_is_not_there_on_either_side__nothing_is_remembered(tmp_path: Path) -> None:
    project = _removed(tmp_path, "")
    project.commit({"README.md": "more"})

    run = project.testkeep("run", "--base", "main")

    assert (run.exit_code, run.codes) == (0, []), run.output

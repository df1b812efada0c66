"""The base commit's evidence: its own code, its own tests, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

from repositories import GitProject, simple_project


def worktrees(project: GitProject) -> list[str]:
    return [
        line for line in project.git("worktree", "list", "--porcelain").splitlines() if line.startswith("worktree ")
    ]


def test_run__second_time__takes_the_baseline_from_the_store(project: GitProject) -> None:
    project.commit({"README.md": "text\n"})

    first = project.testkeep("run", "unit")
    second = project.testkeep("run", "unit")

    assert "base: unit" in first.output
    assert "base: unit" not in second.output
    assert first.verdict.conservation == second.verdict.conservation


def test_run__head_changed_the_code__runs_the_base_on_its_own_code(project: GitProject) -> None:
    # The base's test passes only with the base's code: if the base ran the head's, it would not guard there.
    project.replace("app/calc.py", "a + b", "a - b")
    project.replace("tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip\ndef test_guard")
    project.commit()

    run = project.testkeep("run", "unit")

    assert run.finding("TK201").test == "tests/unit/test_calc.py::test_guard"


def test_run__head_is_first_on_the_import_path__still_runs_the_bases_code(project: GitProject) -> None:
    project.replace("app/calc.py", "a + b", "a - b")
    project.commit()

    run = project.testkeep("run", "unit", PYTHONPATH=str(project.root))

    assert run.codes == ["TK101"]
    assert run.verdict.conservation.compared is True


def test_run__base_imports_the_heads_code__refuses_the_baseline(project: GitProject) -> None:
    project.commit({"conftest.py": f"import sys\n\nsys.path.insert(0, {str(project.root)!r})\n"})
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (4, ["TK506"])
    assert f"imported app from {project.root.resolve()}, outside" in run.finding("TK506").message
    assert list((project.root / ".testkeep" / "baseline").glob("*/*.json")) == []


def test_run__environment_takes_tests_out_of_the_base__refuses_the_baseline(project: GitProject) -> None:
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run", "unit", PYTEST_ADDOPTS="--deselect tests/unit/test_calc.py::test_guard -p no:doctest")

    assert (run.exit_code, run.codes) == (4, ["TK506"])
    assert "was told by PYTEST_ADDOPTS to leave tests out: --deselect" in run.finding("TK506").message


def test_run__baseline_that_a_change_brings_along__is_refused(project: GitProject) -> None:
    project.commit({"README.md": "text\n"})
    project.testkeep("baseline", "HEAD^")
    project.git("add", "--force", ".testkeep/baseline")
    project.commit()

    run = project.testkeep("run", "unit")

    assert run.exit_code == 2
    assert ".testkeep/baseline/" in run.errors
    assert "is in git: what lies in there would stand for evidence" in run.errors
    assert "git rm -r --cached .testkeep" in run.errors


def test_run__base_cannot_be_collected__is_inconclusive_with_the_reason(project: GitProject) -> None:
    project.commit({"tests/unit/test_broken.py": "import there_is_no_such_module\n"})
    project.commit({"tests/unit/test_broken.py": "def test_mended():\n    assert True\n"})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (4, ["TK506"])
    assert "there_is_no_such_module" in run.finding("TK506").message
    assert "(its output is in .testkeep/base-logs)" in run.finding("TK506").message
    assert "there_is_no_such_module" in (project.root / ".testkeep" / "base-logs" / "unit.log").read_text()


def test_run__whatever_happens__removes_the_worktree(project: GitProject, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    project.commit({"tests/unit/test_zz.py": "import os\n\n\ndef test_death():\n    os._exit(3)\n"})
    project.commit({"tests/unit/test_zz.py": "def test_death():\n    assert True\n"})

    run = project.testkeep("run", "unit", TMPDIR=str(scratch))

    assert run.codes == ["TK506"]
    assert worktrees(project) == [f"worktree {project.repository.resolve()}"]
    assert list(scratch.iterdir()) == []


def test_run__first_commit__has_no_base_and_says_so(project: GitProject) -> None:
    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.verdict.base) == (0, "none")
    assert "judged without a baseline: this is the first commit" in run.verdict.notes


def test_run__on_a_branch__compares_with_the_merge_base(project: GitProject) -> None:
    base = project.git("rev-parse", "HEAD")
    project.git("checkout", "--quiet", "-b", "feature")
    project.commit({"one.txt": "1"})
    project.commit({"two.txt": "2"})
    project.git("checkout", "--quiet", "main")
    project.commit({"other.txt": "3"})
    project.git("checkout", "--quiet", "feature")

    assert project.testkeep("run", "unit").verdict.base == base


def test_run__on_the_default_branch__compares_with_the_parent(project: GitProject) -> None:
    base = project.git("rev-parse", "HEAD")
    project.commit({"one.txt": "1"})

    assert project.testkeep("run", "unit").verdict.base == base


def test_run__no_default_branch__asks_for_a_base(project: GitProject) -> None:
    project.git("branch", "--move", "main", "trunk")

    run = project.testkeep("run", "unit")

    assert run.exit_code == 2
    assert "no default branch found" in run.errors


def test_run__project_did_not_exist_at_the_base__has_nothing_to_lose(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    service = GitProject(project.repository, "service")
    service.commit(
        {"pyproject.toml": "", "svc/__init__.py": "", "tests/test_one.py": "def test_one():\n    assert True\n"}
    )

    run = service.testkeep("run", "unit")

    assert (run.exit_code, run.verdict.conservation.kept) == (0, 0)


def test_run__project_was_moved_into_a_folder__is_found_where_it_was(project: GitProject) -> None:
    (project.root / "service").mkdir()
    for name in ("pyproject.toml", "app", "tests"):
        project.git("mv", name, f"service/{name}")
    project.commit()

    run = project.testkeep("run", "unit", cwd=project.root / "service")

    assert (run.exit_code, run.codes, run.verdict.conservation.kept) == (0, [], 4)


def test_run__project_was_moved_and_its_folders_renamed__is_inconclusive(project: GitProject) -> None:
    (project.root / "service").mkdir()
    for old, new in (("pyproject.toml", "pyproject.toml"), ("app", "shop"), ("tests", "checks")):
        project.git("mv", old, f"service/{new}")
    project.git("mv", "service/pyproject.toml", "service/setup.cfg")
    project.commit()

    run = project.testkeep("run", "unit", "--no-gate", cwd=project.root / "service")
    judged = project.testkeep("gate", cwd=project.root / "service")

    assert run.exit_code in (0, 4)
    assert (judged.exit_code, "TK506" in judged.codes) == (4, True)
    assert "moved into service/" in judged.finding("TK506").message


def test_baseline__of_a_commit__is_made_and_stored(project: GitProject) -> None:
    made = project.testkeep("baseline", "HEAD")

    assert made.exit_code == 0
    assert "4 tests guard" in made.output
    assert len(list((project.root / ".testkeep" / "baseline").glob("*/unit.json"))) == 1


def test_gate__with_a_baseline_folder__compares_with_it(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", policy='[tool.testkeep]\nstages = ["unit"]\n')
    project.testkeep("run", "--base", "none", "--evidence", str(tmp_path / "base"))
    project.replace("tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip\ndef test_guard")
    project.commit()
    project.testkeep("run", "--base", "none", "--evidence", str(tmp_path / "head"))

    gate = project.testkeep("gate", "--evidence", str(tmp_path / "head"), "--baseline", str(tmp_path / "base"))

    assert (gate.exit_code, gate.codes) == (1, ["TK201"])


def test_gate__both_ways_to_name_the_base__is_wrong_usage(project: GitProject) -> None:
    assert project.testkeep("gate", "--base", "HEAD", "--baseline", "x").exit_code == 2

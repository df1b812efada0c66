"""Evidence is not made twice: a complete run of a clean commit is the baseline of the next branch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from repositories import GitProject, simple_project

POLICY = '[tool.testkeep]\nstages = ["unit"]\n'
NEEDS_A_SERVICE = "\n\ndef test_service():\n    import os\n\n    assert not os.environ['DOWN']\n"
RED = "\n\ndef test_red():\n    assert False\n"
TEST = "tests/unit/test_calc.py"


@pytest.fixture
def staged(tmp_path: Path) -> GitProject:
    return simple_project(tmp_path / "repository", policy=POLICY)


def baselines(project: GitProject) -> list[str]:
    store = project.root / ".testkeep" / "baseline"
    return sorted(f"{file.parent.name[:12]}/{file.name}" for file in store.glob("*/unit.*") if file.is_file())


def test_run__complete_run_of_a_clean_commit__is_the_baseline_of_the_next(staged: GitProject) -> None:
    commit = staged.git("rev-parse", "HEAD")
    first = staged.testkeep("run", "--base", "none")
    kept = baselines(staged)
    staged.git("checkout", "--quiet", "-b", "feature")
    staged.replace(TEST, "def test_guard", "@pytest.mark.skip\ndef test_guard")
    staged.commit()

    run = staged.testkeep("run")

    assert first.exit_code == 0, first.output
    assert kept == [f"{commit[:12]}/unit.coverage", f"{commit[:12]}/unit.json"]
    assert "running its tests now" not in run.output
    assert run.verdict.base == commit
    assert (run.finding("TK201").test, run.verdict.coverage.base_percent) == (f"{TEST}::test_guard", 100.0)


def test_run__complete_run_that_is_red__is_no_baseline(staged: GitProject) -> None:
    staged.write({TEST: (staged.root / TEST).read_text() + RED})
    staged.commit()

    first = staged.testkeep("run", "--base", "none")
    staged.commit({"README.md": "text\n"})
    second = staged.testkeep("run")

    assert (first.exit_code, first.codes) == (1, ["TK101"])
    assert "running its tests now" in second.output
    assert second.verdict.conservation.compared is True


def _leave_uncommitted(project: GitProject) -> None:
    project.replace("app/calc.py", "a + b", "b + a")


def _import_foreign_code(project: GitProject) -> None:
    elsewhere = project.repository.parent / "elsewhere"
    (elsewhere / "app").mkdir(parents=True)
    for file in (project.root / "app").glob("*.py"):
        (elsewhere / "app" / file.name).write_bytes(file.read_bytes())
    project.commit({"conftest.py": f"import sys\n\nsys.path.insert(0, {str(elsewhere)!r})\n"})


def _write_while_running(project: GitProject) -> None:
    writer = "\n\ndef test_writer():\n    open('README.md', 'w').write('x')\n"
    project.commit({"README.md": "text\n", TEST: (project.root / TEST).read_text() + writer})


def _choose_by_cache(project: GitProject) -> None:
    project.commit({"pytest.ini": "[pytest]\naddopts = --lf\n", TEST: (project.root / TEST).read_text() + RED})


def _nothing(_project: GitProject) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "arguments"),
    [
        pytest.param(_leave_uncommitted, (), id="uncommitted changes"),
        pytest.param(_import_foreign_code, (), id="equal code from elsewhere"),
        pytest.param(_write_while_running, (), id="a test writes to the code"),
        pytest.param(_choose_by_cache, (), id="tests are chosen by what failed before"),
        pytest.param(_nothing, ("--footprints",), id="footprints are measured in another way"),
        pytest.param(_nothing, ("--", "-k", "guard"), id="tests are chosen by hand"),
    ],
)
def test_run__what_a_base_run_would_not_have_made__is_not_kept(
    staged: GitProject, prepare: Callable[[GitProject], None], arguments: tuple[str, ...]
) -> None:
    prepare(staged)

    staged.testkeep("run", "--base", "none", *arguments)

    assert baselines(staged) == []


def test_run__a_part_of_the_test_stages__is_not_kept(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", policy=POLICY.replace('"unit"', '"unit", "integration"'))

    project.testkeep("run", "unit", "--base", "none")

    assert baselines(project) == []


def test_run__policy_of_the_base_is_in_force_and_runs_more__is_not_kept(staged: GitProject) -> None:
    staged.replace("pyproject.toml", POLICY, f'{POLICY}suites = {{ leave_out = ["slow"] }}\n')
    staged.commit()
    run = staged.testkeep("run", "--base", "HEAD^")

    staged.replace("pyproject.toml", "suites", 'coverage = { omit = ["app/calc.py"] }\nsuites')
    staged.commit()
    loosened = staged.testkeep("run", "--base", "HEAD^")

    assert (run.exit_code, loosened.codes) == (0, ["TK503"]), run.output + loosened.output
    assert len({entry.partition("/")[0] for entry in baselines(staged)}) == 2


def test_run__fewer_tests_guard_than_in_the_baseline__replaces_nothing(staged: GitProject) -> None:
    staged.write({TEST: (staged.root / TEST).read_text() + NEEDS_A_SERVICE})
    staged.commit()

    kept = []
    for down in ("1", "", "1"):
        staged.testkeep("run", "--base", "none", DOWN=down)
        records = (staged.root / ".testkeep" / "baseline").glob("*/unit.json")
        kept.append([record.read_bytes() for record in records])

    assert [len(records) for records in kept] == [0, 1, 1]
    assert kept[1] == kept[2]


def test_run__base_run__says_how_long_it_will_take(staged: GitProject) -> None:
    staged.commit({"README.md": "one\n"})
    staged.replace("app/calc.py", "a + b", "b + a")

    unknown = staged.testkeep("run", "--base", "HEAD^")
    known = staged.testkeep("run", "--base", "HEAD")

    assert "running its tests now (no time known yet)" in unknown.output
    assert " s (as the last run)" in known.output

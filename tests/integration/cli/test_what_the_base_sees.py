"""What the head's tests read and git does not have: the base gets it, or nobody says that nothing was lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from repositories import GitProject, simple_project

_SECRET = "swordfish-4711"
_TEST = "tests/unit/test_needy.py::test_it"
_POLICY = '[tool.testkeep]\nsource = ["app"]\nstages = ["unit"]\n'
_READS_ENV = f"""\
    from pathlib import Path

    import pytest


    def test_it():
        assert (Path(__file__).parents[2] / ".env").read_text() == "TOKEN={_SECRET}"
    """
_READS_MODEL = """\
    from pathlib import Path

    import pytest

    MODEL = Path(__file__).parent / "model.bin"


    def test_it():
        assert MODEL.read_bytes() == b"12"
    """
_SKIPS_WITHOUT_MODEL = _READS_MODEL.replace(
    "    def test_it", '    @pytest.mark.skipif(not MODEL.exists(), reason="no model")\n    def test_it'
)
_RED = """\
    from app.calc import add


    def test_it():
        assert add(1, 1) == 3
    """


def _needy(tmp_path: Path, test: str, policy: str = _POLICY) -> GitProject:
    """A project with a test that needs files which git ignores, and these files."""
    project = simple_project(tmp_path / "repository", policy=policy)
    (project.root / ".gitignore").write_text("__pycache__/\n.pytest_cache/\n.env\n*.bin\n")
    project.write({"tests/unit/test_needy.py": test})
    (project.root / ".env").write_text(f"TOKEN={_SECRET}")
    (project.root / "tests/unit/model.bin").write_bytes(b"12")
    project.commit()
    return project


def _skip(project: GitProject) -> None:
    text = (project.root / "tests/unit/test_needy.py").read_text()
    head, mark, rest = text.partition("@pytest.mark.skipif") if "skipif" in text else text.partition("def test_it")
    project.write({"tests/unit/test_needy.py": f'{head}@pytest.mark.skip(reason="later")\n{mark}{rest}'})
    project.commit()


def _remove(project: GitProject) -> None:
    project.remove("tests/unit/test_needy.py")


# Brought ----------------------------------------------------------------------------------------------------------


def test_run__test_that_reads_an_ignored_env_file_is_removed__is_missed(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_ENV)
    _remove(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK203"])


def test_run__file_of_the_policys_list__is_brought_to_the_base(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL, _POLICY + 'base_files = ["tests/**/*.bin"]\n')
    _skip(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK201"])


def test_run__change_adds_the_file_to_the_list__is_in_force_at_once(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL)
    project.replace("pyproject.toml", "[tool.testkeep]", '[tool.testkeep]\nbase_files = [".env*", "model.bin"]')
    _skip(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK201"])


def test_run__change_takes_a_file_off_the_list__is_loosened_and_still_brought(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL, _POLICY + 'base_files = ["model.bin"]\n')
    project.replace("pyproject.toml", '["model.bin"]', "[]")
    _skip(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK201", "TK503"])


def test_run__secret_in_the_env_file__is_in_nothing_that_is_kept(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_ENV)
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run", "--report", str(tmp_path / "report"), "--verbose")

    key = (project.root / ".testkeep" / "base-files.key").read_bytes()
    assert run.exit_code == 0
    assert _SECRET not in run.output + run.errors
    kept = [file for top in (project.root / ".testkeep", tmp_path / "report") for file in top.rglob("*")]
    for file in (file for file in kept if file.is_file() and file.name != "base-files.key"):
        data = file.read_bytes()
        assert _SECRET.encode() not in data, file
        assert key not in data, file
        assert key.hex().encode() not in data, file
    assert len(key) == 32
    assert (project.root / ".testkeep" / "base-files.key").stat().st_mode & 0o077 == 0


def test_run__other_content_of_the_env_file__makes_another_baseline(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_ENV.replace(' == "TOKEN', ' >= "TOKEN'))
    project.commit({"README.md": "text\n"})
    project.testkeep("run", "--base", "HEAD^")
    (project.root / ".env").write_text(f"TOKEN={_SECRET}2")

    again = project.testkeep("run", "--base", "HEAD^")

    base = project.git("rev-parse", "HEAD^")[:12]
    assert "base: unit" in again.output
    assert len(list((project.root / ".testkeep" / "baseline").glob(f"{base}-*"))) == 2


def test_run__ignored_file_that_a_test_wrote__is_not_brought(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_ENV)
    writes = "from pathlib import Path\n\n\ndef pytest_sessionfinish():\n    Path('.env').write_text('TOKEN=forged')\n"
    project.write({"conftest.py": writes})
    _skip(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (4, ["TK508"])


def test_run__base_without_the_projects_folder__compares_with_nothing(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository", "services/shop")
    (project.repository / "README.md").write_text("text\n")
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "first")
    (project.root / ".env").write_text(f"TOKEN={_SECRET}")
    project.commit(
        {
            ".gitignore": ".env\n__pycache__/\n",
            "pyproject.toml": _POLICY,
            "app/__init__.py": "",
            "tests/unit/test_it.py": "def test_it():\n    assert 1 + 1 == 2\n",
        }
    )

    run = project.testkeep("run")

    assert (run.exit_code, run.verdict.conservation.kept) == (0, 0)
    assert "the project was not there at the base commit: no test guarded" in run.verdict.notes


# Failed in the worktree -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [pytest.param(_skip, id="skipped"), pytest.param(_remove, id="removed")])
@pytest.mark.parametrize(
    ("test", "did"),
    [
        pytest.param(_READS_MODEL, "failed", id="fails without the file"),
        pytest.param(_SKIPS_WITHOUT_MODEL, "was skipped", id="skips without the file"),
    ],
)
def test_run__test_that_failed_in_the_bases_worktree_is_lost__is_inconclusive(
    tmp_path: Path, change: object, test: str, did: str
) -> None:
    assert callable(change)
    project = _needy(tmp_path, test)
    change(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (4, ["TK508"])
    finding = run.finding("TK508")
    assert finding.test == _TEST
    assert finding.message.startswith(f"{did} at the base commit ")
    assert "it names tests/unit/model.bin, which git does not have" in finding.message
    assert 'base_files = […, "tests/unit/model.bin"]' in finding.help


def test_run__fixture_skips_without_the_file__is_inconclusive_when_its_test_is_removed(tmp_path: Path) -> None:
    test = "def test_it(weights):\n    assert weights == b'12'\n"
    fixture = """\
        from pathlib import Path

        import pytest


        @pytest.fixture
        def weights():
            file = Path(__file__).parent / "unit" / "model.bin"
            if not file.exists():
                pytest.skip("needs the weights")
            return file.read_bytes()
        """
    project = _needy(tmp_path, test)
    project.commit({"tests/conftest.py": fixture})
    _remove(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (4, ["TK508"])


@pytest.mark.parametrize(
    "settings",
    ["-k 'not test_it'", "--deselect tests/unit/test_needy.py::test_it", "--ignore tests/unit/test_needy.py"],
)
def test_run__test_that_failed_in_the_bases_worktree_is_taken_out__is_inconclusive(
    tmp_path: Path, settings: str
) -> None:
    project = _needy(tmp_path, _READS_MODEL)
    project.replace("pyproject.toml", _POLICY, f'{_POLICY}\n[tool.pytest.ini_options]\naddopts = "{settings}"\n')
    project.commit()

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (4, ["TK508"])


def test_run__test_that_failed_in_the_bases_worktree_passes_now__is_listed_in_a_note(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL)
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (0, [])
    assert [note for note in run.verdict.notes if _TEST in note and "failed at the base commit" in note]


def test_run__base_was_run_in_its_own_working_tree__knows_the_guard(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL)
    project.testkeep("run", "--base", "none")
    _remove(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK203"])


def test_run__test_was_red_in_the_bases_own_working_tree__is_no_guard(tmp_path: Path) -> None:
    project = _needy(tmp_path, _RED)
    red = project.testkeep("run", "--base", "none")
    _remove(project)

    run = project.testkeep("run")

    assert (red.exit_code, run.exit_code, run.codes) == (1, 0, [])


def test_run__red_test_is_removed_and_the_worktree_lacked_nothing__passes_with_a_note(tmp_path: Path) -> None:
    project = _needy(tmp_path, _RED)
    (project.root / "tests/unit/model.bin").unlink()
    _remove(project)

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (0, [])
    assert f"1 test failed at the base commit in its worktree, which lacks nothing that is here: {_TEST}" in (
        run.verdict.notes
    )


def test_run__file_that_git_does_not_know_yet_is_missing_at_the_base__is_inconclusive(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL.replace("model.bin", "table.csv"))
    (project.root / "tests/unit/model.bin").unlink()
    (project.root / "tests/unit/table.csv").write_text("12")
    (project.root / "tests/unit/test_needy.py").unlink()

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (4, ["TK508"])
    assert "it names tests/unit/table.csv, which git does not have" in run.finding("TK508").message


@pytest.mark.parametrize(
    "mended",
    [
        pytest.param(_RED.replace("== 3", "== 2"), id="the test"),
        pytest.param(_RED.replace("== 3", "== 2").replace("test_it", "test_sum"), id="the test, with another name"),
    ],
)
def test_run__red_test_is_mended__passes(tmp_path: Path, mended: str) -> None:
    project = _needy(tmp_path, _RED)
    project.commit({"tests/unit/test_needy.py": mended})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (0, [])


def test_run__replacement_of_a_test_that_failed_at_the_base__is_accepted(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL)
    _remove(project)
    other = f"""\
        import pytest

        from app.calc import add


        @pytest.mark.replaces("{_TEST}", reason="needs no model")
        def test_other():
            assert add(7, 1) == 8
        """
    project.commit({"tests/unit/test_other.py": other})

    run = project.testkeep("run", "--base", "HEAD^^")

    assert (run.exit_code, run.codes) == (0, [])
    assert [one.lost for one in run.verdict.conservation.replaced] == [_TEST]


def test_run__waiver_for_a_test_that_failed_at_the_base__is_honoured(tmp_path: Path) -> None:
    waiver = f"""
[[tool.testkeep.waivers]]
test = "{_TEST}"
rule = "TK203"
reason = "the model is gone"
owner = "team"
expires = 2999-12-31
"""
    project = _needy(tmp_path, _READS_MODEL, _POLICY + waiver)
    _remove(project)

    run = project.testkeep("run")

    assert (run.exit_code, [(finding.code, finding.waived) for finding in run.findings]) == (0, [("TK203", True)])


def test_run__pointer_of_git_lfs_in_the_worktree__is_named(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL.replace("model.bin", "weights.dat"))
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 2\n"
    project.commit({"tests/unit/weights.dat": pointer})
    _skip(project)

    run = project.testkeep("run")

    assert run.exit_code == 4
    assert "tests/unit/weights.dat was a pointer of git-lfs, not the file" in run.finding("TK508").message
    assert "git lfs fetch origin" in run.finding("TK508").help


def test_run__sparse_check_out__is_named(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_MODEL.replace('parent / "model.bin"', 'parents[2] / "data" / "table.txt"'))
    project.commit({"data/table.txt": "12"})
    project.git("sparse-checkout", "set", "app", "tests")
    _skip(project)

    run = project.testkeep("run")

    assert run.exit_code == 4
    assert "the check-out is sparse" in run.finding("TK508").message
    assert "git sparse-checkout disable" in run.finding("TK508").help


def test_run__base_job_of_a_plan__has_the_files_too(tmp_path: Path) -> None:
    project = _needy(tmp_path, _READS_ENV)
    _remove(project)
    plan, evidence = tmp_path / "plan.json", tmp_path / "evidence"
    project.testkeep("plan", "--output", str(plan))
    jobs = [job["id"] for job in json.loads(plan.read_text())["jobs"]]

    for job in jobs:
        project.testkeep("run", "--job", job, "--plan", str(plan), "--evidence", str(evidence))
    gate = project.testkeep("gate", "--plan", str(plan), "--evidence", str(evidence))

    assert (gate.exit_code, gate.codes) == (1, ["TK203"])
    worktrees = [json.loads(file.read_text()).get("worktree") for file in sorted(evidence.glob("*.json"))]
    assert [one for one in worktrees if one] == [{"brought": [".env"]}]


def test_run__base_cannot_be_collected_without_an_ignored_module__names_it(tmp_path: Path) -> None:
    project = _needy(tmp_path, "from app import _version\n\n\ndef test_it():\n    assert _version\n")
    (project.root / ".gitignore").write_text("__pycache__/\n.env\n*.bin\n_version.py\n")
    project.git("rm", "--quiet", "--cached", "--ignore-unmatch", "app/_version.py")
    project.write({"app/_version.py": ""})
    project.commit()
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (4, ["TK506"])
    assert "git does not have app/_version.py: base_files in [tool.testkeep] brings it" in run.finding("TK506").message


# Submodules -------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_suite(tmp_path: Path) -> tuple[GitProject, GitProject]:
    """A project whose submodule has two tests at the base, and one at the head."""
    shared = GitProject(tmp_path / "shared")
    text = "def test_one():\n    assert len([1, 2]) == 2\n"
    shared.commit({"test_shared.py": text + "\n\ndef test_two():\n    assert 2 + 2 == 4\n"})
    project = simple_project(tmp_path / "repository", policy=_POLICY)
    project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(shared.root), "tests/shared")
    project.commit()
    shared.commit({"test_shared.py": text})
    project.git("-C", str(project.root / "tests/shared"), "pull", "--quiet", "origin", "main")
    project.commit()
    return project, shared


def test_run__submodule_moves_to_a_commit_with_a_test_less__is_missed(
    with_suite: tuple[GitProject, GitProject],
) -> None:
    project, _ = with_suite

    run = project.testkeep("run")

    assert (run.exit_code, run.finding("TK203").test) == (1, "tests/shared/test_shared.py::test_two")


def test_run__submodule_moves_to_a_commit_with_an_emptied_test__is_weakened(
    with_suite: tuple[GitProject, GitProject],
) -> None:
    project, shared = with_suite
    base = project.git("rev-parse", "HEAD")
    shared.commit({"test_shared.py": "def test_one():\n    len([1, 2]) == 2\n"})
    project.git("-C", str(project.root / "tests/shared"), "pull", "--quiet", "origin", "main")
    project.commit()

    run = project.testkeep("run", "--base", base)

    assert (run.exit_code, run.finding("TK206").test) == (1, "tests/shared/test_shared.py::test_one")


def test_run__test_of_a_submodule_is_renamed_there__is_no_loss(with_suite: tuple[GitProject, GitProject]) -> None:
    project, shared = with_suite
    base = project.git("rev-parse", "HEAD")
    shared.commit({"test_shared.py": "def test_sum():\n    assert len([1, 2]) == 2\n"})
    project.git("-C", str(project.root / "tests/shared"), "pull", "--quiet", "origin", "main")
    project.commit()

    run = project.testkeep("run", "--base", base)

    assert (run.exit_code, len(run.verdict.conservation.moved)) == (0, 1)


def test_run__submodules_commit_is_not_in_the_clone__is_inconclusive(with_suite: tuple[GitProject, GitProject]) -> None:
    project, shared = with_suite
    inside = project.root / "tests/shared"
    shutil.rmtree(inside)
    shutil.rmtree(project.repository / ".git/modules/tests/shared")
    project.git("clone", "--quiet", "--depth=1", f"file://{shared.root}", str(inside))

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (4, ["TK508"])
    assert run.finding("TK508").message.startswith("submodule tests/shared was empty at the base: its commit ")
    assert "git -C tests/shared fetch origin " in run.finding("TK508").help


def test_run__submodule_is_not_checked_out__is_said_in_a_note(with_suite: tuple[GitProject, GitProject]) -> None:
    project, _ = with_suite
    project.git("submodule", "--quiet", "deinit", "--force", "tests/shared")

    run = project.testkeep("run")

    assert run.exit_code == 0
    assert "submodule tests/shared is not checked out here ('git submodule update --init tests/shared')" in (
        run.verdict.notes
    )

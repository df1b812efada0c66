"""git, asked for real."""

from __future__ import annotations

import datetime
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from repositories import GitProject, clean_environment
from testkeep.errors import UsageError
from testkeep.system.git import Repository
from testkeep.system.settled import SettledRepository
from testkeep.system.worktrees import worktree


@pytest.fixture
def repository(project: GitProject) -> Repository:
    return Repository.around(project.root)


def test_around__a_subfolder__finds_the_root(project: GitProject) -> None:
    assert Repository.around(project.root / "tests" / "unit").root == project.repository.resolve()


def test_around__inside_a_git_hook__is_not_misled_by_its_variables(
    project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GitProject(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.repository / ".git"))

    assert Repository.around(project.root).root == project.repository.resolve()


def test_around__outside__is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(UsageError, match="not a git repository"):
        Repository.around(tmp_path)


def test_tree_state__clean__is_the_commits_tree(project: GitProject, repository: Repository) -> None:
    state = repository.tree_state()

    assert (state.tree, state.dirty) == (project.git("rev-parse", "HEAD^{tree}"), False)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        pytest.param("app/calc.py", True, id="tracked file changed"),
        pytest.param("tests/unit/test_new.py", True, id="new Python file"),
        pytest.param("new.toml", True, id="new configuration"),
        pytest.param("test.db", False, id="what a test left"),
        pytest.param(".testkeep/evidence/x.py", False, id="our own folder"),
        pytest.param("app/__pycache__/calc.pyc", False, id="committed bytecode"),
    ],
)
def test_tree_state__a_file_differs__counts_if_it_is_code(
    project: GitProject, repository: Repository, name: str, counts: bool
) -> None:
    project.commit({".testkeep/.gitignore": "*\n", "app/__pycache__/calc.pyc": "old"})
    project.write({name: "x = 1\n"})

    assert repository.tree_state().dirty is counts


def test_tree_state__same_content__is_the_same_whether_committed_or_not(
    project: GitProject, repository: Repository
) -> None:
    project.write({"app/calc.py": "x = 1\n", "app/new name.py": "y = 2\n"})
    dirty = repository.tree_state()
    project.commit()

    assert repository.tree_state().tree == dirty.tree


def test_tree_state__asked__leaves_the_repository_as_it_was(project: GitProject, repository: Repository) -> None:
    project.write({"app/calc.py": "x = 1\n", "app/new.py": "y = 2\n"})
    before = (project.git("status", "--porcelain"), project.git("count-objects"))

    repository.tree_state()

    assert (project.git("status", "--porcelain"), project.git("count-objects")) == before


def test_worktree__of_a_commit__has_its_files_and_goes_away(project: GitProject, repository: Repository) -> None:
    first = repository.head()
    project.commit({"app/calc.py": "x = 1\n"})

    with worktree(repository.root, first) as path:
        text = (path / "app/calc.py").read_text()
        assert path.name == project.repository.name

    assert "def add" in text
    assert not path.exists()
    assert len(project.git("worktree", "list").splitlines()) == 1


def test_worktree__with_a_checkout_hook__does_not_run_it(project: GitProject, repository: Repository) -> None:
    hook = project.repository / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{project.repository}/hook-ran'\n")
    hook.chmod(0o755)

    with worktree(repository.root, repository.head()):
        pass

    assert not (project.repository / "hook-ran").exists()


def test_worktree__of_a_killed_process__is_removed_by_the_next_and_a_living_ones_is_kept(
    project: GitProject, repository: Repository, tmp_path: Path
) -> None:
    finished = subprocess.Popen(["true"])
    finished.wait()
    dead = tmp_path / f"testkeep-base-{finished.pid}-x" / "repository"
    alive = tmp_path / f"testkeep-base-{os.getppid()}-x" / "repository"
    for path in (dead, alive):
        project.git("worktree", "add", "--detach", str(path))

    with worktree(repository.root, repository.head()):
        pass

    assert (dead.exists(), alive.exists()) == (False, True)


def test_worktree__folder_of_a_killed_process_that_git_has_forgotten__is_removed(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = subprocess.Popen(["true"])
    finished.wait()
    dead, alive, other = (
        tmp_path / name
        for name in (f"testkeep-base-{finished.pid}-x", f"testkeep-base-{os.getppid()}-x", "testkeep-base-notes")
    )
    for path in (dead, alive, other):
        path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with worktree(repository.root, repository.head()):
        pass

    assert [path.exists() for path in (dead, alive, other)] == [False, True, True]


@pytest.mark.parametrize(
    ("remotes", "address"),
    [
        pytest.param([], "", id="none"),
        pytest.param(["upstream"], "git@upstream.example:x.git", id="one"),
        pytest.param(["fork", "origin"], "git@origin.example:x.git", id="origin and another"),
        pytest.param(["fork", "upstream"], "", id="two others"),
    ],
)
def test_remote__remotes__is_origin_or_the_only_one(
    project: GitProject, repository: Repository, remotes: list[str], address: str
) -> None:
    for name in remotes:
        project.git("remote", "add", name, f"git@{name}.example:x.git")

    assert repository.remote() == address


def test_files__tracked_and_new__are_listed_and_ignored_ones_are_not(
    project: GitProject, repository: Repository
) -> None:
    project.write({".gitignore": "*.log\n", "x.log": "", "größe.py": ""})

    files = repository.files()

    assert {"app/calc.py", "größe.py"} <= set(files)
    assert "x.log" not in files


def test_files_at__a_commit__are_those_of_then_below_the_folder(project: GitProject, repository: Repository) -> None:
    first = repository.head()
    project.commit({"app/new.py": "x = 1\n"})

    assert repository.files_at(first, "app") == ["__init__.py", "calc.py"]
    assert set(repository.files_at(first)) == {
        ".gitignore", "app/__init__.py", "app/calc.py", "pyproject.toml", "tests/unit/test_calc.py"
    }  # fmt: skip
    assert repository.files_at(first, "nowhere") == []


def test_read__file_at_a_commit__is_as_it_was(project: GitProject, repository: Repository) -> None:
    first = repository.head()
    project.commit({"app/calc.py": "x = 1\n"})

    assert "def add" in (repository.read(first, "app/calc.py") or "")
    assert repository.read(first, "nowhere.py") is None


def test_read_many__links__are_followed_inside_the_repository_and_nothing_elsewhere(
    project: GitProject, repository: Repository
) -> None:
    for name, target in (
        ("inside.py", "calc.py"),
        ("nowhere.py", "missing.py"),
        ("outside.py", "../../../outside.py"),
        ("circle.py", "circle.py"),
        ("folder.py", "../tests"),
    ):
        (project.root / "app" / name).symlink_to(target)
    commit = project.commit()
    names = ["nowhere.py", "outside.py", "circle.py", "folder.py", "absent.py", "inside.py", "calc.py"]

    texts = repository.read_many(commit, [f"app/{name}" for name in names])

    code = (project.root / "app" / "calc.py").read_text()
    assert texts == {f"app/{name}": None for name in names} | {"app/inside.py": code, "app/calc.py": code}


def _commit_on(project: GitProject, day: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--allow-empty", "-qm", day]
    environment = clean_environment() | {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    subprocess.run(command, cwd=project.repository, env=environment, check=True)
    return project.git("rev-parse", "HEAD")


def test_latest_day__commit_with_a_date_of_the_past__is_that_of_its_parent(
    project: GitProject, repository: Repository
) -> None:
    base = _commit_on(project, "2040-05-03")
    _commit_on(project, "2040-05-02")
    head = _commit_on(project, "2040-05-01")

    assert repository.latest_day(head) == datetime.date(2040, 5, 2)
    assert repository.latest_day(head, base) == datetime.date(2040, 5, 3)
    assert repository.latest_day(head, "0" * 40) == datetime.date(2040, 5, 2)


def test_versions__files_of_a_branch__are_those_between_which_they_changed(
    project: GitProject, repository: Repository
) -> None:
    before = repository.head()
    first = project.commit({"policy.toml": "1"})
    project.commit({"other.txt": "1"})
    second = project.commit({"policy.toml": "2"})
    last = project.commit({"other.txt": "2"})

    assert repository.versions(last, ["policy.toml"], 90) == [before, first, second]
    assert repository.versions(last, ["nothing.toml"], 90) == []


def test_versions__merged_branch__is_one_change(project: GitProject, repository: Repository) -> None:
    before = project.commit({"policy.toml": "1"})
    project.git("switch", "--quiet", "--create", "topic")
    project.commit({"policy.toml": "2"})
    project.commit({"policy.toml": "3"})
    project.git("switch", "--quiet", "main")
    project.commit({"other.txt": "1"})
    project.git("merge", "--quiet", "--no-ff", "--message", "merge", "topic")

    assert repository.versions(repository.head(), ["policy.toml"], 90)[1:] == [before, repository.head()]


def test_changes_since__settled_repository_is_changed_later__are_those_of_the_first_look(
    project: GitProject, repository: Repository
) -> None:
    head = project.git("rev-parse", "HEAD")
    project.write({"tests/unit/test_first.py": ""})
    settled = SettledRepository(repository.root, repository.known_commits)
    first = settled.changes_since(head)
    project.write({"tests/unit/test_second.py": ""})

    assert [change.new for change in first] == ["tests/unit/test_first.py"]
    assert settled.changes_since(head) == first
    assert len(repository.changes_since(head)) == 2


def test_resolve__branch_moved__is_asked_for_again(project: GitProject, repository: Repository) -> None:
    before = repository.resolve("HEAD")
    project.commit({"tests/unit/test_new.py": ""})

    assert before is not None
    assert repository.resolve("HEAD") not in (None, before)
    assert repository.resolve(before) == before

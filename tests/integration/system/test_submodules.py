"""Submodules of a worktree, filled from the clone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from repositories import GitProject
from testkeep.model.worktree import EmptySubmodule
from testkeep.system.git import Repository
from testkeep.system.submodules import fill_submodules
from testkeep.system.worktrees import worktree

_LOCAL = ("-c", "protocol.file.allow=always")


@pytest.fixture
def shared(tmp_path: Path) -> GitProject:
    library = GitProject(tmp_path / "shared")
    library.commit({"data.txt": "one\n"})
    return library


@pytest.fixture
def base(project: GitProject, shared: GitProject) -> str:
    project.git(*_LOCAL, "submodule", "--quiet", "add", str(shared.root), "libs/shared")
    return project.commit()


def _update(project: GitProject, shared: GitProject) -> None:
    """The submodule moves on, and the project with it."""
    shared.commit({"data.txt": "two\n"})
    inside = project.root / "libs" / "shared"
    project.git("-C", str(inside), "pull", "--quiet", "origin", "main")
    project.commit()


def _filled(project: GitProject, commit: str, name: str) -> tuple[str | None, tuple[EmptySubmodule, ...]]:
    """What a file of a worktree has, and which submodules are empty there; git sees no change in it."""
    with worktree(project.repository, commit) as top:
        empty = fill_submodules(project.repository, top)
        assert not Repository(top).tree_state().dirty
        file = top / name
        return (file.read_text() if file.exists() else None), empty


def test_fill__submodule_moved_on_since__has_the_commit_of_the_base(
    project: GitProject, shared: GitProject, base: str
) -> None:
    _update(project, shared)

    assert _filled(project, base, "libs/shared/data.txt") == ("one\n", ())
    assert _filled(project, "HEAD", "libs/shared/data.txt") == ("two\n", ())
    assert (project.root / "libs/shared/data.txt").read_text() == "two\n"


def test_fill__nothing_is_fetched__works_without_the_remote(project: GitProject, shared: GitProject, base: str) -> None:
    shutil.rmtree(shared.root)

    assert _filled(project, base, "libs/shared/data.txt") == ("one\n", ())


def test_fill__submodule_was_removed__is_taken_from_what_git_kept(project: GitProject, base: str) -> None:
    project.git("rm", "--quiet", "libs/shared")
    project.commit()

    assert _filled(project, base, "libs/shared/data.txt") == ("one\n", ())


def test_fill__submodule_was_moved__is_found_by_its_name(project: GitProject, base: str) -> None:
    project.git("mv", "libs/shared", "vendored")
    project.commit()

    assert _filled(project, base, "libs/shared/data.txt") == ("one\n", ())


def test_fill__linked_worktree_of_the_user__is_filled_from_it(project: GitProject, base: str, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    project.git("worktree", "add", "--quiet", str(linked), base)
    project.git("-C", str(linked), *_LOCAL, "submodule", "--quiet", "update", "--init")

    with worktree(linked, base) as top:
        assert fill_submodules(linked, top) == ()
        assert (top / "libs/shared/data.txt").read_text() == "one\n"


def test_fill__nested_submodule__is_filled_too(project: GitProject, shared: GitProject, tmp_path: Path) -> None:
    inner = GitProject(tmp_path / "inner")
    inner.commit({"deep.txt": "deep\n"})
    shared.git(*_LOCAL, "submodule", "--quiet", "add", str(inner.root), "inner")
    shared.commit()
    project.git(*_LOCAL, "submodule", "--quiet", "add", str(shared.root), "libs/shared")
    project.git(*_LOCAL, "submodule", "--quiet", "update", "--init", "--recursive")
    commit = project.commit()

    assert _filled(project, commit, "libs/shared/inner/deep.txt") == ("deep\n", ())


def test_fill__not_checked_out_at_the_head__stays_empty_as_there(project: GitProject, base: str) -> None:
    commit = project.git("rev-parse", "HEAD:libs/shared")
    project.git("submodule", "--quiet", "deinit", "--force", "libs/shared")

    found = _filled(project, base, "libs/shared/data.txt")

    assert found == (None, (EmptySubmodule(path="libs/shared", commit=commit, is_known=False),))


def test_fill__commit_is_not_in_the_clone__says_so(project: GitProject, shared: GitProject, base: str) -> None:
    old = project.git("rev-parse", "HEAD:libs/shared")
    _update(project, shared)
    clone = project.root / "libs/shared"
    shutil.rmtree(clone)
    shutil.rmtree(project.repository / ".git/modules/libs/shared")
    project.git("clone", "--quiet", "--depth=1", f"file://{shared.root}", str(clone))

    assert _filled(project, base, "libs/shared/data.txt") == (
        None,
        (EmptySubmodule(path="libs/shared", commit=old, is_known=True),),
    )
    assert _filled(project, "HEAD", "libs/shared/data.txt") == ("two\n", ())


def test_fill__repository_without_a_name_in_gitmodules__is_filled(project: GitProject, shared: GitProject) -> None:
    project.git("clone", "--quiet", str(shared.root), str(project.root / "embedded"))
    commit = project.commit()

    assert _filled(project, commit, "embedded/data.txt") == ("one\n", ())

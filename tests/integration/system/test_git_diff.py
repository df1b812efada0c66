"""The diff to a commit, by real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from integration.system.changes import HOSTILE_SETTINGS
from repositories import GitProject
from testkeep.errors import BaselineError
from testkeep.formats.unified_diff import changed_lines
from testkeep.system.git import Repository
from testkeep.system.git_diff import diff_since


@pytest.fixture
def repository(project: GitProject) -> Repository:
    return Repository.around(project.root)


_FOUR = "a = 1\nb = 2\nc = 3\nd = 4\n"
_CHANGED = {
    "app/copy.py": (1, 2, 3, 4),
    "app/four.py": (4,),
    "app/größe.py": (2,),
    "app/new.py": (1,),
    "data.txt": (1,),
}


def _change(project: GitProject) -> str:
    """Rename, change, copy and add files, and leave two untracked; returns the commit before."""
    base = project.commit({"app/four.py": _FOUR})
    project.git("mv", "app/calc.py", "app/größe.py")
    project.replace("app/größe.py", "a + b", "b + a")
    project.replace("app/four.py", "d = 4", "d = 5")
    project.commit({"data.txt": "one\n", "app/copy.py": _FOUR})
    project.write({"app/new.py": "x = 1\n", "notes.txt": "untracked\n"})
    return base


def test_diff_since__a_commit__has_python_and_other_files_and_new_python_files(
    project: GitProject, repository: Repository
) -> None:
    base = _change(project)

    diff = diff_since(repository, base, include_untracked=True)

    assert changed_lines(diff) == _CHANGED


def test_diff_since__untracked_files_not_asked_for__are_left_out(project: GitProject, repository: Repository) -> None:
    base = _change(project)

    changed = changed_lines(diff_since(repository, base, include_untracked=False))

    assert changed == {path: lines for path, lines in _CHANGED.items() if path != "app/new.py"}


@pytest.mark.parametrize(("name", "value"), [pytest.param(*item, id=item[0]) for item in HOSTILE_SETTINGS.items()])
def test_diff_since__a_setting_of_the_user__changes_nothing(
    project: GitProject, repository: Repository, name: str, value: str
) -> None:
    project.commit({".gitattributes": "*.py diff=python\n"})
    base = _change(project)
    expected = diff_since(repository, base, include_untracked=True)

    project.git("config", name, value)

    assert diff_since(repository, base, include_untracked=True) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [("GIT_DIFF_OPTS", "--unified=9"), ("GIT_EXTERNAL_DIFF", "false"), ("GIT_LITERAL_PATHSPECS", "1")],
)
def test_diff_since__a_variable_of_the_user__changes_nothing(
    project: GitProject, repository: Repository, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    base = _change(project)
    expected = diff_since(repository, base, include_untracked=True)

    monkeypatch.setenv(name, value)

    assert diff_since(repository, base, include_untracked=True) == expected


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        pytest.param("a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n", {}, id="CRLF to LF"),
        pytest.param("a = 1\nb = 2\n", "a = 1\r\nb = 2\r\n", {}, id="LF to CRLF"),
        pytest.param("a = 1\r\nb = 2\n", "a = 1\nb = 2\n", {}, id="one line"),
        pytest.param("a = 1\nb = 2", "a = 1\nb = 2\n", {}, id="the end of the last line"),
        pytest.param("a = 1\r\nb = 2\r\n", "a = 1\nb = 3\n", {"x.py": (2,)}, id="boundary: and a change"),
        pytest.param('a = """\n1\n"""\n', 'a = """\n1 \n"""\n', {"x.py": (2,)}, id="boundary: a blank more"),
    ],
)
def test_diff_since__only_the_ends_of_lines_differ__has_no_changed_lines(
    project: GitProject, repository: Repository, before: str, after: str, changed: dict[str, tuple[int, ...]]
) -> None:
    (project.root / "x.py").write_bytes(before.encode())
    base = project.commit()
    (project.root / "x.py").write_bytes(after.encode())

    assert changed_lines(diff_since(repository, base, include_untracked=False)) == changed


def test_diff_since__from_a_subfolder__has_paths_from_the_root(project: GitProject) -> None:
    base = _change(project)

    diff = diff_since(Repository.around(project.root / "app"), base, include_untracked=True)

    assert changed_lines(diff) == _CHANGED


def test_diff_since__a_binary_file__is_text_if_it_is_python(project: GitProject, repository: Repository) -> None:
    base = project.commit({".gitattributes": "*.py binary\n"})
    (project.root / "app/calc.py").write_bytes(b"x = 1\n\0\n")
    (project.root / "image.png").write_bytes(b"x\0\n")
    project.commit()

    assert changed_lines(diff_since(repository, base, include_untracked=True)) == {"app/calc.py": (1, 2)}


def test_diff_since__a_conflict_that_is_not_resolved__has_the_file_as_it_is(
    project: GitProject, repository: Repository
) -> None:
    base = project.git("rev-parse", "HEAD")
    project.git("checkout", "--quiet", "-b", "side")
    project.commit({"app/calc.py": "side = 1\n"})
    project.git("checkout", "--quiet", "main")
    project.commit({"app/calc.py": "main = 1\n"})
    with pytest.raises(subprocess.CalledProcessError):
        project.git("merge", "--quiet", "side")

    changed = changed_lines(diff_since(repository, base, include_untracked=True))

    assert changed == {"app/calc.py": (1, 2, 3, 4, 5)}


def test_diff_since__asked__leaves_the_repository_as_it_was(project: GitProject, repository: Repository) -> None:
    base = _change(project)
    index = project.repository / ".git" / "index"
    before = (index.read_bytes(), project.git("status", "--porcelain"), project.git("count-objects"))

    diff_since(repository, base, include_untracked=True)

    assert (index.read_bytes(), project.git("status", "--porcelain"), project.git("count-objects")) == before


@pytest.mark.parametrize("commit", ["f" * 40, "no-such-branch", "--output=x", ""])
def test_diff_since__a_commit_that_is_not_there__is_a_baseline_error(
    project: GitProject, repository: Repository, commit: str
) -> None:
    with pytest.raises(BaselineError, match="no such commit here"):
        diff_since(repository, commit, include_untracked=True)


def test_diff_since__a_shallow_clone_that_ends_before_it__is_a_baseline_error(
    project: GitProject, tmp_path: Path
) -> None:
    base = _change(project)
    project.git("clone", "--quiet", "--depth=1", f"file://{project.repository}", str(tmp_path / "clone"))

    with pytest.raises(BaselineError) as caught:
        diff_since(Repository.around(tmp_path / "clone"), base, include_untracked=True)

    assert "--unshallow" in caught.value.hint

"""Files that git ignores, found in a real working tree and copied into another folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import GitProject
from testkeep.system import ignored_files
from testkeep.system.ignored_files import KEY_FILE, IgnoredFiles, find_ignored

_IGNORE = ".env*\n*.bin\n/data/\n/weights/\n.venv/\nenvironment/\n__pycache__/\nbuild/\n.testkeep/\n"
_FILES = (
    ".env",
    ".env.local",
    "tests/.env",
    "tests/model.bin",
    "data/a.csv",
    "data/deep/b.csv",
    "data/.env",
    "weights/c.bin",
    ".venv/lib/.env",
    "environment/pyvenv.cfg",
    "environment/data.bin",
    "build/d.bin",
    "services/other/.env",
)


@pytest.fixture
def tree(project: GitProject) -> Path:
    project.commit({".gitignore": _IGNORE, ".env.example": "tracked\n"})
    project.git("add", "--force", ".env.example")
    project.commit()
    for name in _FILES:
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text(f"of {name}")
    return project.root


def found(tree: Path, *patterns: str, folder: str = "") -> IgnoredFiles:
    return find_ignored(tree, patterns, folder, tree / ".testkeep")


@pytest.mark.parametrize(
    ("patterns", "folder", "expected"),
    [
        pytest.param([], "", [], id="none"),
        pytest.param(
            [".env*"], "", [".env", ".env.local", "services/other/.env", "tests/.env"], id="a name, in any folder"
        ),
        pytest.param([".env*"], "tests", [".env", ".env.local", "tests/.env"], id="of a project, and above it"),
        pytest.param(["model.bin"], "tests", ["tests/model.bin"], id="a name in a project"),
        pytest.param(["*.bin"], "tests", ["tests/model.bin"], id="not those of other folders"),
        pytest.param(["./*.bin", "/tests/*.bin"], "", [], id="a form that matches no path"),
        pytest.param(["tests/*.bin"], "", ["tests/model.bin"], id="a path"),
        pytest.param(["data/**"], "", ["data/.env", "data/a.csv", "data/deep/b.csv"], id="a folder that is ignored"),
        pytest.param(["data/deep/*.csv"], "", ["data/deep/b.csv"], id="a path in a folder that is ignored"),
        pytest.param(
            ["**/*.bin"], "", ["build/d.bin", "tests/model.bin", "weights/c.bin"], id="anywhere but in environments"
        ),
        pytest.param(["data/**"], "tests", ["data/.env", "data/a.csv", "data/deep/b.csv"], id="outside of the project"),
        pytest.param([".env.example"], "", [], id="what git tracks"),
        pytest.param([".testkeep/**", ".venv/**"], "", [], id="our own, and an environment"),
    ],
)
def test_find__patterns__table(tree: Path, patterns: list[str], folder: str, expected: list[str]) -> None:
    assert sorted(found(tree, *patterns, folder=folder).wanted) == expected


def test_find__what_is_not_wanted__is_named_without_what_tools_make(tree: Path) -> None:
    seen = found(tree, ".env*")

    assert seen.others == ("build/", "data/", "tests/model.bin", "weights/")
    assert seen.missed == ("data/", "tests/model.bin", "weights/")


def test_find__digest__is_of_names_and_contents_under_the_clones_key(tree: Path) -> None:
    first, again = found(tree, ".env"), found(tree, ".env")
    (tree / ".env").write_text("other")
    changed = found(tree, ".env")
    (tree / ".testkeep" / KEY_FILE).unlink()
    elsewhere = found(tree, ".env")

    assert first.digest == again.digest
    assert len({first.digest, changed.digest, elsewhere.digest}) == 3
    assert found(tree).digest == ""
    assert repr(first.key) not in repr(first)


def test_find__no_file_is_wanted__makes_no_key(tree: Path) -> None:
    found(tree, "*.pem")

    assert not (tree / ".testkeep").exists()


@pytest.mark.parametrize("size", [pytest.param(0, id="as much as may be"), pytest.param(1, id="a byte more")])
def test_find__size__is_bounded(tree: Path, size: int) -> None:
    with (tree / "tests/model.bin").open("wb") as file:
        file.truncate(ignored_files.MOST_BYTES + size)

    seen = found(tree, "tests/*.bin")

    assert list(seen.wanted) == ([] if size else ["tests/model.bin"])
    assert seen.left == (("tests/model.bin has 200 MB; 200 MB are copied at most",) if size else ())


def test_copy__wanted_files__are_there_with_their_content(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "worktree"
    target.mkdir()

    brought = found(tree, ".env", "data/deep/*").copy_to(target, lambda name: name.replace("data/", "old/"))

    assert brought == (".env", "data/deep/b.csv", "services/other/.env", "tests/.env")
    assert (target / "old/deep/b.csv").read_text() == "of data/deep/b.csv"
    assert not (target / ".env").is_symlink()


@pytest.mark.parametrize("change", ["other", None], ids=["written since", "gone since"])
def test_copy__file_is_not_as_it_was_found__is_not_copied(tree: Path, tmp_path: Path, change: str | None) -> None:
    seen = found(tree, "tests/*.bin")
    (tree / "tests/model.bin").unlink()
    if change is not None:
        (tree / "tests/model.bin").write_text(change)

    assert seen.copy_to(tmp_path / "worktree", lambda name: name) == ()
    assert not (tmp_path / "worktree/tests/model.bin").exists()


def test_copy__base_has_the_file_itself__leaves_it(tree: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("the base's")

    assert ".env" not in found(tree, ".env").copy_to(tmp_path, lambda name: name)
    assert (tmp_path / ".env").read_text() == "the base's"


def test_copy__folder_leads_out_of_the_worktree__writes_nothing_there(tree: Path, tmp_path: Path) -> None:
    outside, target = tmp_path / "outside", tmp_path / "worktree"
    outside.mkdir()
    target.mkdir()
    (target / "tests").symlink_to(outside)

    assert "tests/model.bin" not in found(tree, "tests/*.bin").copy_to(target, lambda name: name)
    assert list(outside.iterdir()) == []


def test_copy__link__is_copied_as_a_file(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("linked")
    (tree / ".env").unlink()
    (tree / ".env").symlink_to(tmp_path / "secrets")

    found(tree, "/.env", ".env").copy_to(tmp_path / "worktree", lambda name: name)

    copied = tmp_path / "worktree/.env"
    assert (copied.read_text(), copied.is_symlink()) == ("linked", False)

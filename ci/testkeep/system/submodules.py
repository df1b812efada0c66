"""Fills the submodules of a worktree from what the clone already has of them: nothing is fetched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from testkeep.model.worktree import EmptySubmodule
from testkeep.system.git import Repository, git_environment
from testkeep.system.process import Completed, call

_GITLINK = b"160000"
_SHA256_LENGTH = 64
# git-lfs would fetch what it does not have.
_QUIETLY = {"GIT_LFS_SKIP_SMUDGE": "1", "GIT_TERMINAL_PROMPT": "0"}


@dataclass(frozen=True)
class _Clone:
    """A repository as it is in the clone: its working tree (None: not checked out), and where git keeps its own."""

    tree: Path | None
    folders: tuple[Path, ...]


def fill_submodules(head: Path, worktree: Path) -> tuple[EmptySubmodule, ...]:
    """Check the submodules of a worktree out, nested ones too, at the commits that it names.

    Each is taken from the same submodule of the ``head``'s working tree. One that the head does not have any more is
    taken from what git has kept of it; one that it has and that nobody has checked out is left empty, as it is there.
    Returns those that are empty.
    """
    return tuple(_fill(_Clone(head, _git_folders(head)), worktree, ""))


def submodules_of(repository: Repository, commit: str) -> dict[str, tuple[Repository, str]]:
    """The submodules of a commit that are checked out now, nested ones too: where each is, and its commit then."""
    if repository.read(commit, ".gitmodules") is None:
        return {}
    found = {}
    for path, wanted in _links(_git(repository.root, "ls-tree", "-r", "-z", commit).stdout, b" commit ").items():
        inside = Repository(repository.root / path)
        if (inside.root / ".git").exists() and inside.resolve(wanted) is not None:
            found[path] = (inside, wanted)
            found |= {f"{path}/{below}": entry for below, entry in submodules_of(inside, wanted).items()}
    return found


def _fill(clone: _Clone, worktree: Path, above: str) -> Iterator[EmptySubmodule]:
    wanted = _gitlinks(worktree)
    if not wanted:
        return
    names = {path: name for name, path in _paths_by_name(worktree).items()}
    paths_now = _paths_by_name(clone.tree) if clone.tree is not None else {}
    links_now = _gitlinks(clone.tree) if clone.tree is not None else {}
    for path, commit in wanted.items():
        name = names.get(path, path)
        path_now = paths_now.get(name, path)
        tree = clone.tree / path_now if clone.tree is not None else None
        tree = tree if tree is not None and (tree / ".git").exists() else None
        kept = [folder / "modules" / name for folder in clone.folders]
        folders = (*(_git_folders(tree) if tree is not None else ()), *(folder for folder in kept if folder.is_dir()))
        if tree is None and path_now in links_now:
            yield EmptySubmodule(path=above + path, commit=commit, is_known=False)
        elif _check_out(folders, worktree / path, commit):
            yield from _fill(_Clone(tree, folders), worktree / path, f"{above}{path}/")
        else:
            yield EmptySubmodule(path=above + path, commit=commit, is_known=True)


def _check_out(folders: Sequence[Path], target: Path, commit: str) -> bool:
    """Make a repository that borrows the objects of others, with a commit checked out; say whether that went well."""
    stores = [folder / "objects" for folder in folders if (folder / "objects").is_dir()]
    if not stores or (target.is_dir() and any(target.iterdir())):
        return False
    form = ["--object-format=sha256"] if len(commit) == _SHA256_LENGTH else []
    if _git(target.parent, "init", "--quiet", "--template=", *form, str(target)).exit_code:
        return False
    own = target / ".git"
    (own / "objects" / "info").mkdir(parents=True, exist_ok=True)
    (own / "objects" / "info" / "alternates").write_bytes(b"".join(os.fsencode(store) + b"\n" for store in stores))
    shallow = next((folder / "shallow" for folder in folders if (folder / "shallow").is_file()), None)
    if shallow is not None:
        shutil.copyfile(shallow, own / "shallow")
    if _git(target, "checkout", "--quiet", "--detach", commit).exit_code == 0:
        return True
    shutil.rmtree(own, ignore_errors=True)
    for left in target.iterdir():
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() and not left.is_symlink() else left.unlink()
    return False


def _gitlinks(tree: Path) -> dict[str, str]:
    """The commits of a working tree's submodules, by path, as its index has them."""
    return _links(_git(tree, "ls-files", "--stage", "-z").stdout, b" ")


def _links(listed: bytes, separator: bytes) -> dict[str, str]:
    """The commits of submodules in a list of entries, by path; the mode comes first, then what separates it."""
    found = {}
    for entry in listed.split(b"\0"):
        facts, _, path = entry.partition(b"\t")
        if facts.startswith(_GITLINK + separator):
            found[os.fsdecode(path)] = facts.removeprefix(_GITLINK + separator).partition(b" ")[0].decode()
    return found


def _paths_by_name(tree: Path) -> dict[str, str]:
    """The paths of submodules by their names, as ``.gitmodules`` has them: a name stays where a path is changed."""
    if not (tree / ".gitmodules").is_file():
        return {}
    listed = _git(tree, "config", "--file", ".gitmodules", "-z", "--get-regexp", r"^submodule\..*\.path$")
    entries = (os.fsdecode(entry).partition("\n") for entry in listed.stdout.split(b"\0") if entry)
    return {key.removeprefix("submodule.").removesuffix(".path"): path for key, _, path in entries}


def _git_folders(tree: Path) -> tuple[Path, ...]:
    """Where git keeps its own of a working tree: the folder of a linked worktree, and the one that it shares."""
    asked: Iterable[str] = _git(tree, "rev-parse", "--git-dir", "--git-common-dir").text.split("\n")
    return tuple(dict.fromkeys((tree / folder).resolve() for folder in asked if folder))


def _git(folder: Path, *arguments: str) -> Completed:
    # The user's hooks are for the user's own checkouts.
    return call(["git", "-c", f"core.hooksPath={os.devnull}", *arguments], folder, git_environment() | _QUIETLY)

"""A commit, checked out beside the working tree for as long as it is needed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from testkeep.errors import BaselineError
from testkeep.system.git import git

_WORKTREE_PREFIX = "testkeep-base-"


@contextlib.contextmanager
def worktree(root: Path, commit: str) -> Iterator[Path]:
    """Check a commit of the repository at ``root`` out beside it, for the length of a ``with`` block.

    Raises:
        BaselineError: git cannot check the commit out.
    """
    _remove_orphans(root)
    # Resolved, because the tests' own idea of where they are is compared with it (/tmp may be a link).
    scratch = Path(tempfile.mkdtemp(prefix=f"{_WORKTREE_PREFIX}{os.getpid()}-")).resolve()
    path = scratch / root.name
    try:
        added = git(root, "worktree", "add", "--detach", "--quiet", str(path), commit)
        if added.exit_code:
            raise BaselineError(f"git cannot check out {commit[:12]}: {added.stderr}")
        yield path
    finally:
        _remove(root, path)
        git(root, "worktree", "prune")


def _remove(root: Path, path: Path) -> None:
    if path.exists():
        git(root, "worktree", "remove", "--force", "--force", str(path))
    shutil.rmtree(path.parent, ignore_errors=True)


def _remove_orphans(root: Path) -> None:
    """Remove what testkeep processes that were killed left: worktrees, and folders that git has forgotten."""
    listed = git(root, "worktree", "list", "--porcelain", "-z").stdout.split(b"\0")
    known = [Path(os.fsdecode(line[9:])) for line in listed if line.startswith(b"worktree ")]
    left = [folder / root.name for folder in Path(tempfile.gettempdir()).glob(f"{_WORKTREE_PREFIX}*")]
    for path in (*known, *left):
        name = path.parent.name
        owner = name.removeprefix(_WORKTREE_PREFIX).partition("-")[0]
        if name.startswith(_WORKTREE_PREFIX) and owner.isdigit() and not _is_alive(int(owner)):
            _remove(root, path)
    git(root, "worktree", "prune")


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

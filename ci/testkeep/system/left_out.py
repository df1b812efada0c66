"""What a check-out leaves out: files that git-lfs has not fetched, and what a sparse check-out passes over."""

from __future__ import annotations

import os
from pathlib import Path

from testkeep.system.files import read_bytes
from testkeep.system.git import git_environment
from testkeep.system.process import call

_POINTER = "version https://git-lfs.github.com/spec/v1"
_LONGEST_POINTER = 1024


def lfs_pointers(tree: Path) -> tuple[str, ...]:
    """The tracked files of a working tree that are pointers of git-lfs, in place of what they stand for."""
    listed = call(["git", "grep", "-z", "--files-with-matches", "-e", f"^{_POINTER}$"], tree, git_environment())
    names = (os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)
    return tuple(name for name in names if _is_pointer(tree / name))


def is_sparse(tree: Path) -> bool:
    """Whether tracked files are left out of a working tree on purpose."""
    listed = call(["git", "ls-files", "-t", "-z"], tree, git_environment())
    return any(entry.startswith(b"S ") for entry in listed.stdout.split(b"\0"))


def _is_pointer(file: Path) -> bool:
    text = read_bytes(file)
    return len(text) <= _LONGEST_POINTER and text.startswith(_POINTER.encode())

"""The diff between a commit and the working tree, the same for every user and whatever the attributes say."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from testkeep.errors import BaselineError
from testkeep.system.git import Repository, git_environment
from testkeep.system.process import call

# All that a user's configuration can change in a diff is said here: an option wins over it.
_OPTIONS = (
    "--patch", "--unified=0", "--inter-hunk-context=0", "--no-relative", "--src-prefix=a/", "--dst-prefix=b/",
    "--find-renames=50%", "-l1000", "--diff-algorithm=myers", "--indent-heuristic", f"-O{os.devnull}", "--no-color",
    "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--ignore-cr-at-eol",
)  # fmt: skip
# Python code is text, even where an attribute says that its changes are not worth showing.
_KINDS = (("--text", "*.py"), (":(exclude)*.py",))


def diff_since(repository: Repository, commit: str, *, include_untracked: bool) -> bytes:
    """Write what differs between a commit and the working tree as it is: committed, staged or neither.

    Nothing else counts but that very commit: not where its history parted from ours. The diff has no context lines, the
    prefixes ``a/`` and ``b/``, quoted names as git quotes them by default, and renames; its paths are relative to the
    repository's root. A line of which only the end was converted (CRLF, LF) is the same line. ``include_untracked``
    adds the Python files that git neither tracks nor ignores, as new files.

    Raises:
        BaselineError: the commit is not there, or git cannot compare with it.
    """
    if repository.resolve(commit) is None:
        raise BaselineError(
            f"{commit}: no such commit here, so that nothing can be compared with it",
            hint="Fetch it (git fetch origin, or git fetch --unshallow in a shallow clone), or name another --base.",
        )
    with tempfile.TemporaryDirectory(prefix="testkeep-index-") as scratch:
        extra = _with_untracked(repository, Path(scratch)) if include_untracked else {}
        return b"".join(
            _git(repository, "diff", *_OPTIONS, *kind[:-1], commit, "--", kind[-1], extra=extra) for kind in _KINDS
        )


def _with_untracked(repository: Repository, scratch: Path) -> Mapping[str, str]:
    """Make an index that has the untracked files too, so that git itself shows them; the user's is only read."""
    names = _git(repository, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.py")
    if not names:
        return {}
    own = repository.root / os.fsdecode(_git(repository, "rev-parse", "--git-path", "index").rstrip(b"\n"))
    extra = {"GIT_INDEX_FILE": str(scratch / "index")}
    if own.exists():
        # With its time: files that are younger than the index are read again, whatever their size says.
        shutil.copy2(own, scratch / "index")
    _git(
        repository, "--literal-pathspecs", "add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul",
        extra=extra, stdin=names,
    )  # fmt: skip
    return extra


def _git(repository: Repository, *arguments: str, extra: Mapping[str, str] | None = None, stdin: bytes = b"") -> bytes:
    done = call(
        ["git", "-c", "core.quotePath=true", *arguments], repository.root, git_environment() | dict(extra or {}), stdin
    )
    if done.exit_code:
        raise BaselineError(f"git cannot tell what changed: {done.stderr or f'exit code {done.exit_code}'}")
    return done.stdout

"""What git knows of the repository, asked through plumbing commands with a fixed format."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testkeep.errors import UsageError
from testkeep.system.process import Completed, call

_CODE_SUFFIXES = (".py", ".pyi", ".toml", ".cfg", ".ini")
# What testkeep itself writes into a folder of the project that git does not ignore: coverage.py reads TOML by its name.
_OWN_SUFFIX = b".measuring.toml"
# Some repositories have committed it; every run of Python may write it anew.
_ALL_BUT_BYTECODE = (".", ":(exclude)*.pyc")
# Set inside git hooks; they would point every command at the wrong repository.
_LOCAL_VARIABLES = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY",
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR")  # fmt: skip
_LINKS = (b"symlink", b"dangling", b"loop", b"notdir")
# They change what a command writes, or what its patterns match, and no option wins over them.
_CHANGING_VARIABLES = ("GIT_DIFF_OPTS", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
                       "GIT_ICASE_PATHSPECS")  # fmt: skip


@dataclass(frozen=True)
class TreeState:
    """The files as they are: ``tree`` is the git tree that they would make, ``dirty`` whether that is not HEAD's.

    ``untracked`` are those of them that git does not track, as git writes their names.
    """

    tree: str
    dirty: bool
    untracked: frozenset[bytes] = frozenset()


@dataclass(frozen=True)
class Change:
    """One file that was added (``old`` is empty), deleted (``new`` is empty), changed or renamed."""

    old: str
    new: str

    def below(self, folder: str) -> Change:
        """The same change with paths from above a folder."""
        return Change(*(f"{folder}/{path}" if path else "" for path in (self.old, self.new)))


@dataclass(frozen=True)
class Repository:
    """A git repository with a working tree at ``root``."""

    root: Path
    known_commits: set[str] = field(default_factory=set, compare=False, repr=False)

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """Find the repository that a folder lies in.

        Raises:
            UsageError: it does not lie in one, or git refuses to read it.
            ToolError: git is not installed.
        """
        found = call(["git", "rev-parse", "--show-toplevel"], folder, git_environment())
        if found.exit_code and "safe.directory" in found.stderr:
            raise UsageError(f"{folder}: git refuses this repository", hint=found.stderr)
        if found.exit_code:
            raise UsageError(
                f"{folder}: not a git repository ({found.stderr or 'no working tree'})",
                hint="testkeep compares commits: run it in a git working tree (git init, then a first commit).",
            )
        return cls(Path(found.text))

    def head(self) -> str:
        """The commit that is checked out.

        Raises:
            UsageError: there is no commit yet.
        """
        commit = self.resolve("HEAD")
        if commit is None:
            raise UsageError(f"{self.root}: no commit yet", hint="Make a first commit, then run testkeep again.")
        return commit

    def resolve(self, ref: str) -> str | None:
        """Find a commit by any of its names; None if there is no such commit here."""
        if ref in self.known_commits:  # a whole hash always means the same
            return ref
        found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if found.exit_code:
            return None
        self.known_commits.add(found.text)
        return found.text

    def full_name(self, ref: str) -> str:
        """The branch that a symbolic ref stands for (``origin/HEAD``: ``origin/main``); other names stay."""
        return self._git("rev-parse", "--abbrev-ref", ref).text or ref

    def is_shallow(self) -> bool:
        """Whether history was cut off when cloning."""
        return self._git("rev-parse", "--is-shallow-repository").text == "true"

    def parent(self, commit: str) -> str | None:
        """The first parent; None for a root commit and where a shallow clone ends."""
        return self.resolve(f"{commit}^")

    def parents(self, commit: str) -> list[str]:
        """The parents that a commit names, also those that a shallow clone does not have."""
        header = self._git("cat-file", "commit", commit).stdout.partition(b"\n\n")[0]
        return [line.split(b" ")[1].decode() for line in header.split(b"\n") if line.startswith(b"parent ")]

    def is_ancestor(self, one: str, other: str) -> bool:
        """Whether a commit is the other one or one that it comes from."""
        return self._git("merge-base", "--is-ancestor", one, other).exit_code == 0

    def fetch_history(self) -> str:
        """Fetch the history that a shallow clone was cut off from; what git has to say if that fails."""
        return self._fetch("--unshallow", "origin") if self.is_shallow() else ""

    def fetch_branch(self, name: str) -> str:
        """Fetch a branch of the remote, with its whole history; what git has to say if that fails."""
        return self.fetch_history() or self._fetch("origin", f"+refs/heads/{name}:refs/remotes/origin/{name}")

    def _fetch(self, *arguments: str) -> str:
        # Never with a depth: in a complete clone that would cut the history off.
        done = self._git("fetch", "--quiet", "--no-tags", *arguments, extra={"GIT_TERMINAL_PROMPT": "0"})
        return (done.stderr or f"exit code {done.exit_code}") if done.exit_code else ""

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits."""
        found = self._git("merge-base", one, other)
        return found.text if found.exit_code == 0 else None

    def branch(self) -> str:
        """The name of the branch that is checked out; empty if HEAD is detached."""
        return self._git("symbolic-ref", "--quiet", "--short", "HEAD").text

    def remote(self) -> str:
        """The address of ``origin``, else of the only remote; empty if there is none of these."""
        names = self._git("remote").text.split()
        name = "origin" if "origin" in names else names[0] if len(names) == 1 else ""
        return self._git("remote", "get-url", name).text if name else ""

    def latest_day(self, commit: str, base: str = "") -> datetime.date:
        """The latest day, in UTC, on which a commit, its parents or its base were made: whoever commits names a day.

        A ``base`` that is not in the repository is passed over.
        """
        named = [commit, f"{commit}^@", *([base] if base and self.resolve(base) is not None else [])]
        seconds = max(map(int, self._git("log", "--no-walk", "--format=%ct", *named).text.split()))
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()

    def versions(self, commit: str, paths: Iterable[str], days: int) -> list[str]:
        """The commits between which some files were changed on a branch, the oldest first.

        Only what was merged into the branch in so many days before the commit counts; the first is the one before the
        first change. None if nothing was changed.
        """
        last = int(self._git("log", "--no-walk", "--format=%ct", commit).text or 0)
        since = f"--since={last - days * 86_400} +0000"
        shown = self._git("log", "--first-parent", "--reverse", "--format=%H", since, commit, "--", *paths)
        changed = shown.text.split()
        before = self.parent(changed[0]) if changed else None
        return [*([before] if before else []), *changed]

    def read(self, commit: str, path: str) -> str | None:
        """Read a file as it was at a commit; None if it was not there. ``path`` is relative to the root."""
        return self.read_many(commit, (path,)).get(path)

    def has_folder(self, commit: str, folder: str) -> bool:
        """Whether a folder was there at a commit; ``folder`` is relative to the root."""
        return self._git("cat-file", "-t", f"{commit}:{folder}").text == "tree"

    def read_many(self, commit: str, paths: Iterable[str]) -> dict[str, str | None]:
        """Read files as they were at a commit; None for one that was not there. Paths are relative to the root.

        Links inside the repository are followed, as by those who read the working tree.
        """
        wanted = [path for path in dict.fromkeys(paths) if "\n" not in path]
        asked = b"".join(os.fsencode(f"{commit}:{path}") + b"\n" for path in wanted)
        stream = self._git("cat-file", "--batch", "--follow-symlinks", stdin=asked).stdout if wanted else b""
        texts: dict[str, str | None] = {}
        for path in wanted:
            header, _, stream = stream.partition(b"\n")
            fields = header.split(b" ")
            if len(fields) == 3 and fields[1] == b"blob":
                size = int(fields[2])
                texts[path] = stream[:size].decode(errors="replace")
                stream = stream[size + 1 :]
            else:
                texts[path] = None
                if len(fields) == 3 and fields[1] in (b"tree", b"commit", b"tag"):
                    stream = stream[int(fields[2]) + 1 :]
                elif fields[0] in _LINKS and len(fields) == 2:  # a link to nowhere, or out of the repository
                    stream = stream[int(fields[1]) + 1 :]
        return texts

    def changes_since(self, commit: str) -> list[Change]:
        """The files that differ between a commit and the working tree, those that git does not track yet included."""
        shown = self._git("diff", "--name-status", "-z", "--find-renames", "-l1000", "--no-ext-diff", commit, "--")
        fields = [os.fsdecode(field) for field in shown.stdout.split(b"\0") if field]
        changes: list[Change] = []
        while fields:
            status = fields.pop(0)[:1]
            old = fields.pop(0)
            new = fields.pop(0) if status in ("R", "C") else old
            changes.append(Change("" if status in ("A", "C") else old, "" if status == "D" else new))
        return [*changes, *(Change("", name) for name in self.untracked())]

    def untracked(self) -> list[str]:
        """The files that git neither tracks nor ignores."""
        listed = self._git("ls-files", "-z", "--others", "--exclude-standard").stdout.split(b"\0")
        return [os.fsdecode(name) for name in listed if name]

    def files(self, folder: str = "") -> list[str]:
        """The files below a folder that git tracks or would track, relative to that folder."""
        listed = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate",
                           cwd=self.root / folder)  # fmt: skip
        return [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]

    def tracked(self, folder: Path) -> list[str]:
        """The files in a folder that git tracks, relative to that folder; none if it is not there."""
        if not folder.is_dir():
            return []
        listed = self._git("ls-files", "-z", cwd=folder)
        return [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]

    def files_at(self, commit: str, folder: str = "") -> list[str]:
        """The files below a folder as they were at a commit, relative to that folder; none if it was not there."""
        listed = self._git("ls-tree", "-r", "-z", "--name-only", f"{commit}:{folder}")
        return [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]

    def tree_state(self, known: frozenset[bytes] | None = None) -> TreeState:
        """Name the files as they are by their content.

        Untracked files count if they are Python code or configuration: a new test file is part of what is judged, a
        log that a test wrote is not. Of these only the ``known`` ones count, where they are given.
        """
        committed = self._git("rev-parse", "HEAD^{tree}").text
        status = self._git(
            "status",
            "--porcelain",
            "-z",
            "--untracked-files=all",
            "--ignore-submodules=dirty",
            "--",
            *_ALL_BUT_BYTECODE,
        )
        entries = [entry for entry in status.stdout.split(b"\0") if entry]
        untracked = [entry[3:] for entry in entries if entry.startswith(b"?? ") and _is_code(entry[3:])]
        untracked = [name for name in untracked if known is None or name in known]
        if not untracked and all(entry.startswith(b"?? ") for entry in entries):
            return TreeState(tree=committed, dirty=False)
        with tempfile.TemporaryDirectory(prefix="testkeep-tree-") as scratch:
            tree = self._write_tree(Path(scratch), untracked)
        return TreeState(tree=tree, dirty=tree != committed, untracked=frozenset(untracked))

    def _write_tree(self, scratch: Path, untracked: list[bytes]) -> str:
        # A copy of the index and an object store of our own: the user's repository is only read.
        index = self.root / self._git("rev-parse", "--git-path", "index").text
        objects = self.root / self._git("rev-parse", "--git-path", "objects").text
        if index.exists():
            # With its time: files that are younger than the index are read again, whatever their size says.
            shutil.copy2(index, scratch / "index")
        (scratch / "objects").mkdir()
        extra = {
            "GIT_INDEX_FILE": str(scratch / "index"),
            "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects.resolve()),
        }
        self._git("add", "--update", "--", *_ALL_BUT_BYTECODE, extra=extra)
        self._git("update-index", "--add", "-z", "--stdin", extra=extra, stdin=b"\0".join([*untracked, b""]))
        return self._git("write-tree", extra=extra).text

    def _git(
        self, *arguments: str, cwd: Path | None = None, extra: Mapping[str, str] | None = None, stdin: bytes = b""
    ) -> Completed:
        return git(cwd or self.root, *arguments, extra=extra, stdin=stdin)


def git(folder: Path, *arguments: str, extra: Mapping[str, str] | None = None, stdin: bytes = b"") -> Completed:
    """Call git in a folder. The user's hooks are for the user's own checkouts."""
    command = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    return call(command, folder, git_environment() | dict(extra or {}), stdin)


def git_environment() -> dict[str, str]:
    """The environment for git, or a program that calls it, to work on the repository that it is started in."""
    foreign = (*_LOCAL_VARIABLES, *_CHANGING_VARIABLES)
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return kept | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def _is_code(name: bytes) -> bool:
    return not name.endswith(_OWN_SUFFIX) and os.fsdecode(name).endswith(_CODE_SUFFIXES)

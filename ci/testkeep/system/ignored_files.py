"""Files that git ignores and that tests read: found in the working tree, and copied into a worktree of the base."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from testkeep.errors import EvidenceError
from testkeep.model.patterns import matches
from testkeep.system.files import keep_out_of_git
from testkeep.system.git import git_environment
from testkeep.system.process import call

KEY_FILE = "base-files.key"
_KEY_LENGTH = 32
_MOST_FILES = 1000
MOST_BYTES = 200_000_000
_MOST_LOOKED_AT = 20_000
# Never looked into: environments, which a base of its own would not get better by, and what is ours.
_CLOSED = frozenset({".git", ".testkeep", ".tox", ".nox", ".venv", "venv", "__pycache__", "node_modules"})
# Made by tools, which make it again: no test means one of them.
_OF_TOOLS = frozenset({"htmlcov", ".eggs", ".idea", ".vscode", ".DS_Store", ".coverage", "coverage.xml"})
_OF_TOOLS_BY_FORM = ("*.pyc", "*.egg-info", ".*_cache", ".coverage.*", "*~", "*.swp")
# Made by tools mostly, too, so that it is nothing by itself; but a test may mean it.
_OF_BUILDS = frozenset({"build", "dist"})
_OF_BUILDS_BY_FORM = ("*.log",)


@dataclass(frozen=True)
class IgnoredFiles:
    """What git ignores in a working tree at ``root``, by path from there.

    ``wanted`` are the files that are brought into the base's worktree, each with a digest of its content under a key
    that stays on this machine: what such a file says may be a secret, and a guess at it must not be provable. ``left``
    says of files that were wanted why they are not brought; ``others`` are what else is ignored, folders with a slash.
    """

    root: Path = Path()
    wanted: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    key: bytes = field(default=b"", repr=False)

    @property
    def missed(self) -> tuple[str, ...]:
        """What of the others a test may read, as far as names can tell."""
        return tuple(name for name in self.others if not _is(name, _OF_BUILDS, _OF_BUILDS_BY_FORM))

    @property
    def digest(self) -> str:
        """Names the files and what they say; empty if there are none."""
        named = "\n".join(f"{name}\0{digest}" for name, digest in sorted(self.wanted.items()))
        return hashlib.sha256(os.fsencode(named)).hexdigest() if named else ""

    def copy_to(self, worktree: Path, place: Callable[[str], str]) -> tuple[str, ...]:
        """Copy the wanted files into a worktree, each to a place there; returns the names of those that were copied.

        One that the base has itself is not overwritten. One that is not as it was found is none of what the run began
        with: a test or a tool has written it.
        """
        return tuple(name for name in self.wanted if self._copy(name, worktree / place(name), worktree.resolve()))

    def _copy(self, name: str, target: Path, top: Path) -> bool:
        if os.path.lexists(target) or not target.parent.resolve().is_relative_to(top):
            return False
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.root / name, target)
            if _digest(self.key, target) == self.wanted[name]:
                return True
            target.unlink()
        except OSError:  # it went away, or a file of the base is where its folder would be
            with contextlib.suppress(OSError):
                target.unlink()
        return False


def find_ignored(root: Path, patterns: Sequence[str], folder: str, state: Path) -> IgnoredFiles:
    """Find what git ignores in the working tree at ``root``, and in it the files that some patterns want.

    Patterns are relative to the project's ``folder``; files outside of it have their whole path. One without a slash is
    of the name alone, as in ``.gitignore``; it is not looked for in folders that are ignored as a whole. Environments,
    caches and what else tools make are no such files. The key of the digests lies in ``state``.
    """
    listed = call(["git", "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"],
                  root, git_environment()).stdout  # fmt: skip
    entries = [os.fsdecode(entry) for entry in listed.split(b"\0") if entry]
    # git lists a new folder in which everything is ignored, and what is in it as well.
    listed_below = {f"{folder}/" for entry in entries for folder in PurePosixPath(entry).parents}
    entries = [entry for entry in entries if entry not in listed_below and not _is_closed(root, entry)]
    search = _Search(root, tuple(patterns), folder)
    found = [name for entry in entries for name in search.files(entry)]
    wanted, left = _bounded(root, found)
    key = _key(state) if wanted else b""
    return IgnoredFiles(
        root=root,
        wanted={name: _digest(key, root / name) for name in wanted},
        left=left,
        others=tuple(
            entry for entry in entries if entry not in wanted and not _is(entry, _OF_TOOLS, _OF_TOOLS_BY_FORM)
        ),
        key=key,
    )


class _Search:
    """Looks for wanted files, also in folders that git ignores whole: there only a certain number of them."""

    def __init__(self, root: Path, patterns: tuple[str, ...], folder: str) -> None:
        self._root = root
        self._names = [pattern for pattern in patterns if "/" not in pattern]
        self._paths = [pattern for pattern in patterns if "/" in pattern]
        self._folder = f"{folder}/" if folder else ""
        self._looked_at = 0

    def files(self, entry: str) -> Iterator[str]:
        """The wanted files among what git lists as one."""
        if not entry.endswith("/"):
            if self._is_wanted(entry) and (self._root / entry).is_file():
                yield entry
        elif any(_may_reach(pattern, self._own(entry)) for pattern in self._paths):
            yield from (name for name in self._below(entry) if matches(self._own(name), self._paths))

    def _is_wanted(self, name: str) -> bool:
        path = PurePosixPath(name)
        # Those above the project are read by its tests; what other projects of the repository have is theirs.
        is_near = name.startswith(self._folder) or self._folder.startswith(f"{path.parent}/") or "/" not in name
        return (is_near and matches(path.name, self._names)) or matches(self._own(name), self._paths)

    def _own(self, name: str) -> str:
        return name.removeprefix(self._folder)

    def _below(self, entry: str) -> Iterator[str]:
        for place, folders, files in os.walk(self._root / entry):
            inside = Path(place).relative_to(self._root).as_posix()
            folders[:] = sorted(name for name in folders if not _is_closed(self._root, f"{inside}/{name}/"))
            for name in sorted(files):
                self._looked_at += 1
                if self._looked_at > _MOST_LOOKED_AT:
                    return
                if (Path(place) / name).is_file():
                    yield f"{inside}/{name}"


def _may_reach(pattern: str, folder: str) -> bool:
    """Whether a pattern may match something in a folder: what it says before its first wildcard leads there."""
    plain = min((pattern.find(sign) for sign in "*?[" if sign in pattern), default=len(pattern))
    return pattern[:plain].startswith(folder) or folder.startswith(pattern[:plain].rpartition("/")[0])


def _is_closed(root: Path, entry: str) -> bool:
    inside = not _CLOSED.isdisjoint(PurePosixPath(entry).parts)
    return inside or (entry.endswith("/") and (root / entry / "pyvenv.cfg").exists())


def _is(entry: str, names: frozenset[str], forms: Sequence[str]) -> bool:
    parts = PurePosixPath(entry).parts
    return not names.isdisjoint(parts) or any(matches(part, forms) for part in parts)


def _bounded(root: Path, found: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files that are few and small enough to be copied, and what is to be said of the others."""
    wanted: list[str] = []
    left: list[str] = []
    room = MOST_BYTES
    for name in found:
        try:
            size = (root / name).stat().st_size
            readable = os.access(root / name, os.R_OK)
        except OSError:
            continue
        if not readable:
            left.append(f"{name} cannot be read")
        elif size > room:
            left.append(f"{name} has {size // 1_000_000} MB; {MOST_BYTES // 1_000_000} MB are copied at most")
        elif len(wanted) == _MOST_FILES:
            left.append(f"{name} and what follows: {_MOST_FILES} files are copied at most")
            break
        else:
            wanted.append(name)
            room -= size
    return tuple(wanted), tuple(left)


def _digest(key: bytes, file: Path) -> str:
    made = hmac.new(key, digestmod=hashlib.sha256)
    with contextlib.suppress(OSError), file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            made.update(chunk)
    return made.hexdigest()


def _key(state: Path) -> bytes:
    """The key of this clone, which nothing else is told; where nothing can be kept, one that nobody sees again."""
    file = state / KEY_FILE
    try:
        keep_out_of_git(state)
        with contextlib.suppress(FileExistsError):
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(secrets.token_bytes(_KEY_LENGTH))
        kept = file.read_bytes()
    except (OSError, EvidenceError):
        return secrets.token_bytes(_KEY_LENGTH)
    return kept if len(kept) == _KEY_LENGTH else secrets.token_bytes(_KEY_LENGTH)

"""What a process does to the files that git sees, and what the last run did to them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from testkeep.errors import UsageError
from testkeep.pipeline.context import STATE_FOLDER, Project
from testkeep.system.files import read_bytes, write_file

_FILE = "tree-changes.json"

Stamps = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class TreeWatch:
    """The files that differ from HEAD outside the folders ``apart`` at one moment, each with its size and time."""

    project: Project
    apart: tuple[Path, ...]
    before: Stamps

    @classmethod
    def begin(cls, project: Project, *apart: Path) -> TreeWatch:
        """Look at the files as they are now, but for folders that testkeep itself writes to."""
        return cls(project, apart, _stamps(project, apart))

    def changed(self) -> tuple[str, ...]:
        """The files that were made, changed or removed since then; ``?`` stands in names for what is no UTF-8."""
        after = _stamps(self.project, self.apart)
        names = self.before.keys() | after.keys()
        return tuple(sorted(_readable(name) for name in names if self.before.get(name) != after.get(name)))


def keep_changes(watch: TreeWatch) -> None:
    """Keep what a run changed, for the next checkup."""
    with contextlib.suppress(UsageError):  # it is no evidence: nothing depends on it
        write_file(_place(watch.project), msgspec.json.encode(watch.changed()))


def changes_of_last_run(project: Project) -> tuple[str, ...]:
    """The files that the last run changed, as far as it is known and git still sees them as changed or new."""
    try:
        kept = msgspec.json.decode(read_bytes(_place(project)) or b"[]", type=tuple[str, ...])
    except msgspec.DecodeError:
        return ()
    seen = {_readable(name) for name in _stamps(project)} if kept else ()
    return tuple(name for name in kept if name in seen)


def _readable(name: str) -> str:
    return name.encode(errors="replace").decode()


def _place(project: Project) -> Path:
    return project.root / STATE_FOLDER / _FILE


def _stamps(project: Project, apart: Sequence[Path] = ()) -> Stamps:
    """Python's caches are its own business."""
    changes = project.repository.changes_since(project.provenance.commit)
    names = {name for change in changes for name in (change.old, change.new) if name and not name.endswith(".pyc")}
    paths = {name: project.repository.root / name for name in names}
    folders = [folder.resolve() for folder in apart]
    return {
        name: _stamp(path) for name, path in paths.items() if not any(path.is_relative_to(each) for each in folders)
    }


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.lstat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)

"""Reading and writing the user's files."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from testkeep.errors import EvidenceError, KitError, UsageError


def read_text(path: Path) -> str | None:
    """Read a text file; None if it is not there.

    Raises:
        UsageError: it is there and cannot be read as UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def read_output(path: Path) -> str:
    """Read a file whatever its encoding; empty if it is not there."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def links_in(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Find the links among some files, with what they stand for; both relative to a folder in which both lie."""
    real_root, found = root.resolve(), {}
    for name in names:
        if (root / name).is_symlink():
            with contextlib.suppress(OSError, RuntimeError, ValueError):  # a loop, or a place outside
                found[name] = (root / name).resolve().relative_to(real_root).as_posix()
    return found


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: OSError) -> bool:
    """Whether there is no room: the disk is full, or a share of it, or a file has come to its limit."""
    return error.errno in _FULL


def not_written(path: Path | str, error: OSError) -> KitError:
    """What is to be said where a file cannot be written: a full disk is nobody's wrong use."""
    said = f"{path}: cannot be written: {error.strerror}"
    if is_full(error):
        return EvidenceError(said, hint="Nothing is judged. Make room on the disk, or raise the limit, and run again.")
    return UsageError(said)


def with_need(path: Path, error: OSError, n_bytes: int) -> OSError:
    """Say of an error how much was to be written, if there was no room for it."""
    if not is_full(error):
        return error
    with contextlib.suppress(OSError):
        said = f"{error.strerror}: {n_bytes:,} bytes are needed"
        free = "" if error.errno == errno.EFBIG else f", {shutil.disk_usage(path.parent).free:,} are free"
        return OSError(error.errno, said + free, str(path))
    return error


def write_file(path: Path, data: bytes) -> None:
    """Write a file that the user asked for, whole or not at all.

    Raises:
        UsageError: it cannot be written.
        EvidenceError: there is no room for it.
    """
    try:
        write_atomically(path, data)
    except OSError as error:
        raise not_written(path, error) from error


def append_text(path: Path, text: str) -> None:
    """Add text to the end of a file.

    Raises:
        UsageError: it cannot be written.
        EvidenceError: there is no room for it.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise not_written(path, with_need(path, error, len(text.encode()))) from error


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="testkeep-") as name:
        yield Path(name)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or not there."""
    try:
        _write_beside(path, data)
    except OSError as error:
        raise with_need(path, error, len(data)) from error


def _write_beside(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def keep_out_of_git(folder: Path) -> None:
    """Make a folder that git ignores by itself.

    Raises:
        EvidenceError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("# made by testkeep: nothing in here belongs in a commit\n*\n", encoding="utf-8")
    except OSError as error:
        hint = "Evidence, baselines and reports go there: let this user write to it."
        raise EvidenceError(f"{folder}: cannot be written: {error.strerror}", hint=hint) from error


def read_bytes(path: Path) -> bytes:
    """Read a file; empty if it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def newest_folders(folder: Path) -> list[Path]:
    """The folders in a folder, those whose content changed last first; none if it is not there."""
    return sorted(
        (entry for entry in folder.glob("*") if entry.is_dir()), key=lambda entry: entry.stat().st_mtime, reverse=True
    )

"""Keeps two runs from writing the evidence of one job at the same time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from testkeep.errors import EvidenceError


@contextlib.contextmanager
def jobs_locked(place: Path, folder: Path, jobs: Iterable[str]) -> Iterator[None]:
    """Hold jobs of an evidence folder for the length of a ``with`` block; others may be run beside them.

    The locks are files in a place of their own: the evidence is handed on as it is. The system lets go of them when the
    process ends, however it does.

    Raises:
        EvidenceError: another process has one of them.
    """
    with contextlib.ExitStack() as held:
        for job in sorted(jobs):
            path = place / f"{job}-{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]}.lock"
            try:
                place.mkdir(parents=True, exist_ok=True)
                handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            except OSError as error:
                raise EvidenceError(f"{path}: cannot be written: {error.strerror}") from error
            held.callback(os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                owner = os.read(handle, 20).decode(errors="replace").strip()
                who = f" (process {owner})" if owner else ""
                raise EvidenceError(
                    f"{job} is being run by another testkeep{who}, which writes its evidence to {folder}",
                    hint="Wait until it is done, or name another place: --evidence DIR.",
                ) from error
            except OSError:  # a file system that knows no locks
                continue
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
        yield

"""The files of an evidence folder.

Each job leaves ``<job>.json`` when it is complete. While it runs there are journals (``<job>.main.jsonl`` and one for
each worker process); ``<job>.log`` is the output of its tools, ``<job>.coverage`` its coverage data, and
``<job>.footprints`` has the footprints of its tests, where they were asked for. Of a job that was run again at once,
``<job>.first.log`` is the output of the first try, and nothing else of it is left.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from testkeep.errors import EvidenceError
from testkeep.model.stage import Stage
from testkeep.system.files import read_bytes, with_need, write_atomically

MAIN = "main"
_RECORD = ".json"
_JOURNAL = ".jsonl"
_FOOTPRINTS = ".footprints"
_BEGIN_OF_RECORD = b'{"schema":"testkeep.'


@dataclass(frozen=True)
class EvidenceFolder:
    """One folder with the evidence of one commit."""

    path: Path

    def prepare(self, job_ids: Iterable[str] | None = None) -> None:
        """Make the folder and clear away what earlier runs of these jobs (None: of all jobs) left in it.

        Raises:
            EvidenceError: the folder cannot be made or written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            ids = self._own_ids() if job_ids is None else set(job_ids)
            for file in self._files():
                if file.name.partition(".")[0] in ids:
                    file.unlink()
        except OSError as error:
            hint = "Let this user write to it, or name another place: --evidence DIR."
            raise EvidenceError(f"{self.path}: cannot write evidence there: {error.strerror}", hint=hint) from error

    def start_over(self, job_id: str) -> None:
        """Clear away what the first try of a job left, but for the output of its tools, which gets another name.

        Raises:
            EvidenceError: the folder cannot be written.
        """
        kept = self.first_log_path(job_id)
        try:
            with contextlib.suppress(FileNotFoundError):
                self.log_path(job_id).replace(kept)
            for file in self._files():
                if file.name.partition(".")[0] == job_id and file != kept:
                    file.unlink()
        except OSError as error:
            raise EvidenceError(f"{self.path}: cannot write evidence there: {error.strerror}") from error

    def _own_ids(self) -> set[str]:
        """The jobs that any file of the folder can be of; it may be a folder with files of the user's, too."""
        records = (file for file in self._files(f"*{_RECORD}") if file.is_file())
        written = {file.stem for file in records if read_bytes(file).startswith(_BEGIN_OF_RECORD)}
        running = {file.name.partition(".")[0] for file in self._files(f"*.*{_JOURNAL}")}
        return {*Stage, *written, *running}

    def job_ids(self) -> set[str]:
        """The jobs that left a record or a journal."""
        return {file.name.partition(".")[0] for file in self._files() if file.suffix in (_RECORD, _JOURNAL)}

    def log_path(self, job_id: str) -> Path:
        """Where the output of a job's tools goes."""
        return self.path / f"{job_id}.log"

    def first_log_path(self, job_id: str) -> Path:
        """Where the output of a job's first try is kept."""
        return self.path / f"{job_id}.first.log"

    def coverage_path(self, job_id: str) -> Path:
        """Where a job's coverage data goes."""
        return self.path / f"{job_id}.coverage"

    def footprints_path(self, job_id: str, writer: str = "") -> Path:
        """Where the footprints of a job's tests go; those of one of its processes until the job is over."""
        return self.path / f"{job_id}{'.' if writer else ''}{writer}{_FOOTPRINTS}"

    def footprint_parts(self, job_id: str) -> list[Path]:
        """The files that a job's processes left with the footprints of the tests that each ran."""
        return self._files(f"{job_id}.*{_FOOTPRINTS}")

    def coverage_config_path(self, job_id: str) -> Path:
        """Where the configuration goes with which coverage.py measures a job."""
        return self.path / f"{job_id}.measuring.toml"

    def read_sums(self, name: str) -> bytes | None:
        """Read sums of coverage data that were kept; None if there are none."""
        path = self._sums_path(name)
        return path.read_bytes() if path.is_file() else None

    def write_sums(self, name: str, data: bytes) -> None:
        """Keep sums of coverage data, if the folder can be written: they can be made again."""
        with contextlib.suppress(OSError):
            write_atomically(self._sums_path(name), data)

    def read_red(self) -> bytes | None:
        """Read which tests a run of the commit's own working tree found failing; None if there was no such run."""
        return read_bytes(self._red_path) or None

    def write_red(self, data: bytes) -> None:
        """Keep which tests a run of the commit's own working tree found failing, if the folder can be written."""
        with contextlib.suppress(OSError):
            write_atomically(self._red_path, data)

    @property
    def _red_path(self) -> Path:
        return self.path / "own-run.red"

    def _sums_path(self, name: str) -> Path:
        return self.path / f"coverage-{name}.sums"

    def copy_coverage(self, job_id: str, source: EvidenceFolder) -> None:
        """Take over a job's coverage data from another folder, if there is any."""
        with contextlib.suppress(FileNotFoundError):
            write_atomically(self.coverage_path(job_id), source.coverage_path(job_id).read_bytes())

    def copy_logs(self, target: Path) -> None:
        """Keep the output of the jobs' tools in another folder, instead of what lies there, if that can be done."""
        with contextlib.suppress(OSError):
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            for log in self._files("*.log"):
                shutil.copyfile(log, target / log.name)

    def context_path(self, job_id: str) -> Path:
        """Where a job's test process finds its context."""
        return self.path / f"{job_id}.context"

    def read_record(self, job_id: str) -> bytes | None:
        """Read a job's record; None if there is none.

        Raises:
            EvidenceError: there is something, but it cannot be read.
        """
        path = self.path / f"{job_id}{_RECORD}"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EvidenceError(f"{path.name}: cannot be read: {error.strerror}") from error

    def read_journals(self, job_id: str) -> list[bytes]:
        """Read a job's journals, the main process' first (empty if it has none)."""
        paths = {file.name.split(".")[1]: file for file in self._files(f"{job_id}.*{_JOURNAL}")}
        main = paths.pop(MAIN, None)
        return [main.read_bytes() if main else b"", *(paths[name].read_bytes() for name in sorted(paths))]

    def new_journal_lines(self, job_id: str, offsets: Mapping[str, int]) -> list[tuple[str, bytes]]:
        """Read the complete lines of a job's journals beyond given offsets, as pairs of file name and bytes."""
        found = []
        for file in self._files(f"{job_id}.*{_JOURNAL}"):
            with contextlib.suppress(FileNotFoundError), file.open("rb") as stream:
                stream.seek(offsets.get(file.name, 0))
                data = stream.read()
                found.append((file.name, data[: data.rfind(b"\n") + 1]))
        return found

    def write_record(self, job_id: str, data: bytes) -> None:
        """Put a complete record in place in one step, and remove the journals that it was made of.

        Raises:
            EvidenceError: the folder cannot be written.
        """
        try:
            write_atomically(self.path / f"{job_id}{_RECORD}", data)
            for file in self._files(f"{job_id}.*{_JOURNAL}"):
                file.unlink()
        except OSError as error:
            raise EvidenceError(f"{self.path}: cannot write evidence there: {error.strerror}") from error

    def discard(self, job_id: str) -> None:
        """Remove what is there of a job, whatever it is: it is made again. What cannot be removed stays."""
        for file in self._files():
            if file.name.partition(".")[0] == job_id:
                with contextlib.suppress(OSError):
                    shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink()

    def journal(self, job_id: str, writer: str) -> Journal:
        """Open a journal for one process of a job."""
        return Journal(self.path / f"{job_id}.{writer}{_JOURNAL}")

    def _files(self, pattern: str = "*") -> list[Path]:
        # A folder that calls itself a record must still be seen as that job's: reading it says what is wrong.
        return sorted(file for file in self.path.glob(pattern) if file.is_file() or file.suffix == _RECORD)


class Journal:
    """An append-only file, unbuffered: what was written survives the death of the process that wrote it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file = path.open("ab", buffering=0)

    def is_there(self) -> bool:
        """Whether nobody has removed the file."""
        return self._path.exists()

    def write(self, line: bytes) -> None:
        """Append one line."""
        try:
            self._file.write(line)
        except OSError as error:
            raise with_need(self._path, error, len(line)) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def flattened(source: Path, target: Path) -> tuple[EvidenceFolder, frozenset[str]]:
    """Bring the files of many jobs into one folder, from wherever below ``source`` they lie.

    A CI product unpacks what each job left into a folder of its own, or does not if there is one job only. Returns the
    folder, and the stems of jobs of which there are several files of the same name.

    Raises:
        EvidenceError: a file cannot be read, or the folder cannot be written.
    """
    files = sorted(path for path in source.rglob("*") if path.is_file())
    if all(path.parent == source for path in files):
        return EvidenceFolder(source), frozenset()
    try:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        doubled: set[str] = set()
        for path in files:
            place = target / path.name
            if place.exists():
                doubled.add(path.name.partition(".")[0])
            else:
                shutil.copyfile(path, place)
    except OSError as error:
        raise EvidenceError(f"{error.filename}: {error.strerror}") from error
    return EvidenceFolder(target), frozenset(doubled)

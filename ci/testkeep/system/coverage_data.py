"""coverage.py at work: the data of all jobs together, and the reports that are made of it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from testkeep.errors import EvidenceError, UsageError

if TYPE_CHECKING:
    from coverage import Coverage, CoverageData

Place: TypeAlias = Callable[[str], str]
"""Gives the path of a measured file relative to the project's root; empty if it is not the project's own."""

DATA = "combined.coverage"
_AGAIN = "Run the stages again."
_WRITTEN = (
    DATA,
    "coverage.json",
    "coverage.xml",
    "coverage.lcov",
    "diff-cover.json",
    "diff-cover.md",
    "diff-cover.html",
)
_OTHERS = (("html", "-d", "htmlcov"), ("lcov", "-o", "coverage.lcov"))


@dataclass(frozen=True)
class Reports:
    """What coverage.py wrote: its JSON report as bytes, and what it said of files that it could not read.

    The folder has ``combined.coverage``, ``coverage.json``, ``coverage.xml``, ``coverage.lcov`` and ``htmlcov``.
    """

    json: bytes
    complaints: tuple[str, ...]


def clear(folder: Path) -> None:
    """Take away what an earlier judgement left in a report folder: it would be mistaken for this one's."""
    for name in _WRITTEN:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "htmlcov", ignore_errors=True)


def make_portable(file: Path, place: Place) -> None:
    """Write the paths in a data file anew, relative to the project's root, and leave out what is not the project's.

    Raises:
        EvidenceError: the data cannot be read.
    """
    scratch = file.with_name(f"{file.name}.portable")
    try:
        with _reading(file.name):
            merged = _merge({file.name: file}, place, scratch)
            merged.write()
            merged.close()
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)


def combine(files: Mapping[str, Path], place: Place, production: Iterable[str], out: Path) -> Path | None:
    """Combine the data of jobs, by the jobs' names, into a file in a folder, without touching the inputs.

    ``production`` are the files that count even if nobody imported them. Returns None if no line was measured.

    Raises:
        EvidenceError: data cannot be read, or some has branches and some has not.
        UsageError: the folder cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    target = out / DATA
    with _reading("the combined data"):
        merged = _merge(files, place, target)
        if not merged.measured_files():
            merged.close()
            return None
        merged.touch_files(sorted(set(production) - merged.measured_files()))
        merged.write()
        merged.close()
    return target


def report(data: Path, config: Path, root: Path, *, whole: bool = True) -> Reports:
    """Write coverage.py's reports beside a data file whose paths are relative to ``root``.

    Each of them reads all of the code again, which takes some seconds for each 50,000 lines; so those that nobody waits
    for are written by processes of their own at the same time, or not at all, unless the ``whole`` is asked for.

    Raises:
        EvidenceError: the reports cannot be made.
    """
    from coverage.exceptions import NoDataError

    data, config = data.resolve(), config.resolve()
    out = data.parent
    others = [_start(data, config, root, *arguments) for arguments in _OTHERS] if whole else []
    try:
        with _reading("the combined data"), contextlib.chdir(root), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            measured = _open(data, config)
            measured.json_report(outfile=str(out / "coverage.json"))
            measured.xml_report(outfile=str(out / "coverage.xml"))
        for other in others:
            _, errors = other.communicate()
            if other.returncode:
                raise EvidenceError(f"coverage.py cannot write its reports: {errors.strip()}", hint=_AGAIN)
    except EvidenceError as error:
        if isinstance(error.__cause__, NoDataError):  # all that was measured is left out
            return Reports(b'{"files": {}}', ())
        raise
    finally:
        for other in others:
            other.kill()
            other.wait()
    complaints = tuple(str(warning.message) for warning in caught)
    return Reports((out / "coverage.json").read_bytes(), complaints)


def _start(data: Path, config: Path, root: Path, command: str, option: str, name: str) -> subprocess.Popen[str]:
    """Start one of coverage.py's commands; not with a module of the project's that has one of its names."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "coverage", command, "--ignore-errors", "--quiet", f"--data-file={data}",
         f"--rcfile={config}", option, str(data.parent / name)],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def json_report(data: Path, config: Path, root: Path) -> bytes:
    """Make coverage.py's JSON report alone, of a data file whose paths are relative to ``root``.

    Raises:
        EvidenceError: the report cannot be made.
    """
    from coverage.exceptions import NoDataError

    out = data.resolve().with_suffix(".json")
    with _reading("the combined data"), contextlib.chdir(root), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _open(data.resolve(), config.resolve()).json_report(outfile=str(out))
        except NoDataError:
            return b'{"files": {}}'
    return out.read_bytes()


def executed_lines(files: Collection[Path]) -> dict[str, frozenset[int]]:
    """The lines that some jobs executed, together, by path as the data has it (relative to the project's root).

    Raises:
        EvidenceError: the data cannot be read.
    """
    lines: dict[str, frozenset[int]] = {}
    for file in files:
        with _reading(file.name):
            data = _read(file)
            for path in data.measured_files():
                name = path.replace("\\", "/")
                lines[name] = lines.get(name, frozenset()) | frozenset(data.lines(path) or ())
            data.close()
    return lines


def _open(data: Path, config: Path) -> Coverage:
    # Imported here, and wherever else it is: it costs more than most commands need to start.
    from coverage import Coverage

    measured = Coverage(data_file=str(data), config_file=str(config))
    # A file of which nothing can be known is named by a rule; it must not keep the others from being reported.
    measured.set_option("report:ignore_errors", True)  # noqa: FBT003  (the public way)
    measured.load()
    return measured


def _merge(files: Mapping[str, Path], place: Place, target: Path) -> CoverageData:
    """Read data files by name into a new one that is not written yet."""
    from coverage import CoverageData

    target.unlink(missing_ok=True)
    merged = CoverageData(basename=str(target))
    kinds: dict[bool, str] = {}
    for name, file in files.items():
        with _reading(name):
            data = _read(file)
            if data.measured_files():
                kinds.setdefault(data.has_arcs(), name)
            if len(kinds) > 1:
                raise EvidenceError(
                    f"{kinds[True]} measured branches and {kinds[False]} did not: they do not add up",
                    hint="Run all test stages with the same settings.",
                )
            _add(merged, data, place)
            data.close()
    return merged


def _add(merged: CoverageData, data: CoverageData, place: Place) -> None:
    placed: dict[str, list[str]] = {}
    for path in data.measured_files():
        own = place(path)
        if own:
            placed.setdefault(own, []).append(path)
    if data.has_arcs():
        merged.add_arcs(
            {own: {arc for path in paths for arc in data.arcs(path) or ()} for own, paths in placed.items()}
        )
    else:
        merged.add_lines(
            {own: {line for path in paths for line in data.lines(path) or ()} for own, paths in placed.items()}
        )
    tracers = ((own, data.file_tracer(paths[0])) for own, paths in placed.items())
    merged.add_file_tracers({own: tracer for own, tracer in tracers if tracer})


def _read(file: Path) -> CoverageData:
    from coverage import CoverageData

    if not file.stat().st_size:
        raise OSError("it is empty")
    # What has no schema coverage.py takes for new: it would write one, and find that nothing was measured.
    with contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("select version from coverage_schema")
    data = CoverageData(basename=str(file.resolve()))
    data.read()
    return data


@contextlib.contextmanager
def _reading(name: str) -> Iterator[None]:
    """Say whose data cannot be read; what an inner one has said stands."""
    from coverage.exceptions import CoverageException

    try:
        yield
    except (CoverageException, sqlite3.Error, OSError) as error:
        raise EvidenceError(f"the coverage data of {name} cannot be read: {error}", hint=_AGAIN) from error

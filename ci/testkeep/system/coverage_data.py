"""coverage.py at work: the data of all jobs together, and the reports that are made of it."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from testkeep.errors import EvidenceError, UsageError

if TYPE_CHECKING:
    from coverage import CoverageData

Place: TypeAlias = Callable[[str], str]
"""Gives the path of a measured file relative to the project's root; empty if it is not the project's own."""

DATA = "combined.coverage"
CONFIG = "coverage.measuring.toml"
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
FILES = {"json": "coverage.json", "lcov": "coverage.lcov", "html": "htmlcov"}
"""The reports that coverage.py makes, each with the name of its file or folder."""
_LITTLE_BYTES = 100_000
_NOT_FOR_REPORTS = ("COVERAGE_", "PYTHONWARNINGS")
_COMMANDS = """
import json, sys
from coverage.cmdline import main
for command in json.loads(sys.argv[1]):
    status = main(command)
    if status:
        sys.exit(status)
"""


def clear(folder: Path) -> None:
    """Take away what an earlier judgement left in a report folder: it would be mistaken for this one's.

    A folder that cannot be written is the matter of whoever writes to it.
    """
    for name in _WRITTEN:
        with contextlib.suppress(OSError):
            (folder / name).unlink()
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


def report(
    data: Path, config: Path, root: Path, environment: Mapping[str, str], kinds: Sequence[str]
) -> tuple[str, ...]:
    """Write reports of coverage.py's beside a data file whose paths are relative to ``root``.

    Returns what it said of files that it could not read.

    Each of them reads all of the code again, which takes some seconds for each 50,000 lines: processes of their own
    write them at the same time. For little code one process is quicker than many are started. Their ``environment`` is
    that of the tests: the project may have plugins for coverage.py.

    Raises:
        EvidenceError: the reports cannot be made.
    """
    groups = [tuple(kinds)] if _is_little(data, root) else [(kind,) for kind in kinds]
    started = [_start(data.resolve(), config.resolve(), root, environment, group) for group in groups]
    try:
        said = [process.communicate() for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    for process, output in zip(started, said, strict=True):
        if process.returncode:
            if any("No data to report" in text for text in output):  # all that was measured is left out
                (data.parent / FILES["json"]).write_text('{"files": {}}', encoding="utf-8")
                return ()
            reason = next((line for text in output for line in reversed(text.splitlines()) if line.strip()), "")
            raise EvidenceError(f"coverage.py cannot write its reports: {reason.strip()}", hint=_AGAIN)
    return tuple(line for _, errors in said for line in errors.splitlines())


def _is_little(data: Path, root: Path) -> bool:
    with _reading("the combined data"):
        read = _read(data)
        files = [root / path for path in read.measured_files()]
        read.close()
    return sum(file.stat().st_size for file in files if file.is_file()) <= _LITTLE_BYTES


def _start(
    data: Path, config: Path, root: Path, environment: Mapping[str, str], kinds: Iterable[str]
) -> subprocess.Popen[str]:
    """Start some of coverage.py's commands; not with a module of the project's that has one of its names."""
    # A file of which nothing can be known is named by a rule; it must not keep the others from being reported.
    commands = [
        [kind, "--ignore-errors", "--quiet", f"--data-file={data}", f"--rcfile={config}",
         "-d" if kind == "html" else "-o", str(data.parent / FILES[kind])]
        for kind in kinds
    ]  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _COMMANDS, json.dumps(commands)],
        cwd=root,
        # Nobody wants to know what coverage.py itself runs; everybody, of what it warns.
        env={name: value for name, value in environment.items() if not name.startswith(_NOT_FOR_REPORTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_whole(file: Path) -> bool:
    """Whether a file is there and is data of coverage.py's that was not cut short; its lines are not read."""
    if not file.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            # SQLite compares the length of the file with that in its first page.
            return bool(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.Error:
        return False


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

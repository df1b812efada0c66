"""Footprints on disk: one SQLite file, written in one go, in which each distinct set of lines stands once."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from testkeep.errors import EvidenceError
from testkeep.model.footprint import Footprints, merged

Thing = TypeVar("Thing")

_FORMAT = 0x746B6670  # "tkfp"
_VERSION = 1
_HINT = "Run the stages again."
_TABLES = f"""
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA application_id = {_FORMAT};
    PRAGMA user_version = {_VERSION};
    BEGIN;
    CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT NOT NULL);
    CREATE TABLE test (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE lines (id INTEGER PRIMARY KEY, bits BLOB NOT NULL);
    CREATE TABLE footprint (test INTEGER, file INTEGER, lines INTEGER, PRIMARY KEY (test, file)) WITHOUT ROWID;
"""


def write(path: Path, footprints: Footprints) -> None:
    """Write a file so that it is either whole or not there.

    Raises:
        EvidenceError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        os.close(handle)
        try:
            with contextlib.closing(sqlite3.connect(name)) as database:
                _fill(database, footprints)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise EvidenceError(f"{path.name}: the footprints cannot be written: {error}") from error


def _fill(database: sqlite3.Connection, footprints: Footprints) -> None:
    files, sets = _Numbers[str](), _Numbers[int]()
    rows = [
        (test, files[path], sets[bits])
        for test, paths in enumerate(footprints.executed.values())
        for path, bits in paths.items()
    ]
    database.executescript(_TABLES)
    database.executemany("INSERT INTO file VALUES (?, ?)", ((number, path) for path, number in files.items()))
    database.executemany("INSERT INTO test VALUES (?, ?)", enumerate(footprints.executed))
    database.executemany("INSERT INTO lines VALUES (?, ?)", ((number, _blob(bits)) for bits, number in sets.items()))
    database.executemany("INSERT INTO footprint VALUES (?, ?, ?)", rows)
    database.commit()


class _Numbers(dict[Thing, int]):
    """Numbers things in the order in which they are first asked for."""

    def __missing__(self, thing: Thing) -> int:
        self[thing] = number = len(self)
        return number


def _blob(bits: int) -> bytes:
    return bits.to_bytes(bits.bit_length() // 8 + 1, "little")


def read(path: Path) -> Footprints:
    """Read one file.

    Raises:
        EvidenceError: it is not there, not whole, or something else.
    """
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            found = (_pragma(database, "application_id"), _pragma(database, "user_version"))
            if found != (_FORMAT, _VERSION):
                raise EvidenceError(f"{path.name}: not a file of footprints that this version of testkeep can read")
            # SQLite takes what is missing at the end of the last page for zeros.
            if path.stat().st_size != _pragma(database, "page_count") * _pragma(database, "page_size"):
                raise EvidenceError(f"{path.name}: the footprints cannot be read: the file is cut off", hint=_HINT)
            return _footprints(database)
    except (OSError, sqlite3.Error, TypeError, KeyError) as error:
        raise EvidenceError(f"{path.name}: the footprints cannot be read: {error}", hint=_HINT) from error


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])


def _footprints(database: sqlite3.Connection) -> Footprints:
    files = dict(database.execute("SELECT id, path FROM file"))
    sets = {number: int.from_bytes(blob, "little") for number, blob in database.execute("SELECT id, bits FROM lines")}
    tests: dict[int, dict[str, int]] = {}
    executed: dict[str, dict[str, int]] = {}
    for number, name in database.execute("SELECT id, name FROM test ORDER BY id"):
        executed[name] = tests[number] = {}
    for test, file, lines in database.execute("SELECT test, file, lines FROM footprint"):
        tests[test][files[file]] = sets[lines]
    return Footprints(executed)


def read_all(paths: Iterable[Path]) -> Footprints:
    """Read the files of several processes or jobs as one.

    Raises:
        EvidenceError: one of them cannot be read.
    """
    return merged(map(read, paths))

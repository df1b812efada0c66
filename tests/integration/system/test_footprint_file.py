"""Footprints on a real disk."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from testkeep.errors import EvidenceError
from testkeep.model.footprint import Footprints
from testkeep.system import footprint_file

FOUND = Footprints.of(
    {
        "tests/test_a.py::test_ünï[a|b]": {"src/shop/cart.py": [1, 2, 30_000], "src/shop/tax.py": [1]},
        "tests/test_a.py::test_b": {"src/shop/cart.py": [1, 2, 30_000]},
        "tests/test_a.py::test_none": {},
    }
)
MANY = Footprints.of({f"test_{n}": {f"file_{n % 7}.py": range(n % 90 + 1)} for n in range(2_000)})


@pytest.mark.parametrize(
    "footprints", [pytest.param(FOUND, id="some"), pytest.param(MANY, id="many"), pytest.param(Footprints(), id="none")]
)
def test_read__what_was_written__is_the_same_in_the_same_order(tmp_path: Path, footprints: Footprints) -> None:
    file = tmp_path / "a folder" / "unit #1?.footprints"

    footprint_file.write(file, footprints)

    found = footprint_file.read(file)
    assert found == footprints
    assert list(found.executed) == list(footprints.executed)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_write__file_there__replaces_it(tmp_path: Path) -> None:
    file = tmp_path / "unit.footprints"
    footprint_file.write(file, MANY)

    footprint_file.write(file, FOUND)

    assert footprint_file.read(file) == FOUND


def test_write__equal_sets__stand_there_once(tmp_path: Path) -> None:
    file = tmp_path / "unit.footprints"

    footprint_file.write(file, Footprints.of({f"test_{n}": {"app.py": [1, 2]} for n in range(100)}))

    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM lines").fetchall() == [(1,)]


def test_write__folder_is_a_file__says_so(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("mine")

    with pytest.raises(EvidenceError) as raised:
        footprint_file.write(tmp_path / "evidence" / "unit.footprints", FOUND)

    assert raised.value.message.startswith("unit.footprints: the footprints cannot be written: ")


def test_read_all__several_files__are_merged(tmp_path: Path) -> None:
    files = [tmp_path / "gw0.footprints", tmp_path / "gw1.footprints"]
    footprint_file.write(files[0], Footprints.of({"test_a": {"app.py": [1]}}))
    footprint_file.write(files[1], Footprints.of({"test_b": {"app.py": [2]}}))

    assert footprint_file.read_all(files) == Footprints.of({"test_a": {"app.py": [1]}, "test_b": {"app.py": [2]}})


def cut(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])


def make_database(file: Path, *statements: str) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as database:
        database.executescript(";".join(statements))


UNREADABLE = "unit.footprints: the footprints cannot be read: "
FOREIGN = "unit.footprints: not a file of footprints that this version of testkeep can read"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(lambda file: cut(file, 0), FOREIGN, id="empty"),
        pytest.param(lambda file: cut(file, 50), FOREIGN, id="cut off in the header"),
        pytest.param(lambda file: cut(file, 4096), UNREADABLE, id="cut off after a page"),
        pytest.param(lambda file: cut(file, -4096), UNREADABLE, id="cut off before the last page"),
        pytest.param(lambda file: cut(file, -1), UNREADABLE, id="boundary: the last byte is missing"),
        pytest.param(lambda file: file.write_text("{}" * 999), UNREADABLE, id="text"),
        pytest.param(lambda file: file.unlink(), UNREADABLE, id="not there"),
        pytest.param(lambda file: (file.unlink(), file.mkdir()), UNREADABLE, id="a folder"),
        pytest.param(lambda file: make_database(file, "CREATE TABLE file (id, path)"), FOREIGN, id="another database"),
        pytest.param(
            lambda file: make_database(file, "PRAGMA application_id = 1953195632", "PRAGMA user_version = 2"),
            FOREIGN,
            id="a later version",
        ),
        pytest.param(
            lambda file: make_database(file, "PRAGMA application_id = 1953195632", "PRAGMA user_version = 1"),
            UNREADABLE,
            id="no tables",
        ),
    ],
)
def test_read__damaged_or_foreign__says_what_is_wrong(tmp_path: Path, damage: object, message: str) -> None:
    file = tmp_path / "unit.footprints"
    footprint_file.write(file, MANY)
    assert callable(damage)
    damage(file)

    with pytest.raises(EvidenceError) as raised:
        footprint_file.read(file)

    assert raised.value.message.startswith(message)

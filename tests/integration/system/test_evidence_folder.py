"""Evidence on a real disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from testkeep.errors import EvidenceError
from testkeep.system.evidence_folder import EvidenceFolder, write_atomically


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    made = EvidenceFolder(tmp_path / "evidence")
    made.prepare()
    return made


def fill(folder: EvidenceFolder, job: str) -> None:
    journal = folder.journal(job, "main")
    journal.write(b"line\n")
    journal.close()
    folder.log_path(job).write_text("output")
    folder.coverage_path(job).write_text("data")
    folder.footprints_path(job).write_text("data")
    folder.footprints_path(job, "gw0").write_text("data")


def names(folder: EvidenceFolder) -> set[str]:
    return {path.name for path in folder.path.iterdir()}


def test_prepare__some_jobs__clears_theirs_and_keeps_the_others(folder: EvidenceFolder) -> None:
    fill(folder, "unit")
    fill(folder, "integration")

    folder.prepare(["unit"])

    assert names(folder) == {
        "integration.main.jsonl",
        "integration.log",
        "integration.coverage",
        "integration.footprints",
        "integration.gw0.footprints",
    }


def test_prepare__all_jobs__clears_everything_of_ours_and_nothing_else(folder: EvidenceFolder) -> None:
    fill(folder, "unit")
    (folder.path / "notes.txt").write_text("mine")

    folder.prepare()

    assert names(folder) == {"notes.txt"}


def test_start_over__job_has_run__keeps_its_output_under_another_name_and_nothing_else(folder: EvidenceFolder) -> None:
    fill(folder, "unit")
    folder.write_record("unit", b"{}")
    fill(folder, "e2e")
    others = {name for name in names(folder) if name.startswith("e2e")}

    folder.start_over("unit")

    assert names(folder) == {"unit.first.log", *others}
    assert folder.first_log_path("unit").read_text() == "output"
    assert folder.job_ids() == {"e2e"}


def test_start_over__job_left_nothing__makes_nothing(folder: EvidenceFolder) -> None:
    folder.start_over("unit")

    assert names(folder) == set()


def test_prepare__job_was_run_twice__clears_the_first_output_too(folder: EvidenceFolder) -> None:
    fill(folder, "unit")
    folder.start_over("unit")

    folder.prepare()

    assert names(folder) == set()


def test_start_over__folder_is_not_there__is_refused(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file")

    with pytest.raises(EvidenceError, match="cannot write evidence there"):
        EvidenceFolder(tmp_path / "evidence").start_over("unit")


def test_write_record__journals_there__replaces_them(folder: EvidenceFolder) -> None:
    fill(folder, "unit")

    folder.write_record("unit", b"{}")

    assert names(folder) == {
        "unit.json",
        "unit.log",
        "unit.coverage",
        "unit.footprints",
        "unit.gw0.footprints",
    }
    assert folder.read_record("unit") == b"{}"


def test_footprint_parts__whole_and_parts_there__are_the_parts_of_the_job(folder: EvidenceFolder) -> None:
    for job, writer in [("unit", "main"), ("unit", "gw1"), ("unit", ""), ("unit-2", "main")]:
        folder.footprints_path(job, writer).write_text("data")

    assert [path.name for path in folder.footprint_parts("unit")] == ["unit.gw1.footprints", "unit.main.footprints"]
    assert folder.job_ids() == set()


def test_read_journals__several_processes__has_the_main_one_first(folder: EvidenceFolder) -> None:
    for writer in ("gw1", "main", "gw0"):
        journal = folder.journal("unit", writer)
        journal.write(writer.encode())
        journal.close()

    assert folder.read_journals("unit") == [b"main", b"gw0", b"gw1"]


def test_read_record__is_a_folder__is_an_evidence_error(folder: EvidenceFolder) -> None:
    (folder.path / "unit.json").mkdir()

    assert folder.job_ids() == {"unit"}
    with pytest.raises(EvidenceError, match=r"unit\.json: cannot be read"):
        folder.read_record("unit")


def test_new_journal_lines__half_a_line_written__waits_for_its_end(folder: EvidenceFolder) -> None:
    journal = folder.journal("unit", "main")
    journal.write(b"one\ntw")
    first = folder.new_journal_lines("unit", {})
    journal.write(b"o\n")
    second = folder.new_journal_lines("unit", {"unit.main.jsonl": 4})
    journal.close()

    assert (first, second) == ([("unit.main.jsonl", b"one\n")], [("unit.main.jsonl", b"two\n")])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_prepare__folder_is_read_only__is_an_evidence_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(EvidenceError, match="cannot write evidence there"):
        EvidenceFolder(tmp_path / "evidence").prepare()


def test_write_atomically__failing__leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()

    with pytest.raises(OSError, match="target"):
        write_atomically(target, b"data")

    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_prepare__folder_has_files_of_the_users__clears_only_what_runs_left(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    mine = ("package.json", "package.lock", "data.jsonl", "data.log", "notes.md")
    ours = ("unit.coverage", "unit.log", "tests.json", "tests.coverage", "shard.main.jsonl", "shard.context")
    for name in (*mine, *ours):
        (tmp_path / name).write_text('{"schema":"testkeep.evidence/1"}' if name == "tests.json" else "{}")

    folder.prepare()

    assert {path.name for path in tmp_path.iterdir()} == set(mine)

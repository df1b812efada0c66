"""Records in the store of baselines that are damaged, or are of something else: they are made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from repositories import GitProject


def _cut(record: Path) -> None:
    record.write_bytes(record.read_bytes()[:100])


def _empty(record: Path) -> None:
    record.write_bytes(b"")


def _other_schema(record: Path) -> None:
    record.write_text('{"schema": "testkeep.evidence/99"}')


def _of_other_commit(record: Path) -> None:
    commit = record.parent.name.partition("-")[0]
    record.write_text(record.read_text().replace(commit, "0" * len(commit)))


def _of_other_job(record: Path) -> None:
    record.write_text(record.read_text().replace('"id":"unit"', '"id":"integration"'))


def _folder(record: Path) -> None:
    record.unlink()
    record.mkdir()
    (record / "file").write_text("text")


def _stored(project: GitProject) -> Path:
    (record,) = (project.root / ".testkeep" / "baseline").glob("*/unit.json")
    return record


@pytest.fixture
def based(project: GitProject) -> GitProject:
    project.commit({"README.md": "text\n"})
    assert project.testkeep("baseline", "HEAD^").exit_code == 0
    return project


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_cut, id="cut short"),
        pytest.param(_empty, id="empty"),
        pytest.param(_other_schema, id="another schema"),
        pytest.param(_of_other_commit, id="of another commit"),
        pytest.param(_of_other_job, id="of another job"),
        pytest.param(_folder, id="a folder"),
    ],
)
def test_run__damaged_record_in_the_store__makes_it_again_and_names_it(
    based: GitProject, damage: Callable[[Path], None]
) -> None:
    record = _stored(based)
    damage(record)

    run, again = (based.testkeep("run", "unit") for _ in range(2))

    assert (run.exit_code, run.codes, run.verdict.conservation.kept) == (0, [], 4)
    (note,) = [note for note in run.verdict.notes if "made again" in note]
    assert note.startswith(f".testkeep/baseline/{record.parent.name}/unit")
    assert not [note for note in again.verdict.notes if "made again" in note]


@pytest.mark.parametrize("command", [("plan",), ("baseline", "HEAD^"), ("gate",)], ids=lambda words: words[0])
def test_command__damaged_record_in_the_store__does_its_work(based: GitProject, command: tuple[str, ...]) -> None:
    based.testkeep("run", "unit", "--base", "none")
    _cut(_of_parent(based))

    done = based.testkeep(*command)

    assert "unavailable" not in done.output + done.errors
    assert done.exit_code == 0 or done.codes == ["TK501"]  # the stages that were not run


def _of_parent(project: GitProject) -> Path:
    parent = project.git("rev-parse", "HEAD^")[:12]
    (record,) = (project.root / ".testkeep" / "baseline").glob(f"{parent}-*/unit.json")
    return record


def test_run__damaged_coverage_data_in_the_store__measures_again(based: GitProject) -> None:
    data = _stored(based).with_suffix(".coverage")
    data.write_bytes(data.read_bytes()[:5000])

    run = based.testkeep("run")

    assert not {"TK304", "TK501", "TK506"} & set(run.codes)
    assert run.verdict.coverage.base_percent is not None


_REWRITES = """
import json
from pathlib import Path


def test_rewrites():
    for file in Path(__file__).parents[2].glob(".testkeep/baseline/*/unit.json"):
        record = json.loads(file.read_text())
        record["suite"]["tests"] = record["suite"]["tests"][:1]
        file.write_text(json.dumps(record))
    assert file
"""


def test_run__test_rewrites_the_stored_baseline__is_not_believed(based: GitProject) -> None:
    tests = sorted(based.root.glob("tests/unit/test_*.py"))
    tests[-1].unlink()
    based.write({"tests/unit/test_aaa.py": _REWRITES})
    based.git("add", "-A")
    based.git("commit", "--amend", "-qm", "change")

    run = based.testkeep("run")

    assert "TK203" in run.codes, run.output
    assert "unit.json was changed while the stages ran; the evidence is made again" in run.output + run.errors

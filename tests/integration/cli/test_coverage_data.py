"""Coverage data that cannot be used make the verdict inconclusive, name the job, and are never touched."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from integration.cli.covered_project import covered_project, numbers
from repositories import GitProject
from testkeep.formats import evidence_json

FLOW = "from app.calc import add\n\n\ndef test_flow():\n    assert add(1, 1) == 2\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of a project whose two test stages were run."""
    repository = tmp_path_factory.mktemp("original") / "repository"
    project = covered_project(
        repository, {"tests/integration/test_flow.py": FLOW}, stages='["unit", "integration"]', overall=90
    )
    run = project.testkeep("run", "--base", "none")
    assert run.exit_code == 0, run.output
    return repository


@pytest.fixture
def measured(original: Path, tmp_path: Path) -> GitProject:
    """A copy of it, to be spoilt."""
    return GitProject(shutil.copytree(original, tmp_path / "repository"))


def _truncate(data: Path) -> None:
    data.write_bytes(data.read_bytes()[:3000])


def _empty(data: Path) -> None:
    data.write_bytes(b"")


def _text(data: Path) -> None:
    data.write_text("no data base")


def _other_version(data: Path) -> None:
    with closing(sqlite3.connect(data)) as connection, connection:
        connection.execute("update coverage_schema set version = 99")


def _other_database(data: Path) -> None:
    data.unlink()
    with closing(sqlite3.connect(data)) as connection, connection:
        connection.execute("create table customers (name text)")


def _folder(data: Path) -> None:
    data.unlink()
    data.mkdir()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(_truncate, "the coverage data of unit cannot be read: ", id="truncated"),
        pytest.param(_empty, "the coverage data of unit cannot be read: it is empty", id="empty"),
        pytest.param(_text, "the coverage data of unit cannot be read: ", id="text"),
        pytest.param(_other_version, "the coverage data of unit cannot be read: ", id="another coverage.py's"),
        pytest.param(
            _other_database,
            "the coverage data of unit cannot be read: no such table: coverage_schema",
            id="another database",
        ),
        pytest.param(_folder, "the coverage data of unit cannot be read: ", id="folder"),
        pytest.param(Path.unlink, "there is no coverage data of unit; was --no-cov given?", id="missing"),
    ],
)
def test_gate__data_of_a_job_cannot_be_used__is_inconclusive_and_names_the_job(
    measured: GitProject, spoil: Callable[[Path], None], message: str
) -> None:
    data = measured.evidence / "unit.coverage"
    spoil(data)
    before = _contents(measured.evidence)

    gate = measured.testkeep("gate", "--base", "none")
    asked = measured.testkeep("coverage", "--base", "none")

    assert (gate.exit_code, gate.codes) == (4, ["TK501"]), gate.output + gate.errors
    assert message in gate.finding("TK501").message
    assert gate.verdict.coverage.overall_percent is None
    assert (asked.exit_code, asked.output) == (4, "")
    assert message in asked.errors
    assert "Traceback" not in gate.errors + asked.errors
    assert _contents(measured.evidence) == before


def test_gate__one_job_measured_branches_and_one_did_not__is_inconclusive(measured: GitProject) -> None:
    measured.testkeep("run", "integration", "--base", "none", "--no-gate", "--", "--cov-branch")
    before = _contents(measured.evidence)

    gate = measured.testkeep("gate", "--base", "none")

    assert (gate.exit_code, gate.codes) == (4, ["TK501"]), gate.output + gate.errors
    assert gate.finding("TK501").message == (
        "coverage: integration measured branches and unit did not: they do not add up"
    )
    assert _contents(measured.evidence) == before


def test_gate__data_are_good__adds_them_up_and_leaves_them_as_they_are(measured: GitProject) -> None:
    before = _contents(measured.evidence)

    gates = [measured.testkeep("gate", "--base", "none") for _ in range(2)]

    assert [(gate.exit_code, gate.verdict.coverage.overall_percent) for gate in gates] == [(0, 100.0), (0, 100.0)]
    assert _contents(measured.evidence) == before


@pytest.mark.parametrize("place", ["taken", "taken/report"])
def test_gate__report_folder_cannot_be_written__says_so(measured: GitProject, tmp_path: Path, place: str) -> None:
    (tmp_path / "taken").write_text("x")
    report = tmp_path / place

    gate = measured.testkeep("gate", "--base", "none", "--report", str(report))

    assert (gate.exit_code, gate.verdict) == (2, None)
    assert f"{report}: cannot be written: " in gate.errors
    assert "Traceback" not in gate.errors


def _contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder; a folder in it stands for itself."""
    return {path.name: path.read_bytes() if path.is_file() else b"folder" for path in folder.iterdir()}


def _as_job(made: Path, name: str, target: Path) -> None:
    """Take the evidence of the unit stage for that of a job with a name of its own: a shard, or another interpreter."""
    record = evidence_json.loads((made / "unit.json").read_bytes(), name)
    job = msgspec.structs.replace(record.job, id=name)
    target.mkdir(exist_ok=True)
    (target / f"{name}.json").write_bytes(evidence_json.dumps(msgspec.structs.replace(record, job=job)))
    shutil.copyfile(made / "unit.coverage", target / f"{name}.coverage")


def test_gate__several_jobs_of_one_stage__add_up_and_one_without_data_is_missing(tmp_path: Path) -> None:
    ways = "def ways(a):\n    if a:\n        return 1\n    return 2\n"
    tests = (
        "from app.ways import ways\n\n\ndef test_one():\n    assert ways(1)\n\n\ndef test_two():\n    assert ways(0)\n"
    )
    project = covered_project(tmp_path / "repository", {"app/ways.py": ways, "tests/unit/test_ways.py": tests})
    alone, together = [], tmp_path / "together"
    for name in ("one", "two"):
        made = tmp_path / name
        chosen = ("--", "-k", f"test_{name} or test_add")
        alone.append(numbers(project.testkeep("run", "--base", "none", "--evidence", str(made), *chosen))[0])
        _as_job(made, f"unit-{name}", together)

    whole = project.testkeep("gate", "--base", "none", "--evidence", str(together))
    (together / "unit-two.coverage").unlink()
    part = project.testkeep("gate", "--base", "none", "--evidence", str(together))

    assert (alone, numbers(whole)[0]) == ([83.33, 83.33], 100.0), whole.output
    assert (part.exit_code, part.codes) == (4, ["TK501"])
    assert part.finding("TK501").message == "coverage: there is no coverage data of unit-two; was --no-cov given?"

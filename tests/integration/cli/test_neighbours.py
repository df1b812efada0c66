"""Stages that disturb each other: what fails beside others runs again alone before it is judged."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from coverage import CoverageData

from repositories import INTERRUPT, WAIVER, GitProject, wait_until
from testkeep.formats import evidence_json
from testkeep.model.evidence import Evidence, FirstTry
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome

_BESIDE = ("run", "unit", "integration", "--base", "none")
_AGAIN = "integration failed beside unit, runs again alone"
_MISSES_ID = "tests/integration/test_misses.py::test_misses"

# Both stages want one lock. Who has it keeps it until the other has missed it; alone, nobody misses anything.
_SHARED = """
    import contextlib
    import os
    import pathlib
    import time

    PLACE = pathlib.Path(os.environ["PLACE"])


    @contextlib.contextmanager
    def lock():
        try:
            held = os.open(PLACE / "lock", os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            (PLACE / "missed").touch()
            raise
        try:
            yield
        finally:
            os.close(held)
            (PLACE / "lock").unlink()


    def wait_for(name):
        deadline = time.monotonic() + 60
        while not (PLACE / name).exists():
            assert time.monotonic() < deadline, name
            time.sleep(0.01)
    """
_HOLDS = """
    from app.shared import PLACE, lock, wait_for


    def test_holds():
        with lock():
            (PLACE / "held").touch()
            wait_for("missed")
    """
_MISSES = """
    import os

    import pytest

    from app.calc import add
    from app.shared import PLACE, lock, wait_for


    @pytest.fixture(autouse=True)
    def count():
        with (PLACE / "runs").open("a") as file:
            file.write(".")


    def test_misses():
        wait_for("held")
        with lock():
            assert add(1, 1) == 2
    """
_IS_RED = """

    def test_is_red():
        assert add(1, 1) == 3
    """

# Each pytest process leaves its number when it begins, and when it ends.
_SESSIONS = """
    import os
    import pathlib


    def pytest_sessionstart():
        with (pathlib.Path(os.environ["PLACE"]) / "sessions").open("a") as file:
            print(os.getpid(), file=file)


    def pytest_sessionfinish():
        pytest_sessionstart()
    """


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the two stages meet."""
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


@pytest.fixture
def colliding(project: GitProject) -> GitProject:
    """Unit holds what integration needs, until integration has failed."""
    project.commit(
        {
            "app/shared.py": _SHARED,
            "tests/unit/test_holds.py": _HOLDS,
            "tests/integration/test_misses.py": _MISSES,
        }
    )
    return project


def _record(project: GitProject) -> Evidence:
    return evidence_json.loads((project.evidence / "integration.json").read_bytes(), "integration.json")


def _times_run(place: Path) -> int:
    return len((place / "runs").read_text())


def test_run__stages_collide__passes_by_the_run_alone_and_names_the_stages_and_the_setting(
    colliding: GitProject, place: Path
) -> None:
    run = colliding.testkeep(*_BESIDE, PLACE=str(place))

    assert (run.exit_code, run.codes) == (0, ["TK511"]), run.output
    assert run.finding("TK511").message == "stage integration failed beside unit, and passes alone: 1 test failed"
    assert run.finding("TK511").about == (_MISSES_ID,)
    assert 'suites.alone = ["integration"]' in run.finding("TK511").help
    assert _AGAIN in run.output
    assert "FileExistsError" not in run.output


def test_run__stages_collide__leaves_the_evidence_of_the_second_run_alone(colliding: GitProject, place: Path) -> None:
    colliding.testkeep(*_BESIDE, PLACE=str(place))

    record = _record(colliding)
    assert {test.item.id: test.outcome for test in record.tests} == {_MISSES_ID: Outcome.PASSED}
    assert record.first_try == FirstTry(beside=(Stage.UNIT,), tests=(_MISSES_ID,))
    assert "FileExistsError" in (colliding.evidence / "integration.first.log").read_text()
    assert "FileExistsError" not in (colliding.evidence / "integration.log").read_text()
    data = CoverageData(str(colliding.evidence / "integration.coverage"))
    data.read()
    (shared,) = [file for file in data.measured_files() if file.endswith("app/shared.py")]
    missed = _SHARED.splitlines().index('            (PLACE / "missed").touch()')
    assert missed not in (data.lines(shared) or ())


def test_gate__stage_was_run_again_alone__says_the_same_later(colliding: GitProject, place: Path) -> None:
    run = colliding.testkeep(*_BESIDE, "--no-gate", PLACE=str(place))

    judged = colliding.testkeep("gate", "--evidence", str(colliding.evidence), "--base", "none")

    assert run.codes == ["TK511"], run.output
    assert judged.finding("TK511") == run.finding("TK511")


def test_run__failing_test_is_in_quarantine__does_not_run_the_stage_again(colliding: GitProject, place: Path) -> None:
    waiver = dedent(WAIVER).replace("TK201", "TK101").replace("tests/unit/test_calc.py::test_guard", _MISSES_ID)
    colliding.replace("pyproject.toml", 'version = "1"\n', f'version = "1"\n{waiver}')
    colliding.commit()
    colliding.commit({"app/more.py": ""})

    run = colliding.testkeep("run", "unit", "integration", PLACE=str(place))

    assert run.finding("TK101").waived, run.output
    assert "runs again" not in run.output


def test_run__policy_wants_the_stage_alone__runs_it_when_the_others_have_ended(
    colliding: GitProject, place: Path
) -> None:
    colliding.replace(
        "pyproject.toml", 'version = "1"\n', 'version = "1"\n\n[tool.testkeep.suites]\nalone = ["integration"]\n'
    )
    colliding.commit({"tests/conftest.py": _SESSIONS})
    (place / "missed").touch()  # unit waits for nobody

    run = colliding.testkeep(*_BESIDE, PLACE=str(place))

    assert (run.exit_code, run.codes) == (0, []), run.output
    assert _times_run(place) == 1
    begun, ended, begun_next, ended_next = (place / "sessions").read_text().split()
    assert (begun, begun_next) == (ended, ended_next)


def test_run__stage_is_red_alone_too__is_judged_by_the_run_alone(colliding: GitProject, place: Path) -> None:
    colliding.write({"tests/integration/test_misses.py": _MISSES + _IS_RED})
    colliding.commit()

    run = colliding.testkeep(*_BESIDE, PLACE=str(place))

    assert (run.exit_code, run.codes) == (1, ["TK101"]), run.output
    assert run.finding("TK101").test == "tests/integration/test_misses.py::test_is_red"
    assert _AGAIN in run.output
    assert "FileExistsError" not in run.output
    assert _times_run(place) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("integration",), id="no other stage"),
        pytest.param(("unit", "integration", "--jobs", "1"), id="one after the other"),
        pytest.param(("lint", "integration", "migration"), id="no other stage with tests"),
    ],
)
def test_run__red_stage_ran_beside_no_other__does_not_run_twice(
    project: GitProject, place: Path, arguments: tuple[str, ...]
) -> None:
    project.commit({"app/shared.py": _SHARED, "tests/integration/test_misses.py": _MISSES + _IS_RED})
    (place / "held").touch()

    run = project.testkeep("run", *arguments, "--base", "none", PLACE=str(place))

    assert (run.exit_code, run.codes) == (1, ["TK101"]), run.output
    assert "runs again" not in run.output
    assert _times_run(place) == 2


def test_run__process_dies_beside_another__is_run_again_alone(colliding: GitProject, place: Path) -> None:
    colliding.replace("app/shared.py", "raise\n", "os.kill(os.getpid(), 9)\n")
    colliding.commit()

    run = colliding.testkeep(*_BESIDE, PLACE=str(place))

    assert (run.exit_code, run.codes) == (0, ["TK511"]), run.output
    assert run.finding("TK511").message == (
        "stage integration failed beside unit, and passes alone: its process was ended by signal 9"
    )


def test_baseline__stages_collide__has_the_tests_of_the_run_alone(colliding: GitProject, place: Path) -> None:
    made = colliding.testkeep("baseline", "HEAD", PLACE=str(place))

    assert made.exit_code == 0, made.output
    assert "failed beside unit, runs again alone" in made.output
    assert ": 6 tests guard" in made.output


def test_run__stage_takes_longer_than_the_timeout__is_not_run_again(colliding: GitProject, place: Path) -> None:
    colliding.commit({"pyproject.toml": '[tool.testkeep]\ntimeout = "6s"\n'})
    colliding.replace("app/shared.py", "raise\n", "time.sleep(60)\n")
    colliding.commit()

    run = colliding.testkeep(*_BESIDE, PLACE=str(place))

    assert (run.exit_code, run.codes) == (4, ["TK104"]), run.output
    assert (place / "runs").read_text() == "."


def test_run__fail_fast_cuts_off_the_neighbour__runs_it_after_all_if_the_stage_passes_alone(
    colliding: GitProject, place: Path
) -> None:
    holds, misses = "tests/unit/test_holds.py", "tests/integration/test_misses.py"
    colliding.replace(holds, 'wait_for("missed")', 'wait_for("missed")\n        wait_for("passed")')
    colliding.replace(misses, "add(1, 1) == 2", 'add(1, 1) == 2\n        (PLACE / "passed").touch()')
    colliding.commit()

    run = colliding.testkeep(*_BESIDE, "--fail-fast", PLACE=str(place))

    assert (run.exit_code, run.codes) == (0, ["TK511"]), run.output
    assert run.verdict is not None
    assert [stage.status for stage in run.verdict.stages] == ["passed", "passed"]


def test_run__fail_fast_and_red_alone_too__ends_there(colliding: GitProject, place: Path) -> None:
    colliding.write({"tests/integration/test_misses.py": _MISSES + _IS_RED})
    colliding.replace("tests/unit/test_holds.py", 'wait_for("missed")', 'wait_for("nothing")')
    colliding.commit()

    run = colliding.testkeep(*_BESIDE, "--fail-fast", PLACE=str(place))

    assert run.exit_code == 1, run.output
    assert _times_run(place) == 4
    assert "cut off by --fail-fast" in run.output


def test_run__interrupted_while_it_runs_again__judges_nothing(colliding: GitProject, place: Path) -> None:
    waits = 'with lock():\n        (PLACE / "alone").touch()\n        wait_for("nothing")'
    colliding.replace("tests/integration/test_misses.py", "with lock():", waits)
    colliding.commit()
    running = colliding.start(*_BESIDE, PLACE=str(place))
    wait_until((place / "alone").exists, "the second run")
    keeps_first = (colliding.evidence / "integration.coverage").exists()

    running.send_signal(INTERRUPT)
    output, errors = running.communicate(timeout=60)

    assert running.returncode == 130, output + errors
    assert "cut off: integration (0 of 1 tests had run). Nothing was judged." in errors
    assert not keeps_first


def test_run__file_cannot_be_imported_in_any_stage__runs_nothing_again(colliding: GitProject, place: Path) -> None:
    colliding.commit({"tests/unit/test_broken.py": "import no_such_module\n"})

    run = colliding.testkeep(*_BESIDE, PLACE=str(place))

    assert (run.exit_code, run.codes) == (4, ["TK103"]), run.output
    assert "runs again" not in run.output

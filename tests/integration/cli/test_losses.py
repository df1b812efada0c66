"""A test that guarded at the base and does not at the head blocks, whatever the way (matched by test id)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from repositories import WAIVER, GitProject

GUARD = "tests/unit/test_calc.py::test_guard"
FILE = "tests/unit/test_calc.py"


DROPPING = """
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if item.name != "test_guard"]
"""


def replacing(old: str, new: str) -> Callable[[GitProject], None]:
    return lambda project: project.replace(FILE, old, new)


def writing(name: str, text: str) -> Callable[[GitProject], None]:
    return lambda project: project.write({name: text})


def above(line: str) -> Callable[[GitProject], None]:
    return replacing("def test_guard", f"{line}\ndef test_guard")


def first_line(line: str) -> Callable[[GitProject], None]:
    return replacing("    assert add(2, 2) == 4", f"    {line}\n    assert add(2, 2) == 4")


def configure(text: str) -> Callable[[GitProject], None]:
    return writing("pytest.ini", f"[pytest]\n{text}\n")


def hook(text: str) -> Callable[[GitProject], None]:
    return writing("conftest.py", text)


def remove_function(project: GitProject) -> None:
    project.replace(FILE, "def test_guard():\n    assert add(2, 2) == 4\n", "")


def remove_file(project: GitProject) -> None:
    (project.root / FILE).unlink()
    project.write({"tests/unit/test_other.py": "def test_other():\n    assert True\n"})


@pytest.mark.parametrize(
    ("change", "code", "why"),
    [
        pytest.param(above('@pytest.mark.skip(reason="later")'), "TK201", '"later"', id="skip mark"),
        pytest.param(above('@pytest.mark.skipif(True, reason="no")'), "TK201", '"no"', id="skipif"),
        pytest.param(first_line('pytest.skip("later")'), "TK201", '"later"', id="skip in the body"),
        pytest.param(
            hook("import pytest\n\ndef pytest_runtest_setup(item):\n    pytest.skip('off')\n"),
            "TK201",
            '"off"',
            id="skip in a hook",
        ),
        pytest.param(above("@pytest.mark.xfail"), "TK202", "still passes", id="xfail that passes"),
        pytest.param(
            first_line('pytest.xfail("broken")'), "TK202", 'it fails as expected: "broken"', id="xfail in the body"
        ),
        pytest.param(above("@pytest.mark.xfail(run=False)"), "TK202", "NOTRUN", id="xfail that is not run"),
        pytest.param(remove_function, "TK203", "its function is not in", id="function gone"),
        pytest.param(remove_file, "TK203", "is gone", id="file gone"),
        pytest.param(
            configure("addopts = -k 'not guard'"), "TK204", "deselected by -k 'not guard'", id="-k in addopts"
        ),
        pytest.param(configure(f"addopts = --deselect {GUARD}"), "TK204", "deselected by --deselect", id="--deselect"),
        pytest.param(
            hook(DROPPING),
            "TK204",
            "told nobody",
            id="dropped by a hook",
        ),
        pytest.param(above("@pytest.mark.slow"), "TK204", "left out by the policy: mark slow", id="mark slow"),
        pytest.param(above("@pytest.mark.e2e"), "TK204", "belongs to stage e2e", id="moved to an opt-in stage"),
        pytest.param(above("@pytest.fixture"), "TK205", "its function is still in", id="turned into a fixture"),
        pytest.param(
            replacing("import pytest\n", "import pytest\n\npytest.skip('x', allow_module_level=True)\n"),
            "TK205",
            'is skipped as a whole: "x"',
            id="module skipped",
        ),
        pytest.param(configure(f"addopts = --ignore={FILE}"), "TK205", "is ignored", id="file ignored"),
        pytest.param(
            configure("python_functions = check_*"), "TK205", "its function is still in", id="python_functions"
        ),
    ],
)
def test_run__a_guard_is_lost__blocks_with_its_code_and_cause(
    project: GitProject, change: Callable[[GitProject], None], code: str, why: str
) -> None:
    change(project)
    project.commit()

    run = project.testkeep("run", "unit")

    lost = {test: finding for finding in run.findings if finding.code == code for test in finding.about}
    assert GUARD in lost
    assert why in lost[GUARD].message
    assert (run.exit_code, run.verdict and run.verdict.verdict) == (1, "fail")
    assert GUARD in [loss.test for loss in run.verdict.conservation.lost]


def test_run__a_parameter_is_removed__is_lost_with_its_id(project: GitProject) -> None:
    project.replace(FILE, ", (0, 0, 0)", "")
    project.commit()

    run = project.testkeep("run", "unit")

    assert run.exit_code == 1
    assert run.finding("TK203").test == "tests/unit/test_calc.py::test_add[0-0-0]"
    assert "this set of parameters is gone" in run.finding("TK203").message


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(writing("tests/unit/test_new.py", "def test_new():\n    assert True\n"), id="added test"),
        pytest.param(replacing("assert add(2, 2) == 4", "assert add(2, 2) == 2 + 2"), id="changed body"),
        pytest.param(writing("README.md", "text\n"), id="no test touched"),
        pytest.param(above("@pytest.mark.unit"), id="stage mark that changes nothing"),
    ],
)
def test_run__nothing_is_lost__passes(project: GitProject, change: Callable[[GitProject], None]) -> None:
    change(project)
    project.commit()

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.findings) == (0, ())
    assert run.verdict.conservation.kept == 4


def test_run__a_guard_fails_now__is_a_failure_and_not_a_loss(project: GitProject) -> None:
    project.replace("app/calc.py", "a + b", "a - b")
    project.commit()

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (1, ["TK101"])
    assert run.verdict.conservation.lost == ()


def test_run__a_test_was_skipped_at_the_base_already__is_no_obligation(project: GitProject) -> None:
    above('@pytest.mark.skip(reason="later")')(project)
    project.commit()
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.verdict.conservation.kept) == (0, 3)


def test_run__a_test_moves_to_another_stage_of_the_policy__is_no_loss(project: GitProject) -> None:
    above("@pytest.mark.integration")(project)
    project.commit()

    assert project.testkeep("run", "unit").exit_code == 0
    assert project.testkeep("run", "unit", "integration").exit_code == 0


@pytest.mark.parametrize(
    ("where", "expires", "exit_code"),
    [
        pytest.param("base", "2999-12-31", 0, id="waiver at the base"),
        pytest.param("base", "2001-01-01", 1, id="expired waiver"),
        pytest.param("head", "2999-12-31", 1, id="waiver in the change itself"),
    ],
)
def test_run__with_a_waiver__honours_only_a_valid_one_of_the_base(
    project: GitProject, where: str, expires: str, exit_code: int
) -> None:
    policy = (project.root / "pyproject.toml").read_text() + WAIVER.replace("2999-12-31", expires)
    if where == "base":
        project.commit({"pyproject.toml": policy})
    above('@pytest.mark.skip(reason="later")')(project)
    project.commit({"pyproject.toml": policy})

    run = project.testkeep("run", "unit")

    assert run.exit_code == exit_code
    assert run.finding("TK201").waived is (exit_code == 0)
    assert bool(run.verdict.conservation.lost) is (exit_code == 1)


def test_run__one_cause_loses_forty_tests__is_one_finding_with_all_of_them(project: GitProject) -> None:
    names = [f"test_{number}" for number in range(40)]
    body = "\n\n".join(f"def {name}():\n    assert {name!r}" for name in names)
    project.commit({"tests/unit/test_many.py": f"import pytest\n\n{body}\n"})
    project.replace(
        "tests/unit/test_many.py", "import pytest\n", "import pytest\n\npytestmark = pytest.mark.skip('x')\n"
    )
    project.commit()

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (1, ["TK201"])
    assert run.finding("TK201").tests == tuple(f"tests/unit/test_many.py::{name}" for name in names)


@pytest.mark.parametrize(
    ("test", "exit_code", "codes", "why"),
    [
        pytest.param(
            "def test_db():\n    assert os.environ['SHOP_DB']\n", 4, ["TK101", "TK508"], "failed", id="fails without it"
        ),
        pytest.param(
            "@pytest.mark.skipif('SHOP_DB' not in os.environ, reason='no db')\ndef test_db():\n    assert True\n",
            4,
            ["TK508"],
            "skipped",
            id="skips without it",
        ),
        pytest.param("def test_db():\n    assert os.environ\n", 0, [], "", id="does without it"),
    ],
)
def test_run__a_variable_of_the_bases_run_is_missing_here__is_no_fault_of_the_change(
    project: GitProject, test: str, exit_code: int, codes: list[str], why: str
) -> None:
    project.commit({"tests/unit/test_db.py": f"import os\n\nimport pytest\n\n\n{test}"})
    project.commit({"README.md": "text\n"})
    assert project.testkeep("run", "unit", SHOP_DB="sqlite://").exit_code == 0

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (exit_code, codes)
    if codes:
        finding = run.finding("TK508")
        assert finding.test == "tests/unit/test_db.py::test_db"
        assert f"does not pass at the base commit either, on this machine: {why}" in finding.message
        assert "not set here: SHOP_DB" in finding.message


def test_run__a_test_fails_at_the_head_only__is_a_fault_of_the_change(project: GitProject) -> None:
    project.commit({"tests/unit/test_db.py": "import os\n\n\ndef test_db():\n    assert os.environ['SHOP_DB']\n"})
    project.replace("tests/unit/test_db.py", "SHOP_DB", "OTHER_DB")
    project.commit()

    run = project.testkeep("run", "unit", SHOP_DB="sqlite://")

    assert (run.exit_code, run.codes) == (1, ["TK101"])


def test_gate__other_pytest_at_the_base__compares_and_says_so(project: GitProject, tmp_path: Path) -> None:
    """Evidence that another machine made, with an older pytest."""
    base = tmp_path / "base"
    project.testkeep("run", "--base", "none", "--evidence", str(base))
    record = base / "unit.json"
    record.write_text(re.sub(r'"pytest":"[^"]+"', '"pytest":"8.4.0"', record.read_text(encoding="utf-8")))
    project.replace("tests/unit/test_calc.py", "def test_guard", '@pytest.mark.skip(reason="old")\ndef test_guard')
    project.commit()
    project.testkeep("run", "--no-gate")

    run = project.testkeep("gate", "--baseline", str(base))

    assert (run.exit_code, run.codes) == (1, ["TK201"])
    assert "recorded with pytest 8.4.0, the head with" in run.output

"""``--runner``: success of another program is no verdict."""

from __future__ import annotations

import sys

import pytest

from repositories import GitProject

SESSION = """\
import nox


@nox.session(venv_backend="none")
def test(session):
    {body}
"""
REAL = f"session.run({sys.executable!r}, '-m', 'testkeep', 'run', *session.posargs, external=True)"


FAILING = "def test_failing():\n    assert 1 == 2\n"


@pytest.mark.parametrize(
    ("body", "exit_code"),
    [
        pytest.param(REAL, 0, id="that runs testkeep"),
        pytest.param("pass", 4, id="that does nothing"),
        pytest.param(REAL.replace("'run', *", "'rules', *[] and "), 4, id="that runs another command"),
        pytest.param(f"{REAL}\n    session.error('no')", 4, id="that fails after a pass"),
        pytest.param("session.error('no')", 4, id="that fails before anything was run"),
    ],
)
def test_run__session_of_the_project__decides_only_if_it_is_testkeep(
    project: GitProject, body: str, exit_code: int
) -> None:
    project.commit({"noxfile.py": SESSION.format(body=body)})

    done = project.testkeep("run", "unit", "--base", "none", "--runner", "nox")

    assert done.exit_code == exit_code, done.output + done.errors
    assert ("'testkeep run' did not end in there" in done.errors) is (exit_code == 4 and "error" not in body)


@pytest.mark.parametrize(
    ("files", "arguments", "exit_code"),
    [
        pytest.param({"tests/unit/test_failing.py": FAILING}, ("unit",), 1, id="fail"),
        pytest.param({}, ("untt",), 2, id="wrong usage"),
        pytest.param({"pytest.ini": "[pytest]\naddopts = --no-such-option\n"}, ("unit",), 4, id="inconclusive"),
    ],
)
def test_run__nox_knows_one_exit_code_only__has_testkeeps(
    project: GitProject, files: dict[str, str], arguments: tuple[str, ...], exit_code: int
) -> None:
    project.commit({"noxfile.py": SESSION.format(body=REAL), **files})

    done = project.testkeep("run", *arguments, "--base", "none", "--runner", "nox")

    assert done.exit_code == exit_code, done.output + done.errors


@pytest.mark.parametrize("name", ["nox.py", "nox/__main__.py"])
def test_run__file_of_the_project_is_called_nox__is_not_taken_for_it(project: GitProject, name: str) -> None:
    project.commit({"noxfile.py": SESSION.format(body=REAL), name: "raise SystemExit(0)\n"})

    done = project.testkeep("run", "unit", "--base", "none", "--runner", "nox")

    assert (done.exit_code, "unit   passed" in done.output) == (0, True), done.output + done.errors

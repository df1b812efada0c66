"""A Python below testkeep's floor: what people see of it, wherever it turns up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from repositories import GitProject
from testkeep.errors import UsageError
from testkeep.plugins.unmade import check_python

OF_UV = "home = /somewhere\nimplementation = CPython\nversion_info = {}\n"
OF_VENV = "home = /somewhere\nversion = {}\n"
# Without the environment that is active here: a laptop on which testkeep is a program of its own.
NOT_ACTIVE = {"VIRTUAL_ENV": ""}


def test_metadata__of_the_package__lets_no_installer_take_it() -> None:
    assert not SpecifierSet(metadata("testkeep")["Requires-Python"]).contains("3.10.13")


def test_import__python_is_too_old__is_one_message_and_inconclusive() -> None:
    """An installer may have been told to take it all the same."""
    pretend = "import sys; sys.version_info = (3, 10, 13, 'final', 0); import testkeep.cli"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, env=dict(os.environ))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("testkeep: needs Python 3.11 or later, and ")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("form", [pytest.param(OF_UV, id="uv"), pytest.param(OF_VENV, id="venv")])
def test_check_python__environment_is_too_old__says_what_it_has(tmp_path: Path, form: str) -> None:
    (tmp_path / "pyvenv.cfg").write_text(form.format("3.10.13"))
    with pytest.raises(UsageError, match=re.escape("needs Python 3.11 or later, and this environment has 3.10.13")):
        check_python(tmp_path)


@pytest.mark.parametrize("text", [OF_UV.format("3.11.0"), OF_VENV.format("3.14.0rc1"), "home = /somewhere\n", None])
def test_check_python__environment_is_new_enough_or_says_nothing__goes_on(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "pyvenv.cfg").write_text(text)
    check_python(tmp_path)


def test_doctor__project_has_an_environment_of_its_own__says_that_tests_do_not_run_there(project: GitProject) -> None:
    (project.root / ".venv").mkdir()
    (project.root / ".venv" / "pyvenv.cfg").write_text(OF_UV.format("3.10.13"))
    asked = project.testkeep("doctor", "--patience", "60", **NOT_ACTIVE)
    (line,) = [line for line in asked.output.splitlines() if line.split()[1] == "python"]
    assert line.startswith("warning")
    assert f"the project's environment is {project.root / '.venv'} (Python 3.10.13)" in line


def test_doctor__project_wants_an_older_python__is_a_problem(project: GitProject) -> None:
    text = '[project]\nname = "simple"\nversion = "1"\nrequires-python = "<3.11"\n'
    project.commit({"pyproject.toml": text})
    asked = project.testkeep("doctor", "--patience", "60")
    assert asked.exit_code == 1
    assert "the project asks for Python <3.11, and testkeep runs its tests with " in asked.output

"""What becomes of the files of nox and tox."""

from __future__ import annotations

import pytest

from testkeep.model.starter import FileState
from testkeep.pipeline.starter_runners import NOXFILE, runner_files


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"tox.ini": "[flake8]\nmax-line-length = 99\n"}, id="tox.ini of another tool"),
        pytest.param({"pyproject.toml": "[tool.black]\n", "setup.cfg": "[metadata]\n"}, id="files without tox"),
        pytest.param({"pyproject.toml": "tool = 1"}, id="odd pyproject.toml"),
        pytest.param({"pyproject.toml": "["}, id="broken pyproject.toml"),
    ],
)
def test_runner_files__neither_nox_nor_tox__is_a_noxfile(texts: dict[str, str]) -> None:
    (file,) = runner_files(texts)

    assert (str(file.path), file.text, file.state) == ("noxfile.py", NOXFILE, FileState.NEW)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        pytest.param("noxfile.py", "import nox\n", "from testkeep.nox import register\nregister()", id="nox"),
        pytest.param("tox.ini", "[tox]\n", 'requires = testkeep[all]  (in the section "tox")', id="tox.ini"),
        pytest.param("tox.ini", "[testenv:py]\n", "requires = testkeep[all]", id="tox.ini without its section"),
        pytest.param("tox.toml", "", 'requires = ["testkeep[all]"]  (at the top)', id="tox.toml"),
        pytest.param("setup.cfg", "[tox:tox]\n", 'in the section "tox:tox"', id="setup.cfg"),
        pytest.param(
            "pyproject.toml",
            '[project]\nname = "testkeep-user"\n[tool.tox]\nenv_list = ["py"]\n',
            "in [tool.tox]",
            id="pyproject.toml",
        ),
    ],
)
def test_runner_files__file_without_testkeep__is_left_alone_with_advice(name: str, text: str, line: str) -> None:
    (file,) = runner_files({name: text})

    assert (str(file.path), file.text, file.is_to_do) == (name, text, False)
    assert line in file.advice


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("noxfile.py", NOXFILE),
        ("tox.ini", "[tox]\nrequires = testkeep[all]\n"),
        ("pyproject.toml", '[tool.tox]\nrequires = ["testkeep[all]"]\n'),
    ],
)
def test_runner_files__file_with_testkeep__needs_nothing(name: str, text: str) -> None:
    (file,) = runner_files({name: text})

    assert (file.state, file.advice) == (FileState.THERE, "")

"""A home that is missing or read-only, and a project that testkeep may not write to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from launcher import run_testkeep
from repositories import GitProject, clean_environment, simple_project

TOOLS = "[tool.black]\n[tool.isort]\n[tool.ruff]\n[tool.mypy]\n"
OF_THE_HOME = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A project that uses every tool that keeps a cache somewhere."""
    return simple_project(tmp_path / "repository", policy=TOOLS)


@pytest.fixture(params=["not set", "read-only", "no folder"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing can be kept in the user's home; root may write to what is read-only."""
    environment = {name: value for name, value in clean_environment().items() if name not in OF_THE_HOME}
    place = tmp_path / "home"
    if request.param == "not set":
        return environment
    if request.param == "read-only":
        place.mkdir(mode=0o555)
    else:
        place.write_text("a file")
    return environment | dict.fromkeys(OF_THE_HOME, str(place))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["run", "format", "lint", "typing", "unit"], id="run"),
        pytest.param(["doctor", "--patience", "60"], id="doctor"),
        pytest.param(["init", "--yes"], id="init"),
        pytest.param(["fix"], id="fix"),
    ],
)
def test_command__no_home_to_write_to__works(project: GitProject, home: dict[str, str], arguments: list[str]) -> None:
    done = run_testkeep(arguments, project.root, home)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["run", "gate", "coverage", "baseline"])
def test_command__state_cannot_be_written__is_one_message_that_names_the_place(
    project: GitProject, command: str
) -> None:
    project.commit()
    (project.root / ".testkeep").write_text("a file")

    done = project.testkeep(command)

    assert (done.exit_code, done.output) == (4, "")
    assert f"{project.root / '.testkeep'}: cannot be written" in done.errors
    assert len(done.errors.splitlines()) <= 2


@pytest.mark.parametrize("kilobytes", [1, 4, 32])
def test_run__no_file_can_grow__is_inconclusive_and_no_bug(project: GitProject, kilobytes: int) -> None:
    """As on a full disk: a limit on the size of files ends the same writes."""
    command = f'ulimit -f {kilobytes}; exec "$0" -m testkeep run unit --base none'
    ended = subprocess.run(
        ["bash", "-c", command, sys.executable], cwd=project.root, env=clean_environment(), capture_output=True,
        text=True, check=False,
    )  # fmt: skip

    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "this is a bug" not in ended.stderr


_WRITE = """
import resource
import sys
from pathlib import Path

from testkeep.errors import KitError
from testkeep.system.files import write_file

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_file(Path(sys.argv[1]), b"x" * 5000)
except KitError as error:
    print(error.exit_code, error.message)
"""


def test_write_file__no_room__says_how_much_is_needed_and_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "folder" / "file"
    ended = subprocess.run(
        [sys.executable, "-c", _WRITE, str(place)], env=clean_environment(), capture_output=True, text=True, check=False
    )

    assert ended.stdout.startswith(f"4 {place}: cannot be written: "), ended.stdout + ended.stderr
    assert ended.stdout.endswith(": 5,000 bytes are needed\n")
    assert list(place.parent.iterdir()) == []

"""Real nox on small projects; a stand-in for testkeep says how it was called and ends as it is told."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

REGISTER = "from testkeep.nox import register\n\nregister({arguments})\n"
STANDIN = """\
import nox
from pathlib import Path

SCRIPT = '#!/bin/sh\\necho "ran {} $*"\\n[ "$TESTKEEP_EXIT" = kill ] && kill -9 $$\\nexit $TESTKEEP_EXIT\\n'


@nox.session(name="testkeep-env", default=False)
def environment(session):
    for name in ("testkeep", "ruff", "isort", "black"):
        program = Path(session.bin, name)
        program.write_text(SCRIPT.replace("{}", name))
        program.chmod(0o755)


"""
# Nothing listens on the discard port of this machine.
CLOSED, SHOWN = "http://user:secret@127.0.0.1:9/simple", "http://127.0.0.1:9/simple"
STAGES = ["format", "lint", "typing", "unit", "integration", "migration", "concurrency"]


def nox(
    project: Path, *arguments: str, exit_code: str = "0", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    presets = ("NOX", "TOX", "UV_", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    env = {key: value for key, value in os.environ.items() if not key.startswith(presets)}
    argv = [sys.executable, "-m", "nox", "--no-color", *arguments]
    env |= {"TESTKEEP_EXIT": exit_code, "CI": "", **(variables or {})}
    return subprocess.run(argv, cwd=project, env=env, capture_output=True, text=True, timeout=60)


def ran(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.removeprefix("ran ") for line in done.stdout.splitlines() if line.startswith("ran ")]


def listed(done: subprocess.CompletedProcess[str]) -> dict[str, tuple[str, str]]:
    """Session names to their marks (* selected, - skipped) and descriptions."""
    lines = [line for line in done.stdout.splitlines() if line.startswith(("* ", "- "))]
    parts = [line[2:].partition(" -> ") for line in lines]
    return {name: (line[0], text) for line, (name, _, text) in zip(lines, parts, strict=True)}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "noxfile.py").write_text(STANDIN + REGISTER.format(arguments=""))
    return tmp_path


def test_list__no_policy__has_every_session_and_selects_test_only(project: Path) -> None:
    """A project without pyproject.toml gets the default stages; a bare nox runs the whole pipeline."""
    (project / "noxfile.py").write_text(REGISTER.format(arguments=""))
    sessions = listed(nox(project, "-l"))
    assert list(sessions) == ["testkeep-env", *STAGES, "test", "gate", "fix"]
    assert [name for name, (mark, _) in sessions.items() if mark == "*"] == ["testkeep-env", "test"]
    assert sessions["test"][1] == "Run the whole pipeline and judge it."
    assert all(description for _, description in sessions.values())


def test_list__policy__decides_on_the_stages(project: Path) -> None:
    """Stages that the policy has not get no session, opt-in stages that it has get one."""
    (project / "pyproject.toml").write_text('[tool.testkeep]\nstages = ["lint", "unit", "e2e"]\n')
    assert list(listed(nox(project, "-l"))) == ["testkeep-env", "lint", "unit", "e2e", "test", "gate", "fix"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], ["testkeep run"], id="bare"),
        pytest.param(["-s", "test", "--", "--base", "none"], ["testkeep run --base none"], id="test"),
        pytest.param(["-s", "gate", "--", "--json", "v"], ["testkeep gate --json v"], id="gate"),
        pytest.param(["-s", "lint"], ["testkeep run lint --no-gate"], id="static stage"),
        pytest.param(
            ["-s", "lint", "--", "--jobs", "1"],
            ["testkeep run lint --no-gate --jobs 1"],
            id="arguments of a static stage",
        ),
        pytest.param(
            ["-s", "unit", "migration", "--", "-k", "x"],
            ["testkeep run unit --no-gate -- -k x", "testkeep run migration --no-gate -- -k x"],
            id="pytest's arguments",
        ),
        pytest.param(["-s", "fix"], ["testkeep fix"], id="fix"),
        pytest.param(["-s", "fix", "--", "app"], ["testkeep fix app"], id="fix some paths"),
    ],
)
def test_session__each_kind__runs_its_commands(project: Path, arguments: list[str], expected: list[str]) -> None:
    """Every session calls testkeep, and hands on what the user wrote behind the dashes."""
    done = nox(project, *arguments)
    assert (ran(done), done.returncode) == (expected, 0)


@pytest.mark.parametrize(
    ("ends", "expected"), [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("4", 4), ("130", 130), ("99", 4), ("kill", 4)]
)
def test_exit_code__of_testkeep__is_that_of_nox(project: Path, ends: str, expected: int) -> None:
    """nox ends with the verdict's exit code; what is none of testkeep's codes is no verdict."""
    done = nox(project, "-s", "test", exit_code=ends)
    assert done.returncode == expected
    assert "Traceback" not in done.stderr


def test_fix__a_formatter_fails__is_a_failure(project: Path) -> None:
    """Formatters have exit codes of their own, which mean nothing here."""
    assert nox(project, "-s", "fix", exit_code="1").returncode == 1


def test_register__sessions_of_the_noxfile__win_silently(project: Path) -> None:
    """A session of the same name that was there first stays; skip leaves a name out; others are untouched."""
    own = "@nox.session(python=False)\ndef lint(session):\n    print('ran my own')\n\n\n"
    docs = "\n@nox.session(python=False)\ndef docs(session):\n    print('ran docs')\n"
    register = REGISTER.format(arguments='skip=["typing"]')
    (project / "noxfile.py").write_text(STANDIN + own + register + docs)
    done = nox(project, "-s", "lint", "docs")
    assert (ran(done), done.returncode) == (["my own", "docs"], 0)
    assert "Warning" not in done.stderr
    assert "typing" not in listed(nox(project, "-l"))


@pytest.mark.parametrize("arguments", [["-l"], ["-s", "test"]], ids=["list", "run"])
def test_register__broken_policy__is_one_message_and_code_2(project: Path, arguments: list[str]) -> None:
    """A mistake in the policy stops everything before it starts."""
    (project / "pyproject.toml").write_text("[tool.testkeep]\nsorce = ['app']\n")
    done = nox(project, *arguments)
    assert done.returncode == 2
    assert "did you mean source?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("pyproject", "exit_code", "message"),
    [
        pytest.param("[dependency-groups]\ndev = 1\n", 2, "dependency-groups.dev: expected a list", id="groups"),
        pytest.param("[tool.poetry.group.dev.dependencies]\npytest = '^8'\n", 4, "only Poetry can read", id="poetry"),
    ],
)
def test_environment__cannot_be_planned__says_why(project: Path, pyproject: str, exit_code: int, message: str) -> None:
    """What keeps the environment from being made is one message, and never a verdict."""
    (project / "noxfile.py").write_text(REGISTER.format(arguments=""))
    (project / "pyproject.toml").write_text(pyproject)
    done = nox(project, "-s", "test")
    assert (done.returncode, "Traceback" in done.stderr) == (exit_code, False)
    assert message in done.stderr


def test_environment__cannot_be_made__is_inconclusive(project: Path) -> None:
    """A requirement that cannot be had is no failed test."""
    (project / "noxfile.py").write_text(REGISTER.format(arguments=""))
    (project / "requirements.txt").write_text("./no-such-folder\n")
    done = nox(project, "-s", "test")
    assert done.returncode == 4
    assert "The environment could not be made, so nothing was checked." in done.stderr


def test_environment__home_cannot_be_written__is_made_with_a_cache_in_the_project(project: Path) -> None:
    """uv does not even make a virtual environment without a cache, and nox would end with the code of a failure."""
    (project / "home").write_text("a file")
    variables = {"HOME": str(project / "home"), "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    done = nox(project, "-s", "test", variables=variables)
    assert (ran(done), done.returncode) == (["testkeep run"], 0), done.stderr
    assert (project / ".testkeep" / "uv-cache").is_dir()


@pytest.mark.parametrize(
    ("backend", "variables", "message"),
    [
        pytest.param(
            "uv", {"UV_DEFAULT_INDEX": CLOSED}, f"the index {SHOWN} (UV_DEFAULT_INDEX) refuses connections", id="uv"
        ),
        pytest.param("uv", {"UV_OFFLINE": "1"}, "UV_OFFLINE is set", id="uv offline"),
        pytest.param(
            "virtualenv",
            {"PIP_INDEX_URL": CLOSED, "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull},
            f"the index {SHOWN} (PIP_INDEX_URL) refuses connections",
            id="pip",
        ),
    ],
)
def test_environment__no_network__names_the_index_and_what_to_do(
    project: Path, tmp_path: Path, backend: str, variables: dict[str, str], message: str
) -> None:
    """One try, one message, the code for what could not be checked; the next run makes the environment."""
    (project / "noxfile.py").write_text(REGISTER.format(arguments=""))
    (project / "requirements.txt").write_text("no-such-distribution-of-testkeep\n")
    caches = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_HTTP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    done = nox(project, "-s", "test", "-db", backend, variables=caches | variables)
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    first, advice = done.stderr.partition("testkeep: ")[2].splitlines()[:2]
    assert (
        first == f"The environment could not be made, so nothing was checked: {message}" + first.partition(message)[2]
    )
    assert next(iter(variables)) in advice
    assert [stamp.read_text() for stamp in project.glob(".nox/*/.testkeep-installed")] == [""]


def own_wheel(folder: Path) -> None:
    """Write a wheel of testkeep whose extra asks for a package that is nowhere."""
    metadata = "Metadata-Version: 2.1\nName: testkeep\nVersion: 0.1\nProvides-Extra: tools\n"
    metadata += "Requires-Dist: no-such-distribution-of-testkeep; extra == 'tools'\n"
    info = {"METADATA": metadata, "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    files = {f"testkeep-0.1.dist-info/{name}": text for name, text in info.items()}
    files["testkeep-0.1.data/scripts/testkeep"] = '#!/bin/sh\necho "ran testkeep $*"\n'
    record = "".join(f"{name},,\n" for name in [*files, "testkeep-0.1.dist-info/RECORD"])
    folder.mkdir()
    with zipfile.ZipFile(folder / "testkeep-0.1-py3-none-any.whl", "w") as wheel:
        for name, text in (files | {"testkeep-0.1.dist-info/RECORD": record}).items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            wheel.writestr(entry, text)


@pytest.mark.parametrize(
    ("backend", "switch"),
    [pytest.param("uv", "UV_OFFLINE", id="uv"), pytest.param("virtualenv", "PIP_NO_INDEX", id="pip")],
)
def test_environment__no_network_and_no_extra__is_made_without_it(
    project: Path, tmp_path: Path, backend: str, switch: str
) -> None:
    """Whoever works without a network may have all that the project asks for."""
    own_wheel(project / "wheels")
    (project / "noxfile.py").write_text(REGISTER.format(arguments=""))
    (project / "pyproject.toml").write_text("[dependency-groups]\ndev = ['testkeep']\n")
    found = {"UV_FIND_LINKS": "wheels", "PIP_FIND_LINKS": "wheels", "PIP_CONFIG_FILE": os.devnull}
    variables = found | {switch: "1", "UV_CACHE_DIR": str(tmp_path / "cache"), "PIP_NO_CACHE_DIR": "1"}
    done = nox(project, "-s", "test", "-db", backend, variables=variables)
    assert (done.returncode, ran(done)) == (0, ["testkeep run"]), done.stdout + done.stderr
    assert "made without testkeep's extra tools" in done.stderr


def test_environment__no_venv__uses_the_python_that_runs_nox(project: Path) -> None:
    """nox --no-venv installs nothing and runs what is installed beside nox."""
    (project / "noxfile.py").write_text(REGISTER.format(arguments=""))
    done = nox(project, "--no-venv", "-s", "gate", "--", "--help")
    assert "Usage: testkeep gate" in done.stdout
    assert done.returncode == 0

"""Real tox on small projects; a stand-in for testkeep says how it was called and ends as it is told."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

STAGES = ["format", "lint", "typing", "unit", "integration", "migration", "concurrency"]
ENVIRONMENTS = [*STAGES, "test", "gate", "fix"]
SCRIPT = '#!/bin/sh\necho "ran testkeep $*"\nexit ${TESTKEEP_EXIT:-0}\n'
STANDIN = "deps =\ncommands_pre = cp {tox_root}/testkeep {env_bin_dir}/testkeep\nallowlist_externals = cp\n"
CONFIGURATIONS = {
    "tox.ini": "[tox]\nrequires = testkeep\n",
    "tox.toml": 'requires = ["testkeep[all]>=0.1"]\n',
    "pyproject.toml": '[tool.tox]\nrequires = ["testkeep"]\n',
}


def tox(
    project: Path, *arguments: str, exit_code: str = "0", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    presets = ("TOX", "NOX", "UV_", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "CI", "GITHUB", "PYTEST")
    env = {key: value for key, value in os.environ.items() if not key.startswith(presets)}
    env |= {"TESTKEEP_EXIT": exit_code, **(variables or {})}
    argv = [sys.executable, "-m", "tox", "--colored", "no", *arguments]
    return subprocess.run(argv, cwd=project, env=env, capture_output=True, text=True, timeout=60)


def ran(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.removeprefix("ran ") for line in done.stdout.splitlines() if line.startswith("ran ")]


def names(done: subprocess.CompletedProcess[str]) -> list[str]:
    return done.stdout.split()


def value(done: subprocess.CompletedProcess[str], key: str) -> list[str]:
    """The lines of one key that ``tox config`` printed."""
    found: list[str] = []
    for line in done.stdout.splitlines():
        if line.startswith(f"{key} ="):
            found = [line.partition("=")[2].strip()]
        elif found and line.startswith("  "):
            found.append(line.strip())
        elif found:
            break
    return [line for line in found if line]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "testkeep").write_text(SCRIPT)
    (tmp_path / "testkeep").chmod(0o755)
    return tmp_path


def configure(project: Path, text: str = "", **sections: str) -> None:
    """Write a tox.ini that requires testkeep, with sections for environments that get the stand-in."""
    parts = [f"[testenv:{name}]\n{STANDIN}{own}\n" for name, own in sections.items()]
    (project / "tox.ini").write_text("\n".join([CONFIGURATIONS["tox.ini"], text, *parts]))


@pytest.mark.parametrize("file", CONFIGURATIONS)
def test_list__testkeep_required__has_every_environment(project: Path, file: str) -> None:
    """The one line is enough, wherever tox is configured; a bare tox runs the whole pipeline."""
    (project / file).write_text(CONFIGURATIONS[file])
    assert sorted(names(tox(project, "list", "--no-desc"))) == sorted(ENVIRONMENTS)
    assert names(tox(project, "list", "--no-desc", "-d")) == ["test"]


@pytest.mark.parametrize(
    "text", ["[testenv]\ncommands = pytest\n", "[tox]\nrequires = testkeeper\n"], ids=["no requires", "another"]
)
def test_list__not_required__leaves_the_project_alone(project: Path, text: str) -> None:
    """A plugin that is merely installed changes nothing."""
    (project / "tox.ini").write_text(text)
    (project / "pyproject.toml").write_text("[tool.testkeep]\nbroken = 1\n")
    done = tox(project, "list", "--no-desc", "--no-provision")
    assert not set(names(done)) & set(ENVIRONMENTS)
    assert "GITHUB_*" not in tox(project, "config", "-e", "py", "-k", "pass_env", "--no-provision").stdout


def test_list__policy_and_env_list__decide(project: Path) -> None:
    """The policy decides on the stages, the user's env_list on what a bare tox runs."""
    configure(project, "env_list = lint, py")
    (project / "testkeep.toml").write_text('stages = ["lint", "e2e"]\n')
    assert names(tox(project, "list", "--no-desc", "-d")) == ["lint", "py"]
    assert set(names(tox(project, "list", "--no-desc"))) == {"lint", "e2e", "test", "gate", "fix", "py"}


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        pytest.param("test", ["--base", "none"], "testkeep run --base none", id="test"),
        pytest.param("gate", [], "testkeep gate", id="gate"),
        pytest.param("lint", ["--jobs", "1"], "testkeep run lint --no-gate --jobs 1", id="static stage"),
        pytest.param("unit", ["-k", "x"], "testkeep run unit --no-gate -- -k x", id="pytest's arguments"),
    ],
)
def test_run__each_kind__runs_its_command(project: Path, environment: str, arguments: list[str], expected: str) -> None:
    """Every environment calls testkeep, and hands on what the user wrote behind the dashes."""
    configure(project, **{environment: ""})
    done = tox(project, "-e", environment, "--", *arguments)
    assert (ran(done), done.returncode) == ([expected], 0)


@pytest.mark.parametrize("ends", [0, 1, 2, 4])
def test_exit_code__of_testkeep__is_that_of_tox(project: Path, ends: int) -> None:
    """tox ends with the verdict's exit code."""
    configure(project, test="")
    assert tox(project, exit_code=str(ends)).returncode == ends


def test_configuration__base_section__loses_to_the_kit_and_stays_where_it_adds(project: Path) -> None:
    """What a brownfield [testenv] says about running and installing does not take the stages over."""
    base = "[testenv]\ncommands = pytest\ndeps = django\ndescription = base\nchange_dir = tests\n"
    configure(project, f"{base}pass_env = MINE\nset_env = A=1\ncommands_pre = mine\n")
    done = tox(project, "config", "-e", "unit")
    assert value(done, "commands") == ["testkeep run unit --no-gate"]
    assert value(done, "description") == ["Run the unit tests."]
    assert [line.endswith("[tools]") or "testkeep[tools]" in line for line in value(done, "deps")] == [True]
    assert value(done, "change_dir") == [str(project)]
    assert value(done, "commands_pre") == ["mine"]
    assert "A=1" in value(done, "set_env")
    assert {"MINE", "CI", "GITHUB_*", "TESTKEEP_*", "PYTEST_*"} <= set(value(done, "pass_env"))


@pytest.mark.parametrize(
    ("file", "section"),
    [
        ("tox.ini", "[testenv:unit]\ndescription = mine\ncommands = mine\ndeps = flask\n"),
        ("tox.toml", '[env.unit]\ndescription = "mine"\ncommands = [["mine"]]\ndeps = ["flask"]\n'),
        ("pyproject.toml", '[tool.tox.env.unit]\ndescription = "mine"\ncommands = [["mine"]]\ndeps = ["flask"]\n'),
    ],
    ids=["ini", "toml", "pyproject"],
)
def test_configuration__own_section__wins(project: Path, file: str, section: str) -> None:
    """The user's own keys for an environment win, key by key."""
    (project / file).write_text(f"{CONFIGURATIONS[file]}\n{section}")
    done = tox(project, "config", "-e", "unit,lint")
    assert value(done, "description") == ["mine"]
    assert value(done, "commands") == ["mine"]
    assert value(done, "deps") == ["flask"]
    assert "testkeep run lint --no-gate" in done.stdout


def test_configuration__own_deps__get_testkeep_beside_them(project: Path) -> None:
    """Who only adds a dependency to an environment still finds testkeep in it."""
    configure(project, "[testenv:unit]\ndeps = flask\n[testenv:lint]\ndeps = testkeep\n")
    (command,) = value(tox(project, "config", "-e", "unit"), "commands_pre")
    assert " flask " in command
    assert "[tools]" in command
    assert value(tox(project, "config", "-e", "lint"), "commands_pre") == []


def test_configuration__locked_project__is_installed_by_the_locks_tool(project: Path) -> None:
    """With uv.lock, uv installs into tox's environment, and may be called there."""
    pytest.importorskip("uv")
    configure(project)
    (project / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    (project / "uv.lock").touch()
    done = tox(project, "config", "-e", "unit")
    first = value(done, "commands_pre")[0].split()
    assert first[1:4] == ["sync", "--active", "--python"]
    assert first[0] in value(done, "allowlist_externals")
    assert value(done, "skip_install") == ["True"]


def test_configuration__project_with_groups__installs_them(project: Path) -> None:
    """Without a lock, groups become dependencies, extras those of the project, which is editable."""
    configure(project)
    build = '[build-system]\nrequires = ["setuptools"]\n[project]\nname = "app"\nversion = "1"\n'
    (project / "pyproject.toml").write_text(f'{build}[dependency-groups]\ndev = ["flask"]\n')
    done = tox(project, "config", "-e", "unit")
    assert "flask" in value(done, "deps")
    assert value(done, "package") == ["editable"]
    (project / "pyproject.toml").write_text(f'{build}[project.optional-dependencies]\ntest = ["flask"]\n')
    assert value(tox(project, "config", "-e", "unit"), "extras") == ["test"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param("", {"flask<3", "pytest<8"}, id="as planned"),
        pytest.param("extras = docs\n", {"flask<3", "sphinx"}, id="own extras"),
        pytest.param("skip_install = true\n", set(), id="without the project"),
    ],
)
@pytest.mark.parametrize("deps", ["", "deps = black==23.1\n"], ids=["kit's deps", "own deps"])
def test_configuration__requirements_of_the_project__are_resolved_with_the_kits(
    project: Path, own: str, expected: set[str], deps: str
) -> None:
    """tox installs the project's requirements apart from its deps: named in one command with testkeep, pins hold."""
    configure(project, f"[testenv:unit]\n{own}{deps}")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\n'
        '[project]\nname = "app"\nversion = "1"\ndependencies = ["flask<3"]\n'
        '[project.optional-dependencies]\ntest = ["pytest<8"]\ndocs = ["sphinx"]\n'
    )
    done = tox(project, "config", "-e", "unit")
    words = (
        shlex.split(value(done, "commands_pre")[0]) if deps else [line.split("[")[0] for line in value(done, "deps")]
    )
    assert {"flask<3", "pytest<8", "sphinx", "black==23.1"} & set(words) == expected | (
        {"black==23.1"} if deps else set()
    )


def test_run__broken_policy__is_one_message_and_code_2(project: Path) -> None:
    """A mistake in the policy stops tox before it makes an environment."""
    configure(project)
    (project / "testkeep.toml").write_text("sorce = 1\n")
    done = tox(project, "-e", "unit")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "did you mean source?" in done.stderr


def test_run__poetry_missing__is_inconclusive(project: Path) -> None:
    """What keeps an environment from being made is no failed test, and does not keep tox from listing."""
    configure(project)
    (project / "pyproject.toml").write_text("[tool.poetry.group.dev.dependencies]\npytest = '^8'\n")
    assert tox(project, "list").returncode == 0
    done = tox(project, "-e", "unit")
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert "only Poetry can read" in done.stderr


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param({"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple"}, "(UV_DEFAULT_INDEX) refuses", id="index"),
        pytest.param({"UV_OFFLINE": "1"}, "UV_OFFLINE is set", id="offline"),
    ],
)
def test_run__no_network__is_inconclusive_and_names_the_index(
    project: Path, tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    """The installer's own exit code, 1 or 2, would be taken for a verdict."""
    configure(project)
    caches = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_HTTP_RETRIES": "0"}
    done = tox(project, "-e", "unit", variables=caches | variables)
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert done.stderr.count("testkeep: The environment could not be made, so nothing was checked: ") == 1
    assert message in done.stderr


def test_run__lock_cannot_be_installed__is_inconclusive(project: Path) -> None:
    """The lock's tool fails in a command of tox's, whose code would be tox's own."""
    configure(project)
    (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n')
    (project / "uv.lock").write_text("this is no lock\n")
    done = tox(project, "-e", "unit")
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert "The environment could not be made, so nothing was checked." in done.stderr


@pytest.mark.parametrize("failures", [pytest.param(1, id="once"), pytest.param(9, id="always")])
def test_run__installation_is_retried__its_last_attempt_counts(project: Path, failures: int) -> None:
    """Not every tox that the kit works with knows commands_retry: for the others the first attempt is the last."""
    configure(project, "[testenv:unit]\ncommands_retry = 2\ncommands = python -c pass\n")
    (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n')
    (project / "uv.lock").touch()
    (project / "bin").mkdir()
    uv = project / "bin" / "uv"
    uv.write_text(f"#!/bin/sh\necho >> attempts\ntest $(wc -l < attempts) -gt {failures}\n")
    uv.chmod(0o755)
    done = tox(project, "-e", "unit", variables={"PATH": f"{uv.parent}{os.pathsep}{os.environ['PATH']}"})
    is_installed = len((project / "attempts").read_text()) > failures
    assert done.returncode == (0 if is_installed else 4), done.stdout + done.stderr
    assert ("could not be made" in done.stderr) == (not is_installed)
    assert [bool(stamp.read_text()) for stamp in project.glob(".tox/*/.testkeep-installed")] == [is_installed]


def test_run__installed_and_stopped_there__is_no_failure(project: Path) -> None:
    """--notest runs no command, so nothing says that the installation went well."""
    configure(project, unit="")
    assert tox(project, "run", "-e", "unit", "--notest").returncode == 0


def test_run__home_cannot_be_written__has_a_cache_in_the_project(project: Path) -> None:
    """uv does not even make a virtual environment without one."""
    (project / "home").write_text("a file")
    configure(project, unit="")
    done = tox(project, "-e", "unit", variables={"HOME": str(project / "home"), "XDG_CACHE_HOME": ""})
    assert (done.returncode, (project / ".testkeep" / "uv-cache").is_dir()) == (0, True), done.stdout + done.stderr

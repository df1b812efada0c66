"""The built wheel in fresh projects, used as their owners would: three lines for nox, two for tox, and Poetry."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOXFILE = """\
# /// script
# dependencies = ["nox[uv]", "testkeep[all]"]
# ///
from testkeep.nox import register

register()
"""
TOX_INI = "[tox]\nrequires = testkeep[all]\n"
APP = '"""An application."""\n\n\ndef double(number: int) -> int:\n    """Double it."""\n    return number * {by}\n'
TEST = "from app import double\n\n\ndef test_double() -> None:\n    assert double(2) == 4\n"
PROJECT = '[project]\nname = "app"\nversion = "1.0.0"\nrequires-python = ">=3.11,<4"\n'
_PRESETS = ("TOX", "NOX", "VIRTUAL_ENV", "PYTHON", "POETRY", "PYTEST", "COVERAGE", "CI", "GITHUB", "GITLAB")


def clean_environment() -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(_PRESETS)}
    person = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.test"}
    return env | person | {key.replace("AUTHOR", "COMMITTER"): value for key, value in person.items()}


def call(
    cwd: Path, env: Mapping[str, str], *argv: str | Path, expected: int | None = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    output = f"{done.args}\n{done.stdout}\n{done.stderr}"
    assert expected is None or done.returncode == expected, output
    return done


@pytest.fixture(scope="module")
def uv() -> str:
    path = shutil.which("uv") or shutil.which("uv", path=sysconfig.get_path("scripts"))
    if path is None:
        pytest.skip("uv is not installed")
    return path


@pytest.fixture(scope="module")
def wheels(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this working tree."""
    folder = tmp_path_factory.mktemp("wheels")
    call(ROOT, clean_environment(), uv, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def env(wheels: Path) -> dict[str, str]:
    """An environment in which the wheel is to be had like any other package."""
    env = clean_environment()
    links = " ".join(filter(None, [str(wheels), env.get("PIP_FIND_LINKS")]))
    return env | {"UV_FIND_LINKS": str(wheels), "PIP_FIND_LINKS": links}


@pytest.fixture(scope="module")
def programs(uv: str, env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """nox and tox as a user has them: without testkeep, and without uv."""
    folder = tmp_path_factory.mktemp("host")
    call(folder, env, uv, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    call(folder, env, uv, "pip", "install", "--quiet", "--python", folder / "venv", "nox", "tox")
    return folder / "venv" / "bin"


@pytest.fixture
def project(tmp_path: Path, env: dict[str, str]) -> Path:
    """A repository with a small application and its test; the test passes."""
    root = tmp_path / "mein Projekt ü"
    (root / "app").mkdir(parents=True)
    (root / "tests/unit").mkdir(parents=True)
    (root / "app/__init__.py").write_text(APP.format(by=2))
    (root / "tests/unit/test_app.py").write_text(TEST)
    (root / "noxfile.py").write_text(NOXFILE)
    (root / "tox.ini").write_text(TOX_INI)
    (root / ".gitignore").write_text(".nox/\n.tox/\n.venv/\n")
    return root


def commit(project: Path, env: dict[str, str]) -> None:
    call(project, env, "git", "init", "--quiet")
    call(project, env, "git", "add", "--all")
    call(project, env, "git", "commit", "--quiet", "--message", "first")


def on_path(program: str, folder: Path, env: dict[str, str]) -> dict[str, str]:
    """Put one program on PATH, and nothing that lies beside it."""
    (folder / Path(program).name).symlink_to(program)
    return {**env, "PATH": os.pathsep.join([str(folder), env["PATH"]])}


def break_application(project: Path) -> None:
    (project / "app/__init__.py").write_text(APP.format(by=3))


def test_uv_project__nox__reaches_the_verdict(
    project: Path, env: dict[str, str], uv: str, programs: Path, tmp_path: Path
) -> None:
    """In a uv project, three lines and `nox -s test` run the pipeline on what uv.lock says."""
    lines = 'dependencies = ["iniconfig"]\n[dependency-groups]\ndev = ["pytest"]\n'
    build = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    (project / "pyproject.toml").write_text(f"{build}{PROJECT}{lines}")
    call(project, env, uv, "lock", "--quiet")
    commit(project, env)
    env = on_path(uv, tmp_path, env)

    passed = call(project, env, programs / "nox", "-s", "test", "--", "--base", "none")
    again = call(project, env, programs / "nox", "-s", "unit", "--", "-k", "double")
    break_application(project)
    failed = call(project, env, programs / "nox", "-s", "test", "--", "--base", "none", expected=1)

    assert " sync --active --python " in passed.stderr
    assert "PASS" in passed.stdout
    assert "The environment is up to date." in again.stderr
    assert "FAIL" in failed.stdout


@pytest.mark.slow
def test_pip_project__nox_and_tox__reach_the_same_verdict(project: Path, env: dict[str, str], programs: Path) -> None:
    """With requirements files only and no pyproject.toml, nox and a provisioned tox say the same."""
    (project / "requirements.txt").write_text("iniconfig\n")
    (project / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")
    commit(project, env)
    nox, tox = (programs / "nox", "-s", "test"), (programs / "tox", "-e", "test")
    bare = {**env, "PATH": os.pathsep.join(["/usr/local/bin", "/usr/bin", "/bin"])}

    passed = [call(project, bare, *argv, "--", "--base", "none").stdout for argv in (nox, tox)]
    break_application(project)
    failed = [call(project, bare, *argv, "--", "--base", "none", expected=1).stdout for argv in (nox, tox)]

    assert ["PASS" in text for text in passed] == [True, True]
    assert ["FAIL" in text for text in failed] == [True, True]


@pytest.fixture(scope="module")
def poetry(uv: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Poetry from PATH, else one that is installed for this test; skipped without, which fails in CI."""
    if found := shutil.which("poetry"):
        return found
    folder = tmp_path_factory.mktemp("poetry")
    env = clean_environment()
    call(folder, env, uv, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    install = (uv, "pip", "install", "--quiet", "--python", folder / "venv", "poetry>=2,<3")
    done = call(folder, env, *install, expected=None)
    if done.returncode != 0:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"Poetry cannot be had here: {done.stderr}")
    return str(folder / "venv" / "bin" / "poetry")


def poetry_source() -> str:
    """The index that pip uses, as the primary source: Poetry's own way to PyPI, a JSON API, is not open everywhere."""
    url = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    return f'[[tool.poetry.source]]\nname = "simple"\nurl = "{url}/"\npriority = "primary"\n'


# Poetry locks and installs for most of a minute.
@pytest.mark.slow
@pytest.mark.parametrize(
    "package",
    [
        pytest.param('packages = [{ include = "app" }]\n', id="package"),
        pytest.param("package-mode = false\n", id="no package"),
    ],
)
def test_poetry_project__tox__needs_no_provisioning(
    project: Path, env: dict[str, str], wheels: Path, poetry: str, package: str, tmp_path: Path
) -> None:
    """With testkeep in Poetry's dev group, `poetry run tox` runs the pipeline on what poetry.lock says."""
    wheel = next(wheels.glob("*.whl")).as_posix()
    tables = [
        PROJECT,
        f"[tool.poetry]\n{package}",
        '[tool.poetry.group.dev.dependencies]\npytest = "*"\n',
        f'testkeep = {{ path = "{wheel}", extras = ["tools", "tox"] }}\n',
        '[tool.tox]\nrequires = ["testkeep"]\n',
        poetry_source(),
    ]
    (project / "pyproject.toml").write_text("".join(tables))
    (project / "tox.ini").unlink()
    env = on_path(poetry, tmp_path, env) | {"POETRY_VIRTUALENVS_IN_PROJECT": "true"}
    call(project, env, poetry, "lock", "--no-interaction")
    commit(project, env)
    call(project, env, poetry, "install", "--no-interaction")

    passed = call(project, env, poetry, "run", "--", "tox", "--", "--base", "none")
    break_application(project)
    failed = call(project, env, poetry, "run", "tox", "-e", "unit", expected=1)

    assert "poetry install --no-interaction" in passed.stdout
    assert "PASS" in passed.stdout
    assert not (project / ".tox/.tox").exists()
    assert "unit: FAIL code 1" in failed.stdout

"""What an environment's installation depends on, on a real disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from testkeep.model.project import Packaging
from testkeep.plugins.environment import (
    find_tools,
    fingerprint,
    is_installed,
    make_room_for_uv,
    own_requirement,
    read_packaging,
    set_installed,
)
from testkeep.plugins.installing import Plan


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "env").mkdir()
    (tmp_path / "env/pyvenv.cfg").write_text("version = 3.11\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\n')
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "testkeep-1.0-py3-none-any.whl").write_bytes(b"wheel")
    return tmp_path


def plan(project: Path, *requirements: str) -> Plan:
    wheel = (project / "testkeep-1.0-py3-none-any.whl").as_uri()
    return Plan(requirements=requirements, own=f"testkeep[tools] @ {wheel}")


def test_is_installed__nothing_changed__holds(project: Path) -> None:
    """An installation is known again by its fingerprint, and an interrupted one is not."""
    installation = fingerprint(project, plan(project), project / "env")
    before = is_installed(project / "env", installation)
    set_installed(project / "env", installation)
    again = fingerprint(project, plan(project), project / "env")
    after = is_installed(project / "env", again)
    set_installed(project / "env", "")
    assert (before, after, is_installed(project / "env", again)) == (False, True, False)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: (root / "pyproject.toml").write_text(""), id="pyproject"),
        pytest.param(lambda root: (root / "uv.lock").write_text(""), id="new lock"),
        pytest.param(lambda root: (root / "requirements.txt").write_text("django"), id="requirements"),
        pytest.param(lambda root: (root / "env/pyvenv.cfg").write_text("version = 3.12"), id="python"),
        pytest.param(lambda root: next(root.glob("*.whl")).write_bytes(b"other wheel"), id="wheel"),
    ],
)
def test_fingerprint__an_input_changes__differs(project: Path, change: Callable[[Path], object]) -> None:
    """Every input of an installation is part of its fingerprint."""
    before = fingerprint(project, plan(project), project / "env")
    change(project)
    assert fingerprint(project, plan(project), project / "env") != before


def test_fingerprint__another_plan__differs(project: Path) -> None:
    """What is to be installed is part of the fingerprint too."""
    one, other = (fingerprint(project, plan(project, name), project / "env") for name in ("a", "b"))
    assert one != other


def test_read_packaging__files_in_folders__are_seen(project: Path) -> None:
    """Requirements in their usual folder count."""
    (project / "requirements").mkdir()
    (project / "requirements/dev.txt").touch()
    assert read_packaging(project) == Packaging(
        name="app", requirements_files=("requirements.txt", "requirements/dev.txt")
    )


def test_own_requirement__installed_here__names_its_extras() -> None:
    """A project that runs migrations gets no plugin for them that it did not ask for."""
    assert "[tools]" in own_requirement()


def test_find_tools__beside_python__are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """uv that came with nox[uv] is found without being on PATH."""
    pytest.importorskip("uv")
    monkeypatch.setenv("PATH", "/nonexistent")
    assert "uv" in find_tools()


@pytest.mark.parametrize(
    "cache",
    [
        pytest.param("closed/.cache", id="in a folder that nobody but root may look into"),
        pytest.param("x" * 300, id="a name that no file can have"),
    ],
)
def test_make_room_for_uv__place_cannot_be_looked_at__is_no_error(
    project: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    """The home of another user, in a container that runs as nobody in particular."""
    (project / "closed").mkdir(mode=0)
    for name in ("UV_CACHE_DIR", "UV_NO_CACHE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / cache))
    make_room_for_uv(project)
    assert bool(os.environ["UV_CACHE_DIR"]) == (cache.startswith("closed") and os.getuid() != 0)

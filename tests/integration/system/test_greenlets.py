"""Whether greenlets may switch: in the files of a project, and in libraries that are really on the path."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from testkeep.system import greenlets

_SYNC = "from sqlalchemy.orm import Session\n"
_ASYNC = "from sqlalchemy.ext.asyncio import AsyncSession\n"


def install(site: Path, name: str, files: dict[str, str], *requires: str) -> None:
    """Write a library as an installer leaves it."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {one}" for one in requires)]
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)


GREENLET = ("greenlet", {"greenlet/__init__.py": ""})
SQLALCHEMY = ("SQLAlchemy", {"sqlalchemy/__init__.py": _ASYNC}, "greenlet>=1; platform_machine == 'x86_64'")


@pytest.mark.parametrize(
    ("installed", "project", "expected"),
    [
        pytest.param((), _ASYNC, False, id="no greenlet"),
        pytest.param((GREENLET, SQLALCHEMY), _SYNC, False, id="SQLAlchemy, used synchronously"),
        pytest.param((GREENLET, SQLALCHEMY), _ASYNC, True, id="SQLAlchemy's asyncio extension"),
        pytest.param((GREENLET, SQLALCHEMY), "from sqlalchemy.ext import asyncio\n", True, id="imported as a name"),
        pytest.param((GREENLET,), "import greenlet\n", True, id="greenlets of its own"),
        pytest.param((GREENLET,), "# for a greenlet\nx = 'greenlet'\n", False, id="a remark"),
        pytest.param((GREENLET,), "def f():\n    m = load('sqlalchemy.ext.asyncio')\n", True, id="a name as text"),
        pytest.param((GREENLET,), "try:\n    from greenlet import getcurrent\n", True, id="an indented import"),
        pytest.param((GREENLET, ("gevent", {"gevent/__init__.py": ""})), _SYNC, True, id="gevent is installed"),
        pytest.param(
            (GREENLET, SQLALCHEMY, ("orm-x", {"orm_x/__init__.py": _ASYNC}, "sqlalchemy")), "import orm_x\n", True,
            id="a library that is built on it",
        ),
        pytest.param(
            (
                GREENLET, SQLALCHEMY, ("orm_x", {"orm_x/__init__.py": ""}, "SQLAlchemy (>=2)"),
                ("api.y", {"api_y.py": _ASYNC}, "Orm.X[z]>=1"),
            ), "import api_y\n", True, id="a library on top of a library",
        ),
        pytest.param(
            (GREENLET, SQLALCHEMY, ("orm-x", {"orm_x/__init__.py": _ASYNC}, "sqlalchemy; extra == 'db'")), "", False,
            id="a library that can use it",
        ),
        pytest.param(
            (GREENLET, SQLALCHEMY, ("tool", {"tool/__init__.py": "", "tool/templates/async/env.py": _ASYNC},
                                    "SQLAlchemy")), "", False, id="a template, not a module",
        ),
        pytest.param(
            (GREENLET, SQLALCHEMY, ("tool", {"tool/__init__.py": "", "tool/testing/__init__.py": _ASYNC},
                                    "SQLAlchemy")), "", False, id="a library's help for tests",
        ),
        pytest.param(
            (GREENLET, SQLALCHEMY, ("alembic", {"alembic/__init__.py": _ASYNC}, "SQLAlchemy")), "", False,
            id="alembic names types",
        ),
        pytest.param(
            (GREENLET, SQLALCHEMY, ("beside", {"a.pth": "", "__editable___beside.py": ""}, "SQLAlchemy")), "", True,
            id="a library that does not say what its files are",
        ),
    ],
)  # fmt: skip
def test_may_switch__libraries_and_a_project__goes_by_what_they_say(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    installed: tuple[tuple[str, dict[str, str]], ...],
    project: str,
    expected: bool,
) -> None:
    site, file = tmp_path / "site", tmp_path / "app.py"
    site.mkdir()
    for library in installed:
        install(site, *library)
    file.write_text(project)
    # Without the site-packages of this environment, which may have greenlet.
    rest = [entry for entry in sys.path if "site-packages" not in entry]
    monkeypatch.setattr("sys.path", [*rest, str(site)])
    monkeypatch.delitem(sys.modules, "greenlet", raising=False)
    greenlets._libraries.cache_clear()

    found = greenlets.may_switch([file, tmp_path / "gone.py"])

    greenlets._libraries.cache_clear()
    assert found is expected


def test_may_switch__the_project_itself_is_installed_editable__goes_by_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, file = tmp_path / "site", tmp_path / "a project" / "app.py"
    file.parent.mkdir()
    file.write_text(_SYNC)
    for library in (GREENLET, SQLALCHEMY, ("own", {"own.pth": str(file.parent)}, "SQLAlchemy")):
        install(site, *library)
    (site / "own-1.0.dist-info" / "direct_url.json").write_text(f'{{"url": "{file.parent.as_uri()}"}}')
    monkeypatch.setattr("sys.path", [*(entry for entry in sys.path if "site-packages" not in entry), str(site)])
    greenlets._libraries.cache_clear()

    found = greenlets.may_switch([file])

    greenlets._libraries.cache_clear()
    assert found is False

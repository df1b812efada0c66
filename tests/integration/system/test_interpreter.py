"""What names an environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import clean_environment
from testkeep.system import interpreter


def digest(path: Path) -> str:
    """The digest in an interpreter that also finds what is installed in a folder."""
    ask = "from testkeep.system.interpreter import environment_digest; print(environment_digest())"
    environment = clean_environment(PYTHONPATH=str(path))
    return subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize(
    ("folders", "differs"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param(["package"], False, id="boundary: a package without metadata"),
        pytest.param(["extra-1.0.dist-info"], True, id="a distribution"),
        pytest.param(["extra-1.0.egg-info"], True, id="an old one"),
    ],
)
def test_environment_digest__something_more_is_installed__differs(
    tmp_path: Path, folders: list[str], differs: bool
) -> None:
    (tmp_path / "site").mkdir()
    before = digest(tmp_path / "site")
    for name in folders:
        (tmp_path / "site" / name).mkdir()

    assert (digest(tmp_path / "site") != before) is differs


def test_environment_digest__another_version__differs(tmp_path: Path) -> None:
    digests = set()
    for version in ("1.0", "1.1"):
        (tmp_path / version / f"extra-{version}.dist-info").mkdir(parents=True)
        digests.add(digest(tmp_path / version))

    assert len(digests) == 2


def test_home_variables__home_is_known__are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert interpreter.home_variables() == {}


def test_home_variables__nobody_knows_the_user__name_a_home_that_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    assert not Path(interpreter.home_variables()["HOME"]).is_dir()


def test_age__of_a_process_that_waits__is_what_it_waited() -> None:
    ask = "import time; time.sleep(0.3); from testkeep.system.interpreter import age_s; print(age_s())"
    done = subprocess.run(
        [sys.executable, "-c", ask], env=clean_environment(), capture_output=True, text=True, check=True
    )
    assert 0.25 < float(done.stdout) < 60 or float(done.stdout) == 0.0

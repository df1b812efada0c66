"""What names an environment, and what is installed in it."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import clean_environment
from testkeep.system import interpreter
from testkeep.system.interpreter import requirements_of, version_of


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
    assert float(done.stdout) > 0.25 or float(done.stdout) == 0.0


def install(site: Path, folder: str, *requirements: str, version: str = "") -> None:
    """Write the folder that says what is installed; without a version there is only the folder."""
    info = site / folder
    info.mkdir(parents=True)
    if version:
        head = ["Metadata-Version: 2.1", "Name: Some.Thing", f"Version: {version}"]
        lines = [*head, *(f"Requires-Dist: {each}" for each in requirements), "", "Requires-Dist: said of itself"]
        name = "PKG-INFO" if folder.endswith("egg-info") else "METADATA"
        (info / name).write_text("\n".join(lines) + "\n")


def test_distributions__of_this_environment__are_read_as_importlib_reads_them() -> None:
    """The short way and the long way say the same."""
    there = list(importlib.metadata.distributions())
    found = {each.name: (version_of(each.name), requirements_of(each.name)) for each in there}
    assert found == {each.name: (each.version, each.requires or []) for each in there}
    assert len(found) > 10


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param("Some.Thing-1.5.dist-info", id="its own name"),
        pytest.param("some_thing-1.5.dist-info", id="the name in one form"),
        pytest.param("some_thing.egg-info", id="without a version"),
        pytest.param("some_thing-1.5-py3.11.egg-info", id="an old form"),
    ],
)
@pytest.mark.parametrize("name", ["Some.Thing", "some-thing", "some_thing"])
def test_distribution__spelled_otherwise__is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, name: str
) -> None:
    install(tmp_path, folder, "pytest>=7", version="1.5")
    monkeypatch.syspath_prepend(tmp_path)
    assert (version_of(name), requirements_of(name)) == ("1.5", ["pytest>=7"])


def test_distribution__in_two_folders__is_the_first_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Python imports it."""
    install(tmp_path / "first", "some_thing-2.0.dist-info", version="2.0")
    install(tmp_path / "second", "some_thing-1.0.dist-info", version="1.0")
    monkeypatch.syspath_prepend(tmp_path / "second")
    monkeypatch.syspath_prepend(tmp_path / "first")
    assert version_of("some-thing") == "2.0"


def test_distribution__that_is_not_there__has_no_version_and_requires_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file on the path, and a folder that is not there, hold nothing."""
    (tmp_path / "file").touch()
    monkeypatch.syspath_prepend(tmp_path / "file")
    monkeypatch.syspath_prepend(tmp_path / "nowhere")
    assert (version_of("some-thing"), requirements_of("some-thing")) == ("", [])


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        pytest.param("lib/site-packages", True, id="installed"),
        pytest.param("usr/lib/python3/dist-packages", True, id="installed, Debian's way"),
        pytest.param("src", False, id="a working tree on the path, as after an editable installation"),
    ],
)
def test_has_installed_copy__module_is_importable__says_whether_it_lies_with_the_installed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, expected: bool
) -> None:
    (tmp_path / place / "shop_of_this_test").mkdir(parents=True)
    (tmp_path / place / "shop_of_this_test" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / place)

    assert interpreter.has_module("shop_of_this_test")
    assert interpreter.has_installed_copy("shop_of_this_test") is expected

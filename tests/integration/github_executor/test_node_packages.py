"""Node and its packages are found or installed; without them tests are skipped, but not in CI."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

import node_packages
from github_executor import driver
from github_executor.interpreters import find_pythons

EXECUTOR = Path(driver.__file__).parent


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    node_packages.find.cache_clear()


def an_old_node(folder: Path) -> Path:
    node = folder / "node"
    node.write_text("#!/bin/sh\necho v22.14.0\n")
    node.chmod(0o755)
    return node


def test_packages__no_node__skips_on_a_laptop_and_fails_in_ci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTKEEP_NODE", str(an_old_node(tmp_path)))

    def ending() -> tuple[type[BaseException], str]:
        # Not one of the two: an outcome that is not expected would otherwise be this test's own.
        with pytest.raises((pytest.skip.Exception, pytest.fail.Exception)) as caught:
            node_packages.require(EXECUTOR)
        return caught.type, str(caught.value)

    monkeypatch.delenv("CI", raising=False)
    laptop = ending()
    monkeypatch.setenv("CI", "true")
    ci = ending()

    assert [kind for kind, _ in (laptop, ci)] == [pytest.skip.Exception, pytest.fail.Exception]
    assert all("is no Node 22.15 or newer" in message for _, message in (laptop, ci))


def test_packages__an_installation_breaks__says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-made folder would be taken for a complete one by the next test."""
    found = node_packages.find(EXECUTOR)
    (tmp_path / "npm").write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    (tmp_path / "npm").chmod(0o755)
    (tmp_path / "node").symlink_to(found.node)
    node_packages.find.cache_clear()
    monkeypatch.setenv("TESTKEEP_NODE", str(tmp_path / "node"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    with pytest.raises(node_packages.NodeMissing, match="no network"):
        node_packages.find(EXECUTOR)
    assert list((tmp_path / "cache" / "testkeep-tests").iterdir()) == []


def test_packages__twice__is_installed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = node_packages.find(EXECUTOR)
    node_packages.find.cache_clear()
    monkeypatch.setattr(node_packages, "_install", None)

    assert node_packages.find(EXECUTOR) == found
    assert (found.packages / "node_modules" / "@actions" / "workflow-parser").is_dir()


def test_find_pythons__versions__are_the_installed_ones() -> None:
    own = ".".join(platform.python_version_tuple()[:2])

    found = find_pythons(own, "3.99")

    assert list(found) == [own]
    said = subprocess.run([found[own], "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"Python {own}.")

"""Versions that testkeep does not work with, and those that do not work together."""

from __future__ import annotations

import pytest

from testkeep.formats.installed_versions import named, version_checks
from testkeep.model.checkup import Status

REQUIREMENTS = ("pytest>=8.4", "pytest-cov>=6.0", 'ruff>=0.6; extra == "tools"')
GOOD = {"pytest": "9.2.0", "pytest-cov": "7.1.0", "ruff": "0.9"}


@pytest.mark.parametrize(
    ("installed", "status", "word"),
    [
        pytest.param({"pytest": "8.3.5"}, Status.PROBLEM, "pytest>=8.4", id="below the floor"),
        pytest.param({"pytest-cov": ""}, Status.PROBLEM, "not installed", id="missing"),
        pytest.param({"ruff": "0.5.1"}, Status.WARNING, "ruff>=0.6", id="an optional tool below the floor"),
        pytest.param({"pytest-alembic": "0.13.1"}, Status.WARNING, "pytest-alembic 0.13.1", id="known to break"),
    ],
)
def test_version_checks__unsuitable_version__is_said_alone(
    installed: dict[str, str], status: Status, word: str
) -> None:
    (check,) = version_checks(GOOD | installed, REQUIREMENTS, "")

    assert check.status is status
    assert word in f"{check.said} {check.advice}"
    assert check.advice


@pytest.mark.parametrize(
    "installed",
    [
        pytest.param({}, id="all as it should be"),
        pytest.param({"ruff": ""}, id="an optional tool is not installed"),
        pytest.param({"pytest": "9.1.0", "pytest-alembic": "0.13.1"}, id="works with this pytest"),
        pytest.param({"pytest-alembic": "0.14"}, id="works in this version"),
        pytest.param({"pytest": "9.3.0rc1"}, id="a prerelease above the floor"),
        pytest.param({"pytest-xdist": "3.8.0"}, id="what breaks is not used"),
    ],
)
def test_version_checks__suitable_versions__are_one_line(installed: dict[str, str]) -> None:
    (check,) = version_checks(GOOD | installed, REQUIREMENTS, "")

    assert check.status is Status.OK
    assert f"pytest {(GOOD | installed)['pytest']}" in check.said


def test_version_checks__project_uses_what_breaks__warns() -> None:
    (check,) = version_checks(GOOD | {"pytest-xdist": "3.8.0"}, REQUIREMENTS, '@pytest.mark.xdist_group("db")')

    assert (check.status, "xdist_group" in check.said) == (Status.WARNING, True)


def test_named__requirements_and_known_breaks__are_all_looked_up() -> None:
    assert named(REQUIREMENTS) >= {"pytest", "pytest-cov", "ruff", "pytest-alembic", "pytest-xdist"}

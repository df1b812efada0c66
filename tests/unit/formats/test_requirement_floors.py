"""What is older than a package needs."""

from __future__ import annotations

import pytest

from testkeep.formats.requirement_floors import Unmet, unmet

NOTHING: list[Unmet] = []


@pytest.mark.parametrize(
    ("requirement", "found", "expected"),
    [
        pytest.param("pytest>=7.4", "7.4", NOTHING, id="the floor itself"),
        pytest.param("pytest>=7.4", "7.4.0", NOTHING, id="the floor with a zero more"),
        pytest.param("pytest>=7.4", "7.10", NOTHING, id="numbers are no texts"),
        pytest.param("pytest>=7.4", "9.0.0rc1", NOTHING, id="a pre-release above"),
        pytest.param("pytest>=7.4", "7.3.2", [Unmet("pytest", "7.4", "7.3.2")], id="below"),
        pytest.param("pytest>=7.4", "7.4.0rc1", [Unmet("pytest", "7.4", "7.4.0rc1")], id="a pre-release of the floor"),
        pytest.param("pytest-cov >= 4.1", "3.0", [Unmet("pytest-cov", "4.1", "3.0")], id="spaces and a dash"),
        pytest.param("pytest>=7.4", "", [Unmet("pytest", "7.4", "")], id="missing"),
        pytest.param("pytest>=7.4", "of our own", NOTHING, id="a version that is none"),
        pytest.param("nox[uv]>=2026.2.9; extra == 'nox'", "", NOTHING, id="of an extra"),
        pytest.param("black>=24.1; extra == 'tools'", "23.1", NOTHING, id="of another extra"),
        pytest.param("pytest", "1.0", NOTHING, id="without a floor"),
    ],
)
def test_unmet__a_requirement_and_what_is_installed(requirement: str, found: str, expected: list[Unmet]) -> None:
    """A version below the floor, or none, is unmet; what has no floor or belongs to an extra is passed over."""
    assert list(unmet([requirement], lambda name: found)) == expected


def test_unmet__several__are_all_named() -> None:
    """All of them are told at once."""
    installed = {"click": "8.0", "rich": "13.0", "coverage": "7.2"}
    found = unmet(["click>=8.1", "rich>=13.0", "coverage>=7.10"], installed.__getitem__)
    assert [each.name for each in found] == ["click", "coverage"]

"""What the installed package asks for."""

from __future__ import annotations

import importlib.metadata

import pytest
from packaging.requirements import Requirement


def names(extra: str) -> set[str]:
    """What an extra brings beside the package's own requirements; extras of the package itself are followed."""
    found = set[str]()
    for line in importlib.metadata.requires("testkeep") or ():
        requirement = Requirement(line)
        if requirement.marker is None or not requirement.marker.evaluate({"extra": extra}):
            continue
        found |= (
            {name for each in requirement.extras for name in names(each)} if requirement.name == "testkeep" else set()
        )
        found |= {requirement.name} - {"testkeep"}
    return found


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        pytest.param("all", {"black", "isort", "mypy", "nox", "ruff", "tox", "tox-uv"}, id="all"),
        pytest.param("alembic", {"pytest-alembic"}, id="alembic"),
    ],
)
def test_extra__brings__what_it_says_and_no_library_of_the_project(extra: str, expected: set[str]) -> None:
    """Tools of the pipeline come with ``all``; what a project itself is built of, it chooses itself."""
    assert names(extra) == expected

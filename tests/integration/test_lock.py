"""The lock for development holds what the kit declares. ``scripts/lock`` makes it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def declared() -> Iterator[Requirement]:
    """What the kit, its extras, its groups and the demo's example ask for, without what is of this repository."""
    for folder in (ROOT, ROOT / "examples" / "backend"):
        table = tomllib.loads((folder / "pyproject.toml").read_text())
        lists = [table["project"]["dependencies"], *table["project"].get("optional-dependencies", {}).values()]
        for lines in (*lists, *table["dependency-groups"].values()):
            yield from (Requirement(line) for line in lines if isinstance(line, str))


def pins() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pinned}


@pytest.mark.parametrize(
    "requirement", [pytest.param(one, id=str(one)) for one in dict.fromkeys(declared()) if one.name != "testkeep"]
)
def test_constraints__declared_requirement__is_pinned_to_a_version_that_it_allows(requirement: Requirement) -> None:
    pin = pins()[canonicalize_name(requirement.name)]
    (version,) = (specifier.version for specifier in pin.specifier)
    assert requirement.specifier.contains(version, prereleases=True)


def test_constraints__every_line__names_an_exact_version_and_no_place() -> None:
    """No path, index or URL: the lock is good on every machine. testkeep itself is the working tree."""
    assert {specifier.operator for pin in pins().values() for specifier in pin.specifier} == {"=="}
    assert [pin.url for pin in pins().values() if pin.url] == []
    assert "testkeep" not in pins()

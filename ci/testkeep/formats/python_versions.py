"""The Python versions that a project names in pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet

# testkeep's own floor: no test stage runs below it.
_LEAST = 11
_CLASSIFIER = re.compile(r"Programming Language :: Python :: 3\.(\d+)")
_FLOOR = re.compile(r"(?:>=|~=|==)\s*3\.(\d+)(?:\.\*|\.0)?")


@dataclass(frozen=True)
class NamedVersions:
    """The versions, the oldest first (none: the project names none, or not simply), and ``where`` they are named."""

    versions: tuple[str, ...] = ()
    where: str = ""


def named_versions(pyproject: str) -> NamedVersions:
    """Find the versions of the classifiers, else the floor of ``requires-python``.

    >>> named_versions('[project]\\nrequires-python = ">=3.12"')
    NamedVersions(versions=('3.12',), where='the floor of requires-python')
    """
    try:
        project = tomllib.loads(pyproject).get("project", {})
    except tomllib.TOMLDecodeError:
        return NamedVersions()
    if not isinstance(project, dict):
        return NamedVersions()
    required, classifiers = str(project.get("requires-python", "")), project.get("classifiers", [])
    texts = map(str, classifiers if isinstance(classifiers, list) else ())
    named = sorted({int(found[1]) for text in texts if (found := _CLASSIFIER.fullmatch(text.strip()))})
    versions = tuple(f"3.{minor}" for minor in named if minor >= _LEAST and _allows(required, minor))
    if versions:
        return NamedVersions(versions, "the classifiers")
    floors = [found for part in required.split(",") if (found := _FLOOR.fullmatch(part.strip()))]
    if len(floors) == 1 and int(floors[0][1]) >= _LEAST:
        return NamedVersions((f"3.{floors[0][1]}",), "the floor of requires-python")
    return NamedVersions()


def _allows(required: str, minor: int) -> bool:
    """Whether some release of a version is allowed; a floor such as 3.11.4 allows the later ones of 3.11."""
    try:
        return SpecifierSet(required).contains(f"3.{minor}.99")
    except InvalidSpecifier:
        return True

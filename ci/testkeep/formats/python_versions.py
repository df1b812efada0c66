"""The Python versions that a project names in pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from testkeep.model.policy import OLDEST_PYTHON

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
    project = _project(pyproject)
    required, classifiers = str(project.get("requires-python", "")), project.get("classifiers", [])
    texts = map(str, classifiers if isinstance(classifiers, list) else ())
    named = sorted({int(found[1]) for text in texts if (found := _CLASSIFIER.fullmatch(text.strip()))})
    versions = tuple(f"3.{minor}" for minor in named if (3, minor) >= OLDEST_PYTHON and _allows(required, minor))
    if versions:
        return NamedVersions(versions, "the classifiers")
    floors = [found for part in required.split(",") if (found := _FLOOR.fullmatch(part.strip()))]
    if len(floors) == 1 and (3, int(floors[0][1])) >= OLDEST_PYTHON:
        return NamedVersions((f"3.{floors[0][1]}",), "the floor of requires-python")
    return NamedVersions()


def required_instead(pyproject: str, version: str) -> str:
    """What a project's ``requires-python`` says, if that leaves a version out; else empty.

    >>> required_instead('[project]\\nrequires-python = "<3.11"', "3.12.1")
    '<3.11'
    """
    required = str(_project(pyproject).get("requires-python", ""))
    try:
        return "" if SpecifierSet(required).contains(version, prereleases=True) else required
    except InvalidSpecifier:
        return ""


def _project(pyproject: str) -> Mapping[str, Any]:
    try:
        project: Any = tomllib.loads(pyproject).get("project", {})
    except tomllib.TOMLDecodeError:
        return {}
    return project if isinstance(project, dict) else {}


def _allows(required: str, minor: int) -> bool:
    """Whether some release of a version is allowed; a floor such as 3.11.4 allows the later ones of 3.11."""
    try:
        return SpecifierSet(required).contains(f"3.{minor}.99")
    except InvalidSpecifier:
        return True

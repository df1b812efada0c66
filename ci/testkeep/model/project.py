"""What a consumer's project says about itself: how it is installed and what its tests need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SHARED_NAMES = ("dev", "test", "tests", "testing", "lint", "typing")
"""Names of dependency groups and extras that hold what a pipeline needs, by convention."""

REQUIREMENTS_FILES = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-test.txt",
    "dev-requirements.txt",
    "requirements/dev.txt",
    "requirements/test.txt",
)


class Lock(StrEnum):
    """The tool whose lock file fixes a project's dependencies; the values are the tools' command names."""

    UV = "uv"
    POETRY = "poetry"

    @property
    def file(self) -> str:
        """The lock file's name."""
        return f"{self.value}.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoetryGroup:
    """A group of dependencies in Poetry's own notation, which only Poetry's library can translate.

    ``constraints`` maps each dependency's name to what stands in the file: a string such as ``"^1.2"``, a
    table, or a list of them.
    """

    constraints: Mapping[str, object]
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """How a project is installed and what its tests need. A folder without any of it is a project too.

    ``name`` and the names of groups and extras are normalized as PEP 503 says. ``dependencies``, ``groups``
    and ``extras`` hold requirements (PEP 508), includes and self-references replaced by what they stand for.
    ``poetry_dependencies`` and ``poetry_groups`` hold what is written in Poetry's notation only.
    """

    name: str = ""
    is_installable: bool = False
    dependencies: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default_groups: tuple[str, ...] = ()
    """The groups that uv installs unasked."""
    poetry_dependencies: PoetryGroup = PoetryGroup(constraints={})
    poetry_groups: Mapping[str, PoetryGroup] = field(default_factory=dict)
    requirements_files: tuple[str, ...] = ()
    locks: frozenset[Lock] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of a project's groups, extras and requirements files an environment gets.

    ``named`` are the fields that somebody filled by name; the others were chosen by convention.
    """

    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requirements_files: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()


def choose(packaging: Packaging) -> Wanted:
    """Choose what a pipeline needs by convention: groups of the shared names, else extras of the same names.

    The requirements files are those that exist. Names come in the order of SHARED_NAMES.
    """
    known = packaging.groups.keys() | packaging.poetry_groups.keys()
    groups = tuple(name for name in SHARED_NAMES if name in known)
    extras = () if groups else tuple(name for name in SHARED_NAMES if name in packaging.extras)
    return Wanted(groups=groups, extras=extras, requirements_files=packaging.requirements_files)

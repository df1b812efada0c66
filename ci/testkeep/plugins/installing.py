"""A project's packaging to the commands that make the environment of its pipeline. Runs and reads nothing."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from testkeep import __version__
from testkeep.errors import ToolError
from testkeep.model.project import Lock, Packaging, PoetryGroup, Wanted

OWN_NAME = "testkeep"
OWN_EXTRAS = ("tools",)
"""The extras of testkeep that every pipeline gets. What comes with the others, a project asks for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one environment gets.

    With a ``lock``, its tool installs the project, ``groups`` and ``extras``; without, pip or uv does: the
    project if it ``is_editable``, with ``extras``, and all ``requirements``. In both cases ``files`` and
    ``own`` come on top. ``own`` is the requirement of testkeep itself, empty if the project is testkeep.
    Every requirement is one line of a requirements file.
    """

    lock: Lock | None = None
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    is_editable: bool = False
    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    own: str = ""
    has_default_groups: bool = True

    def lock_arguments(self, environment: Path) -> tuple[str, ...]:
        """The arguments for the lock's tool, which finds the environment in VIRTUAL_ENV.

        uv is told its Python as well: one that .python-version asks for would take the environment's place.
        """
        if self.lock is Lock.POETRY:
            chosen = [*_each("--with", self.groups), *_each("--extras", self.extras)]
            return ("install", "--no-interaction", "--no-ansi", *chosen)
        defaults = () if self.has_default_groups else ("--no-default-groups",)
        chosen = [*defaults, *_each("--group", self.groups), *_each("--extra", self.extras)]
        python = str(environment / "bin" / "python")
        return ("sync", "--active", "--python", python, "--locked", "--inexact", *chosen)

    @property
    def without_own_extras(self) -> Plan:
        """The plan without testkeep's extras, for where these do not fit what the project asks for."""
        return replace(self, own=self.own.replace(f"[{','.join(OWN_EXTRAS)}]", ""))

    @property
    def package_arguments(self) -> tuple[str, ...]:
        """The arguments for ``pip install`` or ``uv pip install``; empty if nothing is left to install."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        project = ("-e", f".{extras}") if self.is_editable else ()
        own = tuple(self.own.split(" ", 1)) if self.own.startswith("-e ") else tuple(filter(None, [self.own]))
        return (*project, *_each("-r", self.files), *self.requirements, *own)


def _each(option: str, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for value in values for part in (option, value))


def make_plan(packaging: Packaging, wanted: Wanted, own: str, tools: Collection[Lock]) -> Plan:
    """Plan the installation of a project.

    ``own`` is the requirement of the running testkeep, ``tools`` are the lock tools that can be called.

    Raises:
        ToolError: something stands in Poetry's notation only, and neither Poetry nor its library is there.
    """
    extras = wanted.extras
    if packaging.name == OWN_NAME:
        extras = tuple(dict.fromkeys((*extras, *OWN_EXTRAS)))
        own = ""
    elif _brings_testkeep(packaging, wanted):
        own = f"{OWN_NAME}[{','.join(OWN_EXTRAS)}]"
    lock = next((lock for lock in Lock if lock in packaging.locks and lock in tools), None)
    if lock is not None:
        return _locked(packaging, wanted, lock, extras, own)
    grouped = (line for name in wanted.groups for line in _group(packaging, name))
    if packaging.is_installable:
        return Plan(
            is_editable=True,
            extras=extras,
            requirements=tuple(dict.fromkeys(grouped)),
            files=wanted.requirements_files,
            own=own,
        )
    lines = [*packaging.dependencies, *_translated(packaging.poetry_dependencies)]
    lines += [line for name in extras for line in packaging.extras[name]]
    requirements = tuple(dict.fromkeys([*lines, *grouped]))
    return Plan(requirements=requirements, files=wanted.requirements_files, own=own)


def requirements_of_project(packaging: Packaging, extras: Collection[str]) -> tuple[str, ...]:
    """What an installable project and its extras ask for, as far as it is written down where it can be read."""
    lines = [*packaging.dependencies, *(line for name in extras for line in packaging.extras.get(name, ()))]
    return tuple(dict.fromkeys(lines))


def _locked(packaging: Packaging, wanted: Wanted, lock: Lock, extras: tuple[str, ...], own: str) -> Plan:
    named_groups = "groups" in wanted.named
    groups = wanted.groups
    if lock is Lock.UV:
        defaults = () if named_groups else packaging.default_groups
        groups = tuple(name for name in groups if name in packaging.groups and name not in defaults)
    files = wanted.requirements_files if "requirements" in wanted.named else ()
    return Plan(lock=lock, groups=groups, extras=extras, files=files, own=own, has_default_groups=not named_groups)


def _group(packaging: Packaging, name: str) -> tuple[str, ...]:
    poetry = packaging.poetry_groups.get(name, PoetryGroup(constraints={}))
    return (*packaging.groups.get(name, ()), *_translated(poetry))


def _brings_testkeep(packaging: Packaging, wanted: Wanted) -> bool:
    """Whether the project itself asks for testkeep, so that its own choice of version holds."""
    groups = (*wanted.groups, *packaging.default_groups)
    lines = [*packaging.dependencies]
    lines += [line for name in groups for line in packaging.groups.get(name, ())]
    lines += [line for name in wanted.extras for line in packaging.extras.get(name, ())]
    poetry = [packaging.poetry_dependencies, *(packaging.poetry_groups.get(name) for name in groups)]
    return asks_for_testkeep(lines) or any(OWN_NAME in group.constraints for group in poetry if group is not None)


def asks_for_testkeep(requirements: Sequence[str]) -> bool:
    """Whether testkeep is among the requirements."""
    return any(_name(line) == OWN_NAME for line in requirements)


def _name(line: str) -> str:
    try:
        return canonicalize_name(Requirement(line).name)
    except InvalidRequirement:
        return ""


def _translated(group: PoetryGroup) -> tuple[str, ...]:
    """Translate Poetry's constraints to requirements, with Poetry's own library.

    Raises:
        ToolError: the library is not installed here.
    """
    if not group.constraints:
        return ()
    try:
        factory: Any = importlib.import_module("poetry.core.factory").Factory
    except ImportError as error:
        raise ToolError(
            "This project keeps what its tests need in [tool.poetry] tables, which only Poetry can read.",
            hint="Put Poetry on PATH (and poetry.lock into the project), or install poetry-core beside testkeep, "
            "or write these dependencies as [dependency-groups] (PEP 735).",
        ) from error
    every = [
        (name, one)
        for name, constraint in group.constraints.items()
        for one in (constraint if isinstance(constraint, list) else [constraint])
    ]
    return tuple(str(factory.create_dependency(name, one).to_pep_508()) for name, one in every)


def requirement_of(origin: Mapping[str, Any], extras: Sequence[str], version: str = __version__) -> str:
    """Write testkeep's requirement from the origin that its installation recorded; empty if it was an index.

    Source: PEP 610, direct_url.json.

    >>> requirement_of({"url": "file:///kit", "dir_info": {"editable": True}}, ["tools"])
    '-e file:///kit[tools]'
    """
    named = f"{OWN_NAME}[{','.join(extras)}]"
    url = str(origin.get("url", ""))
    if not url:
        return f"{named}=={version}"
    if origin.get("dir_info", {}).get("editable"):
        return f"-e {url}[{','.join(extras)}]"
    vcs = origin.get("vcs_info", {})
    where = f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
    return f"{named} @ {where}"


def steps(plan: Plan, tools: Mapping[Lock, str], environment: Path, *, uv: str) -> Iterator[tuple[str, ...]]:
    """Write the commands that carry a plan out, in order, to be run with VIRTUAL_ENV set to the environment.

    ``uv`` is how uv is called, empty if pip is to install. Unless they are told to, neither installs a
    testkeep from this machine again while its version is the same.
    """
    if plan.lock is not None:
        yield (tools[plan.lock], *plan.lock_arguments(environment))
    if not plan.package_arguments:
        return
    is_local = "@ file://" in plan.own
    if uv:
        again = ("--reinstall-package", OWN_NAME) if is_local else ()
        yield (uv, "pip", "install", *again, *plan.package_arguments)
        return
    if is_local:
        yield ("python", "-m", "pip", "uninstall", "--yes", OWN_NAME)
    yield ("python", "-m", "pip", "install", *plan.package_arguments)

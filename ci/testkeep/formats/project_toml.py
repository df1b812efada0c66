"""pyproject.toml's text and the names of a project's files to the facts of the project."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from testkeep.errors import UsageError
from testkeep.model.project import REQUIREMENTS_FILES, Lock, Packaging, PoetryGroup


def loads(pyproject: str | None, files: Collection[str], *, setup_cfg: str = "") -> Packaging:
    """Read a project's facts.

    ``pyproject`` is None if there is no such file. ``files`` are names of files relative to the project's
    root, with forward slashes. ``setup_cfg`` is that file's text: one without a name in ``[metadata]`` only
    configures tools.

    Raises:
        UsageError: pyproject.toml is not TOML, or a part of it has not got the shape that its standard wants.
    """
    document = _document(pyproject)
    project, tool = _table(document, "project"), _table(document, "tool")
    poetry = _table(tool, "poetry", "tool.")
    name = str(canonicalize_name(str(project.get("name") or poetry.get("name") or "")))
    is_package = poetry.get("package-mode", True) is not False
    has_setup = "setup.py" in files or _names_a_package(setup_cfg)
    dependencies = _strings(project.get("dependencies", []), "project.dependencies")
    groups = _groups(_table(document, "dependency-groups"))
    poetry_groups = _poetry_groups(poetry)
    main = _table(poetry, "dependencies", "tool.poetry.")
    return Packaging(
        name=name,
        is_installable=is_package and ("build-system" in document or has_setup),
        dependencies=dependencies,
        groups=groups,
        extras=_extras(project, poetry, name),
        default_groups=_default_groups(tool, groups),
        poetry_dependencies=PoetryGroup(constraints={} if dependencies else _without_python(main)),
        poetry_groups=poetry_groups,
        requirements_files=tuple(file for file in REQUIREMENTS_FILES if file in files),
        locks=frozenset(lock for lock in Lock if lock.file in files and document),
    )


def _document(pyproject: str | None) -> dict[str, Any]:
    try:
        return tomllib.loads(pyproject or "")
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"pyproject.toml: not valid TOML: {error}") from error


def _table(parent: Mapping[str, Any], key: str, path: str = "") -> dict[str, Any]:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise UsageError(f"pyproject.toml: {path}{key}: expected a table, found {value!r}")
    return value


def _strings(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"pyproject.toml: {path}: expected a list of strings, found {value!r}")
    return tuple(value)


def _names_a_package(setup_cfg: str) -> bool:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(setup_cfg)
    except configparser.Error:
        return False
    return parser.has_option("metadata", "name")


def _groups(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Replace each include of a dependency group by the group's requirements.

    Source: PEP 735, and its specification on packaging.python.org as of 2025-11.
    """
    named = {str(canonicalize_name(name)): entries for name, entries in table.items()}
    return {name: tuple(dict.fromkeys(_expanded(named, name, ()))) for name in named}


def _expanded(table: Mapping[str, Any], name: str, including: Sequence[str]) -> Iterator[str]:
    where = f"pyproject.toml: dependency-groups.{name}"
    if name in including:
        raise UsageError(f"{where}: includes itself by way of {' -> '.join((*including, name))}")
    entries = table[name]
    if not isinstance(entries, list):
        raise UsageError(f"{where}: expected a list, found {entries!r}")
    for entry in entries:
        match entry:
            case str():
                yield entry
            case {"include-group": str(included)} if str(canonicalize_name(included)) in table:
                yield from _expanded(table, str(canonicalize_name(included)), (*including, name))
            case {"include-group": included}:
                raise UsageError(f"{where}: includes {included!r}, which is not there")
            case _:
                raise UsageError(f"{where}: expected a requirement or an include-group, found {entry!r}")


def _extras(project: Mapping[str, Any], poetry: Mapping[str, Any], name: str) -> dict[str, tuple[str, ...]]:
    table = _table(project, "optional-dependencies", "project.")
    extras = {
        str(canonicalize_name(key)): _strings(value, f"project.optional-dependencies.{key}")
        for key, value in table.items()
    }
    names = dict.fromkeys(str(canonicalize_name(key)) for key in _table(poetry, "extras", "tool.poetry."))
    own = {key: tuple(_without_self(extras, key, name, set())) for key in extras}
    return dict.fromkeys(names, ()) | own


def _without_self(extras: Mapping[str, Sequence[str]], key: str, name: str, seen: set[str]) -> Iterator[str]:
    """Replace ``app[lint,test]`` among the extras of ``app`` by what those extras hold."""
    seen.add(key)
    for line in extras.get(key, ()):
        requirement = _requirement(line)
        if requirement is None or not name or canonicalize_name(requirement.name) != name:
            yield line
            continue
        for extra in sorted({str(canonicalize_name(extra)) for extra in requirement.extras} - seen):
            yield from _without_self(extras, extra, name, seen)


def _requirement(line: str) -> Requirement | None:
    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _default_groups(tool: Mapping[str, Any], groups: Collection[str]) -> tuple[str, ...]:
    """Find the groups that ``uv sync`` installs unasked.

    Source: uv 0.13, settings, default-groups.
    """
    chosen = _table(tool, "uv", "tool.").get("default-groups", ["dev"])
    if chosen == "all":
        return tuple(groups)
    names = _strings(chosen, "tool.uv.default-groups")
    return tuple(str(canonicalize_name(name)) for name in names if str(canonicalize_name(name)) in groups)


def _poetry_groups(poetry: Mapping[str, Any]) -> dict[str, PoetryGroup]:
    groups = {}
    for name, table in _table(poetry, "group", "tool.poetry.").items():
        if not isinstance(table, dict):
            raise UsageError(f"pyproject.toml: tool.poetry.group.{name}: expected a table, found {table!r}")
        constraints = _table(table, "dependencies", f"tool.poetry.group.{name}.")
        is_optional = table.get("optional", False) is True
        groups[str(canonicalize_name(name))] = PoetryGroup(constraints=constraints, is_optional=is_optional)
    if old := _table(poetry, "dev-dependencies", "tool.poetry."):
        before = groups["dev"].constraints if "dev" in groups else {}
        groups["dev"] = PoetryGroup(constraints={**old, **before})
    return groups


def _without_python(constraints: Mapping[str, Any]) -> dict[str, Any]:
    return {name: constraint for name, constraint in constraints.items() if name != "python"}

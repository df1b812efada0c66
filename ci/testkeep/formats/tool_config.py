"""The configuration files of static tools to what a project uses, and with which keys."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from testkeep.model.static_tool import Tool, ToolUse

FILES = (
    *("pyproject.toml", "ruff.toml", ".ruff.toml", ".importlinter", ".isort.cfg", ".flake8"),
    *("mypy.ini", ".mypy.ini", "setup.cfg", "tox.ini"),
)
_RUFF_FILES = ("ruff.toml", ".ruff.toml")
# Files that are for one tool alone: that they are there is enough.
_OWN_FILES = {
    "mypy.ini": Tool.MYPY,
    ".mypy.ini": Tool.MYPY,
    ".flake8": Tool.FLAKE8,
    ".isort.cfg": Tool.ISORT,
    ".importlinter": Tool.IMPORT_LINTER,
}
_SECTIONS = {
    "isort": Tool.ISORT,
    "tool:isort": Tool.ISORT,
    "mypy": Tool.MYPY,
    "flake8": Tool.FLAKE8,
    "importlinter": Tool.IMPORT_LINTER,
}
_TABLES = {
    "black": Tool.BLACK,
    "isort": Tool.ISORT,
    "ruff": Tool.RUFF,
    "mypy": Tool.MYPY,
    "importlinter": Tool.IMPORT_LINTER,
}
# Where each tool looks, and in which order: it reads the first of these that configures it, and no other.
READ = {
    Tool.BLACK: ("pyproject.toml",),
    Tool.ISORT: (".isort.cfg", "pyproject.toml", "setup.cfg", "tox.ini"),
    Tool.RUFF: (".ruff.toml", "ruff.toml", "pyproject.toml"),
    Tool.FLAKE8: ("setup.cfg", "tox.ini", ".flake8"),
    Tool.IMPORT_LINTER: ("setup.cfg", ".importlinter", "pyproject.toml"),
    Tool.MYPY: ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"),
}
_TARGETS = ("files", "packages", "modules")
# The distribution that a tool comes with.
DISTRIBUTIONS = {
    Tool.BLACK: "black",
    Tool.ISORT: "isort",
    Tool.RUFF_FORMAT: "ruff",
    Tool.RUFF_IMPORTS: "ruff",
    Tool.RUFF: "ruff",
    Tool.FLAKE8: "flake8",
    Tool.IMPORT_LINTER: "import-linter",
    Tool.MYPY: "mypy",
}
# What a tool that only a dependency names is taken for: a formatter of ruff's has to be asked for.
_BY_NAME = (Tool.BLACK, Tool.ISORT, Tool.RUFF, Tool.FLAKE8, Tool.MYPY)


def configured_tools(files: Mapping[str, str]) -> tuple[ToolUse, ...]:
    """Find the tools that a project configures, one use each, in the order of ``Tool``.

    ``files`` are the texts of those of FILES that exist, by name. What cannot be parsed is passed over: the tool itself
    will say so better.
    """
    found: dict[Tool, dict[str, Mapping[str, Any]]] = {tool: {} for tool in READ}
    for name in (name for name in FILES if name in files):
        tables = _toml(name, files[name]) if name.endswith(".toml") else _ini(name, files[name])
        for tool, keys in tables:
            found[tool].setdefault(name, keys)
    uses: dict[Tool, ToolUse] = {}
    for tool, names in READ.items():
        read, *unread = [*(name for name in names if name in found[tool]), ""]
        if read:
            uses[tool] = _use(tool, read, found[tool][read], unread[:-1])
        if read and tool is Tool.RUFF and "format" in found[tool][read]:
            uses[Tool.RUFF_FORMAT] = replace(uses[tool], tool=Tool.RUFF_FORMAT)
    return tuple(uses[tool] for tool in Tool if tool in uses)


def installed_tools(distributions: Collection[str]) -> tuple[ToolUse, ...]:
    """Find the tools among what a project installs for its development."""
    return tuple(
        ToolUse(tool=tool, where="the development dependencies")
        for tool in _BY_NAME
        if DISTRIBUTIONS[tool] in distributions
    )


def _use(tool: Tool, name: str, keys: Mapping[str, Any], unread: Sequence[str]) -> ToolUse:
    own = tool is Tool.IMPORT_LINTER or (tool is Tool.MYPY and any(key in keys for key in _TARGETS))
    skip = [keys[key] for key in ("exclude", "extend-exclude", "force-exclude") if tool is Tool.BLACK and key in keys]
    return ToolUse(
        tool=tool,
        where=name,
        names_targets=own,
        skip=tuple(filter(None, map(_expression, skip))),
        unread=tuple(unread),
    )


def _expression(pattern: object) -> str:
    """A regular expression as black reads it: one of several lines is a verbose one. Empty if it is none."""
    text = f"(?x){pattern}" if isinstance(pattern, str) and "\n" in pattern else pattern
    try:
        re.compile(str(text))
    except re.error:
        return ""
    return str(text)


def _toml(name: str, text: str) -> Iterator[tuple[Tool, Mapping[str, Any]]]:
    try:
        document: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    tables = {"ruff": document} if name in _RUFF_FILES else document.get("tool")
    for key, table in tables.items() if isinstance(tables, dict) else ():
        if key in _TABLES and isinstance(table, dict):
            yield _TABLES[key], table


def _ini(name: str, text: str) -> Iterator[tuple[Tool, Mapping[str, Any]]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    for section, tool in _SECTIONS.items():
        if parser.has_section(section) and _OWN_FILES.get(name, tool) is tool:
            yield tool, parser[section]
    if name in _OWN_FILES:
        yield _OWN_FILES[name], {}

"""Which tools a project configures itself, and with which keys."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Mapping
from typing import Any

_OWN_FILES = {".isort.cfg": ("isort", "settings"), "mypy.ini": ("mypy", "mypy"), ".mypy.ini": ("mypy", "mypy")}
_SHARED_SECTIONS = {"isort": "isort", "tool:isort": "isort", "mypy": "mypy"}


def configured_tools(files: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Map each tool that a project configures to the keys of its main section.

    ``files`` are the texts of the configuration files that exist, by name. What cannot be parsed is passed over: the
    tool itself will say so better.
    """
    found: dict[str, set[str]] = {}
    for name, text in files.items():
        for tool, keys in (_from_toml(text) if name.endswith(".toml") else _from_ini(name, text)).items():
            found.setdefault(tool, set()).update(keys)
    return {tool: frozenset(keys) for tool, keys in found.items()}


def _from_toml(text: str) -> dict[str, set[str]]:
    try:
        tools: Any = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:
        return {}
    tables = tools if isinstance(tools, dict) else {}
    return {name: set(table) for name, table in tables.items() if isinstance(table, dict)}


def _from_ini(name: str, text: str) -> dict[str, set[str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    found = {tool: set(parser[section]) for section, tool in _SHARED_SECTIONS.items() if parser.has_section(section)}
    own = _OWN_FILES.get(name)
    if own is not None:
        tool, section = own
        found.setdefault(tool, set()).update(parser[section] if parser.has_section(section) else ())
    return found

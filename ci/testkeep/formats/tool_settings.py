"""What the configuration files of static tools say, in one form: values by the path of their keys."""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from testkeep.formats.tool_config import FILES, READ
from testkeep.model.static_tool import Tool

Settings = Mapping[tuple[str, ...], Any]
"""Values by the path of their keys: texts, numbers, switches and lists of texts; no tables."""

_TABLES = {
    "black": Tool.BLACK,
    "isort": Tool.ISORT,
    "ruff": Tool.RUFF,
    "flake8": Tool.FLAKE8,
    "mypy": Tool.MYPY,
    "importlinter": Tool.IMPORT_LINTER,
}
_SECTION = re.compile(r"(?:tool:)?(black|isort|ruff|flake8|mypy|importlinter)(?:[:-](.+))?")
_RUFF_FILES = (".ruff.toml", "ruff.toml")
_ISORT_FILE = ".isort.cfg"
# What a list of tables is told apart by: import-linter's contracts, mypy's overrides.
_NAMES = ("name", "id", "module")
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class ToolSettings(NamedTuple):
    """What a tool reads, and the file that it reads it from; the path is relative to the project's root."""

    file: str
    values: Settings


def read_tool_settings(files: Mapping[str, str], folder: str = "") -> dict[Tool, ToolSettings]:
    """Find what each tool reads in a folder, by the order in which it looks for its files there.

    ``files`` are the texts of all files that may configure tools, by their paths. What cannot be parsed is passed over.
    """
    found: dict[Tool, dict[str, Settings]] = {}
    for name in FILES:
        path = posixpath.join(folder, name)
        for tool, values in _of_file(name, files[path]).items() if path in files else ():
            found.setdefault(tool, {})[name] = values
    settings = {}
    for tool, by_file in found.items():
        name = next((name for name in READ[tool] if name in by_file), "")
        if name:
            path = posixpath.join(folder, name)
            settings[tool] = ToolSettings(path, _extended(tool, path, by_file[name], files))
    return settings


def _extended(tool: Tool, path: str, values: Settings, files: Mapping[str, str], depth: int = 5) -> Settings:
    """Put what ruff's ``extend`` names below what a file says."""
    other = values.get(("extend",))
    if tool is not Tool.RUFF or not isinstance(other, str) or not depth:
        return values
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), other))
    below = _of_file(posixpath.basename(target), files.get(target, "")).get(tool, {})
    return {**_extended(tool, target, below, files, depth - 1), **values}


def _of_file(name: str, text: str) -> dict[Tool, dict[tuple[str, ...], Any]]:
    found: dict[Tool, dict[tuple[str, ...], Any]] = {}
    try:
        if name in _RUFF_FILES:
            found[Tool.RUFF] = dict(_flat(tomllib.loads(text)))
        elif name.endswith(".toml"):
            tables = tomllib.loads(text).get("tool", {})
            for key, table in tables.items() if isinstance(tables, dict) else ():
                if key in _TABLES and isinstance(table, dict):
                    found[_TABLES[key]] = dict(_flat(table))
        else:
            _read_ini(name, text, found)
    except (tomllib.TOMLDecodeError, configparser.Error):
        return {}
    if Tool.RUFF in found:  # the options of "lint" stood outside of it before ruff 0.2
        found[Tool.RUFF] = {key[key[0] == "lint" :]: value for key, value in found[Tool.RUFF].items()}
    return found


def _read_ini(name: str, text: str, found: dict[Tool, dict[tuple[str, ...], Any]]) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    for section in parser.sections():
        match = _SECTION.fullmatch("isort" if (name, section) == (_ISORT_FILE, "settings") else section)
        if match is None:
            continue
        tool, part = _TABLES[match[1]], match[2] or ""
        options = dict(parser[section])
        if tool is Tool.IMPORT_LINTER and part:
            prefix: tuple[str, ...] = ("contracts", options.get("name", part))
        else:
            prefix = ("overrides", part) if part else ()
        values = found.setdefault(tool, {})
        values |= {(*prefix, key.replace("-", "_")): _of_text(value) for key, value in options.items()}


def _of_text(value: str) -> Any:
    plain = value.strip()
    if "\n" in plain:
        return [line.strip() for line in plain.splitlines() if line.strip()]
    return _SWITCHES.get(plain.lower(), int(plain) if plain.isdecimal() else plain)


def _flat(table: Mapping[str, Any], *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        match value:
            case dict():
                yield from _flat(value, *above, name)
            case [dict(), *_]:
                for each in (one for one in value if isinstance(one, dict)):
                    for one in _identities(each):
                        yield from _flat(each, *above, name, one)
            case _:
                yield (*above, name.replace("-", "_") if not above or above[-1] != "per-file-ignores" else name), value


def _identities(table: Any) -> list[str]:
    value = next((table[name] for name in _NAMES if name in table), "") if isinstance(table, dict) else ""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]

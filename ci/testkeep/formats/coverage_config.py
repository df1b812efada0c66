"""The user's coverage.py configuration, with the kit's own settings laid over it."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Mapping
from typing import Any

Config = dict[str, dict[str, str]]

# In the order in which coverage.py looks for them; the first that has settings wins.
CONFIG_FILES = (".coveragerc", "setup.cfg", "tox.ini", "pyproject.toml")
# Which files are production code is the policy's business, and where the data goes is the pipeline's.
_OURS = frozenset({"source", "source_pkgs", "source_dirs", "include", "data_file", "parallel"})


def loads(name: str, text: str) -> Config | None:
    """Read one of the files that coverage.py reads; None if it has no coverage settings (or is not readable).

    Values are as in an ini file: lists have an entry a line.
    """
    if name.endswith(".toml"):
        return _from_toml(text)
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    prefix = "" if name == ".coveragerc" else "coverage:"
    sections = [section for section in parser.sections() if section.startswith(prefix)]
    return {section.removeprefix(prefix): dict(parser[section]) for section in sections} or None


def overlay(user: Mapping[str, Mapping[str, str]], run: Mapping[str, str], omit: list[str]) -> Config:
    """Lay the kit's settings over the user's: ``run`` wins where the user has said nothing, ``omit`` adds."""
    merged = {section: dict(options) for section, options in user.items()}
    kept = {option: value for option, value in merged.get("run", {}).items() if option not in _OURS}
    merged["run"] = {**run, **kept}
    merged["run"]["omit"] = "\n".join([*_entries(kept.get("omit", "")), *omit])
    merged["run"]["relative_files"] = "true"
    return merged


def dumps(config: Config) -> str:
    """Write an ini file for coverage.py."""
    lines: list[str] = []
    for section, options in config.items():
        lines.append(f"[{section}]")
        lines += [f"{option} = " + "\n    ".join(["", *_entries(value)] if "\n" in value else [value])
                  for option, value in options.items()]  # fmt: skip
    return "\n".join([*lines, ""])


def _from_toml(text: str) -> Config | None:
    try:
        tables: dict[str, Any] = tomllib.loads(text).get("tool", {}).get("coverage", {})
    except (tomllib.TOMLDecodeError, AttributeError):
        return None
    return {
        section: {option: _ini_value(value) for option, value in options.items()}
        for section, options in tables.items()
        if isinstance(options, dict)
    } or None


def _ini_value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return "\n".join(map(str, value))
        case _:
            return str(value)


def _entries(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]

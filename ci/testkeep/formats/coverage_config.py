"""The user's coverage.py configuration, with the kit's own settings laid over it."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Mapping
from typing import Any

Config = dict[str, dict[str, str]]

# In the order in which coverage.py looks for them; the first that has settings wins.
CONFIG_FILES = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")
_PREFIX = "coverage:"
# Which files are production code is the policy's business, and where the data goes is the pipeline's.
_OURS = frozenset({"source", "source_pkgs", "source_dirs", "include", "data_file", "parallel", "relative_files"})
# The same of reports. Contexts are not kept when data are combined: a report of some of them would be of nothing.
# Thresholds are the policy's.
_OURS_IN_REPORTS = frozenset({"include", "contexts", "fail_under"})
# The kit itself knows which measured file is which.
_OUR_SECTIONS = frozenset({"paths"})
_ADD_UP = ("omit", "patch", "disable_warnings")


def loads(name: str, text: str) -> Config | None:
    """Read one of the files that coverage.py reads; None if it has no coverage settings (or is not readable).

    A file of coverage.py's own has settings even if it is empty. Values are as in an ini file: lists have an entry a
    line.
    """
    is_own = name.startswith(".coveragerc")
    try:
        found = _from_toml(text, is_own) if name.endswith(".toml") else _from_ini(text, is_own)
    except (tomllib.TOMLDecodeError, configparser.Error):
        return None
    return found if found or is_own else None


def overlay(
    user: Mapping[str, Mapping[str, str]],
    run: Mapping[str, str],
    omit: list[str],
    forced: Mapping[str, str] | None = None,
) -> Config:
    """Lay the kit's settings over the user's: ``run`` counts where the user has said nothing, ``forced`` anyway.

    What is left out adds up, and so do patches and silenced warnings. What the user says of production code and data
    files is left out. Reports are of relative paths, unless it is forced otherwise.
    """
    merged = {section: dict(options) for section, options in user.items() if section not in _OUR_SECTIONS}
    kept = {option: value for option, value in merged.get("run", {}).items() if option not in _OURS}
    ours = {**run, "omit": "\n".join(omit)}
    added = {
        option: "\n".join(dict.fromkeys([*entries(kept.get(option, "")), *entries(ours[option])]))
        for option in _ADD_UP
        if option in ours
    }
    merged["run"] = {**run, **kept, **added, "relative_files": "true", **(forced or {})}
    report = {option: value for option, value in merged.get("report", {}).items() if option not in _OURS_IN_REPORTS}
    merged.get("html", {}).pop("extra_css", None)  # a style that is not there would be an error
    # Reports do not look at what was left out when it was measured: a file that no test imports would be in them.
    report["omit"] = "\n".join(dict.fromkeys([*entries(report.get("omit", "")), *entries(added["omit"])]))
    merged["report"] = report
    return merged


def dumps(config: Config) -> str:
    """Write an ini file for coverage.py."""
    lines: list[str] = []
    for section, options in config.items():
        lines.append(f"[{section}]")
        lines += [_assignment(option, entries(value)) for option, value in options.items()]
    return "\n".join([*lines, ""])


def _assignment(option: str, entries: list[str]) -> str:
    if len(entries) < 2:
        return f"{option} = {''.join(entries)}"
    return "\n    ".join([f"{option} =", *map(_continuation, entries)])


def _continuation(entry: str) -> str:
    # All lists of coverage.py are regular expressions or globs; a bare "#" would make the line a comment.
    return f"[{entry[0]}]{entry[1:]}" if entry.startswith(("#", ";")) else entry


def _from_ini(text: str, is_own: bool) -> Config:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    sections = [section for section in parser.sections() if is_own or section.startswith(_PREFIX)]
    return {section.removeprefix(_PREFIX): dict(parser[section]) for section in sections}


def _from_toml(text: str, is_own: bool) -> Config:
    document = tomllib.loads(text)
    tables = (document if is_own else {}) | _table(_table(document, "tool"), "coverage")
    return {
        section: {option: _ini_value(value) for option, value in options.items()}
        for section, options in tables.items()
        if isinstance(options, dict) and not (is_own and section == "tool")
    }


def _table(parent: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = parent.get(key)
    return found if isinstance(found, dict) else {}


def _ini_value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return "\n".join(map(str, value))
        case _:
            return str(value)


def entries(value: str) -> list[str]:
    """The entries of a list: one a line."""
    return [line.strip() for line in value.splitlines() if line.strip()]

"""The user's coverage.py configuration, with the kit's own settings laid over it."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Config = dict[str, dict[str, Any]]
"""Options by section. Those of coverage.py itself are texts as in an ini file, lists with an entry a line; those of
plugins are what the file says: TOML has tables and numbers there."""

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
# Stands for the end of a line within an entry: a regular expression may have one, in TOML.
_NEWLINE = "\x1f"
_ADD_UP = ("omit", "patch", "disable_warnings")
# The lists: of names, which an ini file may separate by commas, and of regular expressions, which have their own.
_NAMES = frozenset(
    {"concurrency", "debug", "disable_warnings", "include", "omit", "patch", "plugins", "source", "source_dirs",
     "source_pkgs", "contexts"}
)  # fmt: skip
_EXPRESSIONS = frozenset(
    {"exclude_lines", "exclude_also", "partial_branches", "partial_also", "partial_branches_always"}
)
_SWITCHES = frozenset(
    {"branch", "cover_pylib", "ignore_errors", "include_namespace_packages", "line_checksums", "parallel",
     "pretty_print", "relative_files", "show_contexts", "show_missing", "sigterm", "skip_covered", "skip_empty",
     "timid"}
)  # fmt: skip
_MEANT = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_SECTIONS = frozenset({"run", "report", "html", "xml", "json", "lcov", "paths"})


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
    """Write a TOML file for coverage.py: an ini file has no place for the tables of a plugin's options."""
    lines: list[str] = []
    for section, options in config.items():
        lines.append(f"[tool.coverage.{_quoted(section)}]")
        is_own = section in _SECTIONS
        for option, value in options.items():
            lines.append(f"{_quoted(option)} = {_toml(_typed(section, option, value) if is_own else value)}")
    return "\n".join([*lines, ""])


def plugins(config: Config) -> tuple[str, ...]:
    """The plugins that a configuration names, as modules."""
    return tuple(_names(str(config.get("run", {}).get("plugins", ""))))


def _typed(section: str, option: str, value: str) -> str | list[str]:
    """One of coverage.py's own options as TOML has it: it takes numbers and switches as texts, and lists as lists."""
    if option in _NAMES:
        return list(_names(value))
    if option in _EXPRESSIONS or section == "paths":
        return entries(value)
    plain = value.strip().lower()
    return _MEANT.get(plain, value if "$" in value else plain) if option in _SWITCHES else value


def _names(value: str) -> Iterator[str]:
    return (name for entry in entries(value) for part in entry.split(",") if (name := part.strip()))


def _toml(value: object) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{_quoted(str(name))} = {_toml(inner)}' for name, inner in value.items())}}}"
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            return _quoted(str(value).replace(_NEWLINE, "\n"), always=True)


def _quoted(text: str, *, always: bool = False) -> str:
    """A text in quotes; a key needs none, if it is plain. TOML quotes as JSON does, but for one control character."""
    plain = not always and re.fullmatch(r"[\w-]+", text, re.ASCII)
    return text if plain else json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _from_ini(text: str, is_own: bool) -> Config:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    sections = [section for section in parser.sections() if is_own or section.startswith(_PREFIX)]
    return {section.removeprefix(_PREFIX): dict(parser[section]) for section in sections}


def _from_toml(text: str, is_own: bool) -> Config:
    document = tomllib.loads(text)
    tables = (document if is_own else {}) | _table(_table(document, "tool"), "coverage")
    return {
        section: {option: _ini_value(value) if section in _SECTIONS else value for option, value in options.items()}
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
            return "\n".join(str(entry).replace("\n", _NEWLINE) for entry in value)
        case _:
            return str(value)


def entries(value: str) -> list[str]:
    """The entries of a list: one a line."""
    return [line.strip() for line in value.splitlines() if line.strip()]

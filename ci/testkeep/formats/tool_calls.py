"""The commands in a project's own scripts to the formatters that they run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from testkeep.model.static_tool import Tool, ToolUse

_PLACES = re.compile(
    r"(?:.*/)?(?:GNUm|[Mm])akefile|[Jj]ustfile|Taskfile\.ya?ml|tox\.ini|noxfile\.py|(?:pyproject|hatch)\.toml|\.gitlab-ci\.yml"
    r"|\.github/workflows/[^/]+\.ya?ml|(?:scripts?|bin)/[^/.]+(?:\.sh)?"
)
# Between the words of a command there are blanks, or, in Python and TOML, the end of a string and the start of another.
_QUOTED = r"[\"'],\s*[\"']"
_BETWEEN = rf"(?:[ \t]+|{_QUOTED})"
# Across strings a word may be the next entry of a list of requirements: only an option or a path is an argument.
_ARGUMENT = rf"(?:[ \t]+[-./${{A-Za-z_]|{_QUOTED}(?:-(?![rce]\b)\S|\.|[\w.-]*/))"
_CALLS = {Tool.BLACK: rf"black(?:@|{_ARGUMENT})", Tool.RUFF_FORMAT: rf"ruff{_BETWEEN}format\b"}
# What a command may follow: the start of a line, a launcher, a folder, a variable, an operator.
_BEFORE = r"(?:^|[\s/}\"'@&|;=(])"
_LAUNCHED = {tool: re.compile(rf"(?m){_BEFORE}{call}") for tool, call in _CALLS.items()}
_COMMENT = re.compile(r"(?m)^\s*(?:#|//).*$|\s#\s.*$")
# Commands that name a tool and do not run it.
_INSTALLING = re.compile(r"\b(?:install|add|uninstall)\b[^&|;\n]*")


def may_call_tools(path: str) -> bool:
    """Whether a file, by its path from the project's root, is one in which people write such commands.

    >>> may_call_tools("scripts/lint"), may_call_tools("app/scripts/lint.py")
    (True, False)
    """
    return _PLACES.fullmatch(path) is not None


def called_formatters(files: Mapping[str, str]) -> tuple[ToolUse, ...]:
    """Find the formatters that the texts of some files run, one use each, in the order of ``Tool``.

    Arguments are not read: a command's own are for the shell that it is written for.
    """
    found: dict[Tool, str] = {}
    for name, text in files.items():
        commands = _INSTALLING.sub("", _COMMENT.sub("", text.replace("\\\n", " ")))
        for tool in (tool for tool, call in _LAUNCHED.items() if call.search(commands)):
            found.setdefault(tool, name)
    return tuple(ToolUse(tool=tool, where=found[tool]) for tool in Tool if tool in found)

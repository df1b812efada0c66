"""The commands in a project's own scripts to the static tools that they run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from testkeep.model.static_tool import Tool, ToolUse

_PLACES = re.compile(
    r"(?:.*/)?(?:GNUm|[Mm])akefile|[Jj]ustfile|Taskfile\.ya?ml|tox\.ini|noxfile\.py|pyproject\.toml|\.gitlab-ci\.yml"
    r"|\.github/workflows/[^/]+\.ya?ml|(?:scripts?|bin)/[^/.]+(?:\.sh)?"
)
# Between the words of a command there are blanks, or, in Python and TOML, quotes and commas.
_BETWEEN = r"[\s\"',]+"
_ARGUMENT = r"(?=-|\.|/|\$|\{|[A-Za-z_])"
_CALLS = {
    Tool.BLACK: rf"black{_BETWEEN}{_ARGUMENT}",
    Tool.ISORT: rf"isort{_BETWEEN}{_ARGUMENT}",
    Tool.RUFF_FORMAT: rf"ruff{_BETWEEN}format\b",
    Tool.RUFF: rf"ruff{_BETWEEN}check\b",
    Tool.FLAKE8: rf"flake8{_BETWEEN}{_ARGUMENT}",
    Tool.MYPY: rf"mypy{_BETWEEN}{_ARGUMENT}",
}
# What a command may follow: the start of a line, a launcher, a folder, a variable, an operator.
_BEFORE = r"(?:^|[\s/}\"'@&|;=(])"
_LAUNCHED = re.compile(rf"(?m){_BEFORE}(?:{'|'.join(f'(?P<t{n}>{call})' for n, call in enumerate(_CALLS.values()))})")
_COMMENT = re.compile(r"(?m)^\s*(?:#|//).*$|\s#\s.*$")
# Commands that name a tool and do not run it.
_INSTALLING = re.compile(r"(?m)^.*\b(?:install|add|uninstall)\b.*$")


def may_call_tools(path: str) -> bool:
    """Whether a file, by its path from the project's root, is one in which people write such commands.

    >>> may_call_tools("scripts/lint"), may_call_tools("app/scripts/lint.py")
    (True, False)
    """
    return _PLACES.fullmatch(path) is not None


def called_tools(files: Mapping[str, str]) -> tuple[ToolUse, ...]:
    """Find the tools that the texts of some files run, one use each, in the order of ``Tool``.

    Arguments are not read: a command's own are for the shell that it is written for.
    """
    found: dict[Tool, str] = {}
    for name, text in files.items():
        commands = _INSTALLING.sub("", _COMMENT.sub("", text))
        for match in _LAUNCHED.finditer(commands):
            tool = next(tool for n, tool in enumerate(_CALLS) if match[f"t{n}"])
            found.setdefault(tool, name)
    return tuple(ToolUse(tool=tool, where=found[tool]) for tool in Tool if tool in found)

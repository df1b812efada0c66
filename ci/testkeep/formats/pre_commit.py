"""``.pre-commit-config.yaml`` to the static tools that its hooks run."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from testkeep.errors import UsageError
from testkeep.model.static_tool import Tool, ToolUse

FILE = ".pre-commit-config.yaml"
_HOOKS = {
    "ruff": Tool.RUFF,
    "ruff-check": Tool.RUFF,
    "ruff-format": Tool.RUFF_FORMAT,
    "black": Tool.BLACK,
    "black-jupyter": Tool.BLACK,
    "isort": Tool.ISORT,
    "flake8": Tool.FLAKE8,
    "mypy": Tool.MYPY,
}
_PROGRAMS = {"black": Tool.BLACK, "isort": Tool.ISORT, "flake8": Tool.FLAKE8, "mypy": Tool.MYPY}
# What comes before a tool's name in the entry of a local hook.
_LAUNCHERS = re.compile(r"uv|uvx|poetry|pdm|hatch|pipenv|run|tool|python3?|-m|--\S+|env")
# Source: .pre-commit-hooks.yaml of mirrors-mypy v1.18; a hook without ``args`` has these.
_MYPY_DEFAULTS = ("--ignore-missing-imports", "--scripts-are-modules")
# How a tool shows and repairs is testkeep's choice: a stage changes nothing.
_FLAGS = re.compile(
    r"--(no-)?fix(-only)?|--(no-)?exit-non-zero-on-fix|--(no-)?unsafe-fixes|--(no-)?show-fixes|--watch|--(no-)?diff"
    r"|--check(-only)?|--filter-files|--(no-)?force-exclude|-q|--quiet|-v|--verbose|--atomic|--in-place|-c"
    r"|--(no-)?pretty|--color|--output-format(=.*)?|--format=.*"
)


# Asked by each stage, and again for the notes.
@functools.lru_cache(maxsize=16)
def loads(text: str, folder: str = "") -> tuple[ToolUse, ...]:
    """Find the static tools among the hooks that run by default.

    ``folder`` is the project's place in the repository that the file belongs to; a hook that names its own targets
    names them from the repository's root, so it says nothing of a project that lies deeper.

    Raises:
        UsageError: it is not YAML, or it has not got the shape that pre-commit wants.
    """
    import yaml  # most runs need none

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise UsageError(f"{FILE}: not valid YAML{where}", hint="'pre-commit validate-config' says more.") from error
    if not isinstance(document, dict) or not isinstance(document.get("repos"), list):
        raise UsageError(f"{FILE}: expected a mapping with a list 'repos'", hint="See 'pre-commit sample-config'.")
    everywhere = [pattern for pattern in (document.get("exclude"),) if pattern]
    only = [pattern for pattern in (document.get("files"),) if pattern]
    uses = (use for hook in _hooks(document["repos"]) for use in _use(hook, only, everywhere))
    return tuple(use for use in uses if not (folder and use.names_targets and use.tool is not Tool.MYPY))


def _hooks(repos: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for repo in repos:
        hooks = repo.get("hooks") if isinstance(repo, dict) else None
        if not isinstance(hooks, list) or not all(isinstance(hook, dict) for hook in hooks):
            raise UsageError(f"{FILE}: expected each of 'repos' to have a list of 'hooks'")
        yield from hooks


def _use(hook: Mapping[str, Any], only: Sequence[str], never: Sequence[str]) -> Iterator[ToolUse]:
    stages = hook.get("stages") or ["pre-commit"]
    if not {"pre-commit", "commit", "pre-push", "push"} & set(stages):
        return  # it is run by hand
    arguments = hook.get("args", [])
    found = _in_entry(str(hook["entry"])) if "entry" in hook else _in_id(str(hook.get("id", "")), "args" in hook)
    if found is None or not isinstance(arguments, list):
        return
    tool, words = found
    patterns = [*only, *filter(None, [hook.get("files")])], [*never, *filter(None, [hook.get("exclude")])]
    for pattern in (*patterns[0], *patterns[1]):
        _check(pattern)
    yield ToolUse(
        tool=tool,
        where=FILE,
        arguments=_plain([*words, *map(str, arguments)]),
        only=tuple(patterns[0]),
        never=tuple(patterns[1]),
        names_targets=hook.get("pass_filenames", True) is False,
    )


def _check(pattern: object) -> None:
    try:
        re.compile(str(pattern))
    except re.error as error:
        raise UsageError(f"{FILE}: {pattern!r} is not a regular expression: {error}") from error


def _in_id(name: str, has_arguments: bool) -> tuple[Tool, Sequence[str]] | None:
    tool = _HOOKS.get(name)
    if tool is None:
        return None
    return tool, () if has_arguments or tool is not Tool.MYPY else _MYPY_DEFAULTS


def _in_entry(entry: str) -> tuple[Tool, Sequence[str]] | None:
    """The tool that a command line starts; None if it is none of them, or a script that may do more."""
    try:
        words = shlex.split(entry)
    except ValueError:
        return None
    while words and _LAUNCHERS.fullmatch(words[0]):
        words.pop(0)
    program, *rest = words or [""]
    if program == "ruff" and rest:
        tool = {"check": Tool.RUFF, "format": Tool.RUFF_FORMAT}.get(rest[0])
        return (tool, rest[1:]) if tool is not None else None
    return (_PROGRAMS[program], rest) if program in _PROGRAMS else None


def _plain(arguments: Sequence[str]) -> tuple[str, ...]:
    """Leave out what repairs, and how to show."""
    kept: list[str] = []
    skip = False
    for word in arguments:
        if skip:
            skip = False
        elif _FLAGS.fullmatch(word):
            skip = word in ("--output-format", "--color")
        else:
            kept.append(word)
    return tuple(kept)

"""What a command starts, and whether other arguments make it do less."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

_PYTHON = re.compile(r"(.*/)?(python|pypy)(\d+(\.\d+)?)?|py")
_ASSIGNMENT = re.compile(r"\w+=.*")
# What only starts another program: with which words of its own, before that.
_LAUNCHERS = {
    **dict.fromkeys(("uv", "poetry", "pdm", "hatch", "rye", "pipenv", "pipx"), ("run", "tool")),
    **dict.fromkeys(("env", "uvx", "npx", "nice", "time", "xargs"), ()),
}
# Options of Python that have a value.
_WITH_VALUE = ("-X", "-W")
_OF_CHECKS = re.compile(r"select|enable|disallow|warn|strict|check|level|severity|fail|min|max|threshold|rule")
_MILDER = re.compile(
    r"-{1,2}(no-|exit-zero|.*(ignore|exclude|skip|disable|allow|omit|suppress)|version|help|dry-run|collect-only|list)"
    r"|-(V|h)$"
)


def program_of(command: str) -> str:
    """The program that a command runs: with ``python -m`` it is the module.

    >>> program_of("python -m compileall -q app"), program_of("uv run --frozen zizmor .")
    ('compileall', 'zizmor')
    """
    return _parts(command)[0]


def arguments_given(command: str) -> tuple[str, ...]:
    """What a command gives to its program.

    >>> arguments_given("python -m compileall -q app")
    ('-q', 'app')
    """
    return _parts(command)[1]


def is_loosened(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether some arguments demand less than others: one of these is gone, or one came that says so.

    >>> is_loosened(["--strict", "app"], ["app"]), is_loosened(["app"], ["--strict", "app", "lib"])
    (True, False)
    """
    gone, came = Counter(old) - Counter(new), Counter(new) - Counter(old)
    # Another value says nothing by itself: a line may be longer, or a version newer.
    exchanged = {name for word in came if (name := _option_of(word))}
    lost = [word for word in gone if _option_of(word) not in exchanged]
    return bool(lost) or any(_MILDER.match(word) for word in came)


def _option_of(word: str) -> str:
    """The name of an option with its value in one word; empty if it is none, or says what is checked."""
    name, equals, _ = word.partition("=")
    return name if equals and name.startswith("--") and not _OF_CHECKS.search(name) else ""


def _parts(command: str) -> tuple[str, tuple[str, ...]]:
    words = list(_without_launchers(shlex.split(command)))
    if not words:
        return "", ()
    program, *rest = words
    if _PYTHON.fullmatch(program):
        while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c") and not rest[0].startswith("-m"):
            del rest[: 2 if rest[0] in _WITH_VALUE else 1]
        if rest and rest[0] == "-m" and len(rest) > 1:
            return rest[1], tuple(rest[2:])
        if rest and rest[0].startswith("-m"):
            return rest[0].removeprefix("-m"), tuple(rest[1:])
        if rest and rest[0] != "-c":
            return rest[0], tuple(rest[1:])
        return "python", tuple(words[1:])
    return program, tuple(rest)


def _without_launchers(words: Sequence[str]) -> Iterator[str]:
    left = list(words)
    while left and (left[0] in _LAUNCHERS or _ASSIGNMENT.fullmatch(left[0])):
        own = _LAUNCHERS.get(left.pop(0), ())
        while left and (left[0] in own or left[0].startswith("-")):
            left.pop(0)
    return iter(left or words)

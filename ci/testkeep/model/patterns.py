"""Glob patterns of paths, as coverage.py, git and pytest users write them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

_TOKEN = re.compile(
    r"(?P<folders>\*\*/)|(?P<rest>\*\*)|(?P<star>\*)|(?P<one>\?)|\[(?P<not>!?)(?P<set>[^\]]+)\]|(?P<text>.)"
)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path with forward slashes matches one of several patterns.

    ``*`` and ``?`` stay within one folder, ``**/`` stands for any number of folders, also none, and ``**`` for
    everything below.

    >>> matches("services/mail.py", ["**/services/**"])
    True
    >>> matches("app/users/models.py", ["app/*.py"])
    False
    """
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile("".join(map(_translate, _TOKEN.finditer(pattern))))
    except re.error:  # a set such as [z-a]
        return re.compile(re.escape(pattern))


def _translate(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "folders":
            return "(?:.*/)?"
        case "rest":
            return ".*"
        case "star":
            return "[^/]*"
        case "one":
            return "[^/]"
        case "set":
            inside = token["set"].replace("\\", "\\\\").replace("^", "\\^").replace("[", "\\[")
            return f"[{'^' if token['not'] else ''}{inside}]"
        case _:
            return re.escape(token[0])

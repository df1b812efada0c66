"""Files with tests that pytest does not look for, and which of its settings would make it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from pathlib import PurePosixPath

from testkeep.rules.base import Facts
from testkeep.rules.neighbours import join

_DEFAULT = "test_*.py *_test.py"
_MOST_NAMES = 3


def passed_over(facts: Facts) -> str:
    """Say in one sentence which files with tests of unittest the names in pytest's settings pass over.

    Empty if there are none. pytest's own default stands for the settings where it was not even started.
    """
    ini = next((suite.settings.ini for _, suite in facts.suites()), {})
    patterns = ini.get("python_files") or _DEFAULT
    folders = ini.get("testpaths", "").split()
    paths = [path for path in facts.unittest_files if not _matches(path, patterns.split())]
    if not paths:
        return ""
    names = _named(dict.fromkeys(PurePosixPath(path).name for path in paths))
    has = "has" if len(paths) == 1 else "have"
    where = f" and where {'it lies' if len(paths) == 1 else 'they lie'} to testpaths ({' '.join(folders)})"
    lies_outside = folders and not all(_lies_in(path, folders) for path in paths)
    return (
        f"{_named(paths)} {has} tests of unittest that pytest does not look for: "
        f"add {names} to python_files ({patterns}){where if lies_outside else ''} in its settings."
    )


def _matches(path: str, patterns: Sequence[str]) -> bool:
    """As pytest does: a pattern with a slash is held against the path, any other against the name alone."""
    name = PurePosixPath(path).name
    return any(fnmatch(f"/{path}", f"*/{one}") if "/" in one else fnmatch(name, one) for one in patterns)


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(fnmatch(path, folder) or fnmatch(path, f"{folder.rstrip('/')}/*") for folder in folders)


def _named(names: Iterable[str]) -> str:
    found = list(names)
    first, rest = found[:_MOST_NAMES], found[_MOST_NAMES:]
    return join([*first, f"{len(rest)} more"] if rest else first)

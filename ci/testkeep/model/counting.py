"""Which files count for coverage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from testkeep.model.layout import TEST_FILES, lies_in
from testkeep.model.patterns import matches
from testkeep.model.policy import CoveragePolicy

FOREIGN_NAMES = frozenset({"tests", "alembic", "migrations", "_generated", "generated"})
"""The folders in which some files do not count."""
NAMES_OF_TESTS = ("**/test_*.py", "**/*_test.py")
_MIGRATIONS = tuple(
    f"{place}{folder}/{file}"
    for folder in ("alembic", "migrations")
    for file in ("versions/**", "env.py")
    for place in ("", "**/")
)
_GENERATED = ("*_pb2.py", "*_pb2_grpc.py", "_version.py", "_generated/**", "generated/**")
# In a name they are only letters; in a pattern, and in a configuration, they would be more.
_NO_PATTERN = re.compile(r"[\[\]*?\\$]")
GENERATED = (*_GENERATED, *(f"**/{pattern}" for pattern in _GENERATED))
# Of the source, what never counts for coverage unless the policy says so, or production code imports it.
_NOT_PRODUCTION = (*TEST_FILES, *_MIGRATIONS, *GENERATED)


def not_production(source: Sequence[str]) -> list[str]:
    """The patterns of files below a source whose names say that they are no production code."""
    folders = [entry for entry in source if not entry.endswith(".py")]
    return [f"{entry}/{pattern}" if entry != "." else pattern for entry in folders for pattern in _NOT_PRODUCTION]


def measured_folders(source: Iterable[str]) -> list[str]:
    """The folders in which the source lies: a single module's own is measured in its place.

    coverage.py would take a module by its name, and look for it again whenever ``sys.path`` has changed.

    >>> measured_folders(["app", "worker.py", "jobs/nightly.py"])
    ['app', '.', 'jobs']
    """
    return list(dict.fromkeys(str(PurePosixPath(entry).parent) if _is_module(entry) else entry for entry in source))


def no_neighbours(source: Sequence[str], folder: str, names: Iterable[str]) -> list[str]:
    """The patterns of what lies in a measured folder beside single modules: folders, and Python files.

    ``names`` are those of all that lies there; those that lead to the source are passed over.

    >>> no_neighbours(["app/core", "worker.py"], ".", ["app/", "README", "conftest.py", "te[s]ts/", "worker.py"])
    ['conftest.py', 'te?s?ts/**']
    """
    if any(lies_in(folder, [entry]) for entry in source if not _is_module(entry)):
        return []
    paths = {name: str(PurePosixPath(folder, name)) for name in names if name.endswith(("/", ".py"))}
    beside = [name for name, path in paths.items() if not any(lies_in(entry, [path]) for entry in source)]
    return [_NO_PATTERN.sub("?", paths[name]) + ("/**" if name.endswith("/") else "") for name in beside]


def _is_module(entry: str) -> bool:
    return entry.endswith(".py")


def omitted(source: Sequence[str], files: Iterable[str], policy: CoveragePolicy) -> list[str]:
    """The patterns of files that do not count, relative to the project's root.

    Where the policy or the source itself names what is left out by default, the files that are left out all the same
    are named one by one: coverage.py knows no exceptions. ``files`` are all of the project's.
    """
    defaults = not_production(source)
    named = frozenset(entry for entry in source if matches(entry, defaults))
    if policy.include or named:
        left = (file for file in files if matches(file, defaults) and not matches(file, policy.include))
        defaults = [file for file in left if file not in named]
    return [*defaults, *policy.omit]


def production_files(source: Sequence[str], files: Iterable[str], policy: CoveragePolicy) -> list[str]:
    """The Python files that count, whether a test imports them or not; paths are relative to the project's root."""
    files = list(files)
    never = omitted(source, files, policy)
    return [file for file in files if file.endswith(".py") and lies_in(file, source) and not matches(file, never)]

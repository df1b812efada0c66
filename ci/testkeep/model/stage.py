"""The stages of a pipeline, and to which of them a test belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import PurePosixPath


class Stage(StrEnum):
    """One ordered stage; the values are the names in policies, on command lines and in records."""

    FORMAT = "format"
    LINT = "lint"
    TYPING = "typing"
    UNIT = "unit"
    INTEGRATION = "integration"
    MIGRATION = "migration"
    CONCURRENCY = "concurrency"
    E2E = "e2e"
    PERFORMANCE = "performance"

    @property
    def is_static(self) -> bool:
        """Whether the stage reads the code instead of running tests."""
        return self in STATIC_STAGES


STATIC_STAGES = (Stage.FORMAT, Stage.LINT, Stage.TYPING)
TEST_STAGES = (
    Stage.UNIT,
    Stage.INTEGRATION,
    Stage.MIGRATION,
    Stage.CONCURRENCY,
    Stage.E2E,
    Stage.PERFORMANCE,
)
DEFAULT_STAGES = (*STATIC_STAGES, Stage.UNIT, Stage.INTEGRATION, Stage.MIGRATION, Stage.CONCURRENCY)

_TEST_ROOTS = frozenset({"test", "tests"})
_STAGE_FOLDERS = {
    "unit": Stage.UNIT,
    "integration": Stage.INTEGRATION,
    "migration": Stage.MIGRATION,
    "migrations": Stage.MIGRATION,
    "concurrency": Stage.CONCURRENCY,
    "e2e": Stage.E2E,
    "performance": Stage.PERFORMANCE,
}
_STAGE_FILES = (
    (re.compile(r"test_.+_flow\.py"), Stage.INTEGRATION),
    (re.compile(r"test_migrations?(_.+)?\.py"), Stage.MIGRATION),
    (re.compile(r"test_concurren(t|cy)(_.+)?\.py"), Stage.CONCURRENCY),
)


def stage_of(path: str, marks: Sequence[str]) -> Stage:
    """Find the stage of a test: explicit mark, else location, else its file's name, else unit.

    ``path`` is relative to the project's root, with forward slashes; ``marks`` are the names of the test's marks, the
    closest first, so that a mark on a function wins over one on its module.

    >>> stage_of("tests/integration/test_users.py", [])
    <Stage.INTEGRATION: 'integration'>
    >>> stage_of("app/users/test_login_flow.py", ["asyncio", "unit"])
    <Stage.UNIT: 'unit'>
    """
    for mark in marks:
        if mark in TEST_STAGES:
            return Stage(mark)
    where = PurePosixPath(path)
    return _by_location(where.parts[:-1]) or _by_file_name(where.name) or Stage.UNIT


def _by_location(folders: Sequence[str]) -> Stage | None:
    for parent, folder in pairwise(folders):
        if parent in _TEST_ROOTS and folder in _STAGE_FOLDERS:
            return _STAGE_FOLDERS[folder]
    return None


def _by_file_name(name: str) -> Stage | None:
    return next((stage for pattern, stage in _STAGE_FILES if pattern.fullmatch(name)), None)

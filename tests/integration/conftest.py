from __future__ import annotations

import os
from pathlib import Path

import pytest

from repositories import GitProject, simple_project


@pytest.fixture(scope="session", autouse=True)
def measured_once() -> None:
    """Child processes are measured by coverage itself; pytest-cov before 7 would do it, too, and coverage complains."""
    for name in [name for name in os.environ if name.startswith("COV_CORE_")]:
        del os.environ[name]


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A small project with a first commit, in a repository of its own."""
    return simple_project(tmp_path / "repository")

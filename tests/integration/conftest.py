from __future__ import annotations

from pathlib import Path

import pytest

from repositories import GitProject, simple_project


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A small project with a first commit, in a repository of its own."""
    return simple_project(tmp_path / "repository")

from __future__ import annotations

from pathlib import Path

import pytest

from integration.github_executor.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """An empty repository whose workflows can be executed."""
    return Sandbox(tmp_path)

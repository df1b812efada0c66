"""Leaves the executions of whole workflows out of the everyday pipeline: .ci/run runs them by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUICK = "test_files"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long."""
    for item in items:
        if item.path.parent == HERE and item.path.stem != QUICK:
            item.add_marker(pytest.mark.slow)

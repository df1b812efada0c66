"""Leaves the executions of whole workflows out of the everyday pipeline: .ci/run runs them by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUICK = "test_files"
AGAIN = ("test_actions__test_newly_skipped__the_gate_is_red", "test_actions__a_shard_is_cancelled__the_gate_is_red")
"""What the workflow's own cases show, too, asked of the actions."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long."""
    for item in items:
        if item.path.parent == HERE and item.path.stem != QUICK:
            item.add_marker(pytest.mark.diagnostic if item.name in AGAIN else pytest.mark.slow)

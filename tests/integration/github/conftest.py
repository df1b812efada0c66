"""Leaves the executions of whole workflows out of the everyday pipeline: .ci/run runs them by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUICK = "test_files"
AGAIN = (
    "test_actions__test_newly_skipped__the_gate_is_red",
    "test_actions__a_shard_is_cancelled__the_gate_is_red",
    "test_comment__there_is_one_already__is_replaced",
    "test_comment__pull_request_has_another_head_by_now__says_nothing",
    "test_comment__run_was_no_pull_requests__does_nothing",
)
"""What .ci/run has no time for: the workflow's own cases asked of the actions, and further ones of comments."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long."""
    for item in items:
        if item.path.parent == HERE and item.path.stem != QUICK:
            item.add_marker(pytest.mark.diagnostic if item.name in AGAIN else pytest.mark.slow)

"""Says which of the commands' tests are too long for every run of the pipeline: .ci/run runs them by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONG = ("test_bad_input", "test_coverage_command", "test_coverage_of_changes", "test_losses", "test_moves")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave them out of the everyday pipeline."""
    for item in items:
        if item.path.parent == HERE and item.path.stem in LONG:
            item.add_marker(pytest.mark.slow)

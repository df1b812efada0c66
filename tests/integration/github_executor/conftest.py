from __future__ import annotations

from pathlib import Path

import pytest

from integration.github_executor.sandbox import Sandbox

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the executor's own tests out of the everyday pipeline: .ci/run runs them by themselves."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """An empty repository whose workflows can be executed."""
    return Sandbox(tmp_path)

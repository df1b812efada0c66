from __future__ import annotations

from pathlib import Path

import pytest

from integration.github_executor.sandbox import Sandbox

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the executor's own tests to those who change it: they are the tests of a tool for tests."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.diagnostic)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """An empty repository whose workflows can be executed."""
    return Sandbox(tmp_path)

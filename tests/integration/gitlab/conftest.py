"""GitLab's pipeline, executed: a project on a server that is a bare repository, and the engine that runs its jobs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from integration.gitlab.engine import Engine, PipelineRun, make_engine
from integration.gitlab.service import Checkout, Service

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what needs the engine out of the everyday run: it takes minutes."""
    for item in items:
        if item.path.parent == HERE and "engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """gitlab-ci-local. A laptop may be without what it needs; in CI that is a failure."""
    return make_engine(tmp_path_factory.mktemp("home"))


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A project on GitLab, with one test stage and one static stage, and a merge request that changes nothing yet."""
    return Service(tmp_path)


@pytest.fixture
def run(engine: Engine) -> Callable[[Checkout], PipelineRun]:
    """Run the pipeline of a checkout."""

    def start(checkout: Checkout) -> PipelineRun:
        return engine.run(checkout.folder, checkout.variables)

    return start

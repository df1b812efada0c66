"""GitLab's pipeline, executed: a project on a server that is a bare repository, and the engine that runs its jobs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from integration.gitlab.engine import Engine, PipelineRun, make_engine
from integration.gitlab.service import Checkout, Service

HERE = Path(__file__).parent
CASES = (
    "pipeline__good_change__passes_and_reports",
    "pipeline__failing_test__fails_and_the_gate_says_which",
    "pipeline__newly_skipped_test__fails_though_every_job_before_the_gate_passes",
    "pipeline__row_of_a_shard_missing__is_inconclusive",
    "pipeline__row_that_the_plan_does_not_have__is_inconclusive",
    "pipeline__job_killed_before_it_leaves_anything__is_inconclusive",
    "pipeline__impossible_plan__runs_no_stage",
    "merged_result__target_moved_on__compares_with_the_target",
    "merge_train__another_change_ahead__compares_with_that_changes_merge",
    "detached__base_cannot_be_fetched__is_inconclusive",
    "default_branch__after_a_merge__compares_with_what_it_was_before",
    "monorepo__sub_folder_with_a_space__paths_are_the_repositorys",
    "bad_text__input__starts_no_pipeline",
    "rendered_pipeline__gitlabs_schema__accepts_it",
    "rendered_scripts__shellcheck__finds_nothing",
    "example_service__lost_test__is_named",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what needs the engine out of the everyday run: it takes minutes. .ci/run runs the main cases."""
    for item in items:
        if item.path.parent == HERE and "engine" in getattr(item, "fixturenames", ()):
            is_case = getattr(item, "originalname", item.name).removeprefix("test_") in CASES
            item.add_marker(pytest.mark.slow if is_case else pytest.mark.diagnostic)


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

"""To which stage a test belongs: mark, else location, else its file's name, else unit."""

from __future__ import annotations

import pytest

from testkeep.model.stage import DEFAULT_STAGES, STATIC_STAGES, TEST_STAGES, Stage, stage_of


@pytest.mark.parametrize(
    ("path", "marks", "stage"),
    [
        pytest.param("tests/integration/test_users_flow.py", ["unit"], Stage.UNIT, id="mark > location and name"),
        pytest.param("tests/unit/test_a.py", ["asyncio", "e2e", "unit"], Stage.E2E, id="the closest stage mark"),
        pytest.param("tests/unit/test_a.py", ["performance"], Stage.PERFORMANCE, id="an opt-in stage's mark"),
        pytest.param("tests/e2e/test_a.py", ["slow", "format"], Stage.E2E, id="marks that are no test stage"),
        pytest.param("tests/unit/test_users_flow.py", [], Stage.UNIT, id="location > file name"),
        pytest.param("tests/unit/test_a.py", [], Stage.UNIT, id="tests/unit"),
        pytest.param("tests/integration/test_a.py", [], Stage.INTEGRATION, id="tests/integration"),
        pytest.param("tests/migration/test_a.py", [], Stage.MIGRATION, id="tests/migration"),
        pytest.param("tests/migrations/test_a.py", [], Stage.MIGRATION, id="tests/migrations"),
        pytest.param("tests/concurrency/test_a.py", [], Stage.CONCURRENCY, id="tests/concurrency"),
        pytest.param("tests/e2e/test_a.py", [], Stage.E2E, id="tests/e2e"),
        pytest.param("tests/performance/test_a.py", [], Stage.PERFORMANCE, id="tests/performance"),
        pytest.param("test/integration/deep/down/test_a.py", [], Stage.INTEGRATION, id="test/ and folders below"),
        pytest.param("app/tests/integration/test_a.py", [], Stage.INTEGRATION, id="tests inside of the code"),
        pytest.param("tests/unit/integration/test_a.py", [], Stage.UNIT, id="the outer folder decides"),
        pytest.param("app/integration/test_a.py", [], Stage.UNIT, id="a folder of the name, not below tests"),
        pytest.param("tests/integrations/test_a.py", [], Stage.UNIT, id="a folder that is only like one"),
        pytest.param("tests/integration.py", [], Stage.UNIT, id="a file is no folder"),
        pytest.param("app/users/test_login_flow.py", [], Stage.INTEGRATION, id="test_*_flow.py"),
        pytest.param("tests/test_flow.py", [], Stage.UNIT, id="test_flow.py is no flow of anything"),
        pytest.param("tests/test_migrations.py", [], Stage.MIGRATION, id="test_migrations.py"),
        pytest.param("tests/test_migration_0003.py", [], Stage.MIGRATION, id="test_migration_*.py"),
        pytest.param("tests/test_migrations_flow.py", [], Stage.INTEGRATION, id="a flow of migrations"),
        pytest.param("tests/test_migrationist.py", [], Stage.UNIT, id="only like a migration"),
        pytest.param("tests/test_concurrent_users.py", [], Stage.CONCURRENCY, id="test_concurrent_*.py"),
        pytest.param("tests/test_concurrency.py", [], Stage.CONCURRENCY, id="test_concurrency.py"),
        pytest.param("tests/test_concurrently.py", [], Stage.UNIT, id="only like concurrency"),
        pytest.param("tests/test_users.py", [], Stage.UNIT, id="anything else in tests"),
        pytest.param("test_users.py", [], Stage.UNIT, id="anything else at the root"),
    ],
)
def test_stage_of__table(path: str, marks: list[str], stage: Stage) -> None:
    assert stage_of(path, marks) is stage


def test_stages__static_and_test_stages__are_all_and_do_not_overlap() -> None:
    assert (*STATIC_STAGES, *TEST_STAGES) == tuple(Stage)
    assert [stage.is_static for stage in Stage] == [True] * 3 + [False] * 6


def test_default_stages__opt_in_stages__are_left_out() -> None:
    assert set(Stage) - set(DEFAULT_STAGES) == {Stage.E2E, Stage.PERFORMANCE}

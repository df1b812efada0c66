"""Could a file have to do with a stage's tests?"""

from __future__ import annotations

import pytest

from testkeep.formats.stage_hints import concerns_stage
from testkeep.model.stage import Stage


@pytest.mark.parametrize(
    ("stage", "path", "text", "expected"),
    [
        pytest.param(Stage.UNIT, "tests/test_a.py", "", True, id="a test without a stage is a unit test"),
        pytest.param(Stage.UNIT, "app/users.py", "", False, id="production code"),
        pytest.param(Stage.INTEGRATION, "tests/integration/test_a.py", "", True, id="location"),
        pytest.param(Stage.INTEGRATION, "app/test_login_flow.py", "", True, id="file name"),
        pytest.param(Stage.MIGRATION, "tests/integration/test_a.py", "", False, id="another stage's location"),
        pytest.param(
            Stage.MIGRATION, "tests/db/migrations/test_a.py", "", True, id="a folder that only sounds like it"
        ),
        pytest.param(Stage.E2E, "e2e/users_test.py", "", True, id="*_test.py"),
        pytest.param(Stage.E2E, "e2e/pages.py", "", False, id="no test file"),
        pytest.param(Stage.E2E, "tests/test_a.py", "@pytest.mark . e2e", True, id="a mark"),
        pytest.param(Stage.E2E, "tests/test_a.py", "@pytest.mark.e2e_slow", False, id="a mark that is only like it"),
        pytest.param(Stage.E2E, "conftest.py", 'item.add_marker("e2e")', True, id="a hook that assigns the mark"),
    ],
)
def test_concerns_stage__table(stage: Stage, path: str, text: str, expected: bool) -> None:
    assert concerns_stage(stage, path, text) is expected

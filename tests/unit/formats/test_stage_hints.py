"""Could a file have to do with a stage's tests?"""

from __future__ import annotations

import pytest

from testkeep.formats.stage_hints import assigns_marks, concerns_stage
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
            Stage.MIGRATION, "tests/db/migrations/test_a.py", "", False, id="a folder that only sounds like it"
        ),
        pytest.param(Stage.INTEGRATION, "tests/test_integration.py", "", False, id="a file that only sounds like it"),
        pytest.param(Stage.E2E, "tests/e2e/users_test.py", "", True, id="*_test.py"),
        pytest.param(Stage.E2E, "e2e/pages.py", "", False, id="no test file"),
        pytest.param(Stage.E2E, "tests/test_a.py", "@pytest.mark . e2e", True, id="a mark"),
        pytest.param(Stage.E2E, "tests/test_a.py", "@pytest.mark.e2e_slow", False, id="a mark that is only like it"),
        pytest.param(Stage.E2E, "conftest.py", 'item.add_marker("e2e")', True, id="a hook that assigns the mark"),
    ],
)
def test_concerns_stage__table(stage: Stage, path: str, text: str, expected: bool) -> None:
    assert concerns_stage(stage, path, text) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("tests/db/migrations/test_a.py", True, id="a folder that sounds like it"),
        pytest.param("app/migrations/models.py", False, id="no test file"),
        pytest.param("tests/test_a.py", False, id="another test"),
    ],
)
def test_concerns_stage__computed_marks__counts_what_sounds_like_it(path: str, expected: bool) -> None:
    assert concerns_stage(Stage.MIGRATION, path, "", computed_marks=True) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("item.add_marker(item.path.parent.name)", True, id="a hook"),
        pytest.param("pytestmark = getattr(pytest.mark, FOLDER)", True, id="pytest.mark by a name"),
        pytest.param("pytestmark = getattr( mark , FOLDER)", True, id="mark by a name"),
        pytest.param("item.own_markers.append(made)", True, id="the list of marks"),
        pytest.param("@pytest.mark.slow\ndef test_a(): ...", False, id="a mark that is written"),
        pytest.param("getattr(pytest, 'marks')", False, id="another attribute"),
    ],
)
def test_assigns_marks__table(text: str, expected: bool) -> None:
    assert assigns_marks(text) is expected

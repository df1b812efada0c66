"""Inspections with real pytest: what tests assert."""

from __future__ import annotations

import pytest

from integration.plugins import inspected
from integration.plugins.recording import SHARED_MODES, Recorded, make_project
from testkeep.model.tests import Strength

BODIES = inspected.BODIES + (inspected.RAISES_SINCE_PYTEST_8_4 if pytest.version_tuple >= (8, 4) else "")
FILES = {
    "pyproject.toml": """\
        [tool.pytest.ini_options]
        testpaths = ["tests"]
        pythonpath = [".", "tests"]
        addopts = "--doctest-modules"
        """,
    "app/__init__.py": "",
    "app/code.py": inspected.PRODUCTION,
    "tests/helpers.py": inspected.HELPERS,
    "tests/conftest.py": inspected.CONFTEST,
    "tests/test_bodies.py": inspected.HEADER + BODIES,
    "tests/test_fixtures.py": inspected.HEADER + inspected.FIXTURES,
    "tests/test_documented.py": inspected.DOCUMENTED,
}
EXPECTED = {
    **inspected.expected(BODIES),
    **inspected.expected(inspected.FIXTURES),
    "test_parameters[1]": Strength(asserted=1, own=1, places=1),
    "test_parameters[2]": Strength(asserted=2, own=2, places=1),
    "test_documented.documented": Strength(asserted=2, own=2, places=2),
}


@pytest.fixture(scope="module", params=SHARED_MODES)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """One run of all the tests in each mode."""
    project = make_project(tmp_path_factory.mktemp("inspector") / "repository", FILES)
    return project.limited(*request.param, inspect=("app",))


@pytest.mark.parametrize("name", EXPECTED)
def test_strength(recorded: Recorded, name: str) -> None:
    test = recorded.tests[name]
    assert test.execution is not None
    assert (test.outcome, test.execution.strength) == ("passed", EXPECTED[name]), recorded.output


def test_every_test_has_its_expectation(recorded: Recorded) -> None:
    assert set(recorded.tests) == set(EXPECTED)

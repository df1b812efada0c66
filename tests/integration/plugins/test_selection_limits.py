"""Runs that are limited to some tests, and what the record says of items and of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.plugins.recording import MODES, make_project, selections
from testkeep.model.stage import Stage

LIMITS = {
    "conftest.py": """\
        def pytest_collection_modifyitems(config, items):
            config.hook.pytest_deselected(items=[item for item in items if item.name == "test_deselected"])
            items[:] = [item for item in items if item.name not in ("test_dropped", "test_deselected")]
        """,
    "tests/unit/test_a.py": "".join(
        f"def {name}():\n    assert True\n" for name in ("test_1", "test_2", "test_dropped", "test_deselected")
    ),
    "tests/integration/test_b.py": "def test_3():\n    assert True\ndef test_4():\n    assert True\n",
}
A, B = "tests/unit/test_a.py::", "tests/integration/test_b.py::"
DROPPED = {"test_dropped": "dropped", "test_deselected": "deselected conftest.py:2 pytest_collection_modifyitems"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("changes", "ran", "not_run"),
    [
        pytest.param({}, {"test_1", "test_2", "test_3", "test_4"}, DROPPED, id="no limit"),
        pytest.param({"only": (f"{A}test_2", f"{B}test_3", f"{A}test_none")}, {"test_2", "test_3"}, {}, id="only"),
        pytest.param({"only": (f"{A}test_1", f"{A}test_dropped")}, {"test_1"}, {"test_dropped": "dropped"}, id="lost"),
        pytest.param({"without": (f"{A}test_2", f"{B}test_4")}, {"test_1", "test_3"}, DROPPED, id="without"),
        pytest.param({"only": (f"{A}test_2", f"{B}test_3"), "without": (f"{A}test_2",)}, {"test_3"}, {}, id="both"),
        pytest.param({"only": ()}, set(), {}, id="only nothing"),
    ],
)  # fmt: skip
def test_limits(
    tmp_path: Path, mode: tuple[str, ...], changes: dict[str, tuple[str, ...]], ran: set[str], not_run: dict[str, str]
) -> None:
    recorded = make_project(tmp_path / "repository", LIMITS).limited(*mode, **changes)
    if not ran:
        assert recorded.suite.tests == ()
        return
    assert {name for name, outcome in recorded.outcomes.items() if outcome == "passed"} == ran
    assert selections(recorded.suite.tests) == not_run
    assert recorded.exit_code == 0


def test_limits_within_a_stage(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repository", LIMITS)
    recorded = project.limited("--testkeep-stage=integration", only=(f"{B}test_3", f"{A}test_1"))
    assert recorded.outcomes == {"test_3": "passed"}
    assert recorded.suite.elsewhere == {Stage.UNIT: (f"{A}test_1",)}


REPLACES = """\
    import pytest

    pytestmark = [pytest.mark.replaces("of module"), pytest.mark.replaces("again")]

    @pytest.mark.replaces("of class")
    class TestIt:
        @pytest.mark.replaces("of function 1", "of function 2", reason="moved")
        @pytest.mark.replaces("again", 3, test="no argument")
        def test_method(self):
            assert True

    def test_function():
        assert True

    @pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.replaces("of parameters"))])
    def test_parameters(n):
        assert n
    """


def test_replaces(tmp_path: Path) -> None:
    recorded = make_project(tmp_path / "repository", {"test_it.py": REPLACES}).pytest()
    assert {name: test.item.replaces for name, test in recorded.tests.items()} == {
        "test_method": ("again", "of function 1", "of function 2", "of class", "of module"),
        "test_function": ("of module", "again"),
        "test_parameters[1]": ("of parameters", "of module", "again"),
    }


PATHS = """\
    import pathlib
    import pytest

    here = pathlib.Path(__file__).parent

    @pytest.mark.parametrize(
        "value",
        [here / "data", f"{here}", here.parent.parent / "other", f"{here.parent.parent}-x", {"a": [here] * 10}, "/etc"],
        ids=list("abcdef"),
    )
    def test_it(value):
        assert value
    """


def test_paths_in_parameters(tmp_path: Path) -> None:
    values = []
    for place in ("base", "a longer name of the head"):
        project = make_project(tmp_path / place / "repository", {"tests/test_it.py": PATHS}, "shop")
        tests = project.pytest().tests
        values.append({name[-2]: test.item.params["value"] for name, test in tests.items()})
    base, head = values
    assert base.pop("d") != head.pop("d")  # lies beside the repository
    assert base == head
    assert {name: base[name] for name in "abcf"} == {
        "a": "PosixPath('./tests/data')",
        "b": "'./tests'",
        "c": "PosixPath('./other')",
        "f": "'/etc'",
    }


def test_names_of_variables(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repository", {"test_it.py": "def test_it():\n    assert 1\n"})
    recorded = project.pytest(SHOP_TOKEN="secret", TESTKEEP_X="1", COVERAGE_X="1", PYTEST_XDIST_X="1", PYTEST_X="1")
    variables = recorded.suite.settings.variables
    assert list(variables) == sorted(set(variables))
    assert {"PATH", "SHOP_TOKEN", "PYTEST_X"} <= {*variables}
    own = ("TESTKEEP_", "COVERAGE_", "PYTEST_XDIST_", "PYTEST_CURRENT_TEST")
    assert [name for name in variables if name.startswith(own)] == []

"""What a run does for footprints where the first choice does not work, or nothing does."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.plugins.footprint_project import (
    BRANCHES,
    EXPECTED,
    HAS_MONITORING,
    IN_PYTHON,
    MONITORED,
    TEST_SHOP,
    TRACED,
    needs_monitoring,
    small_project,
)


@pytest.mark.skipif(HAS_MONITORING, reason="this Python has line events of its own")
@pytest.mark.parametrize(
    ("config", "arguments", "why"),
    [
        pytest.param(TRACED, ("--no-cov",), "coverage does not measure", id="no coverage"),
        pytest.param(
            "dynamic_context = test_function",
            (),
            "coverage switches contexts itself",
            id="contexts of the configuration",
        ),
    ],
)
def test_footprints__no_way_to_take_them__says_why(
    tmp_path: Path, config: str, arguments: tuple[str, ...], why: str
) -> None:
    found = small_project(tmp_path).run(*arguments, config=config, alone=True)

    assert found.recorded.suite.footprints == f"none: {why}, and this interpreter has no sys.monitoring"
    assert found.left == {"tests.json"}


OTHER_COVERAGE = """\
    from coverage.collector import Collector

    reset = Collector.reset

    class Copies(dict):
        def items(self):
            return [(file, set(lines)) for file, lines in super().items()]

    def another_reset(self):
        reset(self)
        self.data = Copies()

    Collector.reset = another_reset
    """
OTHER_TOOLS = """\
    import sys

    for tool_id in (3, 4):
        sys.monitoring.use_tool_id(tool_id, "another tool")
    """


@pytest.mark.parametrize(
    ("conftest", "config", "arguments", "why"),
    [
        pytest.param(
            OTHER_COVERAGE, TRACED, (), "known code gave other lines than it has: first [", id="coverage differs"
        ),
        pytest.param(
            OTHER_COVERAGE, BRANCHES, ("-n", "2"), "known code gave other lines than it has: first [", id="in workers"
        ),
        pytest.param(
            "",
            IN_PYTHON,
            (),
            "this interpreter has no sys.monitoring",
            id="Python tracer",
            marks=pytest.mark.skipif(HAS_MONITORING, reason="this Python has line events of its own"),
        ),
        pytest.param("", TRACED, ("--cov-context=test",), "--cov-context=test was asked for", id="contexts asked for"),
        pytest.param(
            OTHER_TOOLS,
            MONITORED,
            (),
            "others use the tool ids of sys.monitoring",
            id="no tool id is free",
            marks=needs_monitoring,
        ),
    ],
)
def test_footprints__first_choice_does_not_work__come_from_contexts_and_say_why(
    tmp_path: Path, conftest: str, config: str, arguments: tuple[str, ...], why: str
) -> None:
    project = small_project(tmp_path, conftest=conftest)
    without = project.run(*arguments, config=config, footprints=False, alone=True)

    found = project.run(*arguments, config=config, alone=True)

    assert found.recorded.suite.footprints.startswith(f"contexts: {why}")
    assert found.lines == EXPECTED
    assert found.saved == without.saved


@needs_monitoring
def test_footprints__a_test_takes_the_tool_id_away__has_those_before_it(tmp_path: Path) -> None:
    takes = "\ndef test_takes():\n    import sys\n    sys.monitoring.free_tool_id(3)\n\ndef test_last(): tax(1)\n"

    found = small_project(tmp_path, tests=f"{TEST_SHOP}{takes}").run(config=MONITORED)

    assert found.recorded.suite.footprints == (
        "line events: nothing is known from tests/test_shop.py::test_takes on, which took the tool id away"
    )
    assert found.lines == EXPECTED

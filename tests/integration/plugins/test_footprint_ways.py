"""Whether a way to take footprints works here is tried out on known code: what that finds, for ways that do not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from coverage import Coverage

from testkeep.plugins import collected_sets, line_events
from testkeep.plugins.collected_sets import CollectedSets
from testkeep.plugins.footprint_way import FootprintWay, Taken
from testkeep.plugins.line_events import LineEvents

needs_monitoring = pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12")
PROFILER_ID = 2  # 3 and 4 are in use when these tests are recorded
DIFFERENT = "known code gave other lines than it has: "


class Copying(CollectedSets):
    """A coverage.py that hands out copies of its sets: what is taken from them is not gone."""

    def _take(self) -> list[tuple[str, frozenset[Any]]]:
        return [(file, frozenset(lines)) for file, lines in self._collector.data.items()]


class Emptied(CollectedSets):
    """A coverage.py that keeps its lines somewhere else."""

    def _take(self) -> list[tuple[str, frozenset[Any]]]:
        return []


class Keeping(CollectedSets):
    """A way that does not give back what it took."""

    def finish(self) -> Taken:
        self._known.clear()
        return super().finish()


class Renamed(CollectedSets):
    """A coverage.py whose data have another name."""

    def __init__(self, coverage: Coverage) -> None:
        super().__init__(coverage)
        self._collector = object()


@pytest.fixture(params=[pytest.param(False, id="lines"), pytest.param(True, id="branches")])
def running(request: pytest.FixtureRequest) -> Iterator[Coverage]:
    """A coverage object that measures nothing, with the C tracer."""
    coverage = Coverage(data_file=None, config_file=False, branch=request.param, include=["nothing"])
    coverage.set_option("run:core", "ctrace")
    coverage.start()
    yield coverage
    coverage.stop()


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(CollectedSets, "", id="as it is"),
        pytest.param(Copying, f"{DIFFERENT}first [1, 2, 3, 4, 6, 7, 8], second [1, 2, 3, 4, 6, 7, 8, 9]", id="copies"),
        pytest.param(Emptied, f"{DIFFERENT}first [], second []", id="nothing there"),
        pytest.param(
            Renamed,
            "coverage.py cannot be tried out: AttributeError: 'object' object has no attribute 'data'",
            id="another name",
        ),
    ],
)
def test_collected_sets_why_not__way__says_what_is_wrong(
    running: Coverage, make: Callable[[Coverage], FootprintWay], problem: str
) -> None:
    assert collected_sets.why_not(running, make) == problem
    assert Coverage.current() is running


def test_collected_sets_why_not__not_given_back__says_what_would_be_saved(running: Coverage) -> None:
    """Nothing, or the end of the generator, where the interpreter tells the C tracer of it."""
    problem = collected_sets.why_not(running, Keeping)

    assert problem in {f"coverage.py would not save what it got back: {lines}" for lines in ("[]", "[4]")}


@needs_monitoring
def test_collected_sets_why_not__tracer_that_has_no_sets_to_take__says_so(running: Coverage) -> None:
    running.set_option("run:core", "sysmon")

    problem = collected_sets.why_not(running)

    falls_back = running.get_option("run:branch") and sys.version_info < (3, 14)
    assert problem == ("" if falls_back else "coverage.py cannot be tried out: it would use SysMonitor, not CTracer")


class Forgetting(LineEvents):
    """An interpreter that reports a line only once."""

    def _rearm(self, codes: object) -> None:
        """Do nothing."""


@needs_monitoring
@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(partial(LineEvents, tool_ids=[PROFILER_ID]), "", id="as it is"),
        pytest.param(
            partial(Forgetting, tool_ids=[PROFILER_ID]),
            f"{DIFFERENT}first [2, 3, 4, 7, 8], second [9]",
            id="lines once only",
        ),
        pytest.param(partial(LineEvents, tool_ids=[]), "others use the tool ids of sys.monitoring", id="no tool id"),
    ],
)
def test_line_events_why_not__way__says_what_is_wrong(
    make: Callable[[Callable[[str, str], bool]], FootprintWay], problem: str
) -> None:
    assert line_events.why_not(make) == problem
    assert sys.monitoring.get_tool(PROFILER_ID) is None  # type: ignore[attr-defined,unused-ignore]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="sys.monitoring came with Python 3.12")
def test_line_events_why_not__old_interpreter__says_so() -> None:
    assert line_events.why_not() == "this interpreter has no sys.monitoring"

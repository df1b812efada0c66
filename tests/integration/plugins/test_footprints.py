"""Footprints of real runs, held against what coverage.py's public contexts say of the same tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from integration.plugins.footprint_project import hard_project

HAS_MONITORING = sys.version_info >= (3, 12)
needs_monitoring = pytest.mark.skipif(not HAS_MONITORING, reason="sys.monitoring came with Python 3.12")
TRACED, BRANCHES, PLAIN_PYTHON, MONITORED = (
    "core = ctrace",
    "core = ctrace\nbranch = true",
    "core = pytrace",
    "core = sysmon",
)
TWO_WORKERS = ("-n", "2", "--dist=loadfile")


@pytest.mark.parametrize(
    ("config", "arguments", "way"),
    [
        pytest.param(TRACED, (), "harvest", id="C tracer, lines"),
        pytest.param(TRACED, TWO_WORKERS, "harvest", id="C tracer, lines, two workers"),
        pytest.param(BRANCHES, (), "harvest", id="C tracer, branches"),
        pytest.param(PLAIN_PYTHON, (), "line events", id="Python tracer, lines", marks=needs_monitoring),
        pytest.param(MONITORED, (), "line events", id="sys.monitoring, lines", marks=needs_monitoring),
        pytest.param(MONITORED, TWO_WORKERS, "line events", id="sys.monitoring, two workers", marks=needs_monitoring),
    ],
)
def test_footprints__hard_project__are_what_contexts_say_and_leave_coverage_alone(
    tmp_path: Path, config: str, arguments: tuple[str, ...], way: str
) -> None:
    project = hard_project(tmp_path)
    contexts = project.contexts(config=BRANCHES if config == BRANCHES else TRACED)
    without = project.run(*arguments, config=config, footprints=False)

    found = project.run(*arguments, config=config)

    assert found.recorded.suite.footprints == way
    assert {test: files for test, files in found.lines.items() if files} == {
        test: files for test, files in contexts.items() if files
    }
    assert found.saved == without.saved

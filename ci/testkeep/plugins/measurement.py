"""How a test process measures coverage, asked of coverage.py itself."""

from __future__ import annotations

import sys

from testkeep.model.evidence import Measurement

_CORES = {"CTracer": "ctrace", "SysMonitor": "sysmon", "PyTracer": "pytrace"}


def read_measurement() -> Measurement | None:
    """Ask the measurement that is going on; None if there is none."""
    # Whoever measures has imported it; nobody else should have to.
    coverage = sys.modules.get("coverage")
    running = coverage.Coverage.current() if coverage is not None else None
    if running is None:
        return None
    # What was asked for is not always what is used: coverage.py falls back where a core cannot do what is wanted.
    facts = dict(running.sys_info())
    core = str(facts.get("core", facts.get("tracer", "")))
    return Measurement(
        core=_CORES.get(core, core),
        branch=bool(running.get_option("run:branch")),
        concurrency=tuple(running.get_option("run:concurrency") or ()),
        coverage=str(facts.get("coverage_version", "")),
    )

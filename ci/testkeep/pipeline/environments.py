"""The environment variables of the processes that a pipeline starts."""

from __future__ import annotations

from collections.abc import Mapping

from testkeep.pipeline.context import Project
from testkeep.system import interpreter

# Of a pytest that runs us (our own tests do); they would make the inner pytest believe that it is a worker.
_OUTER_PYTEST = frozenset(
    {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"}
)
# It would win over the place that the configuration names.
_DATA_FILE = "COVERAGE_FILE"
# ruff's formatter has no option for it in older versions; this they pass over.
_ONE_LINE_EACH = {"RUFF_OUTPUT_FORMAT": "concise"}


def test_environment(project: Project, extra: Mapping[str, str]) -> dict[str, str]:
    """Make the environment of a test process; ``extra`` wins.

    Packages are importable that are neither installed nor in the project's root (a ``src`` layout, say).
    """
    environment = _inherited() | dict(extra)
    environment.pop(_DATA_FILE, None)
    folders = {folder for name, folder in project.roots.items() if folder != "." and not interpreter.has_module(name)}
    if folders and "PYTHONPATH" not in extra:
        own = filter(None, [environment.get("PYTHONPATH", "")])
        environment["PYTHONPATH"] = ":".join([*(str(project.root / folder) for folder in sorted(folders)), *own])
    return environment


def tool_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Make the environment of a tool; ``extra`` wins. Tools that it starts are this Python environment's, too."""
    ours = {"PATH": interpreter.program_path()}
    return interpreter.home_variables() | _inherited() | ours | _ONE_LINE_EACH | dict(extra)


def _inherited() -> dict[str, str]:
    return {name: value for name, value in interpreter.environment_variables().items() if name not in _OUTER_PYTEST}

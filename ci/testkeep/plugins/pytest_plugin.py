"""The pytest plugin: marks, and a recorder that does nothing unless ``--testkeep-evidence`` is given.

Imported in every pytest process of every user: whatever is not needed without that option is imported later.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from testkeep.model.evidence import JobContext

_MARKS = (
    "unit: the test belongs to the unit stage (testkeep)",
    "integration: the test belongs to the integration stage (testkeep)",
    "migration: the test belongs to the migration stage (testkeep)",
    "concurrency: the test belongs to the concurrency stage (testkeep)",
    "e2e: the test belongs to the opt-in end-to-end stage (testkeep)",
    "performance: the test belongs to the opt-in performance stage (testkeep)",
    "slow: the test is left out of the pipeline by default (testkeep)",
    "diagnostic: the test is left out of the pipeline by default (testkeep)",
    "replaces(*ids, reason=...): the test stands in for tests that are gone (testkeep)",
)
_CONTEXT = "testkeep_context"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("testkeep", "evidence for testkeep's merge gate")
    group.addoption(
        "--testkeep-evidence",
        metavar="DIR",
        help="record what this run collects and does, as evidence for 'testkeep gate'; without it nothing is recorded",
    )
    group.addoption("--testkeep-stage", metavar="STAGE", help="run only the tests of this stage")
    group.addoption("--testkeep-context", metavar="FILE", help="what 'testkeep run' tells its test processes")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks; with evidence asked for, register the recorder."""
    for mark in _MARKS:
        config.addinivalue_line("markers", mark)
    _keep_pytest_alembic_from_breaking_collection(config)
    if config.getoption("testkeep_evidence") or config.getoption("testkeep_stage"):
        config.pluginmanager.register(_Activation(config), "testkeep-activation")


def _keep_pytest_alembic_from_breaking_collection(config: pytest.Config) -> None:
    """pytest-alembic up to 0.13.1 assigns to an attribute that pytest 9.2 removed, whether or not it is used.

    Its virtual module is made wherever the tests' conftest.py is collected; pointing it to a path that does not
    exist is enough to leave the user's suite alone. Its fixtures and test functions work when imported.
    """
    if pytest.version_tuple < (9, 2) or not hasattr(config.option, "pytest_alembic_tests_path"):
        return
    from importlib.metadata import version

    from packaging.version import Version

    if Version(version("pytest-alembic")) > Version("0.13.1"):
        return
    if getattr(config.option, "test_alembic", False):
        raise pytest.UsageError(
            f"--test-alembic: pytest-alembic {version('pytest-alembic')} does not work with pytest "
            f"{pytest.__version__}. Import its tests instead (from pytest_alembic.tests import test_upgrade), or "
            "install pytest<9.2."
        )
    config.option.pytest_alembic_tests_path = "testkeep-has-switched-this-off"


class _Activation:
    """Sets up the stage selection and the recorder, and hands the context on to workers."""

    def __init__(self, config: pytest.Config) -> None:
        from testkeep.plugins.selection import StageSelection

        self._context = _read_context(config)
        stage = config.getoption("testkeep_stage")
        selection = StageSelection(config, self._context, _stage(stage) if stage else None)
        config.pluginmanager.register(selection, "testkeep-selection")
        evidence = config.getoption("testkeep_evidence")
        if evidence:
            from testkeep.plugins.recorder import Recorder
            from testkeep.system.evidence_folder import EvidenceFolder

            folder = EvidenceFolder(config.invocation_params.dir.joinpath(evidence).resolve())
            if not hasattr(config, "workerinput"):
                if not config.getoption("testkeep_context"):
                    folder.prepare([self._context.job.id])
                config.option.testkeep_evidence = str(folder.path)
            config.pluginmanager.register(Recorder(config, folder, self._context, selection), "testkeep-recorder")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker the same context, so that it need not be found out again."""
        import msgspec

        node.workerinput[_CONTEXT] = msgspec.json.encode(self._context).decode()


def _read_context(config: pytest.Config) -> JobContext:
    import msgspec

    from testkeep.errors import KitError
    from testkeep.model.evidence import JobContext

    handed_down = getattr(config, "workerinput", {}).get(_CONTEXT)
    file = config.getoption("testkeep_context")
    if handed_down is not None:
        return msgspec.json.decode(handed_down, type=JobContext)
    if file:
        return msgspec.json.decode(Path(file).read_bytes(), type=JobContext)
    from testkeep.pipeline.context import bare_context

    try:
        return bare_context(config.rootpath, _stage(config.getoption("testkeep_stage")))
    except KitError as error:
        raise pytest.UsageError(f"testkeep: {error}") from error


def _stage(name: str | None) -> Any:
    from testkeep.model.stage import TEST_STAGES

    if name is None:
        return None
    for stage in TEST_STAGES:
        if stage == name:
            return stage
    known = ", ".join(TEST_STAGES)
    raise pytest.UsageError(f"--testkeep-stage: no such test stage: {name!r}; there are {known}")

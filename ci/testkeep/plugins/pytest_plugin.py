"""The pytest plugin: marks, and a recorder that does nothing unless ``--testkeep-evidence`` is given.

Imported in every pytest process of every user: whatever is not needed without that option is imported later.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from testkeep.model.evidence import JobContext
    from testkeep.model.stage import Stage
    from testkeep.plugins.assertion_record import AssertionRecord
    from testkeep.plugins.footprints import TakenFootprints
    from testkeep.plugins.inspection import Inspection
    from testkeep.plugins.selection import StageSelection
    from testkeep.system.evidence_folder import EvidenceFolder

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
_RECORDER = "testkeep-recorder"
_WORKER_INPUT = "testkeep"
_RECORDING = "TESTKEEP_RECORDING"
_MARKED: Any = pytest.StashKey()


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


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Clear away an earlier run's record before anything of the project's can keep this one from being made.

    Modules of the project are marked from here on: its conftest.py files come next.
    """
    options = early_config.known_args_namespace
    if options.testkeep_evidence and not options.collectonly:
        _mark_assertions(early_config, _folder(early_config, options.testkeep_evidence), options.testkeep_context)
    if not options.testkeep_evidence or options.testkeep_context or "PYTEST_XDIST_WORKER" in os.environ:
        return
    from testkeep.errors import KitError
    from testkeep.pipeline.context import BARE_JOB

    folder = _folder(early_config, options.testkeep_evidence)
    if os.environ.get(_RECORDING) != str(folder.path):
        try:
            folder.prepare([options.testkeep_stage or BARE_JOB])
        except KitError as error:
            raise _usage_error(error) from error


def _mark_assertions(config: pytest.Config, folder: EvidenceFolder, context_file: str | None) -> None:
    from testkeep.plugins.assertion_marks import AssertionMarks

    if os.environ.get(_RECORDING) == str(folder.path) and "PYTEST_XDIST_WORKER" not in os.environ:
        return  # a test of the run that is being recorded started this one
    context = _read_context(config, context_file, None, None)
    marks = AssertionMarks(config.rootpath, context.provenance.project, context.source)
    marks.install()
    config.add_cleanup(marks.uninstall)
    config.stash[_MARKED] = marks


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks; with evidence asked for, register the recorder."""
    for mark in _MARKS:
        config.addinivalue_line("markers", mark)
    _keep_pytest_alembic_from_breaking_collection(config)
    if config.getoption("testkeep_evidence") or config.getoption("testkeep_stage"):
        _start_in_the_folder_itself(config)
        _activate(config)


def _start_in_the_folder_itself(config: pytest.Config) -> None:
    """Without paths pytest collects from the folder by its name, where it takes a "[" for that of parameters."""
    if config.args == [str(config.invocation_params.dir)] and "[" in config.args[0]:
        config.args[:] = ["."]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Close the record when all else is over: what comes out here is pytest's exit code."""
    try:
        exit_code = yield
    finally:
        recorder = config.pluginmanager.get_plugin(_RECORDER)
        if recorder is not None:
            os.environ.pop(_RECORDING, None)
    if recorder is not None:
        from testkeep.errors import KitError

        try:
            recorder.close(int(exit_code or 0))
        except KitError as error:
            raise _usage_error(error) from error
    return exit_code


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
    if getattr(config.option, "pytest_alembic_registration_enabled", False):
        raise pytest.UsageError(
            f"--test-alembic: pytest-alembic {version('pytest-alembic')} does not work with pytest "
            f"{pytest.__version__}. Import its tests instead (from pytest_alembic.tests import test_upgrade), or "
            "install pytest<9.2."
        )
    config.option.pytest_alembic_tests_path = "testkeep-has-switched-this-off"


def _activate(config: pytest.Config) -> None:
    """Set up the stage selection and the recorder, and hand their settings on to workers."""
    from testkeep.plugins.selection import StageSelection

    handed_down = getattr(config, "workerinput", {}).get(_WORKER_INPUT)
    evidence = config.getoption("testkeep_evidence")
    folder = _folder(config, handed_down["folder"] if handed_down else evidence) if evidence else None
    if folder is not None and handed_down is None and os.environ.get(_RECORDING) == str(folder.path):
        return  # a test of the run that is being recorded started this one, which inherited PYTEST_ADDOPTS
    stage = _stage(config.getoption("testkeep_stage"))
    context = _read_context(config, config.getoption("testkeep_context"), handed_down, stage)
    selection = StageSelection(config, context, stage)
    config.pluginmanager.register(selection, "testkeep-selection")
    if folder is not None:
        from testkeep.plugins.recorder import Recorder

        os.environ[_RECORDING] = str(folder.path)
        lists = handed_down is None or handed_down["lists"]
        inspection = _inspect(config, context) if context.inspect is not None else None
        footprints = _take_footprints(config, folder, context, selection) if context.footprints else None
        recorder = Recorder(
            config, folder, context, selection,
            lists=lists, inspection=inspection, footprints=footprints, asserted=_asserted(config),
        )  # fmt: skip
        config.pluginmanager.register(recorder, _RECORDER)
    if handed_down is None:
        config.pluginmanager.register(_Handover(context, folder), "testkeep-handover")


def _inspect(config: pytest.Config, context: JobContext) -> Inspection:
    from testkeep.plugins.inspection import Inspection

    inspection = Inspection(config, context)
    config.pluginmanager.register(inspection, "testkeep-inspection")
    return inspection


def _asserted(config: pytest.Config) -> AssertionRecord | None:
    """What tests assert is recorded, if modules were marked from the start on."""
    marks = config.stash.get(_MARKED, None)
    if marks is None:
        return None
    from testkeep.plugins.assertion_record import AssertionRecord

    record = AssertionRecord(marks)
    config.pluginmanager.register(record, "testkeep-assertions")
    return record


def _take_footprints(
    config: pytest.Config, folder: EvidenceFolder, context: JobContext, selection: StageSelection
) -> TakenFootprints | None:
    from testkeep.plugins.footprints import TakenFootprints

    if context.inspect is not None:
        return None  # it takes those of its few tests, in a way of its own
    footprints = TakenFootprints(config, folder, context, selection)
    config.pluginmanager.register(footprints, "testkeep-footprints")
    return footprints


class _Handover:
    """Tells xdist's workers what the main process found out, and one of them to write the list of tests."""

    def __init__(self, context: JobContext, folder: EvidenceFolder | None) -> None:
        self._context = context
        self._folder = folder
        self._lister: Any = None
        self._is_listed = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Prepare a worker, be it one of the first or the replacement of one that died."""
        import msgspec

        if self._lister is None:
            self._lister = node
        node.workerinput[_WORKER_INPUT] = {
            "context": msgspec.json.encode(self._context).decode(),
            "folder": str(self._folder.path) if self._folder else "",
            "lists": self._lister is node,
        }

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any) -> None:
        """Note that the list of tests is written."""
        self._is_listed = self._is_listed or node is self._lister

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Let the next worker write the list if this one died before it did."""
        if node is self._lister and not self._is_listed:
            self._lister = None


def _folder(config: pytest.Config, evidence: str) -> EvidenceFolder:
    from testkeep.system.evidence_folder import EvidenceFolder

    return EvidenceFolder(config.invocation_params.dir.joinpath(evidence).resolve())


def _read_context(
    config: pytest.Config, file: str | None, handed_down: dict[str, str] | None, stage: Stage | None
) -> JobContext:
    import msgspec

    from testkeep.errors import KitError
    from testkeep.model.evidence import JobContext

    try:
        if handed_down is not None:
            return msgspec.json.decode(handed_down["context"], type=JobContext)
        if file:
            return msgspec.json.decode(Path(file).read_bytes(), type=JobContext)
        from testkeep.pipeline.context import bare_context

        return bare_context(config.rootpath, stage)
    except (OSError, msgspec.DecodeError) as error:
        raise pytest.UsageError(f"--testkeep-context: {file}: {error}") from error
    except KitError as error:
        raise _usage_error(error) from error


def _stage(name: str | None) -> Stage | None:
    from testkeep.model.stage import TEST_STAGES

    stage = next((stage for stage in TEST_STAGES if stage == name), None)
    if name is not None and stage is None:
        known = ", ".join(TEST_STAGES)
        raise pytest.UsageError(f"--testkeep-stage: no such test stage: {name!r}; there are {known}")
    return stage


def _usage_error(error: Any) -> pytest.UsageError:
    return pytest.UsageError(f"testkeep: {error.message}" + (f"\n{error.hint}" if error.hint else ""))

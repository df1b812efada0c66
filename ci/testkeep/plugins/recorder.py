"""Writes down what a test process does, while it does it."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from os import getpid
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

import pytest

from testkeep.errors import EvidenceError
from testkeep.formats import evidence_json, journal
from testkeep.model.evidence import RECORDED, CollectorReport, JobContext
from testkeep.model.tests import Execution, Phase, Subtest
from testkeep.plugins.code_start import make_watcher, own_code
from testkeep.plugins.measurement import read_measurement
from testkeep.plugins.report_details import (
    failed_collector,
    is_subtest,
    location_of,
    origin_of,
    reason_of,
    skipped_collector,
    subtest_of,
    xfail_reason_of,
)
from testkeep.plugins.run_settings import foreign_code, module_origins, read_settings
from testkeep.plugins.selection import StageSelection, relative_path
from testkeep.system.evidence_folder import MAIN, EvidenceFolder, Journal

if TYPE_CHECKING:
    from testkeep.plugins.assertion_record import AssertionRecord
    from testkeep.plugins.footprints import TakenFootprints
    from testkeep.plugins.inspection import Inspection


class Recorder:
    """Records one process: the only one, the one that hands out tests (``main``), or a worker that runs them.

    It never changes what pytest does. Lines go to the process' journal at once; the main process makes the record
    when pytest is over. ``lists`` says whether this process writes the list of tests: workers all collect the same.
    ``inspection`` knows more of each test that ran; None if the run is none. ``footprints`` are None if they were not
    asked for.
    """

    def __init__(
        self,
        config: pytest.Config,
        folder: EvidenceFolder,
        context: JobContext,
        selection: StageSelection,
        *,
        lists: bool,
        inspection: Inspection | None = None,
        footprints: TakenFootprints | None = None,
        asserted: AssertionRecord | None = None,
    ) -> None:
        self._config = config
        self._folder = folder
        self._context = context
        self._selection = selection
        self._lists = lists
        self._inspection = inspection
        self._footprints = footprints
        self._asserted = asserted
        self._worker: str = getattr(config, "workerinput", {}).get("workerid", "")
        self._hands_out = False
        self._journal: Journal | None = None
        self._removed_by = ""
        self._process = getpid()
        self._watcher = make_watcher()
        self._codes: dict[str, CodeType | None] = {}
        self._phases: list[Phase] = []
        self._subtests: list[Subtest] = []
        self._raised: dict[str, tuple[str, str]] = {}
        self._reruns = 0
        self._started: bool | None = None
        self._is_over = False

    def _write(self, line: journal.Line) -> None:
        # A test that forks and does not end its child leaves a second pytest behind, which is not ours to record.
        if self._journal is not None and getpid() == self._process:
            self._journal.write(journal.encode(line))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Open the record."""
        self._hands_out = self._config.pluginmanager.has_plugin("dsession")
        self._journal = self._folder.journal(self._context.job.stem, self._worker or MAIN)
        if not self._worker:
            self._write(
                journal.Opened(
                    job=self._context.job,
                    provenance=self._context.provenance,
                    settings=read_settings(self._config),
                    at=time.time(),
                )
            )

    # Collection ---------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> Generator[None, bool | None, bool | None]:
        """Note each path that is left out."""
        ignored = yield
        if ignored and collection_path.name != "__pycache__":
            self._write(journal.Ignored(path=relative_path(collection_path, self._config.rootpath)))
        return ignored

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Note each collector that failed or was skipped whole, with the place that is to blame."""
        report = yield
        if report.outcome != "passed":
            self._write(journal.Collector(report=self._collector_report(report)))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what the process that hands out tests finds wrong: that its workers collected different tests, say."""
        if self._hands_out and report.outcome == "failed":
            self._write(journal.Collector(report=self._collector_report(report)))

    def _collector_report(self, report: pytest.CollectReport) -> CollectorReport:
        make = skipped_collector if report.outcome == "skipped" else failed_collector
        return make(report, self._config.rootpath)

    @pytest.hookimpl(tryfirst=True)
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember the code that the source defines, before a hook can swap it or the whole item."""
        code = own_code(item)
        self._codes[item.nodeid] = code if self._codes.get(item.nodeid, code) is code else None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Write the list of tests, and how coverage is measured."""
        yield
        measurement = read_measurement()
        if measurement is not None:
            self._write(journal.Measuring(measurement=measurement))
        if self._lists and not self._hands_out:
            self._write(
                journal.Collected(
                    items=self._selection.recorded(session),
                    elsewhere=self._selection.elsewhere(),
                    other_shards=self._selection.other_shards(),
                    n_selected=len(session.items),
                )
            )

    # Tests --------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Frame one test, with all of its attempts."""
        self._phases, self._subtests, self._raised, self._reruns, self._started = [], [], {}, 0, None
        test = self._selection.id_of(item)
        self._write(journal.Started(id=test))
        handled = yield
        if self._phases:
            held, failed = self._what_held(item)
            self._write(
                journal.Ended(
                    id=test,
                    execution=Execution(
                        phases=tuple(self._phases),
                        subtests=tuple(self._subtests),
                        reruns=self._reruns,
                        started=self._started,
                        worker=self._worker,
                        held=held,
                        failed=failed,
                        footprint=self._inspection.footprint if self._inspection else None,
                        imported=self._inspection.imported if self._inspection else {},
                        replaced=self._inspection.replaced if self._inspection else {},
                    ),
                )
            )
        self._look_for_journal(test)
        return handled

    def _look_for_journal(self, test: str) -> None:
        """Name the test that removed the evidence; nothing that was recorded is left, and no more is."""
        if self._journal is not None and getpid() == self._process and not self._journal.is_there():
            self._journal.close()
            self._journal = self._folder.journal(self._context.job.stem, self._worker or MAIN)
            self._write(journal.Started(id=test))
            self._write(journal.Stopped(cause="a test removed the folder with the evidence"))
            self._journal, self._removed_by = None, test

    def _what_held(self, item: pytest.Item) -> tuple[dict[int, int], tuple[int, ...]]:
        if self._asserted is None:
            return {}, ()
        found = self._asserted.ended(item)
        new = self._asserted.new_sites()
        if new:
            self._write(journal.Sited(sites=new))
        return found

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Watch whether the test's own code is entered; innermost, because watching has its price."""
        self._watcher.begin(self._codes.get(self._selection.id_of(item)))
        try:
            yield
        finally:
            self._started = self._watcher.end()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what was really raised and where, whatever other hooks make of it."""
        before = call.excinfo
        report = yield
        excinfo = before or call.excinfo  # unittest's exceptions are put in by a hook
        origin = "" if excinfo is None else origin_of(excinfo.value, self._config.rootpath)
        self._raised[call.when] = ("" if excinfo is None else excinfo.typename, origin)
        if call.when == "setup":
            self._started = None
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the phases of the test that is running."""
        if self._hands_out:
            return
        if is_subtest(report):
            self._subtests.append(subtest_of(report))
            return
        if report.when == "setup" and self._phases:
            self._phases, self._subtests = [], []
        if str(report.outcome) == "rerun":
            self._reruns += 1
        when = report.when or ""
        wasxfail = getattr(report, "wasxfail", None)
        raised, origin = self._raised.get(when, ("", ""))
        is_bad = report.outcome != "passed"
        self._phases.append(
            Phase(
                when=when,
                outcome=report.outcome,
                duration_s=round(report.duration, 6),
                wasxfail=None if wasxfail is None else xfail_reason_of(wasxfail),
                reason=reason_of(report) if is_bad else "",
                location=origin or (location_of(report, self._config.rootpath) if is_bad else ""),
                raised=raised,
            )
        )

    # The end ------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Note a worker that died, or whose session failed in a way that xdist makes nothing of."""
        exit_status = getattr(node, "workeroutput", {}).get("exitstatus")
        if error is None and exit_status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
            error = f"pytest ended there with exit code {exit_status}"
        if error is not None:
            self._write(journal.WorkerLost(worker=node.gateway.id, error=str(error)))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that the session was ended with ``pytest.exit``, whatever exit code that asks for."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self._write(journal.Stopped(cause=f"pytest.exit: {excinfo.value.msg}"))
            self._journal = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, None, None]:
        """Note where the modules came from, and that no other plugin broke the end of the session."""
        self._watcher.close()
        origins = module_origins(sys.modules, self._context.packages)
        foreign = foreign_code(sys.modules, self._config.rootpath, self._context.roots)
        way = self._footprints.way if self._footprints else ""
        self._write(journal.Imports(origins=origins, foreign=foreign, footprints=way))
        if self._asserted is not None and not self._hands_out:
            shared, new = self._asserted.shared(), self._asserted.new_sites()
            if new:
                self._write(journal.Sited(sites=new))
            self._write(journal.Shared(state=self._asserted.marks.trouble or RECORDED, fixtures=shared))
        yield
        self._is_over = True

    def close(self, exit_status: int) -> None:
        """Write the finish marker, now that pytest is over and all workers are gone, then make the record.

        Raises:
            EvidenceError: the record cannot be made or written.
        """
        if self._removed_by and not self._worker:
            raise EvidenceError(f"{self._folder.path}: {self._removed_by} removed the folder with the evidence")
        if self._journal is None or not self._is_over or getpid() != self._process:
            return
        self._write(journal.Closed(exit_status=exit_status, at=time.time()))
        self._journal.close()
        if not self._worker:
            job_id = self._context.job.stem
            if self._footprints is not None:
                self._footprints.merge()
            lines = [journal.decode(data) for data in self._folder.read_journals(job_id)]
            self._folder.write_record(job_id, evidence_json.dumps(journal.assemble(lines)))

"""Writes down what a test process does, while it does it."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from testkeep.formats import evidence_json, journal
from testkeep.model.evidence import CollectorReport, JobContext
from testkeep.model.tests import Execution, Phase, Subtest
from testkeep.plugins.code_start import make_watcher, own_code
from testkeep.plugins.run_settings import module_origins, read_settings
from testkeep.plugins.selection import StageSelection, relative_path
from testkeep.system.evidence_folder import MAIN, EvidenceFolder

_SUBTEST_REPORTS = frozenset({"SubtestReport", "SubTestReport"})
_MAX_REASON = 2000
_CODE = pytest.StashKey["types.CodeType | None"]()


class Recorder:
    """Records one process: the only one, the one that hands out tests (``main``), or a worker that runs them.

    It never changes what pytest does. Lines go to the process' journal at once; the main process makes the record
    when the session is over.
    """

    def __init__(
        self, config: pytest.Config, folder: EvidenceFolder, context: JobContext, selection: StageSelection
    ) -> None:
        self._config = config
        self._folder = folder
        self._context = context
        self._selection = selection
        self._worker: str = getattr(config, "workerinput", {}).get("workerid", "")
        self._is_main = not self._worker
        self._hands_out = self._is_main and bool(config.getoption("numprocesses", None) or config.getoption("tx", None))
        self._journal = folder.journal(context.job.id, self._worker or MAIN)
        self._watcher = make_watcher()
        self._phases: list[Phase] = []
        self._subtests: list[Subtest] = []
        self._raised: dict[str, str] = {}
        self._reruns = 0
        self._started: bool | None = None

    def _write(self, line: journal.Line) -> None:
        self._journal.write(journal.encode(line))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Open the record."""
        if self._is_main:
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
        if ignored and collection_path.name != "__pycache__" and not self._hands_out:
            self._write(journal.Ignored(path=relative_path(collection_path, self._config.rootpath)))
        return ignored

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Note each collector that failed or was skipped whole, with the place that is to blame."""
        report = yield
        if report.outcome != "passed":
            call: Any = getattr(report, "call", None)
            self._write(journal.Collector(report=self._collector_report(report, call)))
        return report

    def _collector_report(self, report: pytest.CollectReport, call: Any) -> CollectorReport:
        if report.outcome == "skipped":
            path, line, reason = _skip_triple(report.longrepr)
            return CollectorReport(
                id=report.nodeid,
                outcome="skipped",
                reason=reason,
                path=relative_path(Path(path), self._config.rootpath),
                line=line,
            )
        error = call.excinfo.value if call is not None and call.excinfo is not None else None
        cause = (error.__cause__ or error) if error is not None else None
        path, line = _place_of(cause, self._config.rootpath)
        reason = f"{type(cause).__name__}: {cause}" if cause is not None else report.longreprtext
        return CollectorReport(
            id=report.nodeid, outcome="failed", reason=reason[:_MAX_REASON], path=path or report.nodeid, line=line
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember the code that the source defines, before a hook can swap it."""
        item.stash[_CODE] = own_code(item)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Write the list of tests; of several workers, which all collect the same, the first one does."""
        yield
        if not self._hands_out and self._worker in ("", "gw0"):
            self._write(
                journal.Collected(
                    items=self._selection.recorded(session),
                    elsewhere=self._selection.elsewhere(),
                    n_selected=len(session.items),
                )
            )

    # Tests --------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Frame one test, with all of its attempts."""
        self._phases, self._subtests, self._raised, self._reruns, self._started = [], [], {}, 0, None
        self._write(journal.Started(id=item.nodeid))
        handled = yield
        if self._phases:
            self._write(
                journal.Ended(
                    id=item.nodeid,
                    execution=Execution(
                        phases=tuple(self._phases),
                        subtests=tuple(self._subtests),
                        reruns=self._reruns,
                        started=self._started,
                        worker=self._worker,
                    ),
                )
            )
        return handled

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Watch whether the test's own code is entered."""
        with self._watcher.watching(item.stash.get(_CODE, None)) as watch:
            try:
                yield
            finally:
                self._started = watch.started

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what was really raised, whatever other hooks make of it."""
        report = yield
        if call.excinfo is not None:
            self._raised[call.when] = call.excinfo.typename
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the phases of the test that is running."""
        if self._hands_out:
            return
        if type(report).__name__ in _SUBTEST_REPORTS:
            self._subtests.append(Subtest(description=_describe_subtest(report), outcome=report.outcome))
            return
        outcome = str(report.outcome)
        if report.when == "setup" and self._phases:
            self._phases, self._subtests = [], []
        if outcome == "rerun":
            self._reruns += 1
        reason, location = self._reason_and_location(report)
        self._phases.append(
            Phase(
                when=report.when or "",
                outcome=outcome,
                duration_s=round(report.duration, 6),
                wasxfail=getattr(report, "wasxfail", None),
                reason=reason,
                location=location,
                raised=self._raised.get(report.when or "", ""),
            )
        )

    def _reason_and_location(self, report: pytest.TestReport) -> tuple[str, str]:
        if report.outcome == "passed" or report.longrepr is None:
            return "", ""
        root = self._config.rootpath
        if isinstance(report.longrepr, tuple):
            path, line, reason = _skip_triple(report.longrepr)
            return reason[:_MAX_REASON], f"{relative_path(Path(path), root)}:{line}"
        crash = getattr(report.longrepr, "reprcrash", None)
        if crash is not None:
            return crash.message[:_MAX_REASON], f"{relative_path(Path(crash.path), root)}:{crash.lineno}"
        return report.longreprtext[:_MAX_REASON], ""

    # The end ------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Note a worker that died."""
        if error is not None:
            self._write(journal.WorkerLost(worker=node.gateway.id, error=str(error)))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Write the finish marker after every other plugin has had its say, then make the record."""
        yield
        self._watcher.close()
        self._write(journal.Imports(origins=module_origins(sys.modules, self._context.packages)))
        self._write(journal.Closed(exit_status=int(session.exitstatus), at=time.time()))
        self._journal.close()
        if self._is_main:
            job_id = self._context.job.id
            lines = [journal.decode(data) for data in self._folder.read_journals(job_id)]
            self._folder.write_record(job_id, evidence_json.dumps(journal.assemble(lines)))


def _skip_triple(longrepr: object) -> tuple[str, int, str]:
    if isinstance(longrepr, tuple) and len(longrepr) == 3:
        path, line, reason = longrepr
        return str(path), int(line or 0), str(reason).removeprefix("Skipped: ")
    return "", 0, str(longrepr or "").removeprefix("Skipped: ")


def _place_of(error: BaseException | None, root: Path) -> tuple[str, int]:
    """The last line inside the project that an exception came through, or the line of a syntax error."""
    if isinstance(error, SyntaxError) and error.filename:
        return relative_path(Path(error.filename), root), error.lineno or 0
    place = ("", 0)
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(root) and "site-packages" not in path.parts:
            place = (relative_path(path, root), trace.tb_lineno)
        trace = trace.tb_next
    return place


def _describe_subtest(report: pytest.TestReport) -> str:
    context: Any = getattr(report, "context", None)
    message = getattr(context, "msg", None)
    values = ", ".join(f"{key}={value}" for key, value in (getattr(context, "kwargs", None) or {}).items())
    return " ".join(part for part in (f"[{message}]" if message else "", f"({values})" if values else "") if part)

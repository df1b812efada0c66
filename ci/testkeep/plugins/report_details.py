"""What pytest's reports say, in the words of the evidence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from testkeep.formats.canonical import canonical
from testkeep.model.evidence import CollectorReport
from testkeep.model.tests import Subtest
from testkeep.plugins.selection import relative_path

_SUBTESTS = ("SubtestReport", "SubTestReport")  # pytest 9 has the first, pytest-subtests for pytest 8 the second
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_XFAILED = "_pytest.outcomes.XFailed"
_MAX_REASON = 2000


def is_subtest(report: pytest.TestReport) -> bool:
    """Whether a report is that of a subtest, not of a phase of a test."""
    return type(report).__name__ in _SUBTESTS


def subtest_of(report: pytest.TestReport) -> Subtest:
    """Describe a subtest by its message and its values."""
    context: Any = getattr(report, "context", None)
    message = getattr(context, "msg", None)
    values = getattr(context, "kwargs", None) or {}
    if pytest.version_tuple < (9, 1):  # later ones hand out texts
        values = {name: canonical(value) for name, value in values.items()}
    written = _ADDRESS.sub("", ", ".join(f"{name}={value}" for name, value in values.items()))
    parts = (f"[{message}]" if message is not None else "", f"({written})" if written else "")
    return Subtest(description=" ".join(part for part in parts if part), outcome=report.outcome)


def reason_of(report: pytest.TestReport) -> str:
    """Why a phase did not pass; empty if pytest does not say."""
    if report.longrepr is None:
        return ""
    if isinstance(report.longrepr, tuple):
        return _skip_triple(report.longrepr)[2][:_MAX_REASON]
    crash = getattr(report.longrepr, "reprcrash", None)
    reason = str(report.longreprtext if crash is None else crash.message)
    return reason.removeprefix(_XFAILED).removeprefix(": ")[:_MAX_REASON]


def xfail_reason_of(wasxfail: object) -> str:
    """Why a test was expected to fail; pytest before 8 writes a word before what it and unittest say."""
    return str(wasxfail).removeprefix("reason: ")


def location_of(report: pytest.TestReport, root: Path) -> str:
    """Where pytest says that a phase did not pass: ``path:line``, empty if that is no file of the project.

    For a skip by a mark or in a fixture, that is where the test is.
    """
    place: tuple[str, int] | None = None
    if isinstance(report.longrepr, tuple):
        place = _skip_triple(report.longrepr)[:2]
    elif (crash := getattr(report.longrepr, "reprcrash", None)) is not None:
        place = (crash.path, crash.lineno)
    return f"{relative_path(Path(place[0]), root)}:{place[1]}" if place and _is_inside(Path(place[0]), root) else ""


def origin_of(error: BaseException, root: Path) -> str:
    """Where an exception came from: ``path:line`` of the last place in the project, empty if there is none."""
    path, line = place_of(error, root)
    return f"{path}:{line}" if path else ""


def skipped_collector(report: pytest.CollectReport, root: Path) -> CollectorReport:
    """Describe a file, class or package that was skipped whole."""
    path, line, reason = _skip_triple(report.longrepr)
    return CollectorReport(
        id=report.nodeid,
        outcome="skipped",
        reason=reason[:_MAX_REASON],
        path=relative_path(Path(path), root),
        line=line,
    )


def failed_collector(report: pytest.CollectReport, root: Path) -> CollectorReport:
    """Describe a file, class or package that could not be collected, with the line in the project that is to blame."""
    call: Any = getattr(report, "call", None)
    error = call.excinfo.value if call is not None and call.excinfo is not None else None
    if isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
        error = error.__cause__
    path, line = place_of(error, root)
    reason = report.longreprtext if error is None else f"{type(error).__name__}: {error}"
    return CollectorReport(
        id=report.nodeid, outcome="failed", reason=reason[:_MAX_REASON], path=path or report.nodeid, line=line
    )


def _skip_triple(longrepr: object) -> tuple[str, int, str]:
    path, line, reason = longrepr if isinstance(longrepr, tuple) and len(longrepr) == 3 else ("", 0, longrepr)
    return str(path), int(line or 0), str(reason).removeprefix("Skipped: ").removeprefix("unittest.case.SkipTest: ")


def place_of(error: BaseException | None, root: Path) -> tuple[str, int]:
    """The last line inside the project that an exception came through, or the line of a syntax error."""
    if isinstance(error, SyntaxError) and error.filename:
        return relative_path(Path(error.filename), root), error.lineno or 0
    place = ("", 0)
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if _is_inside(path, root):
            place = (relative_path(path, root), trace.tb_lineno)
        trace = trace.tb_next
    return place


def _is_inside(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and "site-packages" not in path.parts

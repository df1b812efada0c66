"""Renders what the tests did as JUnit XML, which every CI product can read. A report, never evidence."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count

from msgspec import Struct

from testkeep.model.evidence import CollectorReport, Evidence, Suite
from testkeep.model.tests import Execution, Item, Outcome, RecordedTest, Selection
from testkeep.reports._wording import one_line, several_lines

_NOT_RUN = "testkeep.not-run"
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
_SELECTIONS = {
    Selection.SELECTED: "selected, but the run ended before it",
    Selection.DESELECTED: "deselected",
    Selection.DROPPED: "dropped from the list of tests",
    Selection.LEFT_OUT: "left out by the policy",
}


class _Result(Struct, frozen=True, kw_only=True):
    """What stands inside a testcase: nothing for a pass."""

    tag: str = ""
    type: str = ""
    message: str = ""
    text: str = ""


class _Case(Struct, frozen=True, kw_only=True):
    id: str
    path: str
    line: int
    time_s: float
    result: _Result


def render(evidence: Sequence[Evidence]) -> str:
    """Render one testsuite per job that ran tests, in pytest's xunit2 form; ``line`` counts from 1.

    Jobs of several environments run the same tests: a name that the class already has gets the job's id.
    """
    taken: set[tuple[str, str]] = set()
    suites = (line for record in evidence if record.suite for line in _suite(record, record.suite, taken))
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<testsuites name="testkeep">', *suites, "</testsuites>"]
    return "\n".join(lines) + "\n"


def _suite(record: Evidence, suite: Suite, taken: set[tuple[str, str]]) -> Iterator[str]:
    cases = [*map(_collector_case, suite.collectors), *map(_test_case, suite.tests)]
    tags = Counter(case.result.tag for case in cases)
    job = one_line(record.job.id)
    began = datetime.fromtimestamp(record.started_at, UTC).isoformat(timespec="seconds")
    counts = (
        f'errors="{tags["error"]}" failures="{tags["failure"]}" skipped="{tags["skipped"]}" tests="{len(cases)}" '
        f'time="{_seconds(record.duration_s)}" timestamp="{began}"'
    )
    yield f"  <testsuite name={_quoted(job)} {counts}>"
    yield "    <properties>"
    for name, value in (("python", suite.settings.python), ("platform", suite.settings.platform)):
        yield f'      <property name="{name}" value={_quoted(one_line(value))} />'
    yield "    </properties>"
    for case in cases:
        yield from _case_lines(case, job, taken)
    yield "  </testsuite>"


def _case_lines(case: _Case, job: str, taken: set[tuple[str, str]]) -> Iterator[str]:
    classname, name = _address(one_line(case.id))
    name = next(one for one in _names(name, job) if (classname, one) not in taken)
    taken.add((classname, name))
    place = f" file={_quoted(one_line(case.path))}" if case.path else ""
    place += f' line="{case.line}"' if case.line else ""
    start = f'<testcase classname={_quoted(classname)} name={_quoted(name)}{place} time="{_seconds(case.time_s)}"'
    result = case.result
    if not result.tag:
        yield f"    {start} />"
        return
    yield f"    {start}>"
    message = "" if result.tag == "system-out" else f" message={_quoted(_text(result.message))}"
    kind = f" type={_quoted(result.type)}" if result.type else ""
    text = _text(result.text).translate(_IN_TEXT)
    yield f"      <{result.tag}{message}{kind}" + (f">{text}</{result.tag}>" if text else " />")
    yield "    </testcase>"


def _address(test_id: str) -> tuple[str, str]:
    """Split a test id the way pytest does.

    >>> _address("tests/unit/test_a.py::TestB::test_c[d::e]")
    ('tests.unit.test_a.TestB', 'test_c[d::e]')
    """
    path, _, inside = test_id.partition("::")
    names, bracket, params = inside.partition("[")
    parts = [re.sub(r"\.py$", "", path.replace("/", ".")), *filter(None, names.split("::"))]
    return ".".join(parts[:-1]), parts[-1] + bracket + params


def _names(name: str, job: str) -> Iterator[str]:
    yield name
    yield f"{name} ({job})"
    yield from (f"{name} ({job}, {n})" for n in count(2))


def _collector_case(report: CollectorReport) -> _Case:
    failed = report.outcome == "failed"
    result = _Result(
        tag="error" if failed else "skipped",
        type="" if failed else "pytest.skip",
        message="collection failed" if failed else "collection skipped",
        text=report.reason,
    )
    return _Case(id=report.id, path=report.path, line=report.line, time_s=0.0, result=result)


def _test_case(test: RecordedTest) -> _Case:
    execution = test.execution
    return _Case(
        id=test.item.id,
        path=test.item.path,
        line=test.item.line,
        time_s=sum(phase.duration_s for phase in execution.phases) if execution else 0.0,
        result=_result(execution) if execution else _not_run(test.item),
    )


def _not_run(item: Item) -> _Result:
    why = _SELECTIONS[item.selection] + (f": {item.selected_by}" if item.selected_by else "")
    return _Result(tag="skipped", type=_NOT_RUN, message=why)


def _result(execution: Execution) -> _Result:
    phase = execution.decisive_phase
    when, why, where = (phase.when, phase.reason, phase.location) if phase else ("setup", "", "")
    match execution.outcome:
        case Outcome.FAILED:
            message = "\n".join(filter(None, (why, *_failed_subtests(execution))))
            return _Result(tag="failure", message=message, text=where)
        case Outcome.ERROR:
            why = why or "no reason recorded"
            return _Result(tag="error", message=f"failed on {when}: {why}", text=where)
        case Outcome.SKIPPED:
            return _Result(tag="skipped", type="pytest.skip", message=why, text=where)
        case Outcome.XFAILED:
            return _Result(tag="skipped", type="pytest.xfail", message=_xfail_reason(execution) or why)
        case None:
            return _Result(tag="skipped", type=_NOT_RUN, message="the test was set up and never called")
        case _ if execution.started is False:
            return _Result(
                tag="skipped", type=_NOT_RUN, message="reported as passed, but its own code was never entered"
            )
        case Outcome.XPASSED:
            return _Result(tag="system-out", text=f"unexpected pass: {_xfail_reason(execution)}".rstrip(": "))
        case Outcome.PASSED:
            return _Result()


def _failed_subtests(execution: Execution) -> Iterator[str]:
    failed = (subtest.description for subtest in execution.subtests if subtest.outcome == "failed")
    return (f"subtest failed: {description}" for description in failed)


def _xfail_reason(execution: Execution) -> str:
    return next((phase.wasxfail for phase in execution.phases if phase.wasxfail), "")


def _quoted(text: str) -> str:
    return f'"{text.translate(_IN_ATTRIBUTE)}"'


# Thousands of tests are deselected for one reason.
@functools.lru_cache(maxsize=1000)
def _text(text: str) -> str:
    return "\n".join(several_lines(text))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"

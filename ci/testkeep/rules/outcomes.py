"""TK1xx: what happened in this run, whatever happened before."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.evidence import Evidence, ToolRun
from testkeep.model.finding import Severity
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, RecordedTest
from testkeep.rules.base import Facts, Problem, in_repository, split_location
from testkeep.rules.validity import EXIT_OK, broken_off, is_comparable, unexplained_failure

# What `testkeep fix` mends, and where.
_MENDED = frozenset({Stage.FORMAT, Stage.LINT})
_MENDERS = frozenset({"ruff", "black", "isort"})
# As pytest writes them: for a strict mark, and for unittest's expectedFailure with and without the exception's type.
_STRICT_PASSES = ("[XPASS(strict)]", "Unexpected success", "Failed: Unexpected success")


def failed(facts: Facts) -> Iterator[Problem]:
    """A test failed.

    The test ran and an assertion did not hold, or an exception came out of it. Read the failure in the stage's output
    and mend the code or the test. Run the one test with `pytest <test id>`.
    """
    unfit = _unfit(facts)
    for test in facts.tests():
        if test.outcome is Outcome.FAILED and not _is_unexpected_pass(test):
            yield _problem_of(facts, test, "failed", unfit)
    for record, suite in facts.suites():
        if unexplained_failure(suite):
            yield Problem(
                message=f"stage {record.job.id}: pytest reports failure although no recorded test failed",
                help="A plugin or a hook failed the session; the stage's output says which.",
            )


def error_in_fixture(facts: Facts) -> Iterator[Problem]:
    """A test's set-up or tear-down failed.

    The test's own assertions were not reached, or something broke after them, so the test says nothing about the code.
    Mend the fixture that the message names. If a service is missing on this machine, start it.
    """
    unfit = _unfit(facts)
    for test in facts.tests():
        if test.outcome is Outcome.ERROR:
            phase = test.decisive_phase
            when = "tear-down" if phase and phase.when == "teardown" else "set-up"
            yield _problem_of(facts, test, f"error in {when}", unfit)


def collection_error(facts: Facts) -> Iterator[Problem]:
    """A test file could not be collected.

    pytest could not import the file or read a parametrisation, so nobody knows which tests are in it and what they
    would have said. The verdict is inconclusive: the run is not compared with the base. Mend the import or the syntax
    error at the place that the message names.
    """
    seen = set()
    for _, suite in facts.suites():
        for report in suite.collectors:
            if report.outcome == "failed" and report.id not in seen:
                seen.add(report.id)
                place = in_repository(facts, report.path)
                yield Problem(
                    message=f"{report.id or 'the collection'} could not be collected: {_first_line(report.reason)}",
                    help="No test of this file was run. Mend the error; 'pytest --collect-only -q' shows it whole.",
                    path=place or in_repository(facts, report.id.partition("::")[0]),
                    line=report.line if place else 0,
                )


def stage_broke_off(facts: Facts) -> Iterator[Problem]:
    """A stage crashed, timed out or broke off.

    Its process ended without the finish marker of a whole run: it was killed, a test ended the interpreter, or the
    policy's `timeout` was over. What had run until then is in the evidence, what had not is unknown, so the verdict is
    inconclusive. The message names the tests that were running.
    """
    for left in facts.unfinished:
        progress = f"{left.n_run} of {_tests(left.n_collected)} had run" if left.n_collected else "no test had run"
        where = f"; it was running {', '.join(left.running[:5])}" if left.running else ""
        cause = f": {left.cause}" if left.cause else ""
        yield Problem(
            message=f"stage {left.job.id} did not finish{cause}; {progress}{where}",
            help="Read the stage's output. A test must not end the process; a slow stage needs a longer timeout.",
            test=left.running[0] if left.running else "",
        )
    for record, suite in facts.suites():
        reason = broken_off(suite)
        if reason:
            yield Problem(
                message=f"stage {record.job.id} did not finish: {reason}",
                help="Look for pytest.exit(), os._exit() and hooks that end the session, and run the stage again.",
            )
        for worker in suite.lost_workers:
            yield Problem(
                message=f"stage {record.job.id} lost a worker process: {_first_line(worker)}",
                help="A test ended the worker's process, or the machine ran out of memory.",
            )


def unexpected_pass(facts: Facts) -> Iterator[Problem]:
    """A test that was expected to fail passes.

    The xfail mark says that this cannot work yet, and it works. With `strict` that is an error, without it a warning:
    an xfail test that passes does not guard, because it may fail again and nobody is told. Remove the mark.
    """
    for test in facts.tests():
        if _is_unexpected_pass(test):
            severity = Severity.WARNING if test.outcome is Outcome.XPASSED else Severity.ERROR
            yield Problem(
                message="passes although it is marked xfail",
                help="Remove the xfail mark, so that the test guards again.",
                test=test.item.id,
                path=test.item.path,
                line=test.item.line,
                severity=severity,
            )


def static_stage_failed(facts: Facts) -> Iterator[Problem]:
    """A formatter, the linter or the type checker has complaints.

    The tool's own output, of which the terminal shows an excerpt, lists them. `testkeep fix` mends the formatting and
    what the linter can mend alone.
    """
    for record in facts.evidence:
        for tool in record.tools:
            if tool.exit_code not in (0, None):
                yield Problem(
                    message=f"stage {record.job.id}: {_summary(tool)}",
                    help=f"Run '{' '.join(tool.command)}' to see it again.{_mending(record, tool)}",
                )


def _mending(record: Evidence, tool: ToolRun) -> str:
    is_mended = tool.tool in _MENDERS and not _MENDED.isdisjoint(record.job.stages)
    return " 'testkeep fix' mends what it can mend alone." if is_mended else ""


def forged(facts: Facts) -> Iterator[Problem]:
    """What was reported contradicts what happened.

    A hook, plugin or decorator reports a pass although the test raised an exception, or although its own code was never
    entered; or it ends the session with success although tests failed. Such a result is worth nothing. The message says
    what contradicts what; look for hooks such as `pytest_runtest_makereport`, `pytest_pyfunc_call` and
    `pytest_sessionfinish` in conftest.py files and plugins, and take them out.

    Example: a `pytest_runtest_makereport` in conftest.py sets `report.outcome = "passed"`.
    """
    contradictions: dict[str, list[RecordedTest]] = {}
    for test in facts.tests():
        contradiction = test.execution.contradiction if test.execution else ""
        if contradiction:
            contradictions.setdefault(contradiction, []).append(test)
    for contradiction, tests in contradictions.items():
        first = tests[0].item
        yield Problem(
            message=f"reported as passed, but {contradiction}",
            help="Look for hooks and decorators that run, replace or report tests, and take them out.",
            tests=tuple(test.item.id for test in tests),
            path=first.path if len(tests) == 1 else "",
            line=first.line if len(tests) == 1 else 0,
        )
    for record, suite in facts.suites():
        failed_tests = sum(test.outcome in (Outcome.FAILED, Outcome.ERROR) for test in suite.tests)
        if failed_tests and suite.exit_status == EXIT_OK:
            yield Problem(
                message=f"stage {record.job.id}: pytest ended with exit code 0 although {_tests(failed_tests)} failed",
                help="Look for a pytest_sessionfinish hook or a plugin that sets the exit code, and take it out.",
            )


def nothing_ran(facts: Facts) -> Iterator[Problem]:
    """No test ran at all.

    A pipeline that checked nothing has nothing to say: the verdict is inconclusive. Usual reasons: the tests lie where
    pytest does not look (`testpaths`, file names), a selection leaves nothing, every test is skipped, or the project
    has no tests yet.
    """
    if (
        facts.is_one_job
        or not facts.test_stages
        or any(test.outcome not in (None, Outcome.SKIPPED) for test in facts.tests())
    ):
        return
    broken = any(not is_comparable(suite) for _, suite in facts.suites())
    if facts.unfinished or facts.rejections or broken:
        return  # other rules say what is wrong
    collected = sum(1 for _ in facts.tests())
    unused = f"{_tests(collected)} collected, and all deselected, left out or skipped"
    found = unused if collected else "no tests found"
    yield Problem(
        message=f"nothing ran in {', '.join(facts.test_stages)}: {found}",
        help="'pytest --collect-only -q' shows what pytest finds here.",
    )


def _is_unexpected_pass(test: RecordedTest) -> bool:
    if test.outcome is Outcome.XPASSED:
        return True
    phase = test.decisive_phase
    strict = phase is not None and phase.reason.startswith(_STRICT_PASSES)
    return test.outcome is Outcome.FAILED and strict


def _unfit(facts: Facts) -> set[str]:
    return {one.base.item.id for one in facts.comparison.unfit}


def _problem_of(facts: Facts, test: RecordedTest, what: str, unfit: set[str]) -> Problem:
    phase = test.decisive_phase
    reason = _first_line(phase.reason) if phase else ""
    path, line = split_location(phase.location if phase else "")
    place = in_repository(facts, path)
    return Problem(
        message=f"{what}: {reason}" if reason else what,
        test=test.item.id,
        path=place or test.item.path,
        line=line if place else test.item.line,
        # It fails at the base commit, too, when it is run here: TK508 says so, and the change is not to blame.
        severity=Severity.WARNING if test.item.id in unfit else Severity.ERROR,
    )


def _tests(number: int) -> str:
    return "1 test" if number == 1 else f"{number} tests"


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _summary(tool: ToolRun) -> str:
    lines = [line.strip() for line in tool.output.splitlines() if line.strip()]
    # isort ends with what it passed over, not with what it found.
    telling = [line for line in lines if not line.startswith("Skipped ")]
    said = telling[-1] if telling else "no output"
    return f"{tool.tool} exited with {tool.exit_code}: {said[:200]}"

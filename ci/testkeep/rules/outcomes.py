"""TK1xx: what happened in this run, whatever happened before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from testkeep.model.evidence import REFUSED, ToolRun, Unfinished
from testkeep.model.finding import Severity
from testkeep.model.stage import Stage
from testkeep.model.static_tool import Complaint
from testkeep.model.tests import Outcome, RecordedTest, Selection
from testkeep.rules.base import Facts, Problem, first_line, in_repository, split_location
from testkeep.rules.passed_over import passed_over
from testkeep.rules.services import outages
from testkeep.rules.static_complaints import failed_tools, sort_complaints
from testkeep.rules.validity import EXIT_OK, broken_off, is_comparable, is_unexpected_pass, unexplained_failure

# What `testkeep fix` repairs.
_REPAIRED_BY_FIX = frozenset({"ruff", "black", "isort"})
_BY_SETTINGS = ("(addopts)", "(PYTEST_ADDOPTS)")


def failed(facts: Facts) -> Iterator[Problem]:
    """A test failed.

    The test ran and an assertion did not hold, or an exception came out of it. Read the failure in the stage's output
    and mend the code or the test. Run the one test with `pytest <test id>`.

    The message says when the test fails at the base commit, too. It blocks all the same, unless the base's policy has
    `failures = "new"`: then it is a warning.

    A test that fails now and then is put in quarantine: a waiver of this rule, with an owner and a last day, on the
    base branch. The verdict lists what is in quarantine.
    """
    at_base = _failing_at_base(facts)
    harmless = _unfit(facts) | (at_base if facts.policy.failures == "new" else set())
    for test in facts.tests():
        if test.outcome is Outcome.FAILED and not is_unexpected_pass(test):
            yield _problem_of(facts, test, "failed", harmless, at_base)
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
    unfit, at_base = _unfit(facts), _failing_at_base(facts)
    for_one_reason = {test for outage in outages(facts.tests()) for test in outage.tests}  # TK510 says it once
    for test in facts.tests():
        if test.outcome is Outcome.ERROR and test.item.id not in for_one_reason:
            phase = test.decisive_phase
            when = "tear-down" if phase and phase.when == "teardown" else "set-up"
            yield _problem_of(facts, test, f"error in {when}", unfit, at_base)


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
                    message=f"{report.id or 'the collection'} could not be collected: {first_line(report.reason)}",
                    help="No test of this file was run. Mend the error; 'pytest --collect-only -q' shows it whole.",
                    path=place or in_repository(facts, report.id.partition("::")[0]),
                    line=report.line if place else 0,
                )


_READ_OUTPUT = (
    "Read the stage's output. A test must not end the process, nor remove .testkeep; "
    "a slow stage needs a longer timeout."
)
_OTHER_OPTIONS = "Look at addopts and PYTEST_ADDOPTS, and whether the plugin that has the option is installed."


def stage_broke_off(facts: Facts) -> Iterator[Problem]:
    """A stage crashed, timed out or broke off.

    Its process ended without the finish marker of a whole run: it was killed, a test ended the interpreter, or the
    policy's `timeout` was over. What had run until then is in the evidence, what had not is unknown, so the verdict is
    inconclusive. The message names the tests that were running.
    """
    for left in facts.unfinished:
        cause = f": {left.cause}" if left.cause else ""
        is_refused = left.cause.startswith(REFUSED)
        yield Problem(
            message=f"stage {left.job.id} did not finish{cause}{'' if is_refused else _progress(left)}",
            help=_OTHER_OPTIONS if is_refused else _READ_OUTPUT,
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
                message=f"stage {record.job.id} lost a worker process: {first_line(worker)}",
                help="A test ended the worker's process, or the machine ran out of memory.",
            )


def _progress(left: Unfinished) -> str:
    running = f"; it was running {', '.join(left.running[:5])}" if left.running else ""
    if left.n_collected:
        return f"; {left.n_run} of {_tests(left.n_collected)} had run{running}"
    return running or "; no test had run"


def unexpected_pass(facts: Facts) -> Iterator[Problem]:
    """A test that was expected to fail passes.

    The xfail mark says that this cannot work yet, and it works. With `strict` that is an error, without it a warning:
    an xfail test that passes does not guard, because it may fail again and nobody is told. Remove the mark.
    """
    for test in facts.tests():
        if is_unexpected_pass(test):
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
    """A formatter, the linter or the type checker found something new.

    Only what was not there at the base commit is an error: the same tool is run on the base's files, with the head's
    configuration, and complaints are compared by file (through renames), code, message and the function around them.
    What was there is one note with its number. With `existing = "block"` in the policy everything is an error.

    `testkeep fix` repairs the formatting and what the linter can repair alone.
    """
    for record, tool in failed_tools(facts.evidence):
        new, old = sort_complaints(facts, record, tool)
        for complaint in new:
            yield Problem(
                message=f"{tool.called}: {' '.join(filter(None, [complaint.code, complaint.message]))}",
                help=_repair(record.job.stages[0], tool),
                path=in_repository(facts, complaint.path),
                line=complaint.line,
            )
        yield from _old(tool, old)


def _old(tool: ToolRun, complaints: Sequence[Complaint]) -> Iterator[Problem]:
    """What was there before, in one line; that a tool checks nothing is worth a warning."""
    again = f"'{' '.join(tool.command)}' lists all."
    about_code = [complaint for complaint in complaints if complaint.is_about_code]
    if about_code:
        were = "1 problem was" if len(about_code) == 1 else f"{len(about_code)} problems were"
        yield Problem(
            message=f"{tool.called}: {were} there at the base commit, too", help=again, severity=Severity.NOTE
        )
    for complaint in complaints:
        if not complaint.is_about_code:
            yield Problem(
                message=f"{tool.called} checked nothing, here and at the base commit: {complaint.message}",
                help=again,
                severity=Severity.WARNING,
            )


def _repair(stage: Stage, tool: ToolRun) -> str:
    again = f"'{' '.join(tool.command)}' shows it again."
    if tool.tool not in _REPAIRED_BY_FIX:
        return again
    return f"'testkeep fix' repairs {'it' if stage is Stage.FORMAT else 'what it can repair alone'}. {again}"


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
    has no tests yet. A stage that the policy lists and whose tests are all taken out by `addopts` is no better; where
    nobody listed the stage, this is a warning.
    """
    yield from _switched_off(facts)
    if (
        facts.is_one_job
        or not facts.test_stages
        or any(test.outcome not in (None, Outcome.SKIPPED) for test in facts.tests())
    ):
        return
    broken = any(not is_comparable(suite) for _, suite in facts.suites())
    unstarted = any(record.tools and not record.job.stages[0].is_static for record in facts.evidence)
    if facts.unfinished or facts.rejections or broken or unstarted:
        return  # other rules say what is wrong
    collected = sum(1 for _ in facts.tests())
    unused = f"{_tests(collected)} collected, and all deselected, left out or skipped"
    found = unused if collected else "no tests found"
    yield Problem(
        message=f"nothing ran in {', '.join(facts.test_stages)}: {found}",
        help=" ".join(filter(None, ["'pytest --collect-only -q' shows what pytest finds here.", passed_over(facts)])),
    )


def _switched_off(facts: Facts) -> Iterator[Problem]:
    """The stages that have tests and run none of them, because the project's own settings say so."""
    for stage in () if facts.is_one_job else facts.test_stages:
        tests = [test.item for test in facts.tests() if test.item.stage is stage]
        by = {item.selected_by for item in tests if item.selection is Selection.DESELECTED}
        if len(by) == 1 and all(item.selected_by in by for item in tests) and next(iter(by)).endswith(_BY_SETTINGS):
            yield Problem(
                message=f"stage {stage} has {_tests(len(tests))} and runs none: {next(iter(by))} takes them out",
                help=f"Take it out of the settings, or '{stage}' out of the policy's stages.",
                severity=Severity.ERROR if facts.policy.lists(stage) else Severity.WARNING,
            )


def _unfit(facts: Facts) -> set[str]:
    return {one.base.item.id for one in facts.comparison.unfit}


def _failing_at_base(facts: Facts) -> set[str]:
    return {test.item.id for test in facts.base_tests() if test.outcome in (Outcome.FAILED, Outcome.ERROR)}


def _problem_of(
    facts: Facts, test: RecordedTest, what: str, harmless: Collection[str], at_base: Collection[str]
) -> Problem:
    phase = test.decisive_phase
    reason = first_line(phase.reason) if phase else ""
    path, line = split_location(phase.location if phase else "")
    place = in_repository(facts, path)
    before = " (fails at the base, too)" if test.item.id in at_base else ""
    return Problem(
        message=(f"{what}: {reason}" if reason else what) + before,
        test=test.item.id,
        path=place or test.item.path,
        line=line if place else test.item.line,
        # It fails at the base commit, too: TK508 says so, or the policy that only new failures block.
        severity=Severity.WARNING if test.item.id in harmless else Severity.ERROR,
    )


def _tests(number: int) -> str:
    return "1 test" if number == 1 else f"{number} tests"

"""Family E: tests that still pass at the head and do not guard any more, and runs that prove nothing.

The assertions of E24 and E25 would not hold: one that holds in a thread is still executed. Rows from E29 on are not in
the research.
"""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import Edit, replace
from integration.conservation.pairs import Forged, Invalid, Pair, Passes, Red, Weakened, pair, table
from integration.conservation.project import (
    BY_FIXTURE,
    BY_HELPER,
    CASE,
    CASE_METHOD,
    CASE_SUBTESTS,
    EVERYTHING,
    GUARD,
    SUBTESTS,
    A,
    above_guard,
    first_in_guard,
    guard_becomes,
    guard_body,
    hook,
    in_module,
    ini,
)
from repositories import Outcome

GUARD_FAILS = replace(A, "assert total == 3", "assert total == 30")
CALLS_NOTHING = "def pytest_pyfunc_call(pyfuncitem):\n    return True if pyfuncitem.name == 'test_guard' else None\n"
REPORTS_PASSED = """\
    import pytest


    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport():
        report = yield
        report.outcome = "passed"
        return report
    """
EXITS_ZERO = "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"
SWAPS_BEFORE_CALL = """\
    def pytest_runtest_call(item):
        if item.name == "test_guard":
            item.obj = lambda: None
    """
SWAPS_AT_COLLECTION = """\
    def pytest_itemcollected(item):
        if item.name == "test_guard":
            item.obj = lambda: None
    """
SWAPS_A_METHOD = """\
    def pytest_runtest_call(item):
        if item.path.name == "test_case.py" and item.name == "test_method":
            item.obj = lambda: None
    """


@table(
    pair("E02", "a hook calls nothing", Forged("did not start"), hook(CALLS_NOTHING), xdist=True),
    pair("E03", "a hook reports a pass", Forged("AssertionError"), hook(REPORTS_PASSED), GUARD_FAILS),
    pair("E07", "a hook makes the exit code 0", Forged("exit code", also=("TK101",)), hook(EXITS_ZERO), GUARD_FAILS),
    pair("E27", "a hook swaps the function before its call", Forged("did not start"), hook(SWAPS_BEFORE_CALL)),
    pair("E28", "a hook swaps the function at collection", Forged("did not start"), hook(SWAPS_AT_COLLECTION)),
    pair("E29", "a hook swaps a unittest method", Forged("did not start"), hook(SWAPS_A_METHOD)),
)  # fmt: skip
def test_run__an_outcome_is_forged__blocks_and_says_what_contradicts_what(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


RUNS_NOTHING = "def pytest_runtest_protocol(item):\n    return True if item.name == 'test_guard' else None\n"
KILLS = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


@table(
    pair("E01", "a hook runs nothing", Invalid("TK104", "had not run"), hook(RUNS_NOTHING)),
    pair("E04", "pytest.exit with code 0", Invalid("TK104"), first_in_guard('pytest.exit("done", returncode=0)')),
    pair("E05", "os._exit with code 0", Invalid("TK104", "test_guard"), first_in_guard("import os; os._exit(0)")),
    pair("E19", "PYTHONOPTIMIZE", Invalid("TK501", "optimi"), environment={"PYTHONOPTIMIZE": "1"}),
    pair("E26", "its process is killed", Invalid("TK104", "test_guard"), first_in_guard(KILLS)),
    pair("E30", "--assert=plain", Invalid("TK501", "--assert=plain"), ini("addopts = --assert=plain")),
)  # fmt: skip
def test_run__the_record_proves_nothing__is_inconclusive_and_never_compared(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("E06", "sys.exit with code 0", Red("TK101", GUARD), first_in_guard("import sys; sys.exit(0)")),
)  # fmt: skip
def test_run__a_guard_ends_the_program__fails_and_is_no_loss(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


def nothing_left(*tests: str) -> Weakened:
    return Weakened(tests)


def body(id_: str, what: str, *lines: str) -> Pair:
    """Make a row in which the guard has another body, and nothing of its strength is left."""
    return pair(id_, what, nothing_left(GUARD), guard_body(*lines))


NO_OP = """\
def nothing(function):
    def test():
        pass

    return test

"""
SUBTEST_LOOP = "    for i in range(3):\n        with subtests"
CASE_LOOP = "        for i in range(3):\n"
STUB = 'monkeypatch.setattr("test_a.add", lambda a, b: 3)'


@table(
    body("E08", "the assertion is gone, the call is left", "add(1, 2)"),
    body("E09", "the body is pass", "pass"),
    body("E11", "asserts a tuple", "total = add(1, 2)", 'assert (total == 4, "msg")  # noqa: F631'),
    body("E12", "early return", "total = add(1, 2)", "return", "assert total == 3"),
    body("E13", "swallowed exception", "total = add(1, 2)", "try:", "    assert total == 4", "except Exception:",
         "    pass"),
    body("E14", "asserts in a loop over nothing", "for total in []:", "    assert total == add(1, 2)"),
    body("E15", "raises(Exception) swallows the assertion", "with pytest.raises(Exception):",
         "    assert add(1, 2) == 4"),
    pair("E17", "a decorator puts nothing in its place", Weakened((GUARD,), codes=("TK206", "TK108")),
         in_module(NO_OP), above_guard("@nothing")),
    pair("E18", "its helper is emptied", nothing_left(BY_HELPER),
         replace("tests/unit/checks.py", "assert div(a, b) == result", "div(a, b)")),
    pair("E21", "its fixture is emptied", nothing_left(BY_FIXTURE),
         replace("tests/unit/conftest.py", "assert mul(a, -b) == -mul(a, b)", "mul(a, -b)")),
    pair("E23", "the loop of its subtests is empty", nothing_left(SUBTESTS),
         replace(A, SUBTEST_LOOP, SUBTEST_LOOP.replace("3", "0")), xdist=True),
    pair("E23b", "the loop of its unittest subtests is empty", nothing_left(CASE_SUBTESTS),
         replace(CASE, CASE_LOOP, CASE_LOOP.replace("3", "0"))),
    body("E24", "asserts in a thread", "import threading", "", "def work():", "    assert add(1, 2) == 4", "",
         "thread = threading.Thread(target=work)", "thread.start()", "thread.join()"),
    body("E25", "asserts in a coroutine that nobody awaits", "async def verify():", "    assert add(1, 2) == 4", "",
         "verify()"),
    pair("E31", "its unittest assertion is gone", nothing_left(CASE_METHOD),
         replace(CASE, "self.assertEqual(mul(2, 2), 4)", "mul(2, 2)")),
)  # fmt: skip
def test_run__a_guard_asserts_nothing_any_more__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("E10", "or True", Weakened((GUARD,), error=False),
         replace(A, "assert total == 3", "assert total == 3 or True")),
    pair("E16", "the code under test is a stub", Weakened((GUARD,), error=False),
         guard_becomes(f"def test_guard(monkeypatch):\n    {STUB}\n    total = add(1, 2)\n    assert total == 3\n")),
)  # fmt: skip
def test_run__a_guard_lost_a_part_of_its_strength__is_reported(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


RERUNS = """\
    from _pytest.runner import runtestprotocol


    def pytest_runtest_protocol(item, nextitem):
        if item.get_closest_marker("flaky") is None:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for attempt in range(6):
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            again = attempt < 5 and any(report.failed for report in reports)
            for report in reports:
                if again and report.failed:
                    report.outcome = "rerun"
                item.ihook.pytest_runtest_logreport(report=report)
            if not again:
                break
            item._initrequest()
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True
    """
FLAKY = "markers = flaky: is run again when it fails"


def flaky(mark: str) -> tuple[Edit, ...]:
    """Make the guard fail in its first attempt, and have it run again (as pytest-rerunfailures does)."""
    counted = "tries = []\n\n"
    return (
        hook(RERUNS), ini(FLAKY), in_module(counted), above_guard(mark),
        first_in_guard("tries.append(1)\n    assert len(tries) > 1"),
    )  # fmt: skip


@table(
    pair("E20", "run again until it passes", Passes(kept=len(EVERYTHING)), *flaky("@pytest.mark.flaky(reruns=5)"),
         xdist=True),
)  # fmt: skip
def test_run__a_guard_passes_in_a_later_attempt__still_guards(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("E22", "filterwarnings = error is gone", Passes(warning="TK503", kept=len(EVERYTHING)), ini(),
         base=(ini("filterwarnings = error"),)),
    pair("E32", "xfail_strict is gone", Passes(warning="TK503", kept=len(EVERYTHING)), ini(),
         base=(ini("xfail_strict = true"),)),
)  # fmt: skip
def test_run__the_suite_became_more_lenient__is_reported(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

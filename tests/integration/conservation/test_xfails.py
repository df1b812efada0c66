"""Family B: tests that guarded at the base and may fail at the head."""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import Edit, replace
from integration.conservation.pairs import Fails, Lost, Pair, Red, pair, table
from integration.conservation.project import (
    ADD,
    CASE,
    CASE_METHOD,
    EVERYTHING,
    GUARD,
    NUMBER,
    A,
    above,
    above_guard,
    first_in_guard,
    hook,
    ini,
)
from repositories import Outcome


def xfailed(*tests: str, why: str) -> Lost:
    return Lost("xfailed", tests, why)


GUARD_FAILS = replace(A, "assert total == 3", "assert total == 30")
CASE_FAILS = replace(CASE, "self.assertEqual(mul(2, 2), 4)", "self.assertEqual(mul(2, 2), 40)")
EXPECTED = above("    def test_method(self):", "    @unittest.expectedFailure", CASE)
MARKS_ALL = """\
    import pytest


    def pytest_collection_modifyitems(items):
        for item in items:
            item.add_marker(pytest.mark.xfail(reason="quarantine", strict=False))
    """


def fixture(line: str) -> Edit:
    """Give the fixture that one test uses another body."""
    return replace(A, "    return 4\n", f"    {line}\n")


@table(
    pair("B01", "xfail mark on a test that fails now", xfailed(GUARD, why="broken"),
         above_guard('@pytest.mark.xfail(reason="broken")'), GUARD_FAILS, xdist=True),
    pair("B02", "xfail without a run", xfailed(GUARD, why="NOTRUN"), above_guard("@pytest.mark.xfail(run=False)")),
    pair("B03", "xfail mark on a test that passes", xfailed(GUARD, why="passes"), above_guard("@pytest.mark.xfail"),
         xdist=True),
    pair("B05", "xfail in the body", xfailed(GUARD, why="later"), first_in_guard('pytest.xfail("later")')),
    pair("B06", "expectedFailure that fails", xfailed(CASE_METHOD, why=""), EXPECTED, CASE_FAILS),
    pair("B08", "xfail mark added by the test itself", xfailed(GUARD, why="broken"), GUARD_FAILS,
         replace(A, "def test_guard():\n",
                 'def test_guard(request):\n    request.node.add_marker(pytest.mark.xfail(reason="broken"))\n')),
    pair("B09", "a hook marks every test as xfail", xfailed(*EVERYTHING, why="quarantine"), hook(MARKS_ALL),
         GUARD_FAILS),
    pair("B10", "xfail mark on one row", xfailed(ADD[0], why="passes"),
         replace(A, "[(1, 2, 3), (50,", "[pytest.param(1, 2, 3, marks=pytest.mark.xfail), (50,")),
    pair("B11", "a fixture calls xfail", xfailed(NUMBER, why="service broken"),
         fixture('pytest.xfail("service broken")')),
    pair("B12", "xfail mark hides a broken fixture", xfailed(NUMBER, why="later"),
         above("def test_number", '@pytest.mark.xfail(reason="later")'),
         fixture('raise RuntimeError("set-up is broken")')),
)  # fmt: skip
def test_run__a_guard_may_fail__blocks_with_the_reason(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("B04", "strict xfail on a test that passes", Red("TK105", GUARD),
         above_guard("@pytest.mark.xfail(strict=True)")),
    pair("B07", "expectedFailure that passes", Red("TK105", CASE_METHOD), EXPECTED),
    pair("B13", "xfail with strict in the ini", Red("TK105", GUARD), above_guard("@pytest.mark.xfail"),
         ini("xfail_strict = true")),
    pair("B14", "a test that fails", Fails(frozenset({"TK101"}), why="failed"), GUARD_FAILS),
)  # fmt: skip
def test_run__the_suite_is_red__fails_and_is_no_loss(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

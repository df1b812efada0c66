"""Family C: tests that guarded at the base and are taken out of the run at the head.

In C06 the variable is no part of any commit: a base run under the same variable would lose the test, too. The baseline
was made without it, and what differs is a selection, so that the loss counts. C16 is in `test_skips.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import append, replace, write
from integration.conservation.pairs import Invalid, Lost, Pair, Red, pair, table
from integration.conservation.project import (
    DIV,
    EVERYTHING,
    GUARD,
    METHOD,
    A,
    above,
    above_guard,
    hook,
    ini,
)
from repositories import Outcome

OTHERS = tuple(test for test in EVERYTHING if test != DIV)
DESELECTS = """\
    def pytest_collection_modifyitems(config, items):
        out = [item for item in items if item.name == "test_guard"]
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)
    """
DROPS = """\
    def pytest_collection_modifyitems(items):
        items[:] = [item for item in items if item.name != "test_guard"]
    """
DROPS_ALL = """\
    def pytest_collection_modifyitems(items):
        del items[:]
    """
NIGHTLY = "markers = nightly: runs at night"
LAST_FAILED = write(".pytest_cache/v/cache/lastfailed", f'{{"{DIV}": true}}')


def deselected(*tests: str, why: str, path: str = "") -> Lost:
    return Lost("deselected", tests, why, path=path)


@table(
    pair("C01", "-k in addopts", deselected(GUARD, why="-k 'not guard'"), ini("addopts = -k 'not guard'"), xdist=True),
    pair("C02", "a mark that the base's -m leaves out", deselected(GUARD, why="not nightly"),
         above_guard("@pytest.mark.nightly"), base=(ini("addopts = -m 'not nightly'", NIGHTLY),)),
    pair("C03", "--deselect in addopts", deselected(GUARD, why="--deselect"), ini(f"addopts = --deselect {GUARD}")),
    pair("C04", "a hook deselects", deselected(GUARD, why=""), hook(DESELECTS)),
    pair("C05", "a hook drops tests and tells nobody", deselected(GUARD, why="told nobody"), hook(DROPS), xdist=True),
    pair("C06", "-k in PYTEST_ADDOPTS", deselected(GUARD, why="not guard"),
         environment={"PYTEST_ADDOPTS": "-k 'not guard'"}),
    pair("C13", "a hook drops everything", Lost("deselected", EVERYTHING, "told nobody", also=("TK107",)),
         hook(DROPS_ALL)),
    pair("C15", "-k in pyproject.toml", deselected(GUARD, why="-k 'not guard'"),
         append("pyproject.toml", "\n[tool.pytest.ini_options]\naddopts = \"-k 'not guard'\"\n")),
    pair("C17", "-m in addopts", deselected(GUARD, why="not nightly"), above_guard("@pytest.mark.nightly"),
         ini("addopts = -m 'not nightly'", NIGHTLY)),
    pair("C18", "-k on the command line", deselected(GUARD, why="not guard"), arguments=("-k", "not guard")),
    pair("C19", "mark slow, which the policy leaves out", deselected(GUARD, why="slow"),
         above_guard("@pytest.mark.slow")),
    pair("C20", "mark slow on a class", deselected(METHOD, why="slow"), above("class TestMore", "@pytest.mark.slow")),
    pair("C21", "mark of a stage that is opt-in", deselected(GUARD, why="e2e"), above_guard("@pytest.mark.e2e")),
    pair("C22", "the policy leaves out a mark of the guard", Lost("deselected", (GUARD,), "nightly", also=()),
         append("pyproject.toml", '\n[tool.testkeep.suites]\nleave_out = ["nightly"]\n'),
         base=(ini(NIGHTLY), above_guard("@pytest.mark.nightly"))),
)  # fmt: skip
def test_run__a_guard_is_taken_out__blocks_and_says_by_whom(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("C07", "arguments narrowed to a file", Lost("not collected", OTHERS), arguments=("tests/unit/test_b.py",)),
    pair("C07b", "arguments narrowed to a test", Lost("not collected", OTHERS), arguments=(DIV,)),
    pair("C09", "--lf with a cache", Lost("not collected", OTHERS), ini("addopts = --lf"), LAST_FAILED),
)  # fmt: skip
def test_run__looks_at_a_part_only__blocks_for_the_rest(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("C10", "--collect-only", Invalid("TK501", "--collect-only"), ini("addopts = --collect-only -q")),
    pair("C11", "--setup-plan", Invalid("TK501", "--setup-plan"), ini("addopts = --setup-plan"), xdist=True),
    pair("C12", "--setup-only", Invalid("TK501", "--setup-only"), ini("addopts = --setup-only")),
    pair("C14", "--fixtures", Invalid("TK501", "--fixtures"), ini("addopts = --fixtures")),
    pair("C23", "--fixtures-per-test", Invalid("TK501", "--fixtures-per-test"), ini("addopts = --fixtures-per-test")),
)  # fmt: skip
def test_run__nothing_was_run__is_inconclusive_and_never_compared(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


FAILS_FIRST = replace(A, "def test_guard():\n", "def test_first():\n    assert False\n\n\ndef test_guard():\n")


@table(
    pair("C08", "-x stops before the guard", Red("TK101", f"{A}::test_first"), ini("addopts = -x"), FAILS_FIRST),
    pair("C08b", "--maxfail stops before it", Red("TK101", f"{A}::test_first"), ini("addopts = --maxfail=1"),
         FAILS_FIRST),
)  # fmt: skip
def test_run__stops_at_the_first_failure__fails_as_the_suite_does(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

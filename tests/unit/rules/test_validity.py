"""What is the record of a real run, and what is not."""

from __future__ import annotations

import msgspec
import pytest

from builders import a_record, a_suite, a_test, findings_of, not_run, the_facts
from testkeep.model.evidence import CollectorReport, Suite
from testkeep.model.tests import Selection
from testkeep.rules.validity import broken_off, doubts, is_comparable, is_doubted_only, unexplained_failure

_BROKEN = CollectorReport(id="tests/test_a.py", outcome="failed", reason="ImportError")
_SKIPPED = CollectorReport(id="tests/test_a.py", outcome="skipped", reason="no redis")


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        pytest.param(a_suite(), [], id="nothing unusual"),
        pytest.param(a_suite(options={"assertmode": "rewrite", "keyword": "a"}), [], id="harmless options"),
        pytest.param(
            a_suite(options={"collectonly": "True"}), ["--collect-only: tests were listed, not run"], id="collect-only"
        ),
        pytest.param(
            a_suite(options={"setuponly": "True"}),
            ["--setup-only: fixtures were set up, tests were not run"],
            id="setup-only",
        ),
        pytest.param(
            a_suite(options={"setupplan": "True"}),
            ["--setup-plan: a plan was shown, tests were not run"],
            id="setup-plan",
        ),
        pytest.param(
            a_suite(options={"showfixtures": "True"}),
            ["--fixtures: fixtures were listed, tests were not run"],
            id="fixtures",
        ),
        pytest.param(
            a_suite(options={"show_fixtures_per_test": "True"}),
            ["--fixtures-per-test: fixtures were listed, tests were not run"],
            id="fixtures-per-test",
        ),
        pytest.param(
            a_suite(optimize=2, options={"assertmode": "plain"}),
            [
                "Python ran with optimisation level 2, which removes assert statements",
                "--assert=plain: assertions were not instrumented",
            ],
            id="assertions are off in two ways",
        ),
        pytest.param(
            msgspec.structs.replace(a_suite(), foreign_code=("/site/shop/cart.py",)),
            ["imported /site/shop/cart.py, not the project's own code: install the project again, editable"],
            id="another copy of one file",
        ),
        pytest.param(
            msgspec.structs.replace(a_suite(), foreign_code=("/site/shop/a.py", "/site/shop/b.py", "/site/shop/c.py")),
            ["imported /site/shop/a.py and 2 more, not the project's own code: install the project again, editable"],
            id="another copy of many files",
        ),
    ],
)
def test_doubts__table(suite: Suite, expected: list[str]) -> None:
    assert list(doubts(suite)) == expected


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        pytest.param(a_suite(a_test(), optimize=2), True, id="its tests pass, and check nothing"),
        pytest.param(a_suite(options={"collectonly": "True"}), True, id="it ran none"),
        pytest.param(a_suite(a_test()), False, id="nothing unusual"),
        pytest.param(a_suite(a_test(did="failed"), optimize=2), False, id="a test fails, too"),
        pytest.param(a_suite(a_test(), exit_status=3, optimize=2), False, id="it broke off, too"),
        pytest.param(a_suite(a_test(), exit_status=1), False, id="it reports a failure that nobody explains"),
        pytest.param(a_suite(collectors=(_BROKEN,), optimize=2), False, id="a file cannot be collected, too"),
    ],
)
def test_is_doubted_only__table(suite: Suite, expected: bool) -> None:
    assert is_doubted_only(suite) is expected


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        pytest.param(a_suite(a_test()), "", id="green"),
        pytest.param(a_suite(a_test(did="failed")), "", id="red"),
        pytest.param(a_suite(), "", id="no tests"),
        pytest.param(a_suite(not_run(how=Selection.DESELECTED)), "", id="all deselected"),
        pytest.param(a_suite(a_test(), exit_status=2), "the session was interrupted", id="interrupted"),
        pytest.param(a_suite(collectors=(_BROKEN,), exit_status=2), "", id="a broken file interrupts, too"),
        pytest.param(
            a_suite(collectors=(_SKIPPED,), exit_status=2), "the session was interrupted", id="a skipped file does not"
        ),
        pytest.param(a_suite(a_test(), exit_status=3), "pytest ended with exit code 3", id="internal error"),
        pytest.param(a_suite(exit_status=4), "pytest ended with exit code 4", id="usage error"),
        pytest.param(
            a_suite(a_test(), not_run(), not_run(), exit_status=0),
            "the session ended with success although 2 of its tests had not run",
            id="pytest.exit with success",
        ),
        pytest.param(
            a_suite(not_run(), exit_status=5),
            "the session ended with success although 1 of its tests had not run",
            id="a hook emptied the session after selection",
        ),
        pytest.param(
            a_suite(a_test(did="not called"), exit_status=0),
            "the session ended with success although 1 of its tests had not run",
            id="set up and torn down, never called",
        ),
        pytest.param(a_suite(a_test(did="failed"), not_run(), exit_status=1), "", id="stopped after a failure (-x)"),
    ],
)
def test_broken_off__table(suite: Suite, expected: str) -> None:
    assert broken_off(suite) == expected


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        pytest.param(a_suite(a_test(), a_test(did="failed")), True, id="red"),
        pytest.param(a_suite(collectors=(_SKIPPED,)), True, id="a skipped file"),
        pytest.param(a_suite(collectors=(_BROKEN,), exit_status=1), False, id="a broken file"),
        pytest.param(a_suite(a_test(), exit_status=3), False, id="broken off"),
        pytest.param(a_suite(a_test(), optimize=1), False, id="no assertions"),
    ],
)
def test_is_comparable__table(suite: Suite, expected: bool) -> None:
    assert is_comparable(suite) is expected


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        pytest.param(a_suite(a_test(), exit_status=1), True, id="exit code 1, nothing failed"),
        pytest.param(a_suite(a_test(), a_test(did="failed")), False, id="a test failed"),
        pytest.param(a_suite(a_test(did="error")), False, id="a fixture failed"),
        pytest.param(a_suite(a_test(), collectors=(_BROKEN,), exit_status=1), False, id="a file is broken"),
        pytest.param(a_suite(a_test()), False, id="green"),
    ],
)
def test_unexplained_failure__table(suite: Suite, expected: bool) -> None:
    assert unexplained_failure(suite) is expected


@pytest.mark.parametrize(
    "suite",
    [
        pytest.param(a_suite(a_test(), optimize=1), id="no assertions"),
        pytest.param(a_suite(a_test(), exit_status=3), id="broken off"),
        pytest.param(a_suite(collectors=(_BROKEN,)), id="a broken file"),
    ],
)
def test_is_comparable__when_it_is_not__some_rule_says_so(suite: Suite) -> None:
    """Nothing that keeps a run from being compared may go by without a finding."""
    facts = the_facts(a_record(suite=suite))
    assert not is_comparable(suite)
    assert [code for code in ("TK103", "TK104", "TK501") if findings_of(code, facts)]

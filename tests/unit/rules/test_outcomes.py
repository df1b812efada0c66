"""TK101 to TK108: what happened in this run."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import msgspec
import pytest

from builders import (
    A_TEST,
    FILE,
    a_baseline,
    a_record,
    a_static_record,
    a_suite,
    a_test,
    a_tool,
    a_waiver,
    cut_off,
    findings_of,
    not_run,
    the_facts,
)
from testkeep.model.comparison import Comparison, Unfit
from testkeep.model.evidence import REFUSED, CollectorReport
from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import Policy, Waiver
from testkeep.model.stage import Stage
from testkeep.model.static_tool import Complaint
from testkeep.model.tests import Execution, RecordedTest, Selection, Subtest
from testkeep.rules.base import Facts, Rejection, RejectionKind

_FAILED = partial(Finding, code="TK101", name="failed", severity=Severity.ERROR, test=A_TEST)
_ERROR = partial(Finding, code="TK102", name="error", severity=Severity.ERROR, test=A_TEST)
_BROKE_OFF = partial(Finding, code="TK104", name="stage-broke-off", severity=Severity.ERROR)
_XPASS = partial(
    Finding,
    code="TK105",
    name="unexpected-pass",
    test=A_TEST,
    path=FILE,
    line=5,
    message="passes although it is marked xfail",
    help="Remove the xfail mark, so that the test guards again.",
)
_NOTHING = partial(
    Finding,
    code="TK107",
    name="nothing-ran",
    severity=Severity.ERROR,
    help="'pytest --collect-only -q' shows what pytest finds here.",
)
_UNEXPLAINED = Finding(
    code="TK101",
    name="failed",
    severity=Severity.ERROR,
    message="stage unit: pytest reports failure although no recorded test failed",
    help="A plugin or a hook failed the session; the stage's output says which.",
)
_READ_OUTPUT = (
    "Read the stage's output. A test must not end the process, nor remove .testkeep; "
    "a slow stage needs a longer timeout."
)
_LOOK_FOR_EXITS = "Look for pytest.exit(), os._exit() and hooks that end the session, and run the stage again."
_LOST_WORKER = "A test ended the worker's process, or the machine ran out of memory."


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test())), (), (), id="passing"),
        pytest.param(the_facts(), (), (), id="missing evidence"),
        pytest.param(
            the_facts(a_record(a_test(did="failed", why="\n assert 3 == 2\n  +  where", at=f"{FILE}:9"))),
            (),
            (_FAILED(message="failed: assert 3 == 2", path=FILE, line=9),),
            id="failing, with reason and place",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed")), project="services/shop"),
            (),
            (_FAILED(message="failed", path=FILE, line=5),),
            id="failing, without reason and place",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed", why="KeyError", at="app/cart.py:3")), project="services/shop"),
            (),
            (_FAILED(message="failed: KeyError", path="services/shop/app/cart.py", line=3),),
            id="failing in a project below the root",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed", why="TypeError", at="/usr/lib/python3.11/json/__init__.py:8"))),
            (),
            (_FAILED(message="failed: TypeError", path=FILE, line=5),),
            id="failing outside of the project",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed", why="x", at=".venv/lib/site-packages/httpx/_client.py:8"))),
            (),
            (_FAILED(message="failed: x", path=FILE, line=5),),
            id="failing in an installed package inside of the project",
        ),
        pytest.param(
            the_facts(a_record(a_test(subtests=(Subtest(description="[b]", outcome="failed"),)))),
            (),
            (_FAILED(message="failed", path=FILE, line=5),),
            id="boundary: only a subtest failed",
        ),
        pytest.param(the_facts(a_record(a_test(did="unexpected pass"))), (), (), id="boundary: a strict xfail passed"),
        pytest.param(the_facts(a_record(a_test(did="error"))), (), (), id="boundary: its set-up failed"),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(), exit_status=1))),
            (),
            (_UNEXPLAINED,),
            id="boundary: exit code 1 and nothing failed",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed"))),
            (a_waiver(rule="TK101"),),
            (_FAILED(message="failed", path=FILE, line=5, waived=True),),
            id="waived",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(exit_status=1))),
            (a_waiver(test="", rule="TK101"),),
            (_UNEXPLAINED,),
            id="not waived: no test is named",
        ),
    ],
)
def test_tk101__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK101", facts, *waivers) == expected


@pytest.mark.parametrize(
    ("before", "failures", "severity", "message"),
    [
        pytest.param("failed", "all", Severity.ERROR, "failed: x (fails at the base, too)", id="it failed at the base"),
        pytest.param("error", "all", Severity.ERROR, "failed: x (fails at the base, too)", id="its set-up did"),
        pytest.param("passed", "all", Severity.ERROR, "failed: x", id="it passed at the base"),
        pytest.param("passed", "new", Severity.ERROR, "failed: x", id="only new failures block, and it is one"),
        pytest.param("skipped", "new", Severity.ERROR, "failed: x", id="only new failures block, and it was skipped"),
        pytest.param("failed", "new", Severity.WARNING, "failed: x (fails at the base, too)", id="it is not new"),
    ],
)
def test_tk101__test_of_the_base__says_whether_the_failure_is_new(
    before: str, failures: str, severity: Severity, message: str
) -> None:
    facts = the_facts(
        a_record(a_test(did="failed", why="x")),
        policy=Policy(failures=failures),
        baseline=a_baseline(a_record(a_test(did=before))),
    )

    (found,) = findings_of("TK101", facts)

    assert (found.severity, found.message) == (severity, message)


def test_tk102__set_up_failed_at_the_base__says_so_and_blocks_all_the_same() -> None:
    facts = the_facts(
        a_record(a_test(did="error")),
        policy=Policy(failures="new"),
        baseline=a_baseline(a_record(a_test(did="error"))),
    )

    (found,) = findings_of("TK102", facts)

    assert (found.severity, found.message) == (Severity.ERROR, "error in set-up (fails at the base, too)")


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test(), a_test(did="failed"))), (), (), id="passing"),
        pytest.param(the_facts(), (), (), id="missing evidence"),
        pytest.param(
            the_facts(a_record(a_test(did="error", why="ConnectionError: db", at="tests/conftest.py:7"))),
            (),
            (_ERROR(message="error in set-up: ConnectionError: db", path="tests/conftest.py", line=7),),
            id="failing in set-up",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="error in teardown", why="OSError"))),
            (),
            (_ERROR(message="error in tear-down: OSError", path=FILE, line=5),),
            id="boundary: passed, and failed in tear-down",
        ),
        pytest.param(
            the_facts(a_record(RecordedTest(item=not_run().item, execution=Execution(phases=())))),
            (),
            (_ERROR(message="error in set-up", path=FILE, line=5),),
            id="boundary: nothing was reported of it",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="error"))),
            (a_waiver(rule="TK102"),),
            (_ERROR(message="error in set-up", path=FILE, line=5, waived=True),),
            id="waived",
        ),
    ],
)
def test_tk102__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK102", facts, *waivers) == expected


def _collector(outcome: str = "failed", **fields: object) -> CollectorReport:
    return CollectorReport(
        **{"id": FILE, "outcome": outcome, "reason": "ImportError: no shop\n  at …", "path": FILE, "line": 3, **fields}
    )


def _not_collected(**fields: object) -> Finding:
    return Finding(
        **{
            "code": "TK103",
            "name": "collection-error",
            "severity": Severity.ERROR,
            "message": f"{FILE} could not be collected: ImportError: no shop",
            "help": "No test of this file was run. Mend the error; 'pytest --collect-only -q' shows it whole.",
            "path": FILE,
            "line": 3,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test())), (), (), id="passing"),
        pytest.param(the_facts(), (), (), id="missing evidence"),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector(),)))), (), (_not_collected(),), id="failing"
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector("skipped"),)))), (), (), id="boundary: skipped"
        ),
        pytest.param(
            the_facts(
                a_record(suite=a_suite(collectors=(_collector(),))),
                a_record(suite=a_suite(collectors=(_collector(),)), job="integration"),
            ),
            (),
            (_not_collected(),),
            id="boundary: said once, though every job stumbles over it",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector(),))), project="shop"),
            (),
            (_not_collected(path=f"shop/{FILE}"),),
            id="in a project below the root",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector(path="app/cart.py", line=9),)))),
            (),
            (_not_collected(path="app/cart.py", line=9),),
            id="the error lies in the code that the file imports",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector(path="/usr/lib/x.py"),))), project="shop"),
            (),
            (_not_collected(path=f"shop/{FILE}", line=0),),
            id="the error lies outside of the project",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector(id="", path="", line=0),)))),
            (),
            (_not_collected(message="the collection could not be collected: ImportError: no shop", path="", line=0),),
            id="the whole session",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector(),)))),
            (a_waiver(test="", rule="TK103"), a_waiver(test=FILE, rule="TK103")),
            (_not_collected(),),
            id="not waived: nobody knows what is in the file",
        ),
    ],
)
def test_tk103__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK103", facts, *waivers) == expected


_CUT = cut_off(cause="its process was ended by signal 9", n_collected=9, n_run=4, running=(A_TEST,))
_CUT_FINDING = _BROKE_OFF(
    message="stage unit did not finish: its process was ended by signal 9; 4 of 9 tests had run; "
    f"it was running {A_TEST}",
    help=_READ_OUTPUT,
    test=A_TEST,
)


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test())), (), (), id="passing"),
        pytest.param(the_facts(), (), (), id="missing evidence"),
        pytest.param(the_facts(unfinished=(_CUT,)), (), (_CUT_FINDING,), id="failing: killed"),
        pytest.param(
            the_facts(unfinished=(cut_off(n_collected=1),)),
            (),
            (_BROKE_OFF(message="stage unit did not finish; 0 of 1 test had run", help=_READ_OUTPUT),),
            id="killed before the first test",
        ),
        pytest.param(
            the_facts(unfinished=(cut_off(),)),
            (),
            (_BROKE_OFF(message="stage unit did not finish; no test had run", help=_READ_OUTPUT),),
            id="killed during the collection",
        ),
        pytest.param(
            the_facts(unfinished=(cut_off(running=(A_TEST,), cause="a test removed it"),)),
            (),
            (
                _BROKE_OFF(
                    message=f"stage unit did not finish: a test removed it; it was running {A_TEST}",
                    help=_READ_OUTPUT,
                    test=A_TEST,
                ),
            ),
            id="nothing is left but the test that was running",
        ),
        pytest.param(
            the_facts(unfinished=(cut_off(cause=f"{REFUSED}: unrecognized arguments: --x"),)),
            (),
            (
                _BROKE_OFF(
                    message="stage unit did not finish: pytest refuses to start: unrecognized arguments: --x",
                    help="Look at addopts and PYTEST_ADDOPTS, and whether the plugin that has the option is installed.",
                ),
            ),
            id="an option that nobody knows",
        ),
        pytest.param(
            the_facts(unfinished=(cut_off(n_collected=9, running=tuple("abcdef")),)),
            (),
            (
                _BROKE_OFF(
                    message="stage unit did not finish; 0 of 9 tests had run; it was running a, b, c, d, e",
                    help=_READ_OUTPUT,
                    test="a",
                ),
            ),
            id="boundary: at most five running tests are named",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(), exit_status=3))),
            (),
            (_BROKE_OFF(message="stage unit did not finish: pytest ended with exit code 3", help=_LOOK_FOR_EXITS),),
            id="pytest's own error",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(), lost_workers=("gw1: killed\nby 9",)))),
            (),
            (_BROKE_OFF(message="stage unit lost a worker process: gw1: killed", help=_LOST_WORKER),),
            id="a worker died",
        ),
        pytest.param(
            the_facts(unfinished=(_CUT,)),
            (a_waiver(rule="TK104"),),
            (_CUT_FINDING,),
            id="not waived, though a test is named: what the others did is unknown",
        ),
    ],
)
def test_tk104__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK104", facts, *waivers) == expected


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test(), a_test(did="xfailed"))), (), (), id="passing"),
        pytest.param(the_facts(), (), (), id="missing evidence"),
        pytest.param(
            the_facts(a_record(a_test(did="unexpected pass", why="bug 3"))),
            (),
            (_XPASS(severity=Severity.ERROR),),
            id="failing: strict",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed", why="Unexpected success"))),
            (),
            (_XPASS(severity=Severity.ERROR),),
            id="failing: unittest.expectedFailure",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="xpassed", why="bug 3"))),
            (),
            (_XPASS(severity=Severity.WARNING),),
            id="boundary: not strict is a warning",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="failed", why="AssertionError: no [XPASS(strict)]"))),
            (),
            (),
            id="boundary: the words stand elsewhere in the failure",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="unexpected pass"))),
            (a_waiver(rule="TK105"),),
            (_XPASS(severity=Severity.ERROR, waived=True),),
            id="waived",
        ),
    ],
)
def test_tk105__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK105", facts, *waivers) == expected


_UNUSED = Complaint(code="F401", message="`os` imported but unused", path="app/a.py", line=1)
_UNFORMATTED = Complaint(message="is not formatted", path="app/a.py")
_CRASHED = Complaint(message="ruff: cannot read pyproject.toml")


def _complaint(
    message: str, line: int = 1, path: str = "app/a.py", severity: Severity = Severity.ERROR, help_: str = ""
) -> Finding:
    return Finding(
        code="TK106",
        name="static-stage-failed",
        severity=severity,
        message=message,
        help=help_ or "'testkeep fix' repairs what it can repair alone. 'ruff check .' shows it again.",
        path=path,
        line=line,
    )


_OLD = _complaint(
    "ruff check: 1 problem was there at the base commit, too", 0, "", Severity.NOTE, help_="'ruff check .' lists all."
)
_NEW = _complaint("ruff check: F401 `os` imported but unused")


def _lint(
    head: tuple[Complaint, ...],
    base: tuple[Complaint, ...] | None = None,
    *,
    exit_code: int = 1,
    required: bool = True,
    policy: Policy | None = None,
) -> Facts:
    record = a_static_record(a_tool(exit_code=exit_code, complaints=head, required=required))
    before = {Stage.LINT: a_static_record(a_tool(exit_code=1, complaints=base))} if base is not None else {}
    return the_facts(record, base_tools=before, policy=policy)


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_static_record(a_tool())), (), (), id="passing"),
        pytest.param(the_facts(a_static_record()), (), (), id="missing evidence: no tool ran"),
        pytest.param(_lint((_UNUSED,)), (), (_NEW,), id="failing: the base is not known"),
        pytest.param(_lint((_UNUSED,), ()), (), (_NEW,), id="failing: it is new"),
        pytest.param(_lint((_UNUSED,), (_UNUSED,)), (), (_OLD,), id="passing: it was there"),
        pytest.param(
            _lint((msgspec.structs.replace(_UNUSED, line=7),), (_UNUSED,)),
            (),
            (_OLD,),
            id="boundary: it was there on another line",
        ),
        pytest.param(
            _lint((_UNUSED, msgspec.structs.replace(_UNUSED, line=7)), (_UNUSED,)),
            (),
            (_complaint("ruff check: F401 `os` imported but unused", 7), _OLD),
            id="boundary: one was there, and now there are two",
        ),
        pytest.param(
            _lint((msgspec.structs.replace(_UNUSED, function="f"),), (_UNUSED,)),
            (),
            (_NEW,),
            id="failing: in another function",
        ),
        pytest.param(
            _lint(
                (msgspec.structs.replace(_UNUSED, message="defined on line 8"),),
                (msgspec.structs.replace(_UNUSED, message="defined on line 12"),),
            ),
            (),
            (_OLD,),
            id="boundary: the message names a line that moved",
        ),
        pytest.param(
            _lint((_UNUSED,), (_UNUSED,), policy=Policy(existing="block")),
            (),
            (_NEW,),
            id="failing: the policy is strict",
        ),
        pytest.param(
            _lint((_CRASHED,), (_CRASHED,)),
            (),
            (_complaint(f"ruff check: {_CRASHED.message}", 0, ""),),
            id="failing: a required tool checked nothing, then and now",
        ),
        pytest.param(
            _lint((_CRASHED,), (_CRASHED,), required=False),
            (),
            (
                _complaint(
                    f"ruff check checked nothing, here and at the base commit: {_CRASHED.message}",
                    0,
                    "",
                    Severity.WARNING,
                    help_="'ruff check .' lists all.",
                ),
            ),
            id="boundary: a tool that was found checked nothing, then and now",
        ),
        pytest.param(
            _lint((_UNUSED,), (_UNUSED,), exit_code=-9), (), (_NEW,), id="failing: killed, whatever it had said"
        ),
        pytest.param(
            _lint((), ()),
            (),
            (_complaint("ruff check: exited with 1 and said nothing", 0, ""),),
            id="failing: a record without what it complained of",
        ),
        pytest.param(the_facts(a_static_record(a_tool(exit_code=None))), (), (), id="boundary: it did not start"),
        pytest.param(
            _lint((_UNUSED,)),
            (a_waiver(test="", rule="TK106"), a_waiver(test="lint", rule="TK106")),
            (_NEW,),
            id="not waived: no test is named",
        ),
    ],
)
def test_tk106__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK106", facts, *waivers) == expected


def test_tk106__formatting__is_repaired_by_one_command() -> None:
    facts = the_facts(a_static_record(a_tool("black", 1, complaints=(_UNFORMATTED,)), job="format"))

    (finding,) = findings_of("TK106", facts)

    assert (finding.message, finding.help) == (
        "black: is not formatted",
        "'testkeep fix' repairs it. 'black .' shows it again.",
    )


@pytest.mark.parametrize(
    ("stage", "tool", "named"),
    [
        pytest.param("format", "black", True, id="formatter"),
        pytest.param("lint", "ruff check", True, id="linter"),
        pytest.param("lint", "import-linter", False, id="contracts are mended by hand"),
        pytest.param("typing", "mypy", False, id="types are mended by hand"),
    ],
)
def test_tk106__stage_and_tool__names_the_command_that_mends(stage: str, tool: str, named: bool) -> None:
    (finding,) = findings_of("TK106", the_facts(a_static_record(a_tool(tool, exit_code=1), job=stage)))
    assert ("'testkeep fix'" in finding.help) is named


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test(), a_test(did="skipped"))), (), (), id="passing"),
        pytest.param(the_facts(a_record(a_test(did="failed"))), (), (), id="passing: it ran, though it failed"),
        pytest.param(the_facts(a_record(a_test(did="xfailed"))), (), (), id="boundary: an xfail runs"),
        pytest.param(
            the_facts(a_static_record(a_tool()), stages=(Stage.LINT,)), (), (), id="boundary: no tests were asked for"
        ),
        pytest.param(
            the_facts(a_record()), (), (_NOTHING(message="nothing ran in unit: no tests found"),), id="failing"
        ),
        pytest.param(
            the_facts(stages=(Stage.LINT, Stage.UNIT, Stage.E2E)),
            (),
            (_NOTHING(message="nothing ran in unit, e2e: no tests found"),),
            id="missing evidence",
        ),
        pytest.param(
            the_facts(a_record(not_run(how=Selection.DESELECTED))),
            (),
            (_NOTHING(message="nothing ran in unit: 1 test collected, and all deselected, left out or skipped"),),
            id="boundary: the one test is deselected",
        ),
        pytest.param(
            the_facts(a_record(a_test(did="skipped"), a_test(did="skipped in call"))),
            (),
            (_NOTHING(message="nothing ran in unit: 2 tests collected, and all deselected, left out or skipped"),),
            id="boundary: all are skipped",
        ),
        pytest.param(the_facts(unfinished=(cut_off(),)), (), (), id="others say it: a stage was cut off"),
        pytest.param(
            the_facts(rejections=(Rejection(job="unit", kind=RejectionKind.MISSING, reason="no record"),)),
            (),
            (),
            id="others say it: evidence is missing",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(collectors=(_collector(),)))), (), (), id="others say it: a broken file"
        ),
        pytest.param(
            the_facts(a_static_record(a_tool(exit_code=None, install="pip install x"), job="unit")),
            (),
            (),
            id="others say it: what the stage needs is not installed",
        ),
        pytest.param(
            the_facts(a_record()),
            (a_waiver(test="", rule="TK107"),),
            (_NOTHING(message="nothing ran in unit: no tests found"),),
            id="not waived: nothing was checked",
        ),
    ],
)
def test_tk107__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK107", facts, *waivers) == expected


_OUT = partial(not_run, how=Selection.DESELECTED, by="-m 'not e2e' (addopts)")


@pytest.mark.parametrize(
    ("tests", "policy", "expected"),
    [
        pytest.param([a_test()], Policy(), [], id="passing"),
        pytest.param([_OUT("a.py::a"), a_test()], Policy(), [], id="passing: one of two runs"),
        pytest.param([_OUT("a.py::a"), a_test(stage=Stage.E2E)], Policy(), ["warning"], id="a stage of no list"),
        pytest.param(
            [_OUT("a.py::a"), a_test(stage=Stage.E2E)], Policy(stages=(Stage.UNIT,)), ["error"], id="a listed stage"
        ),
        pytest.param(
            [not_run("a.py::a", Selection.DESELECTED, "-k 'x'"), a_test(stage=Stage.E2E)],
            Policy(),
            [],
            id="boundary: by the command line",
        ),
        pytest.param(
            [not_run("a.py::a", Selection.LEFT_OUT, "mark slow"), a_test(stage=Stage.E2E)],
            Policy(),
            [],
            id="boundary: by the policy",
        ),
    ],
)
def test_tk107__settings_take_a_whole_stage_out(tests: list[RecordedTest], policy: Policy, expected: list[str]) -> None:
    found = findings_of("TK107", the_facts(a_record(*tests, stages=(Stage.UNIT, Stage.E2E)), policy=policy))

    assert [finding.severity for finding in found] == expected
    assert all("(addopts) takes them out" in finding.message for finding in found)


_FORGED = partial(
    Finding,
    code="TK108",
    name="forged-outcome",
    severity=Severity.ERROR,
    help="Look for hooks and decorators that run, replace or report tests, and take them out.",
)
_NOT_STARTED = "reported as passed, but its own code did not start"
_EXIT_ZERO = partial(
    _FORGED, help="Look for a pytest_sessionfinish hook or a plugin that sets the exit code, and take it out."
)


def _raising(did: str = "passed", when: str = "call") -> RecordedTest:
    """Build a test of which one phase raised, whatever was reported of it."""
    test = a_test(did=did)
    assert test.execution is not None
    changed = tuple(
        msgspec.structs.replace(phase, raised="AssertionError") if phase.when == when else phase
        for phase in test.execution.phases
    )
    return msgspec.structs.replace(test, execution=msgspec.structs.replace(test.execution, phases=changed))


_AT = {"test": A_TEST, "path": FILE, "line": 5}


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test())), (), (), id="passing"),
        pytest.param(the_facts(a_record(a_test(started=None))), (), (), id="boundary: nobody knows whether it started"),
        pytest.param(
            the_facts(a_record(a_test(did="skipped", started=False))),
            (),
            (),
            id="boundary: a skipped test need not start",
        ),
        pytest.param(the_facts(a_record(_raising("failed"))), (), (), id="boundary: it failed and says so"),
        pytest.param(
            the_facts(a_record(a_test(started=False))),
            (),
            (_FORGED(message=_NOT_STARTED, **_AT),),
            id="failing: its code did not start",
        ),
        pytest.param(
            the_facts(a_record(_raising())),
            (),
            (_FORGED(message="reported as passed, but its call raised AssertionError", **_AT),),
            id="failing: it raised",
        ),
        pytest.param(
            the_facts(a_record(_raising(when="teardown"))),
            (),
            (_FORGED(message="reported as passed, but its teardown raised AssertionError", **_AT),),
            id="failing: its tear-down raised",
        ),
        pytest.param(
            the_facts(a_record(*(a_test(f"{FILE}::test_{name}", started=False) for name in "ab"))),
            (),
            (_FORGED(message=_NOT_STARTED, test=f"{FILE}::test_a", tests=(f"{FILE}::test_a", f"{FILE}::test_b")),),
            id="failing: one cause, two tests",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(did="failed"), a_test(did="error"), exit_status=0))),
            (),
            (_EXIT_ZERO(message="stage unit: pytest ended with exit code 0 although 2 tests failed"),),
            id="failing: exit code 0",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(did="failed"), exit_status=0))),
            (),
            (_EXIT_ZERO(message="stage unit: pytest ended with exit code 0 although 1 test failed"),),
            id="boundary: one test, exit code 0",
        ),
        pytest.param(the_facts(), (), (), id="missing evidence"),
        pytest.param(the_facts(a_record(not_run())), (), (), id="missing evidence: not run"),
        pytest.param(
            the_facts(a_record(a_test(started=False))),
            (a_waiver(rule="TK108"),),
            (_FORGED(message=_NOT_STARTED, waived=True, **_AT),),
            id="waived",
        ),
    ],
)
def test_tk108__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK108", facts, *waivers) == expected


@pytest.mark.parametrize(("did", "code"), [("failed", "TK101"), ("error", "TK102")])
@pytest.mark.parametrize(
    ("unfit", "severity"),
    [
        pytest.param(A_TEST, Severity.WARNING, id="it does so at the base, too"),
        pytest.param("t.py::test_other", Severity.ERROR, id="another test does"),
    ],
)
def test_tk101_and_tk102__test_that_cannot_be_judged_here__is_not_the_changes_fault(
    did: str, code: str, unfit: str, severity: Severity
) -> None:
    comparison = Comparison(unfit=(Unfit(base=a_test(unfit), why="failed"),), obstacle="")
    facts = replace(the_facts(a_record(a_test(did=did))), comparison=comparison)
    assert [finding.severity for finding in findings_of(code, facts)] == [severity]

"""TK501, TK502, TK506 to TK509: is the evidence there, and is it of what is judged?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import msgspec
import pytest

from builders import (
    A_TEST,
    BASE,
    a_baseline,
    a_record,
    a_static_record,
    a_suite,
    a_test,
    a_tool,
    a_waiver,
    findings_of,
    the_facts,
)
from testkeep.model.comparison import Comparison, NotCompared, Uncompared, Unfit
from testkeep.model.evidence import Suite
from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import Waiver
from testkeep.model.stage import Stage
from testkeep.model.verdict import Decision
from testkeep.rules.base import Facts, Rejection, RejectionKind
from testkeep.rules.control import CONTROL_FAILED
from testkeep.rules.judgement import decide, find

_MISSING = partial(Finding, code="TK501", name="evidence-missing", severity=Severity.ERROR)
_FOREIGN = partial(Finding, code="TK502", name="evidence-foreign", severity=Severity.ERROR)
_NO_BASE = partial(
    Finding,
    code="TK506",
    name="baseline-unavailable",
    severity=Severity.ERROR,
    help="Fix the reason, choose another commit with --base, or judge without one with --base none.",
)
_NO_TOOL = partial(Finding, code="TK507", name="tool-missing", severity=Severity.ERROR)
_NO_RUN = _MISSING(
    message="stage unit is no evidence: its record is of no run", help="Run 'testkeep run unit' and judge again."
)
_LOOK_AT_SETTINGS = "Look at addopts, PYTEST_ADDOPTS and the environment of the run."


def _rejected(job: str, kind: RejectionKind, reason: str = "there is no record of it") -> Rejection:
    return Rejection(job=job, kind=kind, reason=reason)


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test()), a_static_record(a_tool())), (), (), id="passing"),
        pytest.param(
            the_facts(rejections=(_rejected("unit", RejectionKind.MISSING),)),
            (),
            (
                _MISSING(
                    message="stage unit: there is no record of it", help="Run 'testkeep run unit' and judge again."
                ),
            ),
            id="missing evidence",
        ),
        pytest.param(
            the_facts(rejections=(_rejected("unit", RejectionKind.UNREADABLE, "unit.json: cut off"),)),
            (),
            (_MISSING(message="stage unit: unit.json: cut off", help="Run 'testkeep run unit' and judge again."),),
            id="failing: unreadable",
        ),
        pytest.param(
            the_facts(
                rejections=(
                    _rejected("unit", RejectionKind.MISSING),
                    _rejected("lint", RejectionKind.UNREADABLE, "lint.json: cut off"),
                    _rejected("e2e", RejectionKind.MISSING),
                )
            ),
            (),
            (
                _MISSING(
                    message="stages unit, e2e: there is no record of it",
                    help="Run 'testkeep run unit e2e' and judge again.",
                ),
                _MISSING(message="stage lint: lint.json: cut off", help="Run 'testkeep run lint' and judge again."),
            ),
            id="one finding for one reason",
        ),
        pytest.param(
            the_facts(rejections=(_rejected("coverage", RejectionKind.UNREADABLE, "not SQLite"),)),
            (),
            (_MISSING(message="coverage: not SQLite", help="Run 'testkeep run' and judge again."),),
            id="boundary: a job that is no stage",
        ),
        pytest.param(
            the_facts(rejections=tuple(_rejected(job, RejectionKind.MISSING) for job in ("unit", "unit-2of2"))),
            (),
            (
                _MISSING(
                    message="jobs unit, unit-2of2: there is no record of it", help="Run 'testkeep run' and judge again."
                ),
            ),
            id="boundary: one of the jobs is no stage",
        ),
        pytest.param(the_facts(rejections=(_rejected("unit", RejectionKind.FOREIGN),)), (), (), id="boundary: foreign"),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(), options={"setupplan": "True"}, optimize=1))),
            (),
            (
                _MISSING(
                    message="stage unit is no evidence: --setup-plan: a plan was shown, tests were not run",
                    help=_LOOK_AT_SETTINGS,
                ),
                _MISSING(
                    message="stage unit is no evidence: Python ran with optimisation level 1, which removes assert "
                    "statements",
                    help=_LOOK_AT_SETTINGS,
                ),
            ),
            id="not a real run",
        ),
        pytest.param(the_facts(a_static_record(job="unit", idle="no tests")), (), (), id="boundary: nothing to do"),
        pytest.param(the_facts(a_static_record(job="unit")), (), (_NO_RUN,), id="boundary: a record without anything"),
        pytest.param(
            the_facts(a_static_record()),
            (),
            (
                _MISSING(
                    message="stage lint is no evidence: its record is of no run",
                    help="Run 'testkeep run lint' and judge again.",
                ),
            ),
            id="boundary: a static stage's record without anything",
        ),
        pytest.param(
            the_facts(a_static_record(a_tool(), job="unit")),
            (),
            (_NO_RUN,),
            id="boundary: a test stage that ran a tool, and no tests",
        ),
        pytest.param(
            the_facts(
                a_record(suite=a_suite(a_test(), elsewhere={Stage.E2E: tuple(f"t.py::{name}" for name in "abcde")})),
                a_record(a_test("t.py::b[1]"), job="e2e"),
                stages=(Stage.UNIT, Stage.E2E),
            ),
            (),
            (
                _MISSING(
                    message="stage e2e has no record of 4 of its tests, which other stages collected: "
                    "t.py::a, t.py::c, t.py::d",
                    help="Tests must be collected alike in every process. A test's stage is found by its mark, "
                    "folder or file.",
                ),
            ),
            id="failing: tests that every stage leaves to another",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(), elsewhere={Stage.E2E: ("t.py::a",)}))),
            (),
            (),
            id="boundary: tests of a stage that was not asked for",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(), assertions="pytest 99 is unknown"))),
            (),
            (
                _MISSING(
                    message="stage unit does not say what its tests asserted: pytest 99 is unknown",
                    help="Run the stage again. If it says the same, please report it: this pytest is not known yet.",
                ),
            ),
            id="failing: assertions are not known",
        ),
        pytest.param(
            the_facts(a_record(suite=a_suite(a_test(did="skipped"), assertions=""))),
            (),
            (),
            id="boundary: they are not known, of no test that guards",
        ),
        pytest.param(
            the_facts(
                a_record(a_test()),
                baseline=a_baseline(a_record(suite=a_suite(a_test(), assertions=""))),
            ),
            (),
            (
                _MISSING(
                    message=f"the baseline {BASE[:12]} does not say what its tests asserted: it was recorded by an "
                    "older testkeep",
                    help="Remove .testkeep/baseline, so that it is made anew, or make it again where it comes from.",
                ),
            ),
            id="missing evidence: the base's assertions",
        ),
        pytest.param(
            the_facts(rejections=(_rejected("unit", RejectionKind.MISSING),)),
            (a_waiver(test="", rule="TK501"), a_waiver(test="unit", rule="TK501")),
            (
                _MISSING(
                    message="stage unit: there is no record of it", help="Run 'testkeep run unit' and judge again."
                ),
            ),
            id="not waived",
        ),
    ],
)
def test_tk501__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK501", facts, *waivers) == expected


_OTHER_FILES = "the evidence is of other files"


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(a_test())), (), (), id="passing"),
        pytest.param(
            the_facts(rejections=(_rejected("unit", RejectionKind.FOREIGN, _OTHER_FILES),)),
            (),
            (_FOREIGN(message=f"stage unit: {_OTHER_FILES}", help="Run 'testkeep run unit' on what is to be judged."),),
            id="failing",
        ),
        pytest.param(
            the_facts(
                rejections=tuple(_rejected(job, RejectionKind.FOREIGN, _OTHER_FILES) for job in ("lint", "unit"))
            ),
            (),
            (
                _FOREIGN(
                    message=f"stages lint, unit: {_OTHER_FILES}",
                    help="Run 'testkeep run lint unit' on what is to be judged.",
                ),
            ),
            id="boundary: one change makes all stages stale",
        ),
        pytest.param(
            the_facts(
                rejections=(_rejected("unit", RejectionKind.MISSING), _rejected("lint", RejectionKind.UNREADABLE))
            ),
            (),
            (),
            id="missing evidence is not foreign",
        ),
        pytest.param(
            the_facts(rejections=(_rejected("unit", RejectionKind.FOREIGN, _OTHER_FILES),)),
            (a_waiver(test="", rule="TK502"),),
            (_FOREIGN(message=f"stage unit: {_OTHER_FILES}", help="Run 'testkeep run unit' on what is to be judged."),),
            id="not waived",
        ),
    ],
)
def test_tk502__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK502", facts, *waivers) == expected


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_record(), baseline=a_baseline(a_record())), (), (), id="passing"),
        pytest.param(the_facts(a_record(), baseline=None), (), (), id="missing evidence: none was asked for"),
        pytest.param(
            the_facts(baseline=a_baseline(problem="its run of unit did not finish")),
            (),
            (_NO_BASE(message=f"the baseline {BASE[:12]} is unavailable: its run of unit did not finish"),),
            id="failing",
        ),
        pytest.param(
            the_facts(baseline=a_baseline(commit="", problem="no common commit")),
            (),
            (_NO_BASE(message="the baseline is unavailable: no common commit"),),
            id="boundary: its commit is unknown",
        ),
        pytest.param(
            the_facts(baseline=a_baseline(commit="", problem="no common commit")),
            (a_waiver(test="", rule="TK506"),),
            (_NO_BASE(message="the baseline is unavailable: no common commit"),),
            id="not waived",
        ),
    ],
)
def test_tk506__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK506", facts, *waivers) == expected


_MYPY = a_tool("mypy", exit_code=None, install="pip install 'testkeep[tools]'")


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(the_facts(a_static_record(a_tool(exit_code=0))), (), (), id="passing"),
        pytest.param(the_facts(a_static_record()), (), (), id="missing evidence: no tool was needed"),
        pytest.param(
            the_facts(a_static_record(a_tool(), _MYPY, job="typing")),
            (),
            (
                _NO_TOOL(
                    message="stage typing: mypy is not installed in this environment",
                    help="Install it: pip install 'testkeep[tools]'",
                ),
            ),
            id="failing: not installed",
        ),
        pytest.param(
            the_facts(
                a_static_record(
                    a_tool(exit_code=None, version="0.1", install="pip install 'ruff>=0.6'", required=False)
                )
            ),
            (),
            (
                _NO_TOOL(
                    message="stage lint: ruff 0.1 is too old for testkeep",
                    help="Install it: pip install 'ruff>=0.6'",
                    severity=Severity.WARNING,
                ),
            ),
            id="boundary: too old, and the stage is not listed",
        ),
        pytest.param(
            the_facts(a_static_record(a_tool(exit_code=None))),
            (),
            (_NO_TOOL(message="stage lint: ruff could not be started", help="Run 'ruff check .' to see why."),),
            id="failing: could not start",
        ),
        pytest.param(
            the_facts(a_static_record(a_tool(exit_code=2, install="pip install ruff"))),
            (),
            (),
            id="boundary: it ran and complained",
        ),
        pytest.param(
            the_facts(a_static_record(_MYPY, job="typing")),
            (a_waiver(test="", rule="TK507"),),
            (
                _NO_TOOL(
                    message="stage typing: mypy is not installed in this environment",
                    help="Install it: pip install 'testkeep[tools]'",
                ),
            ),
            id="not waived",
        ),
    ],
)
def test_tk507__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK507", facts, *waivers) == expected


_ON = "Python {} on linux"


@pytest.mark.parametrize(
    ("head", "base", "expected"),
    [
        pytest.param(("3.11.2",), ("3.11.9",), (), id="passing: another patch"),
        pytest.param(("3.11.2", "3.12.1"), ("3.11.2",), (), id="passing: one more"),
        pytest.param(("3.11.2",), ("3.11.2", "3.12.1"), (_ON.format("3.12"),), id="failing: one is missing"),
        pytest.param(("3.13.0",), ("3.12.1", "3.11.2"), (_ON.format("3.11"), _ON.format("3.12")), id="failing: both"),
        pytest.param((), ("3.11.2",), (), id="missing evidence: said otherwise"),
    ],
)
def test_tk501__environment_of_the_base_is_missing__is_said(
    head: tuple[str, ...], base: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    facts = the_facts(
        *(a_record(a_test(), python=python) for python in head),
        baseline=a_baseline(*(a_record(a_test(), python=python) for python in base)),
    )
    assert findings_of("TK501", facts) == tuple(
        _MISSING(
            message=f"there is no evidence of {environment}, in which tests guarded at the base",
            help="Run the stages in that environment too, or make the baseline in this one.",
        )
        for environment in expected
    )


def test_tk501__environment_in_which_nothing_guarded__is_not_missed() -> None:
    base = a_record(a_test()), a_record(a_test(did="skipped"), python="3.12.1")
    assert findings_of("TK501", the_facts(a_record(a_test()), baseline=a_baseline(*base))) == ()


_DIFFERS = partial(
    Finding,
    code="TK508",
    name="environment-differs",
    severity=Severity.ERROR,
    help="Provide the service, variable or package that is missing here, and run again. If it is not to be had here, "
    "remove .testkeep/baseline, so that the baseline is made anew on this machine.",
)
_NOT_HERE = "does not pass at the base commit either, on this machine: "
ONE, TWO = "t.py::test_1", "t.py::test_2"


def _unfit(*tests: tuple[str, str], now: Suite | None = None, then: Suite | None = None) -> Facts:
    facts = the_facts(
        a_record(suite=now or a_suite(a_test())), baseline=a_baseline(a_record(suite=then or a_suite(a_test())))
    )
    unfit = tuple(Unfit(base=a_test(test_id), why=why) for test_id, why in tests)
    return replace(facts, comparison=Comparison(unfit=unfit, obstacle=""))


_HERE = a_suite(a_test(), variables=("HOME", "PATH"), versions={"pytest": "9.2.0"})


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(_unfit(), (), (), id="passing"),
        pytest.param(_unfit((ONE, "skipped")), (), (_DIFFERS(message=f"{_NOT_HERE}skipped", test=ONE),), id="failing"),
        pytest.param(
            _unfit((ONE, "skipped"), (TWO, "skipped")),
            (),
            (_DIFFERS(message=f"{_NOT_HERE}skipped", test=ONE, tests=(ONE, TWO)),),
            id="one reason, two tests",
        ),
        pytest.param(
            _unfit((ONE, "failed"), (TWO, "skipped")),
            (),
            (_DIFFERS(message=f"{_NOT_HERE}failed", test=ONE), _DIFFERS(message=f"{_NOT_HERE}skipped", test=TWO)),
            id="two reasons",
        ),
        pytest.param(
            _unfit(
                (ONE, "skipped"), now=_HERE, then=a_suite(a_test(), variables=("HOME", "DB_URL", "API", "PYTHONPATH"))
            ),
            (),
            (
                _DIFFERS(
                    message=f"{_NOT_HERE}skipped; variables of the base's run that are not set here: API, DB_URL",
                    test=ONE,
                ),
            ),
            id="variables",
        ),
        pytest.param(
            _unfit((ONE, "skipped"), now=_HERE, then=a_suite(a_test(), versions={"pytest": "9.1.0", "xdist": "3"})),
            (),
            (
                _DIFFERS(
                    message=f"{_NOT_HERE}skipped; other versions then: pytest 9.1.0 (now 9.2.0), xdist 3 "
                    "(now not there)",
                    test=ONE,
                ),
            ),
            id="versions",
        ),
        pytest.param(
            _unfit((ONE, "skipped"), then=a_suite(a_test(), variables=("DB_URL",))),
            (),
            (_DIFFERS(message=f"{_NOT_HERE}skipped", test=ONE),),
            id="missing evidence: variables of this run",
        ),
        pytest.param(
            _unfit((ONE, "skipped"), now=_HERE),
            (),
            (_DIFFERS(message=f"{_NOT_HERE}skipped", test=ONE),),
            id="missing evidence: an old recorder at the base",
        ),
        pytest.param(the_facts(), (), (), id="missing evidence: nothing compared"),
        pytest.param(
            _unfit((ONE, "skipped")),
            (a_waiver(ONE, "TK508"),),
            (_DIFFERS(message=f"{_NOT_HERE}skipped", test=ONE),),
            id="not waived: nobody knows what it would say",
        ),
    ],
)
def test_tk508__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK508", facts, *waivers) == expected


def _obstructed(obstacle: str) -> Facts:
    return replace(the_facts(a_record(a_test())), comparison=Comparison(obstacle=obstacle))


_UNCONTROLLED = Finding(
    code="TK509",
    name="comparison-uncontrolled",
    severity=Severity.ERROR,
    message=f"{CONTROL_FAILED} (t.py::test_x)",
    help="This is a bug in testkeep; please report it with the evidence.",
)


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(_obstructed(""), (), (), id="passing"),
        pytest.param(_obstructed("the run of unit did not finish"), (), (), id="boundary: another obstacle"),
        pytest.param(_obstructed(f"{CONTROL_FAILED} (t.py::test_x)"), (), (_UNCONTROLLED,), id="failing"),
        pytest.param(the_facts(), (), (), id="missing evidence"),
        pytest.param(
            _obstructed(f"{CONTROL_FAILED} (t.py::test_x)"),
            (a_waiver("t.py::test_x", "TK509"),),
            (_UNCONTROLLED,),
            id="not waived",
        ),
    ],
)
def test_tk509__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK509", facts, *waivers) == expected


@pytest.mark.parametrize("facts", [_unfit((ONE, "skipped")), _obstructed(CONTROL_FAILED)], ids=["TK508", "TK509"])
def test_tk508_and_tk509__nobody_knows__is_inconclusive(facts: Facts) -> None:
    assert decide(facts, find(facts, ())) is Decision.INCONCLUSIVE


@pytest.mark.parametrize("what", Uncompared)
def test_tk501__something_was_not_compared__makes_the_verdict_inconclusive(what: Uncompared) -> None:
    facts = the_facts(a_record(a_test()), baseline=a_baseline(a_record(a_test())))
    one = NotCompared(what=what, why="no disk", tests=(A_TEST,))
    facts = replace(facts, comparison=msgspec.structs.replace(facts.comparison, not_compared=(one,)))

    (finding,) = find(facts, ())

    assert (finding.code, finding.message) == ("TK501", f"{what} could not be looked into: no disk")
    assert (finding.about, decide(facts, [finding])) == ((A_TEST,), Decision.INCONCLUSIVE)

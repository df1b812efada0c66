"""TK504 and TK505: waivers end, and are needed as long as they stand."""

from __future__ import annotations

import datetime
from functools import partial

import pytest

from builders import (
    A_TEST,
    FILE,
    TODAY,
    a_baseline,
    a_change,
    a_record,
    a_source,
    a_static_record,
    a_suite,
    a_test,
    a_waiver,
    cut_off,
    findings_of,
    not_run,
    the_facts,
)
from testkeep.model.coverage import Coverage, FileCoverage, Ratio
from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import CoveragePolicy, Policy, Waiver
from testkeep.model.stage import Stage
from testkeep.model.tests import RecordedTest, Selection
from testkeep.rules.base import Facts

PAST = TODAY - datetime.timedelta(days=1)
OTHER = f"{FILE}::test_other"
TYPO = "tests/unit/test_card.py::test_other"
_EXPIRED = partial(
    Finding,
    code="TK504",
    name="waiver-expired",
    severity=Severity.ERROR,
    test=A_TEST,
    help="Mend the test, or ask billing to prolong the waiver in a change of its own.",
)
_UNMATCHED = partial(
    Finding,
    code="TK505",
    name="waiver-matches-nothing",
    severity=Severity.WARNING,
    test=A_TEST,
    help="Remove the waiver.",
)
_WRONG = partial(_UNMATCHED, help="Remove the waiver, or correct it.")
SKIPPED, XFAILED = a_test(did="skipped"), a_test(did="xfailed")
LEFT_OUT = not_run(how=Selection.LEFT_OUT)
NEIGHBOUR = a_test(OTHER)


def _facts(
    before: tuple[RecordedTest, ...], now: tuple[RecordedTest, ...], *, stages: tuple[Stage, ...] = (Stage.UNIT,)
) -> Facts:
    policy = Policy(stages=(Stage.LINT, Stage.UNIT, Stage.INTEGRATION))
    return the_facts(
        a_record(*now), stages=stages, policy=policy, baseline=a_baseline(a_record(*before)),
        head_sources={FILE: a_source("test_other")},
    )  # fmt: skip


def _full(before: tuple[RecordedTest, ...], now: tuple[RecordedTest, ...]) -> Facts:
    """Build the facts of a run of all test stages."""
    stages = (Stage.UNIT, Stage.INTEGRATION)
    idle = a_static_record(job="integration", idle="no tests")
    return the_facts(
        a_record(*now), idle, stages=stages, policy=Policy(stages=stages), baseline=a_baseline(a_record(*before))
    )


def _said(code: str, facts: Facts, *waivers: Waiver) -> tuple[str, ...]:
    return tuple(finding.message.rpartition(": ")[2] for finding in findings_of(code, facts, *waivers))


EXPIRED = f"the waiver of TK201 for {A_TEST} expired on {PAST}: "
UNMATCHED = f"the waiver of TK201 for {A_TEST} matches nothing: "


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(_facts((a_test(),), (SKIPPED,)), (a_waiver(),), (), id="passing: it has not expired"),
        pytest.param(
            _facts((a_test(),), (SKIPPED,)),
            (a_waiver(expires=PAST),),
            (_EXPIRED(message=f"{EXPIRED}TK201 still finds it"),),
            id="failing: lost now",
        ),
        pytest.param(
            _facts((SKIPPED, NEIGHBOUR), (SKIPPED, NEIGHBOUR)),
            (a_waiver(expires=PAST),),
            (_EXPIRED(message=f"{EXPIRED}the test is still skipped"),),
            id="failing: skipped on both sides",
        ),
        pytest.param(
            _facts((SKIPPED, NEIGHBOUR), (XFAILED, NEIGHBOUR)),
            (a_waiver(expires=PAST),),
            (_EXPIRED(message=f"{EXPIRED}the test's outcome is xfailed, which is not what TK201 is about"),),
            id="failing: not guarding in another way",
        ),
        pytest.param(
            _facts((SKIPPED, NEIGHBOUR), (NEIGHBOUR,)),
            (a_waiver(expires=PAST),),
            (_EXPIRED(message=f"{EXPIRED}the test is not collected any more; it did not guard before"),),
            id="failing: removed after it had stopped guarding",
        ),
        pytest.param(
            _facts((SKIPPED,), (a_test(),)), (a_waiver(expires=PAST),), (), id="boundary: its test guards again"
        ),
        pytest.param(
            _facts((NEIGHBOUR,), (NEIGHBOUR,)), (a_waiver(expires=PAST),), (), id="boundary: nobody knows its test"
        ),
        pytest.param(
            the_facts(a_record(SKIPPED), baseline=a_baseline(problem="cut off")),
            (a_waiver(expires=PAST),),
            (),
            id="missing evidence: no baseline",
        ),
        pytest.param(
            the_facts(a_record(SKIPPED), unfinished=(cut_off(),), baseline=a_baseline(a_record(SKIPPED))),
            (a_waiver(expires=PAST),),
            (),
            id="missing evidence: the run was cut off",
        ),
        pytest.param(
            _facts((a_test(),), (SKIPPED,)),
            (a_waiver(expires=PAST), a_waiver(rule="TK504")),
            (_EXPIRED(message=f"{EXPIRED}TK201 still finds it"),),
            id="not waived",
        ),
    ],
)
def test_tk504__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK504", facts, *waivers) == expected


@pytest.mark.parametrize(
    ("head", "severity"),
    [
        pytest.param((a_waiver(expires=PAST),), Severity.ERROR, id="not prolonged"),
        pytest.param((), Severity.ERROR, id="removed, as if that mended the test"),
        pytest.param((a_waiver(expires=TODAY),), Severity.WARNING, id="prolonged"),
        pytest.param((a_waiver(OTHER, expires=TODAY),), Severity.ERROR, id="another waiver"),
    ],
)
def test_tk504__the_change_prolongs_the_waiver__can_be_merged(head: tuple[Waiver, ...], severity: Severity) -> None:
    waiver = a_waiver(expires=PAST)
    change = a_change(Policy(waivers=(waiver,)), Policy(waivers=head), file="testkeep.toml")
    facts = the_facts(a_record(SKIPPED), baseline=a_baseline(a_record(SKIPPED)), policy_change=change)

    (found,) = findings_of("TK504", facts, waiver)

    assert (found.severity, found.path) == (severity, "testkeep.toml")


@pytest.mark.parametrize(
    ("facts", "waivers", "expected"),
    [
        pytest.param(_facts((a_test(),), (SKIPPED,)), (a_waiver(),), (), id="passing: it waives"),
        pytest.param(_facts((SKIPPED,), (SKIPPED,)), (a_waiver(),), (), id="passing: skipped on both sides"),
        pytest.param(
            _facts((XFAILED,), (a_test(did="xpassed"),)),
            (a_waiver(rule="TK202"),),
            (),
            id="passing: xfail on both sides",
        ),
        pytest.param(
            _facts((LEFT_OUT,), (LEFT_OUT,)), (a_waiver(rule="TK204"),), (), id="passing: deselected on both sides"
        ),
        pytest.param(
            _facts((a_test(),), (a_test(),)),
            (a_waiver(),),
            (_UNMATCHED(message=f"{UNMATCHED}the test guards"),),
            id="failing: it guards",
        ),
        pytest.param(
            _facts((SKIPPED,), (a_test(),)),
            (a_waiver(expires=PAST),),
            (_UNMATCHED(message=f"{UNMATCHED}the test guards"),),
            id="failing: it guards again, and the waiver has expired",
        ),
        pytest.param(
            _facts((a_test(),), (XFAILED,)),
            (a_waiver(),),
            (_WRONG(message=f"{UNMATCHED}the test is xfailed now, which is TK202"),),
            id="failing: lost in another way",
        ),
        pytest.param(
            _facts((SKIPPED,), (a_test(did="failed"),)),
            (a_waiver(),),
            (_WRONG(message=f"{UNMATCHED}the test's outcome is failed, which is not what TK201 is about"),),
            id="failing: it fails",
        ),
        pytest.param(
            _facts((SKIPPED, NEIGHBOUR), (NEIGHBOUR,)),
            (a_waiver(),),
            (_WRONG(message=f"{UNMATCHED}the test is not collected any more; it did not guard before"),),
            id="failing: skipped before, gone now",
        ),
        pytest.param(
            _facts((NEIGHBOUR,), (NEIGHBOUR,)),
            (a_waiver(rule="TK203"),),
            (
                _UNMATCHED(
                    message=f"{UNMATCHED.replace('TK201', 'TK203')}there is no such test, neither at the base nor now"
                ),
            ),
            id="failing: gone from both sides",
        ),
        pytest.param(
            _facts((a_test(f"{FILE}::test_addd"), NEIGHBOUR), (a_test(f"{FILE}::test_addd"), NEIGHBOUR)),
            (a_waiver(),),
            (
                _WRONG(
                    message=f"{UNMATCHED}there is no such test, neither at the base nor now; "
                    f"did you mean {FILE}::test_addd?"
                ),
            ),
            id="failing: a typo",
        ),
        pytest.param(
            _full((NEIGHBOUR,), (NEIGHBOUR,)),
            (a_waiver(TYPO),),
            (
                _WRONG(
                    message=f"the waiver of TK201 for {TYPO} matches nothing: there is no such test, neither at the "
                    f"base nor now; did you mean {OTHER}?",
                    test=TYPO,
                ),
            ),
            id="failing: a typo in the file's name",
        ),
        pytest.param(
            the_facts(a_record(a_test()), baseline=a_baseline(problem="cut off")),
            (a_waiver(),),
            (),
            id="missing evidence: no baseline",
        ),
        pytest.param(
            the_facts(a_static_record(), stages=(Stage.LINT,), baseline=a_baseline()),
            (a_waiver(),),
            (),
            id="missing evidence: no test stage was asked for",
        ),
        pytest.param(
            _facts((a_test(),), (a_test(),)),
            (a_waiver(), a_waiver(rule="TK505")),
            (
                _UNMATCHED(message=f"{UNMATCHED}the test guards"),
                _UNMATCHED(message=f"{UNMATCHED.replace('TK201', 'TK505')}the test guards"),
            ),
            id="not waived",
        ),
        pytest.param(
            _facts((a_test(),), (SKIPPED,)),
            (a_waiver(), a_waiver(rule="TK202")),
            (_WRONG(message=f"{UNMATCHED.replace('TK201', 'TK202')}the test is skipped now, which is TK201"),),
            id="boundary: two waivers of one test",
        ),
    ],
)
def test_tk505__table(facts: Facts, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    assert findings_of("TK505", facts, *waivers) == expected


def test_tk505__test_was_moved__says_where_it_guards() -> None:
    now = a_test("tests/unit/test_new.py::test_add")
    facts = the_facts(
        a_record(now),
        baseline=a_baseline(a_record(a_test())),
        base_sources={FILE: a_source(test_add="same")},
        head_sources={FILE: None, "tests/unit/test_new.py": a_source(test_add="same")},
    )

    assert _said("TK505", facts, a_waiver(rule="TK203")) == ("the test guards as tests/unit/test_new.py::test_add",)


UNKNOWN = "tests/integration/test_flow.py::test_all"
EVERYTHING = (Stage.LINT, Stage.UNIT, Stage.INTEGRATION)


@pytest.mark.parametrize(
    ("stages", "test", "judged"),
    [
        pytest.param((Stage.UNIT,), UNKNOWN, False, id="partial run, file that it does not know"),
        pytest.param((Stage.UNIT,), f"{FILE}::test_unheard", True, id="partial run, file that it knows"),
        pytest.param(EVERYTHING, UNKNOWN, True, id="full run"),
        pytest.param((Stage.UNIT, Stage.INTEGRATION), UNKNOWN, True, id="boundary: all test stages"),
    ],
)
def test_tk505__partial_run__judges_only_what_it_can_know(stages: tuple[Stage, ...], test: str, judged: bool) -> None:
    facts = _facts((a_test(),), (a_test(),), stages=stages)
    static = tuple(a_static_record(job=stage, idle="no tests") for stage in stages if stage is not Stage.UNIT)
    facts = the_facts(
        *facts.evidence, *static, stages=stages, policy=facts.policy, baseline=facts.baseline
    )  # fmt: skip

    assert bool(findings_of("TK505", facts, a_waiver(test))) is judged


def test_tk505__test_belongs_to_a_stage_that_was_not_asked_for__is_not_judged() -> None:
    suite = a_suite(NEIGHBOUR, elsewhere={Stage.INTEGRATION: (A_TEST,)})
    facts = the_facts(a_record(suite=suite), baseline=a_baseline(a_record(NEIGHBOUR)))

    assert findings_of("TK505", facts, a_waiver()) == ()


@pytest.mark.parametrize(
    ("head", "n_findings"),
    [
        pytest.param((a_waiver(),), 1, id="the change keeps it"),
        pytest.param((), 0, id="the change removes it"),
        pytest.param((a_waiver(rule="TK202"),), 0, id="the change corrects it"),
    ],
)
def test_tk505__the_change_mends_the_waiver__is_silent(head: tuple[Waiver, ...], n_findings: int) -> None:
    change = a_change(Policy(waivers=(a_waiver(),)), Policy(waivers=head))
    facts = the_facts(a_record(a_test()), baseline=a_baseline(a_record(a_test())), policy_change=change)

    assert len(findings_of("TK505", facts, a_waiver())) == n_findings


KEY = a_waiver("coverage.overall", "TK503")
STRICT, LENIENT = (Policy(coverage=CoveragePolicy(overall=overall), waivers=(KEY,)) for overall in (90.0, 80.0))


@pytest.mark.parametrize(
    ("base", "head", "today", "codes"),
    [
        pytest.param(STRICT, LENIENT, TODAY, [], id="passing: the change uses it"),
        pytest.param(STRICT, STRICT, TODAY, ["TK505"], id="failing: no such key is loosened"),
        pytest.param(STRICT, LENIENT, datetime.date.max, ["TK504"], id="failing: it has expired"),
    ],
)
def test_tk504_and_tk505__waiver_of_a_policy_key__is_judged_without_any_test_run(
    base: Policy, head: Policy, today: datetime.date, codes: list[str]
) -> None:
    facts = the_facts(a_static_record(), stages=(Stage.LINT,), policy_change=a_change(base, head), today=today)

    found = [*findings_of("TK504", facts, KEY), *findings_of("TK505", facts, KEY)]

    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(
    ("covered", "stages", "expected"),
    [
        pytest.param(50, (Stage.UNIT,), [], id="passing: it is needed"),
        pytest.param(90, (Stage.UNIT,), ["there is enough coverage"], id="failing: there is enough"),
        pytest.param(None, (Stage.LINT,), [], id="boundary: a run that does not measure cannot tell"),
    ],
)
def test_tk505__waiver_of_a_coverage_key__table(
    covered: int | None, stages: tuple[Stage, ...], expected: list[str]
) -> None:
    waiver = a_waiver("coverage.overall", "TK301")
    policy = Policy(stages=(Stage.UNIT,), coverage=CoveragePolicy(overall=87.0), waivers=(waiver,))
    coverage = None if covered is None else Coverage(files={"app/a.py": FileCoverage(ratio=Ratio(covered, 100))})
    facts = the_facts(a_record(a_test()), stages=stages, policy=policy, coverage=coverage)

    found = findings_of("TK505", facts, waiver)

    assert [finding.message.partition("matches nothing: ")[2] for finding in found] == expected


_ROWS = (f"{FILE}::TestA::test_b[1]", f"{FILE}::TestA::test_b[2]")


def _rows(*did: str) -> tuple[RecordedTest, ...]:
    return tuple(a_test(test_id, one) for test_id, one in zip(_ROWS, did, strict=True))


@pytest.mark.parametrize("name", [f"{FILE}::TestA::test_b", f"{FILE}::TestA", FILE])
@pytest.mark.parametrize(
    ("facts", "said"),
    [
        pytest.param(_facts(_rows("passed", "passed"), _rows("skipped", "passed")), (), id="one is excused"),
        pytest.param(_facts(_rows("skipped", "skipped"), _rows("skipped", "skipped")), (), id="they are still skipped"),
        pytest.param(
            _facts(_rows("skipped", "skipped"), _rows("passed", "passed")),
            ("none of its 2 tests needs it",),
            id="they guard again",
        ),
        pytest.param(
            _facts(_rows("passed", "passed"), _rows("xfailed", "xfailed")),
            ("the test is xfailed now, which is TK202",),
            id="they stopped guarding in another way",
        ),
        pytest.param(_facts((NEIGHBOUR,), (NEIGHBOUR,)), ("none",), id="there are none"),
    ],
)
def test_tk505__waiver_that_names_several_tests__is_needed_as_long_as_one_is_excused(
    name: str, facts: Facts, said: tuple[str, ...]
) -> None:
    if said == ("none",):
        has_file = name == FILE
        said = ("the test guards" if has_file else "there is no such test, neither at the base nor now",)
    assert _said("TK505", facts, a_waiver(name)) == said


def test_tk504__waiver_that_names_a_class_expired__one_test_of_it_is_still_lost() -> None:
    facts = _facts(_rows("passed", "passed"), _rows("skipped", "passed"))
    assert _said("TK504", facts, a_waiver(f"{FILE}::TestA", expires=PAST)) == ("TK201 still finds it",)

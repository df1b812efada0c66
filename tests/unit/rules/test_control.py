"""The positive control: a comparison that cannot notice a loss is found out."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from builders import (
    A_TEST,
    BASE,
    a_baseline,
    a_record,
    a_static_record,
    a_test,
    cut_off,
    findings_of,
    the_facts,
)
from testkeep.model.comparison import Comparison, Loss
from testkeep.model.stage import Stage
from testkeep.model.verdict import Decision
from testkeep.rules.accounting import account
from testkeep.rules.base import Facts
from testkeep.rules.comparison import compare
from testkeep.rules.control import CONTROL_FAILED, controlled, controlled_account
from testkeep.rules.judgement import decide_alone

GONE, SKIPPED = (f"testkeep-positive-control.py::test_that_is_{state}" for state in ("gone", "skipped"))


BASELINE = a_baseline(a_record(a_test()))
FACTS = the_facts(a_record(a_test()), baseline=BASELINE)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(FACTS, id="nothing is lost"),
        pytest.param(the_facts(a_record(a_test(did="skipped")), baseline=BASELINE), id="something is lost"),
        pytest.param(the_facts(a_record(), baseline=BASELINE), id="a head without tests"),
        pytest.param(
            the_facts(a_static_record(job="unit", idle="no tests"), baseline=BASELINE), id="a head without a run"
        ),
        pytest.param(the_facts(a_record(a_test()), baseline=a_baseline(a_record())), id="a base without tests"),
        pytest.param(
            the_facts(a_record(a_test()), baseline=a_baseline(a_static_record(job="unit", idle="none"))),
            id="a base without a run",
        ),
        pytest.param(the_facts(a_record(a_test()), baseline=a_baseline()), id="a base without evidence"),
        pytest.param(the_facts(a_record(a_test())), id="no base"),
        pytest.param(the_facts(a_record(a_test()), stages=(Stage.LINT,), baseline=BASELINE), id="no test stage"),
        pytest.param(the_facts(a_record(a_test()), baseline=BASELINE, unfinished=(cut_off(),)), id="cut off"),
        pytest.param(
            the_facts(a_record(a_test(), python="3.12.1"), a_record(a_test()), baseline=BASELINE),
            id="several environments",
        ),
        pytest.param(the_facts(a_record(a_test(), python="3.12.1"), baseline=BASELINE), id="another environment"),
    ],
)
def test_controlled__comparison_that_bites__is_as_it_would_be_without(facts: Facts) -> None:
    assert controlled(compare, decide_alone, facts) == compare(facts)


def keeps_everything(facts: Facts) -> Comparison:
    assert facts.baseline is not None
    return Comparison(kept=tuple(test.item.id for test in facts.base_tests()), obstacle="")


def without(test_id: str) -> Callable[[Facts], Comparison]:
    """Build a comparison that does not notice one loss."""

    def blind(facts: Facts) -> Comparison:
        found = compare(facts)
        return msgspec.structs.replace(found, lost=tuple(loss for loss in found.lost if loss.id != test_id))

    return blind


def mistakes(facts: Facts) -> Comparison:
    found = compare(facts)
    lost = tuple(msgspec.structs.replace(loss, how=Loss.XFAILED) for loss in found.lost)
    return msgspec.structs.replace(found, lost=lost)


@pytest.mark.parametrize(
    ("broken", "missed"),
    [
        pytest.param(keeps_everything, f"{GONE}, {SKIPPED}", id="it keeps everything"),
        pytest.param(lambda _: Comparison(obstacle=""), f"{GONE}, {SKIPPED}", id="it says nothing"),
        pytest.param(without(GONE), GONE, id="it does not notice what is gone"),
        pytest.param(without(SKIPPED), SKIPPED, id="it does not notice what is skipped"),
        pytest.param(mistakes, f"{GONE}, {SKIPPED}", id="it takes one loss for another"),
    ],
)
def test_controlled__comparison_that_cannot_fail__is_an_obstacle(
    broken: Callable[[Facts], Comparison], missed: str
) -> None:
    assert controlled(broken, decide_alone, FACTS) == Comparison(obstacle=f"{CONTROL_FAILED} ({missed})")


def test_controlled__head_without_a_run__is_controlled_too() -> None:
    facts = the_facts(a_static_record(job="unit", idle="no tests"), baseline=BASELINE)
    assert controlled(without(GONE), decide_alone, facts) == Comparison(obstacle=f"{CONTROL_FAILED} ({GONE})")


@pytest.mark.parametrize("decided", [Decision.PASS, Decision.INCONCLUSIVE])
def test_controlled__decision_that_never_fails__is_an_obstacle(decided: Decision) -> None:
    obstacle = f"{CONTROL_FAILED}: it was removed, and nothing failed ({GONE})"
    assert controlled(compare, lambda _: decided, FACTS) == Comparison(obstacle=obstacle)


def test_controlled__decision_that_fails_for_one_loss_only__is_an_obstacle() -> None:
    def blind(facts: Facts) -> Decision:
        return Decision.FAIL if facts.comparison.lost[0].how is Loss.REMOVED else Decision.PASS

    obstacle = f"{CONTROL_FAILED}: it was skipped, and nothing failed ({SKIPPED})"
    assert controlled(compare, blind, FACTS) == Comparison(obstacle=obstacle)


def test_controlled__facts__are_left_as_they_are() -> None:
    controlled(compare, decide_alone, FACTS)
    assert [test.item.id for test in (*FACTS.base_tests(), *FACTS.tests())] == [A_TEST, A_TEST]
    assert findings_of("TK203", FACTS) == ()
    assert FACTS.baseline is not None
    assert FACTS.baseline.commit == BASE


LOSING = the_facts(a_record(a_test(did="skipped")), baseline=BASELINE)


def test_controlled_account__accounting_that_bites__is_as_it_would_be_without() -> None:
    assert controlled_account(account, LOSING) == account(LOSING)


def test_controlled_account__nothing_is_lost__has_nothing_to_prove() -> None:
    assert controlled_account(account, FACTS) == account(FACTS)


def test_controlled_account__accounting_that_discharges_anything__is_found_out() -> None:
    def discharges(facts: Facts) -> Comparison:
        return msgspec.structs.replace(facts.comparison, lost=())

    result = controlled_account(discharges, LOSING)
    assert result == Comparison(obstacle=f"{CONTROL_FAILED} ({GONE}, {SKIPPED})")

"""The defaults of the policy, and which tests it leaves out."""

from __future__ import annotations

import datetime

from testkeep.model.policy import DEFAULT_MINIMA, DEFAULT_OVERALL, CoveragePolicy, Policy, Waiver
from testkeep.model.stage import Stage


def test_test_stages__static_stages__are_not_among_them() -> None:
    policy = Policy(stages=(Stage.E2E, Stage.LINT, Stage.UNIT))
    assert policy.test_stages == (Stage.E2E, Stage.UNIT)


def test_policy__defaults__are_those_of_the_design() -> None:
    policy = Policy()
    assert (policy.coverage.overall, policy.coverage.diff, policy.coverage.ratchet, policy.coverage.branch) == (
        None,
        90,
        True,
        False,
    )
    assert {name: layer.minimum for name, layer in policy.coverage.layers.items()} == dict.fromkeys(DEFAULT_MINIMA)
    assert (DEFAULT_OVERALL, DEFAULT_MINIMA) == (87, {"repository": 90, "service": 85, "router": 80})
    assert policy.suites.leave_out == ("slow", "performance", "diagnostic")


def test_coverage_policy__two_of_them__do_not_share_their_layers() -> None:
    CoveragePolicy().layers.clear()
    assert list(CoveragePolicy().layers) == ["repository", "service", "router"]


def test_waiver__the_day_on_which_it_expires__is_its_last() -> None:
    last = datetime.date(2027, 1, 31)
    waiver = Waiver(test="t.py::a", rule="TK201", reason="r", owner="o", expires=last)
    assert (waiver.is_expired(last), waiver.is_expired(last + datetime.timedelta(days=1))) == (False, True)

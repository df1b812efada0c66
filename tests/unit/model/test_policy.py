"""The defaults of the policy, and which tests it leaves out."""

from __future__ import annotations

import pytest

from testkeep.model.policy import CoveragePolicy, Policy, SuitesPolicy
from testkeep.model.stage import Stage


@pytest.mark.parametrize(
    ("policy", "stage", "marks", "reason"),
    [
        pytest.param(Policy(), Stage.UNIT, (), "", id="an ordinary test"),
        pytest.param(Policy(), Stage.UNIT, ("asyncio", "unit"), "", id="other marks"),
        pytest.param(Policy(), Stage.UNIT, ("asyncio", "slow"), "mark slow", id="slow"),
        pytest.param(Policy(), Stage.UNIT, ("diagnostic", "slow"), "mark diagnostic", id="the closest mark"),
        pytest.param(
            Policy(), Stage.E2E, (), "stage e2e, which the policy does not run", id="of a stage that is not run"
        ),
        pytest.param(
            Policy(),
            Stage.PERFORMANCE,
            ("performance",),
            "stage performance, which the policy does not run",
            id="of its own stage, which is not run",
        ),
        pytest.param(
            Policy(stages=(Stage.PERFORMANCE,)), Stage.PERFORMANCE, ("performance",), "", id="of a stage that is run"
        ),
        pytest.param(
            Policy(stages=(Stage.PERFORMANCE,)),
            Stage.PERFORMANCE,
            ("performance", "slow"),
            "mark slow",
            id="slow, of a stage that is run",
        ),
        pytest.param(Policy(suites=SuitesPolicy(leave_out=())), Stage.UNIT, ("slow",), "", id="nothing is left out"),
    ],
)
def test_leaves_out__table(policy: Policy, stage: Stage, marks: tuple[str, ...], reason: str) -> None:
    assert policy.leaves_out(stage, marks) == reason


def test_test_stages__static_stages__are_not_among_them() -> None:
    policy = Policy(stages=(Stage.E2E, Stage.LINT, Stage.UNIT))
    assert policy.test_stages == (Stage.E2E, Stage.UNIT)


def test_policy__defaults__are_those_of_the_design() -> None:
    policy = Policy()
    assert (policy.coverage.overall, policy.coverage.diff, policy.coverage.ratchet, policy.coverage.branch) == (
        87,
        90,
        True,
        False,
    )
    assert {name: layer.minimum for name, layer in policy.coverage.layers.items()} == {
        "repository": 90,
        "service": 85,
        "router": 80,
    }
    assert policy.suites.leave_out == ("slow", "performance", "diagnostic")


def test_coverage_policy__two_of_them__do_not_share_their_layers() -> None:
    CoveragePolicy().layers.clear()
    assert list(CoveragePolicy().layers) == ["repository", "service", "router"]

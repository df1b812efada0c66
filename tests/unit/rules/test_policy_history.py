"""The policy that counts after it was removed."""

from __future__ import annotations

import datetime

import pytest

from builders import a_waiver
from testkeep.model.policy import CoveragePolicy, Policy, Waiver
from testkeep.rules.policy_history import strictest

TODAY = datetime.date(2026, 10, 1)


def _policy(overall: float | None, *waivers: Waiver) -> Policy:
    return Policy(source=("app",), coverage=CoveragePolicy(overall=overall), waivers=waivers)


ALLOWS = a_waiver("coverage.overall", "TK503")


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        pytest.param([_policy(90)], 90, id="one"),
        pytest.param([_policy(90), None], 90, id="removed"),
        pytest.param([_policy(90), None, _policy(20), None], 90, id="removed twice: the strictest"),
        pytest.param([_policy(20), _policy(90), None], 90, id="tightened, then removed"),
        pytest.param([None, _policy(50), None], 50, id="boundary: there was none before"),
        pytest.param([_policy(90, ALLOWS), _policy(20), None], 20, id="waived: loosened by agreement"),
        pytest.param([_policy(90, ALLOWS), None], None, id="waived: removed by agreement"),
    ],
)
def test_strictest__table(versions: list[Policy | None], expected: float | None) -> None:
    found = strictest(versions, TODAY)

    assert found is not None
    assert (found.coverage.overall, found.waivers, found.source) == (expected, (), ("app",))


@pytest.mark.parametrize("versions", [[], [None], [None, None]], ids=["nothing", "none", "never any"])
def test_strictest__no_policy__is_none(versions: list[None]) -> None:
    assert strictest(versions, TODAY) is None

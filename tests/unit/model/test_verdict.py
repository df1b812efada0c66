"""The worst of several decisions."""

from __future__ import annotations

from itertools import permutations

import pytest

from testkeep.model.verdict import Decision

_PASS, _OPEN, _FAIL = Decision.PASS, Decision.INCONCLUSIVE, Decision.FAIL


@pytest.mark.parametrize(
    ("decisions", "worst"),
    [
        pytest.param((), _OPEN, id="nothing"),
        pytest.param((_PASS,), _PASS, id="pass"),
        pytest.param((_OPEN,), _OPEN, id="inconclusive"),
        pytest.param((_FAIL,), _FAIL, id="fail"),
        pytest.param((_PASS, _OPEN), _OPEN, id="pass and inconclusive"),
        pytest.param((_PASS, _FAIL), _FAIL, id="pass and fail"),
        pytest.param((_OPEN, _FAIL), _FAIL, id="inconclusive and fail"),
        pytest.param((_PASS, _OPEN, _FAIL, _PASS), _FAIL, id="all"),
    ],
)
def test_worst__any_order__table(decisions: tuple[Decision, ...], worst: Decision) -> None:
    assert {Decision.worst(order) for order in permutations(decisions)} == {worst}

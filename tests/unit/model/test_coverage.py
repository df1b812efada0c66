"""Coverage that is never rounded up."""

from __future__ import annotations

import pytest

from testkeep.model.coverage import CoverageTotals, Ratio
from testkeep.model.policy import DEFAULT_LAYERS, Layer


@pytest.mark.parametrize(
    ("ratio", "minimum", "reached"),
    [
        pytest.param(Ratio(87, 100), 87, True, id="exactly"),
        pytest.param(Ratio(86_996, 100_000), 87, False, id="86.996 is not 87"),
        pytest.param(Ratio(87_001, 100_000), 87, True, id="a little more"),
        pytest.param(Ratio(999_999, 1_000_000), 100, False, id="99.9999 is not 100"),
        pytest.param(Ratio(1_000_000, 1_000_000), 100, True, id="100 is 100"),
        pytest.param(Ratio(707, 1000), 70.7, True, id="70.7 as it is written"),
        pytest.param(Ratio(706, 1000), 70.7, False, id="less than 70.7"),
        pytest.param(Ratio(999, 3000), 33.3, True, id="33.3 as it is written"),
        pytest.param(Ratio(0, 0), 100, True, id="nothing to cover"),
        pytest.param(Ratio(0, 1), 0, True, id="nothing demanded"),
    ],
)
def test_ratio__reaches__table(ratio: Ratio, minimum: float, reached: bool) -> None:
    assert ratio.reaches(minimum) is reached


@pytest.mark.parametrize(
    ("ratio", "minimum", "missing"),
    [
        pytest.param(Ratio(87, 100), 87, 0, id="none"),
        pytest.param(Ratio(90, 100), 87, 0, id="more than needed"),
        pytest.param(Ratio(0, 3), 50, 2, id="no half lines"),
        pytest.param(Ratio(700, 1000), 70.7, 7, id="70.7 as it is written"),
        pytest.param(Ratio(0, 0), 87, 0, id="nothing to cover"),
    ],
)
def test_ratio__missing__table(ratio: Ratio, minimum: float, missing: int) -> None:
    assert ratio.missing(minimum) == missing


def test_ratio__each_percentage_of_ten_thousand__agrees_with_itself() -> None:
    """A ratio of n hundredths reaches n hundredths, not one more, and shows n hundredths."""
    for n in range(10_000):
        ratio = Ratio(n, 10_000)
        assert (ratio.reaches(n / 100), ratio.reaches((n + 1) / 100), ratio.shown) == (True, False, n / 100)


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        pytest.param(Ratio(86_999, 100_000), 86.99, id="rounded down"),
        pytest.param(Ratio(999_999, 1_000_000), 99.99, id="never 100 for less"),
        pytest.param(Ratio(3, 3), 100.0, id="100"),
        pytest.param(Ratio(1, 3), 33.33, id="a third"),
        pytest.param(Ratio(), 100.0, id="nothing to cover"),
    ],
)
def test_ratio__shown__table(ratio: Ratio, shown: float) -> None:
    assert ratio.shown == shown


_FILES = CoverageTotals(
    files={
        "app/services/repository.py": Ratio(1, 10),
        "services/mail.py": Ratio(2, 10),
        "app/users/service.py": Ratio(3, 10),
        "app/users/models.py": Ratio(4, 10),
    }
)


def test_totals__overall__adds_up_lines_not_percentages() -> None:
    assert _FILES.overall == Ratio(10, 40)
    assert CoverageTotals(files={"a.py": Ratio(1, 1), "b.py": Ratio(0, 9)}).overall == Ratio(1, 10)
    assert CoverageTotals(files={}).overall == Ratio(0, 0)


def test_totals__by_layer__gives_a_file_to_the_first_layer_and_leaves_empty_ones_out() -> None:
    assert _FILES.by_layer(DEFAULT_LAYERS) == {"repository": Ratio(1, 10), "service": Ratio(5, 20)}


def test_totals__by_layer__keeps_the_policys_order() -> None:
    layers = {"any": Layer(paths=("**",), minimum=0.0), **DEFAULT_LAYERS}
    assert _FILES.by_layer(layers) == {"any": Ratio(10, 40)}
    assert list(_FILES.by_layer({name: layers[name] for name in ("service", "repository", "any")})) == [
        "service",
        "any",
    ]


@pytest.mark.parametrize(
    ("now", "before", "slack", "falls"),
    [
        pytest.param(Ratio(8, 10), Ratio(90, 100), 0.0, True, id="lower"),
        pytest.param(Ratio(9, 10), Ratio(90, 100), 0.0, False, id="the same, of fewer lines"),
        pytest.param(Ratio(1, 3), Ratio(33_334, 100_000), 0.0, True, id="by less than any display shows"),
        pytest.param(Ratio(899, 1000), Ratio(900, 1000), 0.1, False, id="exactly the slack"),
        pytest.param(Ratio(8_989, 10_000), Ratio(9_000, 10_000), 0.1, True, id="more than the slack"),
        pytest.param(Ratio(0, 0), Ratio(9, 10), 0.0, False, id="nothing is left to cover"),
        pytest.param(Ratio(0, 10), Ratio(0, 0), 0.0, False, id="nothing was there"),
    ],
)
def test_ratio__falls_below__table(now: Ratio, before: Ratio, slack: float, falls: bool) -> None:
    assert now.falls_below(before, slack) is falls


def test_totals__renamed__leaves_out_what_has_no_name_any_more() -> None:
    names = {"app/users/service.py": "app/people/service.py", "services/mail.py": "services/mail.py"}
    assert _FILES.renamed(lambda path: names.get(path, "")) == CoverageTotals(
        files={"services/mail.py": Ratio(2, 10), "app/people/service.py": Ratio(3, 10)}
    )

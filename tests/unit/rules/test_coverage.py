"""TK301 and TK302: enough of the production code was executed."""

from __future__ import annotations

from functools import partial

import pytest

from builders import a_record, a_test, a_waiver, findings_of, the_facts
from testkeep.model.coverage import CoverageTotals, Ratio
from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import CoveragePolicy, Layer, Policy, Waiver

_HELP = "htmlcov/index.html in the report folder shows the lines that no test runs."
_OVERALL = partial(Finding, code="TK301", name="coverage-overall", severity=Severity.ERROR, help=_HELP)
_LAYER = partial(Finding, code="TK302", name="coverage-layer", severity=Severity.ERROR, help=_HELP)
_LAYERS = {
    "service": Layer(paths=("**/service.py",), minimum=85.0),
    "router": Layer(paths=("**/router.py", "app/**"), minimum=80.0),
}


def _covered(**files: tuple[int, int]) -> CoverageTotals:
    return CoverageTotals(files={f"app/{name}.py": Ratio(*ratio) for name, ratio in files.items()})


def _policy(overall: float = 87.0) -> Policy:
    return Policy(coverage=CoveragePolicy(overall=overall, layers=_LAYERS))


@pytest.mark.parametrize(
    ("coverage", "minimum", "waivers", "expected"),
    [
        pytest.param(_covered(a=(90, 100)), 87.0, (), (), id="passing"),
        pytest.param(None, 87.0, (), (), id="missing evidence: nothing was measured"),
        pytest.param(
            _covered(a=(50, 100), b=(35, 100)),
            87.0,
            (),
            (_OVERALL(message="coverage is 42.5 %, and 87 % are needed: 89 more lines of 200 must be run"),),
            id="failing: all files together",
        ),
        pytest.param(_covered(a=(87, 100)), 87.0, (), (), id="boundary: exactly the minimum"),
        pytest.param(
            _covered(a=(86_996, 100_000)),
            87.0,
            (),
            (_OVERALL(message="coverage is 86.99 %, and 87 % are needed: 4 more lines of 100000 must be run"),),
            id="boundary: 86.996 is not 87",
        ),
        pytest.param(
            _covered(a=(99_999, 100_000)),
            100.0,
            (),
            (_OVERALL(message="coverage is 99.99 %, and 100 % are needed: 1 more line of 100000 must be run"),),
            id="boundary: only 100 is 100",
        ),
        pytest.param(_covered(a=(707, 1000)), 70.7, (), (), id="boundary: a minimum that is no binary fraction"),
        pytest.param(_covered(), 87.0, (), (), id="boundary: nothing to cover"),
        pytest.param(_covered(a=(0, 100)), 0.0, (), (), id="boundary: nothing is demanded"),
        pytest.param(
            _covered(a=(1, 2)),
            87.0,
            (a_waiver(test="", rule="TK301"),),
            (_OVERALL(message="coverage is 50 %, and 87 % are needed: 1 more line of 2 must be run"),),
            id="not waived: no test is named",
        ),
    ],
)
def test_tk301__table(
    coverage: CoverageTotals | None, minimum: float, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]
) -> None:
    facts = the_facts(a_record(a_test()), policy=_policy(minimum), coverage=coverage)
    assert findings_of("TK301", facts, *waivers) == expected


@pytest.mark.parametrize(
    ("coverage", "waivers", "expected"),
    [
        pytest.param(_covered(service=(90, 100), router=(90, 100)), (), (), id="passing"),
        pytest.param(None, (), (), id="missing evidence: nothing was measured"),
        pytest.param(
            _covered(service=(84, 100), router=(10, 100)),
            (),
            (
                _LAYER(
                    message="coverage of the service layer is 84 %, and 85 % are needed: 1 more line of 100 must be run"
                ),
                _LAYER(
                    message="coverage of the router layer is 10 %, and 80 % are needed: 70 more lines of 100 must be "
                    "run"
                ),
            ),
            id="failing: each layer, in the policy's order",
        ),
        pytest.param(_covered(service=(85, 100), router=(80, 100)), (), (), id="boundary: exactly the minimum"),
        pytest.param(_covered(service=(85, 100), other=(80, 100)), (), (), id="boundary: the first pattern wins"),
        pytest.param(CoverageTotals(files={"lib/x.py": Ratio(0, 9)}), (), (), id="boundary: a layer without files"),
        pytest.param(
            _covered(router=(0, 10)),
            (a_waiver(test="", rule="TK302"), a_waiver(test="router", rule="TK302")),
            (
                _LAYER(
                    message="coverage of the router layer is 0 %, and 80 % are needed: 8 more lines of 10 must be run"
                ),
            ),
            id="not waived: no test is named",
        ),
    ],
)
def test_tk302__table(
    coverage: CoverageTotals | None, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]
) -> None:
    facts = the_facts(a_record(a_test()), policy=_policy(), coverage=coverage)
    assert findings_of("TK302", facts, *waivers) == expected

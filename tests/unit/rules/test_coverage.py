"""TK301 and TK302: enough of the production code was executed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import msgspec
import pytest

from builders import a_record, a_test, a_waiver, findings_of, the_facts
from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, FileCoverage, Ratio
from testkeep.model.finding import Finding, Severity
from testkeep.model.gap import Gap
from testkeep.model.policy import DEFAULT_LAYERS, CoveragePolicy, Layer, Policy, Waiver
from testkeep.rules.thresholds import unwritten

_HELP = "'testkeep coverage' lists the lines that no test runs."
_OVERALL = partial(
    Finding, code="TK301", name="coverage-overall", severity=Severity.ERROR, help=_HELP, test="coverage.overall"
)
_LAYER = partial(Finding, code="TK302", name="coverage-layer", severity=Severity.ERROR, help=_HELP)
_ROUTER = partial(_LAYER, test="coverage.layers.router")
_SERVICE = partial(_LAYER, test="coverage.layers.service")
_LAYERS = {
    "service": Layer(paths=("**/service.py",), minimum=85.0),
    "router": Layer(paths=("**/router.py", "app/**"), minimum=80.0),
}


def _covered(**files: tuple[int, int]) -> Coverage:
    return Coverage(files={f"app/{name}.py": FileCoverage(ratio=Ratio(*ratio)) for name, ratio in files.items()})


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
    coverage: Coverage | None, minimum: float, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]
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
                _ROUTER(
                    message="coverage of the router layer is 10 %, and 80 % are needed: 70 more lines of 100 must be "
                    "run"
                ),
                _SERVICE(
                    message="coverage of the service layer is 84 %, and 85 % are needed: 1 more line of 100 must be run"
                ),
            ),
            id="failing: each layer",
        ),
        pytest.param(_covered(service=(85, 100), router=(80, 100)), (), (), id="boundary: exactly the minimum"),
        pytest.param(_covered(service=(85, 100), other=(80, 100)), (), (), id="boundary: the first pattern wins"),
        pytest.param(
            Coverage(files={"lib/x.py": FileCoverage(ratio=Ratio(0, 9))}), (), (), id="boundary: a layer without files"
        ),
        pytest.param(
            _covered(router=(0, 10)),
            (a_waiver(test="", rule="TK302"), a_waiver(test="router", rule="TK302")),
            (
                _ROUTER(
                    message="coverage of the router layer is 0 %, and 80 % are needed: 8 more lines of 10 must be run"
                ),
            ),
            id="not waived: no test is named",
        ),
    ],
)
def test_tk302__table(coverage: Coverage | None, waivers: tuple[Waiver, ...], expected: tuple[Finding, ...]) -> None:
    facts = the_facts(a_record(a_test()), policy=_policy(), coverage=coverage)
    errors = (one for one in findings_of("TK302", facts, *waivers) if one.severity is Severity.ERROR)
    assert tuple(errors) == expected


def _fates(
    code: str, coverage: Coverage, *waivers: Waiver, base: BaseCoverage | None = None
) -> list[tuple[str, str, bool]]:
    facts = replace(the_facts(a_record(a_test()), policy=_policy(), coverage=coverage), base_coverage=base)
    found = findings_of(code, facts, *waivers)
    return [(one.test, one.severity, one.waived) for one in found if one.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    ("code", "key", "coverage"),
    [
        pytest.param("TK301", "coverage.overall", _covered(a=(85, 100)), id="overall"),
        pytest.param("TK302", "coverage.layers.service", _covered(service=(84, 100), a=(900, 900)), id="layer"),
    ],
)
def test_thresholds__waiver_that_names_the_key__waives(code: str, key: str, coverage: Coverage) -> None:
    assert _fates(code, coverage, a_waiver(test=key, rule=code)) == [(key, "error", True)]
    assert _fates(code, coverage, a_waiver(test=f"{key}.not", rule=code)) == [(key, "error", False)]


_A, _GONE = Ratio(80, 100), Ratio(100, 100)


def _base(kept: Ratio, *gone: Ratio) -> BaseCoverage:
    rest = {"app/service.py": kept}
    return BaseCoverage(
        whole=CoverageTotals(files=rest | {f"app/{n}/service.py": ratio for n, ratio in enumerate(gone)}),
        kept=CoverageTotals(files=rest),
    )


@pytest.mark.parametrize(
    ("base", "severity"),
    [
        pytest.param(_base(_A, _GONE), "warning", id="passing: it was reached with the file that is gone"),
        pytest.param(_base(Ratio(79, 100), _GONE), "warning", id="passing: and what is left is better covered"),
        pytest.param(_base(Ratio(81, 100), _GONE), "error", id="failing: what is left is worse covered, too"),
        pytest.param(_base(_A, Ratio(0, 100)), "error", id="failing: it was not reached at the base either"),
        pytest.param(_base(_A), "error", id="failing: nothing was removed"),
        pytest.param(_base(Ratio(), _GONE), "error", id="boundary: nothing of the base is left"),
        pytest.param(None, "error", id="missing evidence: no base"),
    ],
)
def test_thresholds__a_removed_file_brought_it_down__is_a_warning(base: BaseCoverage | None, severity: str) -> None:
    coverage = _covered(service=(80, 100))
    assert _fates("TK301", coverage, base=base) == [("coverage.overall", severity, False)]
    assert _fates("TK302", coverage, base=base)[:1] == [("coverage.layers.service", severity, False)]


def test_tk301__a_removed_file_and_a_badly_covered_new_one__is_an_error() -> None:
    coverage = _covered(service=(80, 100), new=(8, 10))
    assert _fates("TK301", coverage, base=_base(_A, _GONE)) == [("coverage.overall", "error", False)]


def test_tk301__only_lines_are_comparable_with_the_base__is_an_error() -> None:
    base = msgspec.structs.replace(_base(_A, _GONE), lines_only=True)
    assert _fates("TK301", _covered(service=(80, 100)), base=base) == [("coverage.overall", "error", False)]


_NEAR = "tests/test_a.py::test_g"
_GAP = Gap(path="app/a.py", function="A.f", line=3, missing=4, ranges=((3, 5), (9, 9)), tests=(_NEAR,))
_MODULE = Gap(path="app/a.py", function="", line=3, missing=1, ranges=((3, 3),))


def test_tk301__gaps_are_known__help_says_where_lines_are_cheapest() -> None:
    facts = the_facts(a_record(a_test()), policy=_policy(), coverage=_covered(a=(80, 100)))
    (found,) = findings_of("TK301", replace(facts, gaps={"coverage.overall": (_GAP, _MODULE)}))
    assert found.help.splitlines() == [
        _HELP,
        "app/a.py:3-5, 9 (4 lines in A.f); nearest tests: tests/test_a.py::test_g",
        "app/a.py:3 (1 line)",
    ]


_ROUTERS = Layer(paths=("**/routers/**",), minimum=1.0)


@pytest.mark.parametrize(
    ("layers", "files", "expected"),
    [
        pytest.param({"router": _ROUTERS}, ("app/routers/a.py",), [], id="passing"),
        pytest.param(
            {"router": _ROUTERS},
            ("app/router/a.py",),
            [
                (
                    "warning",
                    "the pattern **/routers/** of the router layer matches no measured file; nearest to it: app/router",
                )
            ],
            id="failing: the layer has no file, and a path is near",
        ),
        pytest.param(
            {"router": _ROUTERS},
            ("app/x.py",),
            [("warning", "the pattern **/routers/** of the router layer matches no measured file")],
            id="failing: nothing is near",
        ),
        pytest.param(
            {"router": Layer(paths=("**/routers/**", "lib/x.py"), minimum=1.0)},
            ("app/routers/a.py",),
            [
                (
                    "note",
                    "the pattern lib/x.py of the router layer matches no measured file",
                )
            ],
            id="boundary: another pattern of the layer matches",
        ),
        pytest.param(
            {"router": _ROUTERS, "any": Layer(paths=("app/**",), minimum=1.0)},
            ("app/routers/a.py", "app/routers/b.py", "app/x.py"),
            [
                (
                    "note",
                    "app/routers/a.py and 1 more: matched by the layers router and any; the first, router, counts",
                )
            ],
            id="failing: two layers for one file",
        ),
        pytest.param(DEFAULT_LAYERS, ("app/api/services/a.py",), [], id="boundary: the defaults are a guess"),
    ],
)
def test_tk302__patterns_that_are_not_what_was_meant__are_said(
    layers: dict[str, Layer], files: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    policy = Policy(coverage=CoveragePolicy(layers=layers))
    coverage = Coverage(files={path: FileCoverage(ratio=Ratio(1, 1)) for path in files})
    found = findings_of("TK302", the_facts(a_record(a_test()), policy=policy, coverage=coverage))
    assert [(one.severity, one.message) for one in found] == expected


def test_tk301_and_tk302__numbers_that_nobody_wrote_down__do_not_block() -> None:
    coverage = Coverage(files={"app/services/cart.py": FileCoverage(ratio=Ratio(1, 100))})
    facts = the_facts(a_record(a_test()), coverage=coverage, policy=Policy())

    assert [*findings_of("TK301", facts), *findings_of("TK302", facts)] == []
    assert [(one.key, one.minimum, one.missing) for one in unwritten(facts)] == [
        ("coverage.overall", 87.0, 0),
        ("coverage.layers.service", 85.0, 0),
    ]


@pytest.mark.parametrize(
    ("inherited", "waivers", "expected"),
    [
        pytest.param({"app/new.py": "service"}, (), [False], id="failing: it left the layer by a new name"),
        pytest.param({}, (), [], id="passing: it is a file of its own"),
        pytest.param({"app/gone.py": "service"}, (), [], id="missing evidence: it was not measured"),
        pytest.param({"app/new.py": "service"}, (a_waiver("coverage.layers.service", "TK302"),), [True], id="waived"),
    ],
)
def test_tk302__file_left_its_layer__keeps_the_minimum(
    inherited: dict[str, str], waivers: tuple[Waiver, ...], expected: list[bool]
) -> None:
    layers = {"service": Layer(paths=("**/service.py",), minimum=95)}
    coverage = Coverage(files={"app/new.py": FileCoverage(ratio=Ratio(3, 7), lines=Ratio(3, 7))})
    facts = the_facts(a_record(a_test()), policy=Policy(coverage=CoveragePolicy(layers=layers)), coverage=coverage)

    found = findings_of("TK302", replace(facts, inherited_layers=inherited), *waivers)

    errors = [one for one in found if one.severity is Severity.ERROR]
    assert [one.waived for one in errors] == expected
    assert all("What was in the layer is in app/new.py now" in one.help for one in errors)

"""What a change loosens in the policy, and which policy is in force for it."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from builders import TODAY, a_waiver
from testkeep.model.policy import CoveragePolicy, Layer, Policy, Pyramid, SuitesPolicy, Waiver
from testkeep.model.stage import Stage
from testkeep.rules.policy_changes import Loosening, honoured, loosened, requested, taken_from_layers, tightened

LATER = TODAY + datetime.timedelta(days=30)
CALC = Layer(paths=("**/calc.py",), minimum=70.0)
CORE = Layer(paths=("**/core/**", "**/calc.py"), minimum=80.5)


def coverage(**keys: object) -> Policy:
    """Build a policy that says something of coverage; without layers, which would all be named."""
    return Policy(coverage=CoveragePolicy(**{"layers": {}, **keys}))


def layers(**named: Layer) -> Policy:
    return coverage(layers=named)


def suites(**keys: object) -> Policy:
    return Policy(suites=SuitesPolicy(**keys))


def stages(*names: str) -> Policy:
    return Policy(stages=tuple(map(Stage, names)))


LOOSENED = [
    pytest.param(
        stages("unit", "integration"),
        stages("unit"),
        Loosening("stages", '["unit", "integration"]', '["unit"]'),
        id="a stage is removed",
    ),
    pytest.param(
        stages("unit", "integration"),
        stages("e2e", "unit"),
        Loosening("stages", '["unit", "integration"]', '["e2e", "unit"]'),
        id="a stage is exchanged for another",
    ),
    pytest.param(
        Policy(python=("3.11", "3.12")),
        Policy(python=("3.12", "3.13")),
        Loosening("python", '["3.11", "3.12"]', '["3.12", "3.13"]'),
        id="a Python is given up",
    ),
    pytest.param(
        coverage(overall=80.0), coverage(overall=79.9), Loosening("coverage.overall", "80", "79.9"), id="overall"
    ),
    pytest.param(
        Policy(failures="all"),
        Policy(failures="new"),
        Loosening("failures", '"all"', '"new"'),
        id="old failures are to be let through",
    ),
    pytest.param(
        Policy(base_files=(".env*", "data/**")),
        Policy(base_files=("data/**",)),
        Loosening("base_files", '[".env*", "data/**"]', '["data/**"]'),
        id="the base is to be given less",
    ),
    pytest.param(
        coverage(overall=80.0), coverage(), Loosening("coverage.overall", "80", "nothing"), id="overall is removed"
    ),
    pytest.param(
        layers(service=CALC),
        Policy(),
        Loosening(
            "coverage.layers.service",
            '{ paths = ["**/calc.py"], minimum = 70 }',
            '{ paths = ["**/service.py", "**/services/**"], minimum = nothing }',
        ),
        id="a layer's minimum is removed, and its name is that of a default layer",
    ),
    pytest.param(
        Policy(commands={"lint": ("yamllint .", "zizmor .github")}),
        Policy(commands={"lint": ("yamllint ci",)}),
        Loosening("commands.lint", '["yamllint .", "zizmor .github"]', '["yamllint ci"]'),
        id="a tool is gone",
    ),
    pytest.param(
        Policy(commands={"typing": ("pyright",)}),
        Policy(commands={"lint": ("pyright",)}),
        Loosening("commands.typing", '["pyright"]', "nothing"),
        id="all tools of a stage are gone",
    ),
    pytest.param(coverage(diff=80.0), coverage(diff=0.0), Loosening("coverage.diff", "80", "0"), id="diff"),
    pytest.param(
        coverage(ratchet=True), coverage(ratchet=False), Loosening("coverage.ratchet", "true", "false"), id="ratchet"
    ),
    pytest.param(
        coverage(branch=True), coverage(branch=False), Loosening("coverage.branch", "true", "false"), id="branch"
    ),
    pytest.param(
        coverage(omit=("a.py",)),
        coverage(omit=("b.py",)),
        Loosening("coverage.omit", '["a.py"]', '["b.py"]'),
        id="omit: a pattern is added",
    ),
    pytest.param(
        coverage(slack_percent=0.5),
        coverage(slack_percent=0.6),
        Loosening("coverage.slack_percent", "0.5", "0.6"),
        id="more slack",
    ),
    pytest.param(
        coverage(include=("a.py", "b.py")),
        coverage(include=("b.py",)),
        Loosening("coverage.include", '["a.py", "b.py"]', '["b.py"]'),
        id="less is included",
    ),
    pytest.param(
        layers(calc=CALC),
        layers(),
        Loosening("coverage.layers.calc", '{ paths = ["**/calc.py"], minimum = 70 }', "nothing"),
        id="a layer is removed",
    ),
    pytest.param(
        layers(core=CORE),
        layers(core=Layer(paths=("**/calc.py", "x"), minimum=90.0)),
        Loosening(
            "coverage.layers.core",
            '{ paths = ["**/core/**", "**/calc.py"], minimum = 80.5 }',
            '{ paths = ["**/calc.py", "x"], minimum = 90 }',
        ),
        id="a layer loses a path",
    ),
    pytest.param(
        layers(calc=CALC),
        layers(calc=Layer(paths=CALC.paths, minimum=69.0)),
        Loosening(
            "coverage.layers.calc",
            '{ paths = ["**/calc.py"], minimum = 70 }',
            '{ paths = ["**/calc.py"], minimum = 69 }',
        ),
        id="a layer's minimum is lowered",
    ),
    pytest.param(
        suites(leave_out=("slow",)),
        suites(leave_out=("nightly", "slow")),
        Loosening("suites.leave_out", '["slow"]', '["nightly", "slow"]'),
        id="a mark is left out",
    ),
    pytest.param(
        suites(budgets={Stage.UNIT: "100ms"}),
        suites(budgets={Stage.UNIT: "1s"}),
        Loosening("suites.budgets.unit", '"100ms"', '"1s"'),
        id="a budget is longer",
    ),
    pytest.param(
        suites(budgets={Stage.UNIT: "100ms"}),
        suites(budgets={Stage.E2E: "1ms"}),
        Loosening("suites.budgets.unit", '"100ms"', "nothing"),
        id="a budget is removed",
    ),
    pytest.param(
        suites(pyramid=Pyramid()),
        suites(),
        Loosening("suites.pyramid", "{ unit = 60, integration = 35, e2e = 5, tolerance = 10 }", "nothing"),
        id="the pyramid is removed",
    ),
    pytest.param(
        suites(pyramid=Pyramid()),
        suites(pyramid=Pyramid(tolerance=11.0)),
        Loosening(
            "suites.pyramid",
            "{ unit = 60, integration = 35, e2e = 5, tolerance = 10 }",
            "{ unit = 60, integration = 35, e2e = 5, tolerance = 11 }",
        ),
        id="the pyramid is more tolerant",
    ),
    pytest.param(
        suites(pyramid=Pyramid()),
        suites(pyramid=Pyramid(unit=70.0, integration=25.0)),
        Loosening(
            "suites.pyramid",
            "{ unit = 60, integration = 35, e2e = 5, tolerance = 10 }",
            "{ unit = 70, integration = 25, e2e = 5, tolerance = 10 }",
        ),
        id="a share of the pyramid is lowered",
    ),
    pytest.param(
        Policy(),
        Policy(waivers_from="head"),
        Loosening("waivers_from", '"base"', '"head"'),
        id="waivers are to come from the head",
    ),
]


@pytest.mark.parametrize(("base", "head", "expected"), LOOSENED)
def test_loosened__one_key__is_named_with_old_and_new(base: Policy, head: Policy, expected: Loosening) -> None:
    assert loosened(base, head) == (expected,)


@pytest.mark.parametrize(("base", "head", "expected"), LOOSENED)
def test_tightened__one_key_is_loosened__is_put_back(base: Policy, head: Policy, expected: Loosening) -> None:
    in_force = tightened(base, head)

    assert loosened(base, in_force) == ()
    assert tightened(base, head, {expected.key}) == head


@pytest.mark.parametrize(
    ("base", "head"),
    [
        pytest.param(Policy(), Policy(), id="nothing"),
        pytest.param(stages("unit"), stages("lint", "unit"), id="a stage is added"),
        pytest.param(stages("unit", "e2e"), stages("e2e", "unit"), id="stages in another order"),
        pytest.param(coverage(overall=80.0), coverage(overall=80.0), id="boundary: the same minimum"),
        pytest.param(Policy(failures="new"), Policy(), id="all failures are to block"),
        pytest.param(Policy(), Policy(base_files=("data/**", ".env*")), id="the base is to be given more"),
        pytest.param(coverage(), coverage(overall=1.0), id="a minimum that nobody chose is written down"),
        pytest.param(Policy(), layers(service=CALC), id="layers that nobody chose are written down"),
        pytest.param(coverage(overall=80.0, diff=1.0), coverage(overall=81.0, diff=2.0), id="minima are raised"),
        pytest.param(
            coverage(ratchet=False, branch=False), coverage(ratchet=True, branch=True), id="switches are turned on"
        ),
        pytest.param(coverage(omit=("a", "b")), coverage(omit=("b",)), id="less is omitted"),
        pytest.param(coverage(slack_percent=0.5), coverage(slack_percent=0.4), id="less slack"),
        pytest.param(coverage(include=("a",)), coverage(include=("b", "a")), id="more is included"),
        pytest.param(layers(calc=CALC), layers(core=CORE, calc=CALC), id="a layer is added"),
        pytest.param(
            layers(calc=CALC), layers(calc=Layer(paths=("x", *CALC.paths), minimum=71.0)), id="a layer demands more"
        ),
        pytest.param(layers(calc=CALC, core=CORE), layers(core=CORE, calc=CALC), id="layers in another order"),
        pytest.param(suites(leave_out=("slow", "x")), suites(leave_out=("x",)), id="less is left out"),
        pytest.param(suites(leave_out=("slow", "x")), suites(leave_out=("x", "slow")), id="marks in another order"),
        pytest.param(
            suites(budgets={Stage.UNIT: "1s"}),
            suites(budgets={Stage.UNIT: "1000ms", Stage.E2E: "1h"}),
            id="boundary: the same budget in another unit, and one more",
        ),
        pytest.param(suites(), suites(pyramid=Pyramid()), id="a pyramid is added"),
        pytest.param(
            suites(pyramid=Pyramid()), suites(pyramid=Pyramid(unit=61.0, tolerance=9.0)), id="a stricter pyramid"
        ),
        pytest.param(Policy(waivers_from="head"), Policy(), id="waivers are to come from the base"),
        pytest.param(
            Policy(waivers_from="head"), Policy(waivers=(a_waiver(),)), id="a waiver is added, as the base allows"
        ),
        pytest.param(Policy(waivers=(a_waiver(),)), Policy(), id="a waiver is removed"),
        pytest.param(
            Policy(waivers=(a_waiver(expires=LATER),)), Policy(waivers=(a_waiver(),)), id="a waiver is shortened"
        ),
        pytest.param(
            Policy(formatter="black", timeout="1m", suites=SuitesPolicy(workers={Stage.UNIT: 4}, alone=("unit",))),
            Policy(formatter="ruff", timeout="9h"),
            id="formatter, timeout, workers and stages that run alone",
        ),
        pytest.param(suites(shards={Stage.UNIT: 4}), suites(shards={Stage.UNIT: 1}), id="fewer shards"),
        pytest.param(
            Policy(commands={"lint": ("yamllint .", "zizmor .")}),
            Policy(commands={"lint": ("'zizmor' --offline .", "codespell", "yamllint .")}),
            id="tools with other arguments, in another order, and one more",
        ),
        pytest.param(Policy(python=("3.12",)), Policy(python=("3.13", "3.12")), id="one more Python"),
    ],
)
def test_loosened__as_strict_or_stricter__is_empty(base: Policy, head: Policy) -> None:
    assert loosened(base, head) == ()


@pytest.mark.parametrize(
    ("base", "head", "narrower"),
    [
        pytest.param(("app",), ("app", "lib"), False, id="an entry more"),
        pytest.param(("app/core",), ("app",), False, id="boundary: the folder around it"),
        pytest.param(("app",), (".",), False, id="boundary: everything"),
        pytest.param(("app", "lib"), ("lib",), True, id="an entry less"),
        pytest.param(("app",), ("app/core",), True, id="a part of it"),
        pytest.param(("app",), ("application",), True, id="boundary: a name that begins alike"),
        pytest.param(("app",), ("backend",), True, id="another one"),
    ],
)
def test_loosened__source__is_named_if_an_entry_is_removed(
    base: tuple[str, ...], head: tuple[str, ...], narrower: bool
) -> None:
    found = loosened(Policy(source=base), Policy(source=head))

    assert [loosening.key for loosening in found] == ["source"] * narrower
    assert tightened(Policy(source=base), Policy(source=head)).source == head


def test_loosened__several_keys__are_all_named_in_the_policys_order() -> None:
    base = Policy(
        stages=(Stage.LINT, Stage.UNIT),
        coverage=CoveragePolicy(overall=87.0, layers={"service": Layer(paths=("app/services/**",), minimum=85.0)}),
        suites=SuitesPolicy(leave_out=(), budgets={Stage.UNIT: "1s"}),
    )
    head = Policy(
        stages=(Stage.UNIT,),
        coverage=CoveragePolicy(overall=1.0, diff=2.0, layers={}),
        suites=SuitesPolicy(leave_out=("slow",)),
        waivers=(a_waiver(),),
        waivers_from="head",
    )

    assert [loosening.key for loosening in loosened(base, head)] == [
        "stages",
        "coverage.overall",
        "coverage.diff",
        "coverage.layers.service",
        "suites.leave_out",
        "suites.budgets.unit",
        "waivers",
        "waivers_from",
    ]


SHOWN = 'TK201 for tests/unit/test_cart.py::test_add until {} ("upstream bug 4711", billing)'


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param((a_waiver(),), (a_waiver(),), [], id="the same"),
        pytest.param((), (a_waiver(),), [Loosening("waivers", "nothing", SHOWN.format(TODAY))], id="one is added"),
        pytest.param(
            (a_waiver(),),
            (a_waiver(expires=LATER),),
            [Loosening("waivers", f"until {TODAY}", SHOWN.format(LATER))],
            id="one is prolonged",
        ),
        pytest.param(
            (a_waiver(expires=LATER), a_waiver()), (a_waiver(expires=LATER),), [], id="boundary: there are two"
        ),
        pytest.param(
            (a_waiver(),),
            (a_waiver(rule="TK202"), a_waiver("t.py::b")),
            [
                Loosening("waivers", "nothing", SHOWN.format(TODAY).replace("TK201", "TK202")),
                Loosening("waivers", "nothing", f'TK201 for t.py::b until {TODAY} ("upstream bug 4711", billing)'),
            ],
            id="others",
        ),
    ],
)
def test_requested__table(base: tuple[Waiver, ...], head: tuple[Waiver, ...], expected: list[Loosening]) -> None:
    assert list(requested(base, head)) == expected


OLD, NEW = a_waiver(), a_waiver(rule="TK202")
LONG = a_waiver(expires=LATER)


@pytest.mark.parametrize(
    ("source", "base", "head", "expected"),
    [
        pytest.param("base", (OLD,), (NEW,), (OLD,), id="the base's"),
        pytest.param("base", (OLD,), (), (OLD,), id="the base's, although the change removes it"),
        pytest.param("base", (OLD,), (LONG,), (OLD,), id="the base's, although the change prolongs it"),
        pytest.param("head", (OLD,), (NEW,), (NEW, OLD), id="of both sides"),
        pytest.param("head", (OLD,), (LONG,), (LONG,), id="of both sides, and the same"),
    ],
)
def test_honoured__table(
    source: str, base: tuple[Waiver, ...], head: tuple[Waiver, ...], expected: tuple[Waiver, ...]
) -> None:
    policy = Policy(waivers=base, waivers_from=source)

    assert honoured(policy, Policy(waivers=head)) == expected
    assert tightened(policy, Policy(waivers=head)).waivers == expected


def test_tightened__some_keys_loosened_and_others_tightened__takes_the_stricter_of_each() -> None:
    base = Policy(
        coverage=CoveragePolicy(overall=80.0, diff=50.0, layers={"calc": CALC, "core": CORE}),
        suites=SuitesPolicy(budgets={Stage.UNIT: "1s", Stage.E2E: "1m"}),
    )
    init = Layer(paths=("**/__init__.py",), minimum=50.0)
    core = Layer(paths=CORE.paths, minimum=90.0)
    head = Policy(
        timeout="5m",
        coverage=CoveragePolicy(overall=85.0, diff=10.0, branch=True, layers={"init": init, "core": core}),
        suites=SuitesPolicy(budgets={Stage.UNIT: "2s", Stage.E2E: "30s", Stage.INTEGRATION: "5s"}),
    )

    in_force = tightened(base, head)

    assert in_force == Policy(
        timeout="5m",
        coverage=CoveragePolicy(
            overall=85.0, diff=50.0, branch=True, layers={"calc": CALC, "core": core, "init": init}
        ),
        suites=SuitesPolicy(budgets={Stage.UNIT: "1s", Stage.E2E: "30s", Stage.INTEGRATION: "5s"}),
    )
    assert list(in_force.coverage.layers) == ["calc", "core", "init"], "the base's come first"


def test_tightened__commands_are_taken_away_and_added__runs_both() -> None:
    base = Policy(commands={"lint": ("yamllint .", "zizmor ."), "typing": ("pyright",)})
    head = Policy(commands={"lint": ("codespell", "zizmor --offline .")})

    assert tightened(base, head).commands == {
        "lint": ("codespell", "zizmor --offline .", "yamllint ."),
        "typing": ("pyright",),
    }


def test_tightened__everything_deleted__is_the_bases_policy() -> None:
    base = Policy(coverage=CoveragePolicy(overall=95.0, layers={"calc": CALC}), waivers=(a_waiver(),))
    head = msgspec.structs.replace(base, coverage=CoveragePolicy(), waivers=())

    assert tightened(base, head).coverage.overall == 95.0
    assert tightened(base, head).waivers == base.waivers


LOW = Layer(paths=("app/**",), minimum=10.0)


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param(
            layers(calc=CALC),
            layers(low=LOW, calc=CALC),
            (Loosening("coverage.layers.calc", "app/calc.py in layer calc", "app/calc.py in layer low"),),
            id="a new layer comes first and demands less",
        ),
        pytest.param(
            layers(calc=CALC, low=LOW),
            layers(low=LOW, calc=CALC),
            (Loosening("coverage.layers.calc", "app/calc.py in layer calc", "app/calc.py in layer low"),),
            id="layers change places",
        ),
        pytest.param(layers(calc=CALC), layers(calc=CALC, low=LOW), (), id="a new layer comes last"),
        pytest.param(
            layers(calc=CALC),
            layers(high=Layer(paths=("app/**",), minimum=70.0), calc=CALC),
            (),
            id="boundary: a new layer comes first and demands as much",
        ),
        pytest.param(
            layers(calc=CALC),
            layers(low=LOW, calc=Layer(paths=CALC.paths, minimum=60.0)),
            (),
            id="boundary: the layer is loosened itself",
        ),
        pytest.param(
            layers(calc=CALC),
            layers(low=Layer(paths=("lib/**",), minimum=10.0), calc=CALC),
            (),
            id="a new layer comes first and has other files",
        ),
    ],
)
def test_taken_from_layers__table(base: Policy, head: Policy, expected: tuple[Loosening, ...]) -> None:
    assert taken_from_layers(base, head, ["app/__init__.py", "app/calc.py", "app/sub/calc.py"]) == expected

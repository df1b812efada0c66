"""TK503: what a change loosens, in its policy and in pytest's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
import pytest

from builders import BASE, TODAY, a_baseline, a_change, a_record, a_suite, a_test, a_waiver, findings_of, the_facts
from testkeep.model.coverage import Coverage, FileCoverage, Ratio
from testkeep.model.evidence import Evidence
from testkeep.model.finding import Finding, Severity
from testkeep.model.policy import CoveragePolicy, Layer, Policy, Waiver
from testkeep.model.policy_change import PolicyChange, Uncounted
from testkeep.model.stage import Stage
from testkeep.rules.base import Baseline
from testkeep.rules.waived_keys import loosenable

AT = BASE[:12]
_FOUND = partial(Finding, code="TK503", name="policy-loosened")
_ERROR = partial(_FOUND, severity=Severity.ERROR)
_WARNING = partial(_FOUND, severity=Severity.WARNING)
_REQUEST = partial(
    _WARNING,
    test="waivers",
    help="Waivers are read from the base commit: merge the waiver by itself first, then the change that needs it.",
)
CALC, LOW = Layer(paths=("**/calc.py",), minimum=70.0), Layer(paths=("app/**",), minimum=10.0)


def _escape(key: str) -> str:
    return (
        f'Put it back. If it is meant, first merge a waiver with rule = "TK503" and test = "{key}" into the base '
        "branch."
    )


def _policy(overall: float = 80.0, diff: float = 75.0, **layers: Layer) -> Policy:
    return Policy(coverage=CoveragePolicy(overall=overall, diff=diff, layers=layers))


def _lowered(overall: float) -> Finding:
    return _ERROR(
        message=f"coverage.overall is loosened: 80 at {AT}, {overall:g} now",
        help=f"{AT}'s value stays in force. {_escape('coverage.overall')}",
        test="coverage.overall",
        path="pyproject.toml",
    )


def _change(base: Policy | None, head: Policy, **rest: str | tuple[str, ...]) -> PolicyChange:
    return a_change(base, head, file="pyproject.toml", **rest)


@pytest.mark.parametrize(
    ("change", "waivers", "expected"),
    [
        pytest.param(_change(_policy(80.0), _policy(90.0)), (), (), id="passing: tightened"),
        pytest.param(_change(_policy(80.0), _policy(80.0)), (), (), id="boundary: the same"),
        pytest.param(None, (), (), id="missing evidence: there is no base"),
        pytest.param(_change(_policy(80.0), _policy(35.0)), (), (_lowered(35.0),), id="failing"),
        pytest.param(
            _change(_policy(80.0), _policy(79.0, 1.0)),
            (),
            (
                _ERROR(
                    message=f"coverage.diff is loosened: 75 at {AT}, 1 now",
                    help=f"{AT}'s value stays in force. {_escape('coverage.diff')}",
                    test="coverage.diff",
                    path="pyproject.toml",
                ),
                _lowered(79.0),
            ),
            id="failing: two keys",
        ),
        pytest.param(
            _change(_policy(80.0), _policy(35.0)),
            (a_waiver("coverage.overall", "TK503"),),
            ("coverage.overall",),
            id="waived",
        ),
        pytest.param(
            _change(_policy(80.0), _policy(35.0)),
            (a_waiver("coverage.diff", "TK503"), a_waiver("coverage.overall", "TK301")),
            (_lowered(35.0),),
            id="not waived: another key, another rule",
        ),
        pytest.param(_change(None, _policy(1.0)), (), (), id="boundary: a first adoption is compared with nothing"),
        pytest.param(
            _change(None, Policy(waivers=(a_waiver(),))),
            (),
            (
                _REQUEST(
                    message="a request that is not honoured: waivers: TK201 for tests/unit/test_cart.py::test_add "
                    f'until {TODAY} ("upstream bug 4711", billing); at {AT}: nothing',
                    path="pyproject.toml",
                ),
            ),
            id="a waiver comes with the first adoption",
        ),
        pytest.param(
            _change(Policy(waivers=(a_waiver(expires=TODAY.replace(year=2001)),)), Policy(waivers=(a_waiver(),))),
            (),
            (
                _REQUEST(
                    message="a request that is not honoured: waivers: TK201 for tests/unit/test_cart.py::test_add "
                    f'until {TODAY} ("upstream bug 4711", billing); at {AT}: until 2001-11-20',
                    path="pyproject.toml",
                ),
            ),
            id="a waiver is prolonged",
        ),
        pytest.param(
            _change(None, _policy(1.0), problem="not valid TOML"),
            (),
            (
                _WARNING(
                    message=f"the policy at {AT} cannot be read, so the head's own is in force: not valid TOML",
                    help="Nothing was compared: look at what the change does to the policy.",
                    path="pyproject.toml",
                ),
            ),
            id="missing evidence: the base's policy is broken",
        ),
        pytest.param(
            _change(_policy(80.0), _policy(80.0), problem="not valid TOML", remembered="f" * 40),
            (),
            (
                _WARNING(
                    message=f"the policy at {AT} cannot be read, so that of {'f' * 12} is in force: not valid TOML",
                    help="The change is compared with it, and may be stricter.",
                    path="pyproject.toml",
                ),
            ),
            id="the base's policy is broken, and an older one is known",
        ),
        pytest.param(
            _change(Policy(source=("app", "lib")), Policy(source=("app",)), unmeasured=("lib/a.py", "lib/b.py")),
            (),
            (
                _ERROR(
                    message=f'source is loosened: ["app", "lib"] at {AT}, ["app"] now; lib/a.py and 1 more would not '
                    "count any more",
                    help=_escape("source"),
                    test="source",
                    path="pyproject.toml",
                ),
            ),
            id="failing: files are left out of the source",
        ),
        pytest.param(
            _change(Policy(source=("app",)), Policy(source=("backend",))),
            (),
            (
                _WARNING(
                    message=f'source is loosened: ["app"] at {AT}, ["backend"] now; no Python file of the old one is '
                    "left out",
                    help="If the code was moved, see that the new source has it.",
                    test="source",
                    path="pyproject.toml",
                ),
            ),
            id="boundary: the source's folder is gone",
        ),
        *(
            pytest.param(
                _change(base, Policy(), unmeasured=("tools/a.py", "tools/b.py")),
                (),
                (
                    _ERROR(
                        message=f"tools/a.py and 1 more counted for coverage at {AT}, and would not any more",
                        help=_escape("source").replace(
                            "Put it back.", "Add its folder to source, or to coverage.include, or move it back."
                        ),
                        test="source",
                        path="pyproject.toml",
                    ),
                ),
                id=f"failing: code leaves a source that is {kind}",
            )
            for base, kind in ((Policy(), "written down nowhere"), (None, "under no policy at the base"))
        ),
    ],
)
def test_tk503__policy__table(
    change: PolicyChange | None, waivers: tuple[Waiver, ...], expected: tuple[Finding | str, ...]
) -> None:
    found = findings_of("TK503", the_facts(a_record(a_test()), policy_change=change), *waivers)

    if any(isinstance(entry, str) for entry in expected):
        assert tuple(finding.test for finding in found if finding.waived) == expected
    else:
        assert sorted(found, key=str) == sorted(expected, key=str)


_LINT = ["yamllint --strict .", "check a b"]


@pytest.mark.parametrize(
    ("head", "policy", "expected"),
    [
        pytest.param(_LINT, Policy(), None, id="passing: the same"),
        pytest.param(["yamllint --strict . docs", "check a b"], Policy(), None, id="passing: more to do"),
        pytest.param(["yamllint .", "check a b"], Policy(), Severity.WARNING, id="failing: an argument is gone"),
        pytest.param(["yamllint --version", "check a b"], Policy(), Severity.WARNING, id="failing: nothing to do"),
        pytest.param(
            ["yamllint .", "check a b"],
            Policy(loosened_tools="block"),
            Severity.ERROR,
            id="failing: the policy blocks it",
        ),
        pytest.param(["yamllint --strict .", "check a", "check b"], Policy(), None, id="boundary: in two commands"),
    ],
)
def test_tk503__arguments_of_commands__table(head: list[str], policy: Policy, expected: Severity | None) -> None:
    change = _change(Policy(commands={"lint": tuple(_LINT)}), Policy(commands={"lint": tuple(head)}))

    found = findings_of("TK503", the_facts(a_record(a_test()), policy_change=change, policy=policy))

    assert [(one.severity, one.test) for one in found] == ([(expected, "commands.lint")] if expected else [])


@pytest.mark.parametrize(
    ("one", "severity", "message"),
    [
        pytest.param(
            Uncounted(path="tests/rules.py", was="app/rules.py"),
            Severity.NOTE,
            f"app/rules.py counted for coverage at {AT}; tests/rules.py has it now, which does not count",
            id="boundary: it may help tests",
        ),
        pytest.param(
            Uncounted(path="tests/rules.py", was="app/rules.py", names=("f", "g"), is_imported=True),
            Severity.ERROR,
            f"f, g of app/rules.py counted for coverage at {AT}; tests/rules.py has it now, which does not count",
            id="failing: production code imports it",
        ),
        pytest.param(
            Uncounted(path="scripts/a.py", was="app/rules.py", names=("f",)),
            Severity.WARNING,
            f"f of app/rules.py counted for coverage at {AT}; scripts/a.py has it now, which does not count",
            id="failing: it is no test's helper",
        ),
        pytest.param(
            Uncounted(path="tests/rules.py", is_imported=True),
            Severity.WARNING,
            "tests/rules.py does not count: it is among the tests, outside of source; production code imports it",
            id="failing: it is new",
        ),
    ],
)
def test_tk503__code_that_does_not_count__table(one: Uncounted, severity: Severity, message: str) -> None:
    change = _change(None, Policy(), uncounted=(one,))

    (found,) = findings_of("TK503", the_facts(a_record(a_test()), policy_change=change))

    assert (found.severity, found.message, found.test) == (severity, message, "source")


def test_tk503__code_that_does_not_count__is_waived_by_the_source() -> None:
    change = _change(None, Policy(), uncounted=(Uncounted(path="tests/a.py", was="app/a.py", is_imported=True),))

    (found,) = findings_of("TK503", the_facts(a_record(a_test()), policy_change=change), a_waiver("source", "TK503"))

    assert found.waived


def _measured(path: str) -> Coverage:
    return Coverage(files={path: FileCoverage(ratio=Ratio(1, 1))})


@pytest.mark.parametrize(
    ("coverage", "n_findings"),
    [
        pytest.param(_measured("app/calc.py"), 1, id="failing"),
        pytest.param(_measured("app/main.py"), 0, id="passing: no such file"),
        pytest.param(None, 0, id="missing evidence: nothing was measured"),
    ],
)
def test_tk503__new_layer_takes_files_away__is_named_where_coverage_is_measured(
    coverage: Coverage | None, n_findings: int
) -> None:
    change = a_change(_policy(calc=CALC), _policy(low=LOW, calc=CALC))

    found = findings_of("TK503", the_facts(a_record(a_test()), coverage=coverage, policy_change=change))

    assert [finding.test for finding in found] == ["coverage.layers.calc"] * n_findings


def test_tk503__coverage_leaves_out_more__is_a_warning_for_each_option() -> None:
    same = _policy(low=LOW)
    options = (("run.omit", "nothing", "a/*"), ("run.branch", "true", "no"))
    change = msgspec.structs.replace(a_change(same, same), coverage=options)

    found = findings_of("TK503", the_facts(a_record(a_test()), policy_change=change))

    assert [(one.severity, one.test, one.message) for one in found] == [
        ("warning", "tool.coverage.run.branch", f"coverage.py leaves out more: run.branch is true at {AT}, no now"),
        ("warning", "tool.coverage.run.omit", f"coverage.py leaves out more: run.omit is nothing at {AT}, a/* now"),
    ]


def test_tk503__project_in_a_folder__names_the_file_as_the_repository_does() -> None:
    change = _change(_policy(80.0), _policy(35.0))

    (found,) = findings_of("TK503", the_facts(a_record(a_test()), project="backend", policy_change=change))

    assert found.path == "backend/pyproject.toml"


def _with(ini: Mapping[str, str], job: str = "unit") -> Evidence:
    return a_record(suite=a_suite(a_test(stage=Stage(job)), ini=ini), job=job)


UNSET = {"strict": "False", "xfail_strict": "None", "strict_xfail": "None", "strict_markers": "None"}
STRICT = UNSET | {"strict": "True"}


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param({"filterwarnings": "error"}, {"filterwarnings": ""}, {"filterwarnings"}, id="no error"),
        pytest.param(
            {"filterwarnings": "error ignore::UserWarning"},
            {"filterwarnings": "ignore::UserWarning error"},
            set(),
            id="boundary: in another order",
        ),
        pytest.param(
            {"filterwarnings": "error"},
            {"filterwarnings": "error::UserWarning"},
            {"filterwarnings"},
            id="an error for one category only",
        ),
        pytest.param(
            {"filterwarnings": "error::UserWarning"}, {"filterwarnings": "error"}, set(), id="an error for all"
        ),
        pytest.param(
            {"filterwarnings": "ignore:an errors list"}, {"filterwarnings": ""}, set(), id="boundary: a word in a text"
        ),
        pytest.param({"filterwarnings": "default"}, {"filterwarnings": ""}, set(), id="no error before either"),
        pytest.param(
            {"filterwarnings": "error"}, {"filterwarnings": "error ignore::X"}, {"filterwarnings"}, id="one is ignored"
        ),
        pytest.param(
            {"filterwarnings": "error ignore:a b:X"},
            {"filterwarnings": "error"},
            set(),
            id="one is not ignored any more",
        ),
        pytest.param({"filterwarnings": ""}, {"filterwarnings": "ignore::X"}, set(), id="boundary: it was no error"),
        pytest.param({"addopts": "-q -W error"}, {"addopts": "-q"}, {"addopts"}, id="no error by an option"),
        pytest.param({"addopts": "-Werror"}, {"filterwarnings": "error"}, set(), id="boundary: by a filter instead"),
        pytest.param({"addopts": ""}, {"addopts": "-p no:warnings"}, {"addopts"}, id="no warnings at all"),
        pytest.param({"addopts": ""}, {"addopts": "-p xdist -ra"}, set(), id="other options"),
        pytest.param({"addopts": "--strict-markers"}, {"addopts": ""}, {"addopts"}, id="not strict with marks"),
        pytest.param(
            {"addopts": "--strict-markers"}, {"strict_markers": "True"}, set(), id="boundary: strict in another way"
        ),
        pytest.param({"xfail_strict": "True"}, {"xfail_strict": "False"}, {"xfail_strict"}, id="xfail_strict"),
        pytest.param({"xfail_strict": "False"}, {"xfail_strict": "True"}, set(), id="xfail_strict, the other way"),
        pytest.param(
            UNSET | {"xfail_strict": "True", "strict_xfail": "True"},
            UNSET,
            {"xfail_strict"},
            id="boundary: both names of xfail_strict are one setting",
        ),
        pytest.param(UNSET | {"strict_markers": "True"}, UNSET, {"strict_markers"}, id="strict_markers"),
        pytest.param({"strict_config": "True"}, {}, {"strict_config"}, id="strict_config"),
        pytest.param(STRICT, UNSET, {"strict"}, id="strict is named alone"),
        pytest.param(STRICT, STRICT | {"strict_markers": "False"}, {"strict_markers"}, id="an exception from strict"),
        pytest.param(
            {"strict": "True", "xfail_strict": "None", "strict_markers": "None", "strict_config": "None"},
            {"strict": "False", "xfail_strict": "True", "strict_markers": "True", "strict_config": "True"},
            set(),
            id="boundary: the parts of strict by themselves",
        ),
        pytest.param({}, {}, set(), id="missing evidence: nothing was recorded"),
    ],
)
def test_tk503__pytest_is_more_lenient__is_a_warning(
    base: Mapping[str, str], head: Mapping[str, str], expected: set[str]
) -> None:
    found = findings_of("TK503", the_facts(_with(head), baseline=a_baseline(_with(base))))

    assert {finding.test for finding in found} == {f"pytest.{key}" for key in expected}
    assert all(finding.severity is Severity.WARNING for finding in found)


def test_tk503__pytest_is_more_lenient__names_old_and_new() -> None:
    (found,) = findings_of(
        "TK503",
        the_facts(_with({"filterwarnings": ""}), baseline=a_baseline(_with({"filterwarnings": "error"}))),
    )

    assert found == _WARNING(
        message=f'pytest became more lenient: filterwarnings is "error" at {AT}, "" now',
        help="If it is meant, nothing needs to be done.",
        test="pytest.filterwarnings",
    )


@pytest.mark.parametrize(
    ("records", "baseline", "n_findings"),
    [
        pytest.param(
            (_with({}), _with({}, "e2e")),
            a_baseline(_with({"xfail_strict": "True"}), _with({"xfail_strict": "True"}, "e2e")),
            1,
            id="boundary: in two stages",
        ),
        pytest.param((_with({}, "e2e"),), a_baseline(_with({"xfail_strict": "True"})), 0, id="in another stage"),
        pytest.param(
            (_with({}),), a_baseline(problem="cut off"), 0, id="missing evidence: the baseline is unavailable"
        ),
        pytest.param((_with({}),), None, 0, id="missing evidence: no baseline"),
    ],
)
def test_tk503__pytest_in_several_stages__is_compared_stage_by_stage(
    records: tuple[Evidence, ...], baseline: Baseline | None, n_findings: int
) -> None:
    facts = the_facts(*records, stages=(Stage.UNIT, Stage.E2E), baseline=baseline)

    assert len(findings_of("TK503", facts)) == n_findings


@pytest.mark.parametrize(
    ("waiver", "keys"),
    [
        pytest.param(a_waiver("coverage.diff", "TK503"), {"coverage.diff"}, id="on its last day"),
        pytest.param(a_waiver("coverage.diff", "TK503", expires=TODAY.replace(day=19)), set(), id="a day later"),
        pytest.param(a_waiver("coverage.diff", "TK303"), set(), id="of another rule"),
    ],
)
def test_loosenable__table(waiver: Waiver, keys: set[str]) -> None:
    assert loosenable([waiver], TODAY) == keys

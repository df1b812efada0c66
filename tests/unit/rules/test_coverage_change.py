"""TK303 to TK305: what a change does to coverage."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from builders import a_record, a_test, a_waiver, findings_of, the_facts
from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, FileCoverage, Ratio
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage
from testkeep.model.finding import Finding, Severity
from testkeep.model.gap import Gap
from testkeep.model.policy import CoveragePolicy, Layer, Policy, Waiver
from testkeep.rules.base import Facts

_LAYERS = {"service": Layer(paths=("**/service.py",), minimum=0.0), "rest": Layer(paths=("**",), minimum=0.0)}


def _facts(
    coverage: Coverage | None,
    *,
    diff: DiffCoverage | None = None,
    base: BaseCoverage | None = None,
    policy: CoveragePolicy | None = None,
    project: str = "",
) -> Facts:
    chosen = Policy(coverage=policy or CoveragePolicy(overall=0.0, layers=_LAYERS))
    facts = the_facts(a_record(a_test()), policy=chosen, coverage=coverage, project=project)
    return replace(facts, diff=diff, base_coverage=base)


def _covered(**files: tuple[int, int]) -> Coverage:
    return Coverage(files={f"app/{name}.py": FileCoverage(ratio=Ratio(*ratio)) for name, ratio in files.items()})


def _changed(covered: int, missing: int) -> DiffCoverage:
    lines = tuple(range(1, covered + missing + 1))
    return DiffCoverage(files={"app/a.py": ChangedFile(covered=lines[:covered], missing=lines[covered:])})


def _shortfall(shown: str, missing: str, total: int) -> Finding:
    return Finding(
        code="TK303",
        name="coverage-diff",
        severity=Severity.ERROR,
        message=f"coverage of the changed lines is {shown} %, and 90 % are needed: {missing} of {total} must be run",
        help="'testkeep gate --coverage-reports' writes diff-cover.html, which shows them.",
        test="coverage.diff",
    )


@pytest.mark.parametrize(
    ("diff", "expected"),
    [
        pytest.param(_changed(10, 0), [], id="passing"),
        pytest.param(_changed(9, 1), [], id="boundary: exactly the minimum"),
        pytest.param(_changed(8, 2), [_shortfall("80", "1 more line", 10)], id="failing"),
        pytest.param(
            _changed(8_999, 1_001), [_shortfall("89.99", "1 more line", 10_000)], id="boundary: 89.99 is not 90"
        ),
        pytest.param(_changed(0, 0), [], id="boundary: a change without lines that can be covered"),
        pytest.param(DiffCoverage(files={}), [], id="boundary: no change"),
        pytest.param(None, [], id="missing evidence: nobody knows what changed"),
    ],
)
def test_tk303__table(diff: DiffCoverage | None, expected: list[Finding]) -> None:
    assert list(findings_of("TK303", _facts(_covered(a=(1, 1)), diff=diff))) == expected


def test_tk303__waiver_that_names_the_key__waives() -> None:
    facts = _facts(_covered(a=(1, 1)), diff=_changed(0, 5))
    assert [one.waived for one in findings_of("TK303", facts, a_waiver(test="coverage.diff", rule="TK303"))] == [True]


def test_tk303__gaps_are_known__stands_at_the_first_one_and_names_all() -> None:
    gaps = tuple(Gap(path=f"app/{name}.py", function="f", line=3, missing=2, ranges=((3, 4),)) for name in "ab")
    facts = replace(_facts(_covered(a=(1, 1)), diff=_changed(0, 5)), gaps={"coverage.diff": gaps})
    (found,) = findings_of("TK303", facts)
    assert (found.path, found.line) == ("app/a.py", 3)
    assert found.help.splitlines()[1:] == ["app/a.py:3-4 (2 lines in f)", "app/b.py:3-4 (2 lines in f)"]


def _base(**files: tuple[int, int]) -> BaseCoverage:
    totals = CoverageTotals(files={f"app/{name}.py": Ratio(*ratio) for name, ratio in files.items()})
    return BaseCoverage(whole=totals, kept=totals)


_STRICT, _SLACK = CoveragePolicy(layers=_LAYERS), CoveragePolicy(layers=_LAYERS, slack_percent=0.5)
_FELL = "coverage fell from 90 % (900 of 1000) to 89.9 % (899 of 1000)"
_REST = "coverage of the rest layer fell from 90 % (900 of 1000) to 89.9 % (899 of 1000)"


def test_tk304__branches_at_the_head_alone__compares_lines() -> None:
    file = FileCoverage(ratio=Ratio(8, 20), lines=Ratio(8, 10))
    now, base = Coverage(files={"app/a.py": file}, branch=True), msgspec.structs.replace(
        _base(a=(9, 10)), lines_only=True
    )

    found = findings_of("TK304", _facts(now, base=base, policy=CoveragePolicy(layers={})))

    assert [finding.message for finding in found] == ["coverage fell from 90 % (9 of 10) to 80 % (8 of 10)"]


@pytest.mark.parametrize(
    ("now", "base", "policy", "expected"),
    [
        pytest.param(_covered(a=(91, 100)), _base(a=(90, 100)), _STRICT, {}, id="passing: more"),
        pytest.param(_covered(a=(9, 10)), _base(a=(90, 100)), _STRICT, {}, id="boundary: the same, of fewer lines"),
        pytest.param(
            _covered(a=(899, 1000)),
            _base(a=(900, 1000)),
            _STRICT,
            {"coverage.ratchet": _FELL, "coverage.ratchet.rest": _REST},
            id="failing: by one line",
        ),
        pytest.param(_covered(a=(895, 1000)), _base(a=(900, 1000)), _SLACK, {}, id="boundary: exactly the slack"),
        pytest.param(
            _covered(a=(894, 1000)),
            _base(a=(900, 1000)),
            _SLACK,
            {
                "coverage.ratchet": "coverage fell from 90 % (900 of 1000) to 89.4 % (894 of 1000); 0.5 percent points "
                "are allowed",
                "coverage.ratchet.rest": "coverage of the rest layer fell from 90 % (900 of 1000) to 89.4 % (894 of "
                "1000); 0.5 percent points are allowed",
            },
            id="failing: more than the slack",
        ),
        pytest.param(
            _covered(service=(5, 10), a=(90, 90)),
            _base(service=(9, 10), a=(80, 90)),
            _STRICT,
            {"coverage.ratchet.service": "coverage of the service layer fell from 90 % (9 of 10) to 50 % (5 of 10)"},
            id="failing: a layer, though more is covered overall",
        ),
        pytest.param(_covered(service=(0, 10)), _base(service=(0, 0)), _STRICT, {}, id="boundary: nothing was there"),
        pytest.param(_covered(a=(0, 0)), _base(a=(9, 10)), _STRICT, {}, id="boundary: nothing is left to cover"),
        pytest.param(_covered(a=(1, 10)), _base(a=(9, 10)), CoveragePolicy(ratchet=False), {}, id="not wanted"),
        pytest.param(
            _covered(a=(4040, 4041)), _base(a=(4043, 4044)), CoveragePolicy(), {}, id="tested lines were taken away"
        ),
        pytest.param(
            _covered(a=(5, 10), b=(8, 10)),
            _base(a=(5, 20), b=(90, 100)),
            CoveragePolicy(),
            {},
            id="lines were taken away in two files, and no file has more that no test runs",
        ),
        pytest.param(
            _covered(a=(800, 900), b=(4, 10)),
            _base(a=(900, 1000), b=(9, 10)),
            CoveragePolicy(),
            {"coverage.ratchet": "coverage fell from 90 % (909 of 1010) to 88.35 % (804 of 910)"},
            id="what was taken away in one file does not make up for another",
        ),
        pytest.param(_covered(a=(1, 10)), None, _STRICT, {}, id="missing evidence: no base"),
        pytest.param(None, _base(a=(9, 10)), _STRICT, {}, id="missing evidence: nothing was measured"),
    ],
)
def test_tk304__table(
    now: Coverage | None, base: BaseCoverage | None, policy: CoveragePolicy, expected: dict[str, str]
) -> None:
    found = findings_of("TK304", _facts(now, base=base, policy=policy))
    assert {one.test: one.message for one in found} == expected
    assert {one.severity for one in found} <= {Severity.ERROR}


def test_tk304__files_that_lost_most__are_named_the_worst_first() -> None:
    now = _covered(a=(5, 10), b=(1, 10), c=(9, 10), new=(0, 3))
    found, *_ = findings_of("TK304", _facts(now, base=_base(a=(9, 10), b=(9, 10), c=(8, 10)), project="backend"))
    assert found.help.splitlines() == [
        "Run the lines that are new, or those that removed tests ran.",
        "backend/app/b.py: 8 lines more that no test runs",
        "backend/app/a.py: 4 lines more that no test runs",
        "backend/app/new.py: 3 lines more that no test runs",
    ]


@pytest.mark.parametrize(
    ("waiver", "waived"),
    [
        pytest.param(a_waiver(test="coverage.ratchet", rule="TK304"), {"coverage.ratchet"}, id="overall"),
        pytest.param(a_waiver(test="coverage.ratchet.rest", rule="TK304"), {"coverage.ratchet.rest"}, id="a layer"),
        pytest.param(a_waiver(test="coverage.overall", rule="TK304"), set(), id="another key"),
    ],
)
def test_tk304__waiver__waives_what_it_names(waiver: Waiver, waived: set[str]) -> None:
    found = findings_of("TK304", _facts(_covered(a=(1, 10)), base=_base(a=(9, 10))), waiver)
    assert {one.test for one in found if one.waived} == waived


def _file(executed: tuple[int, ...], missing: tuple[int, ...]) -> FileCoverage:
    ratio = Ratio(len(executed), len(executed) + len(missing))
    return FileCoverage(ratio=ratio, executed=executed, missing=missing)


_NEW = {"backend/app/a.py": ChangedFile(missing=(2, 3))}


@pytest.mark.parametrize(
    ("file", "diff", "expected"),
    [
        pytest.param(_file((1, 2, 3), ()), {"backend/app/a.py": ChangedFile(covered=(2, 3))}, [], id="passing"),
        pytest.param(
            _file((), (1, 2, 3)),
            _NEW,
            [("backend/app/a.py", 2, "backend/app/a.py was changed and never measured: no test imports it (3 lines)")],
            id="failing: not one line of it ran",
        ),
        pytest.param(_file((1,), (2, 3)), _NEW, [], id="boundary: it was imported, that is all"),
        pytest.param(_file((), (1, 2)), {}, [], id="boundary: it was not changed"),
        pytest.param(_file((), (1, 2)), {"backend/app/a.py": ChangedFile()}, [], id="boundary: only a comment was"),
    ],
)
def test_tk305__table(file: FileCoverage, diff: dict[str, ChangedFile], expected: list[tuple[str, int, str]]) -> None:
    facts = _facts(Coverage(files={"app/a.py": file}), diff=DiffCoverage(files=diff), project="backend")
    found = findings_of("TK305", facts)
    assert [(one.path, one.line, one.message) for one in found] == expected
    assert [one.test for one in found] == [path for path, *_ in expected]


@pytest.mark.parametrize(
    ("changed", "n_findings"), [pytest.param({"app/b.py": (1,)}, 1, id="failing"), pytest.param({}, 0, id="passing")]
)
def test_tk305__changed_file_that_cannot_be_parsed__is_named(
    changed: dict[str, tuple[int, ...]], n_findings: int
) -> None:
    coverage = Coverage(files={}, unreadable=("app/b.py",))
    facts = replace(_facts(coverage, diff=DiffCoverage(files={})), changed_lines=changed)
    assert [one.message for one in findings_of("TK305", facts)] == [
        "app/b.py was changed and never measured: coverage.py cannot parse it"
    ] * n_findings


def test_tk305__missing_evidence__says_nothing() -> None:
    assert not findings_of("TK305", _facts(None, diff=DiffCoverage(files=_NEW)))
    assert not findings_of("TK305", _facts(Coverage(files={"app/a.py": _file((), (1,))})))


def test_tk305__waiver_that_names_the_file__waives() -> None:
    facts = _facts(Coverage(files={"app/a.py": _file((), (2, 3))}), diff=DiffCoverage(files=_NEW), project="backend")
    found = findings_of("TK305", facts, a_waiver(test="backend/app/a.py", rule="TK305"))
    assert [one.waived for one in found] == [True]

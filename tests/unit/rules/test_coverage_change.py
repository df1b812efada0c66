"""TK303 to TK305: what a change does to coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec
import pytest

from builders import a_record, a_test, a_waiver, findings_of, the_facts
from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, FileCoverage, Ratio
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage
from testkeep.model.finding import Finding, Severity
from testkeep.model.gap import Gap
from testkeep.model.kept_coverage import Untested
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
    untested: Mapping[str, Untested] | None = None,
) -> Facts:
    chosen = Policy(coverage=policy or CoveragePolicy(overall=0.0, layers=_LAYERS))
    facts = the_facts(a_record(a_test()), policy=chosen, coverage=coverage, project=project)
    return replace(facts, diff=diff, base_coverage=base, untested=untested or {})


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
_PLAIN = CoveragePolicy(layers={})
_FELL = "fell from 90 % (900 of 1000) to 89.9 % (899 of 1000)"
_NONE_DOES = "as at the base, where a test ran them, and none does now"


def _lost(number: int, file: str = "a") -> dict[str, Untested]:
    return {f"app/{file}.py": Untested(lost=tuple(range(1, number + 1)))}


def _new(number: int, file: str = "a") -> dict[str, Untested]:
    return {f"app/{file}.py": Untested(new=tuple(range(1, number + 1)))}


@pytest.mark.parametrize(
    ("now", "base", "untested", "policy", "expected"),
    [
        pytest.param(_covered(a=(91, 100)), _base(a=(90, 100)), {}, _STRICT, {}, id="passing: more"),
        pytest.param(
            _covered(a=(50, 60)), _base(a=(90, 100)), {}, _STRICT, {}, id="passing: tested lines were removed"
        ),
        pytest.param(
            _covered(a=(899, 1000)),
            _base(a=(900, 1000)),
            _lost(1),
            _STRICT,
            {
                "coverage.ratchet": f"coverage {_FELL}; 1 line or branch is {_NONE_DOES}",
                "coverage.ratchet.rest": f"coverage of the rest layer {_FELL}; 1 line or branch is {_NONE_DOES}",
            },
            id="failing: one line lost it",
        ),
        pytest.param(
            _covered(a=(19, 20)),
            _base(a=(19, 40)),
            _lost(1),
            _PLAIN,
            {"coverage.ratchet": f"coverage is 95 % (19 of 20); 1 line or branch is {_NONE_DOES}"},
            id="failing: lines that no test ran were removed, which hides that one lost it",
        ),
        pytest.param(
            _covered(a=(9, 10)),
            _base(a=(9, 10)),
            {"app/a.py": Untested(branches=2)},
            _PLAIN,
            {"coverage.ratchet": f"coverage is 90 % (9 of 10); 2 lines or branches are {_NONE_DOES}"},
            id="failing: branches lost it",
        ),
        pytest.param(_covered(a=(995, 1000)), _base(a=(1, 1)), _lost(5), _SLACK, {}, id="boundary: exactly the slack"),
        pytest.param(
            _covered(a=(994, 1000)),
            _base(a=(1000, 1000)),
            _lost(6),
            CoveragePolicy(layers={}, slack_percent=0.5),
            {
                "coverage.ratchet": "coverage fell from 100 % (1000 of 1000) to 99.4 % (994 of 1000); "
                f"6 lines or branches are {_NONE_DOES}; 0.5 percent points are allowed"
            },
            id="failing: more than the slack",
        ),
        pytest.param(
            _covered(service=(5, 10), a=(90, 90)),
            _base(service=(9, 10), a=(80, 90)),
            _new(4, "service"),
            _STRICT,
            {"coverage.ratchet.service": "coverage of the service layer fell from 90 % (9 of 10) to 50 % (5 of 10)"},
            id="failing: new lines of a layer, though more is covered overall",
        ),
        pytest.param(
            _covered(service=(0, 10)), _base(service=(0, 0)), _new(9), _STRICT, {}, id="boundary: a new layer"
        ),
        pytest.param(_covered(a=(0, 0)), _base(a=(9, 10)), {}, _STRICT, {}, id="boundary: nothing is left to cover"),
        pytest.param(
            _covered(a=(1, 10)), _base(a=(9, 10)), _lost(8), CoveragePolicy(ratchet=False), {}, id="not wanted"
        ),
        pytest.param(_covered(a=(1, 10)), None, _lost(8), _STRICT, {}, id="missing evidence: no base"),
        pytest.param(None, _base(a=(9, 10)), {}, _STRICT, {}, id="missing evidence: nothing was measured"),
    ],
)
def test_tk304__table(
    now: Coverage | None,
    base: BaseCoverage | None,
    untested: Mapping[str, Untested],
    policy: CoveragePolicy,
    expected: dict[str, str],
) -> None:
    found = findings_of("TK304", _facts(now, base=base, policy=policy, untested=untested))
    assert {one.test: one.message for one in found} == expected
    assert {one.severity for one in found} <= {Severity.ERROR}


@pytest.mark.parametrize(
    ("diff", "minimum", "fails"),
    [
        pytest.param(_changed(9, 1), 90.0, False, id="passing: the new lines meet their minimum"),
        pytest.param(_changed(8, 2), 90.0, True, id="failing: they miss it"),
        pytest.param(_changed(9, 1), 0.0, True, id="boundary: there is no minimum"),
        pytest.param(None, 90.0, True, id="missing evidence: nobody knows which they are"),
    ],
)
def test_tk304__new_lines_make_it_fall__blocks_if_they_miss_the_minimum_of_the_diff(
    diff: DiffCoverage | None, minimum: float, fails: bool
) -> None:
    policy = CoveragePolicy(layers={}, diff=minimum)
    facts = _facts(_covered(a=(94, 100)), base=_base(a=(95, 100)), untested=_new(1), diff=diff, policy=policy)
    assert [one.message for one in findings_of("TK304", facts)] == [
        "coverage fell from 95 % (95 of 100) to 94 % (94 of 100)"
    ] * fails


@pytest.mark.parametrize(
    ("diff", "fails"),
    [
        pytest.param(_changed(9, 0), False, id="boundary: nine lines, and one branch of them that is not taken"),
        pytest.param(_changed(8, 0), True, id="failing: eight lines"),
    ],
)
def test_tk304__new_branches_make_it_fall__count_beside_the_changed_lines(diff: DiffCoverage, fails: bool) -> None:
    untested = {"app/a.py": Untested(new_branches=1)}
    facts = _facts(_covered(a=(94, 100)), base=_base(a=(95, 100)), untested=untested, diff=diff, policy=_PLAIN)
    assert bool(list(findings_of("TK304", facts))) is fails


def test_tk304__branches_at_the_head_alone__compares_lines() -> None:
    file = FileCoverage(ratio=Ratio(8, 20), lines=Ratio(8, 10))
    now = Coverage(files={"app/a.py": file}, branch=True)
    base = msgspec.structs.replace(_base(a=(9, 10)), lines_only=True)

    found = findings_of("TK304", _facts(now, base=base, policy=_PLAIN, untested=_new(1)))

    assert [finding.message for finding in found] == ["coverage fell from 90 % (9 of 10) to 80 % (8 of 10)"]


def test_tk304__files_that_lost_most__are_named_the_worst_first() -> None:
    executed = FileCoverage(ratio=Ratio(5, 10), executed=(4,))
    now = Coverage(files={f"app/{name}.py": executed for name in "abcd"})
    untested = {
        "app/a.py": Untested(lost=(2, 3), new=(9,)),
        "app/b.py": Untested(lost=(1, 2, 3, 5, 6)),
        "app/c.py": Untested(branches=1),
        "app/d.py": Untested(new=(1,)),
    }
    found, *_ = findings_of("TK304", _facts(now, base=_base(a=(9, 10)), untested=untested, project="backend"))
    assert found.help.splitlines() == [
        "Run the lines that are new, or those that removed tests ran.",
        "backend/app/b.py: 5 lines no longer run (1-3, 5-6)",
        "backend/app/a.py: 2 lines no longer run (2-3), 1 line new and not run (9)",
        "backend/app/c.py: branches no longer taken: 1",
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
    facts = _facts(_covered(a=(1, 10)), base=_base(a=(9, 10)), untested=_lost(8))
    assert {one.test for one in findings_of("TK304", facts, waiver) if one.waived} == waived


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

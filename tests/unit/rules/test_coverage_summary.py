"""What was measured, summed up."""

from __future__ import annotations

from dataclasses import replace

from builders import BASE, HEAD, a_record, a_test, the_facts
from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, FileCoverage, Ratio
from testkeep.model.coverage_summary import CoverageSummary, FileSummary, Share
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage
from testkeep.model.gap import Gap
from testkeep.model.policy import CoveragePolicy, Layer, Policy
from testkeep.rules.coverage_summary import summarize
from testkeep.rules.gaps import gaps_of_missed

_LAYERS = {"api": Layer(paths=("**/api.py",), minimum=80.0)}
_POLICY = Policy(coverage=CoveragePolicy(overall=50.0, diff=90.0, layers=_LAYERS))
_API = FileCoverage(
    ratio=Ratio(5, 10), executed=(1, 2, 3), missing=(5, 6, 9), missing_branches=((2, 9), (3, -1), (5, 6), (5, 9))
)
_COVERAGE = Coverage(
    files={"app/api.py": _API, "app/empty.py": FileCoverage(ratio=Ratio())}, branch=True, unreadable=("app/odd.py",)
)
_BEFORE = CoverageTotals(files={"app/api.py": Ratio(9, 10)})


def test_summarize__all_that_is_known__is_there() -> None:
    facts = replace(
        the_facts(a_record(a_test()), policy=_POLICY, coverage=_COVERAGE, project="b"),
        base_coverage=BaseCoverage(whole=_BEFORE, kept=_BEFORE),
        diff=DiffCoverage(files={"b/app/api.py": ChangedFile(covered=(2,), missing=(9,))}),
    )
    facts = replace(facts, gaps=gaps_of_missed(facts))
    gap = Gap(path="b/app/api.py", function="", line=5, missing=3, ranges=((5, 9),))
    assert summarize(facts, HEAD, BASE) == CoverageSummary(
        schema="testkeep.coverage/1",
        head=HEAD,
        base=BASE,
        stages=("unit",),
        branch=True,
        overall=Share(covered=5, total=10, percent=50.0, minimum=50.0, needed=0, base_percent=90.0),
        layers={"api": Share(covered=5, total=10, percent=50.0, minimum=80.0, needed=3, base_percent=90.0)},
        diff=Share(covered=1, total=2, percent=50.0, minimum=90.0, needed=1),
        files={
            "b/app/api.py": FileSummary(
                covered=5, total=10, percent=50.0, layer="api", missing=((5, 9),), partial=(2, 3)
            ),
            "b/app/empty.py": FileSummary(covered=0, total=0, percent=None, layer="", missing=()),
        },
        gaps={
            "coverage.layers.api": (gap,),
            "coverage.diff": (Gap(path="b/app/api.py", function="", line=9, missing=1, ranges=((9, 9),)),),
        },
        notes=("b/app/odd.py is left out: coverage.py cannot parse it",),
    )


def test_summarize__nothing_missed_and_no_base__shows_the_largest_gaps() -> None:
    policy = Policy(coverage=CoveragePolicy(overall=0.0, layers={}))
    summary = summarize(the_facts(a_record(a_test()), policy=policy, coverage=_COVERAGE), HEAD, "none")
    assert summary is not None
    assert (summary.diff, summary.overall.base_percent) == (None, None)
    assert summary.gaps == {
        "coverage.overall": (Gap(path="app/api.py", function="", line=5, missing=3, ranges=((5, 9),)),)
    }


def test_summarize__change_without_lines_that_can_be_covered__has_no_percent() -> None:
    facts = replace(the_facts(a_record(a_test()), coverage=_COVERAGE), diff=DiffCoverage(files={}))
    summary = summarize(facts, HEAD, BASE)
    assert summary is not None
    assert summary.diff == Share(covered=0, total=0, percent=None, minimum=90.0, needed=0)


def test_summarize__nothing_measured__is_nothing() -> None:
    assert summarize(the_facts(a_record(a_test())), HEAD, BASE) is None


def test_summarize__minima_that_nobody_wrote_down__has_their_defaults() -> None:
    coverage = Coverage(files={"app/services/cart.py": FileCoverage(ratio=Ratio(5, 10))})
    summary = summarize(the_facts(coverage=coverage, policy=Policy()), "head", "none")

    assert summary is not None
    assert summary.overall == Share(covered=5, total=10, percent=50.0, default=87.0)
    assert summary.layers == {"service": Share(covered=5, total=10, percent=50.0, default=85.0)}

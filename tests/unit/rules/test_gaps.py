"""What to write next: where the lines that a threshold is short of are cheapest to win."""

from __future__ import annotations

from dataclasses import replace

from builders import a_record, a_test, the_facts
from testkeep.model.coverage import Coverage, FileCoverage, FunctionCoverage, Ratio
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage
from testkeep.model.gap import Gap
from testkeep.model.policy import CoveragePolicy, Layer, Policy
from testkeep.rules.base import Facts
from testkeep.rules.gaps import all_gaps, changed_gaps, gaps_of_missed

_SERVICE = FileCoverage(
    ratio=Ratio(3, 9),
    executed=(1, 2, 6),
    missing=(3, 4, 5, 7, 9, 20),
    functions=(FunctionCoverage("Mail.send", 2, (3, 4, 5, 7, 9)), FunctionCoverage("", 1, (20,))),
)
_PLAIN = FileCoverage(ratio=Ratio(1, 3), executed=(1,), missing=(2, 8))
_WHOLE = FileCoverage(ratio=Ratio(2, 2), executed=(1, 2))
_COVERAGE = Coverage(files={"app/service.py": _SERVICE, "app/plain.py": _PLAIN, "app/whole.py": _WHOLE})

_SEND = Gap(path="b/app/service.py", function="Mail.send", line=3, missing=5, ranges=((3, 5), (7, 9)))
_REST = Gap(path="b/app/plain.py", function="", line=2, missing=2, ranges=((2, 8),))
_LAST = Gap(path="b/app/service.py", function="", line=20, missing=1, ranges=((20, 20),))


def _facts(overall: float = 0.0, service: float = 0.0, diff: DiffCoverage | None = None) -> Facts:
    layers = {"service": Layer(paths=("**/service.py",), minimum=service)}
    policy = Policy(coverage=CoveragePolicy(overall=overall, layers=layers))
    return replace(the_facts(a_record(a_test()), policy=policy, coverage=_COVERAGE, project="b"), diff=diff)


def test_all_gaps__functions_with_most_lines__come_first() -> None:
    assert all_gaps(_facts()) == (_SEND, _REST, _LAST)


def test_all_gaps__of_some_files__leave_the_others_out() -> None:
    assert all_gaps(_facts(), lambda path: path == "app/plain.py") == (_REST,)


def test_all_gaps__nothing_measured__are_none() -> None:
    assert all_gaps(the_facts(a_record(a_test()))) == ()


def test_changed_gaps__only_changed_lines__count() -> None:
    changed = {
        "b/app/service.py": ChangedFile(covered=(6,), missing=(7, 9, 20)),
        "b/app/gone.py": ChangedFile(missing=(1,)),
    }
    assert changed_gaps(_facts(diff=DiffCoverage(files=changed))) == (
        Gap(path="b/app/service.py", function="Mail.send", line=7, missing=2, ranges=((7, 9),)),
        _LAST,
    )


def test_gaps_of_missed__table_of_thresholds__has_each_that_is_missed() -> None:
    changed = DiffCoverage(files={"b/app/plain.py": ChangedFile(missing=(8,))})
    just_this = Gap(path="b/app/plain.py", function="", line=8, missing=1, ranges=((8, 8),))
    assert gaps_of_missed(_facts()) == {}
    assert gaps_of_missed(_facts(overall=50.0), most=2) == {"coverage.overall": (_SEND, _REST)}
    assert gaps_of_missed(_facts(service=50.0)) == {"coverage.layers.service": (_SEND, _LAST)}
    assert gaps_of_missed(_facts(diff=changed)) == {"coverage.diff": (just_this,)}

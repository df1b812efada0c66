"""The coverage of a change."""

from __future__ import annotations

from testkeep.model.coverage import Ratio
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage


def test_ratio__several_files__is_that_of_all_lines() -> None:
    one, other = ChangedFile(covered=(1, 2), missing=(3,)), ChangedFile(missing=(1,))

    assert (one.ratio, other.ratio) == (Ratio(2, 3), Ratio(0, 1))
    assert DiffCoverage(files={"a.py": one, "b.py": other}).ratio == Ratio(2, 4)


def test_ratio__no_line_that_can_be_covered__is_none_of_none() -> None:
    assert DiffCoverage(files={}).ratio == Ratio(0, 0)


def test_with_partial__branches_of_any_lines__are_those_of_covered_changed_lines() -> None:
    coverage = DiffCoverage(
        files={"a.py": ChangedFile(covered=(1, 2), missing=(3,)), "b.py": ChangedFile(covered=(1,))}
    )

    found = coverage.with_partial({"a.py": {2: ("5", "exit"), 3: ("4",), 9: ("1",)}, "c.py": {1: ("2",)}})

    assert found == DiffCoverage(
        files={
            "a.py": ChangedFile(covered=(1, 2), missing=(3,), partial={2: ("5", "exit")}),
            "b.py": ChangedFile(covered=(1,)),
        }
    )

"""The coverage of a change."""

from __future__ import annotations

import pytest

from testkeep.model.coverage import Coverage, FileCoverage, Ratio
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage, cover_changes


def test_ratio__several_files__is_that_of_all_lines() -> None:
    one, other = ChangedFile(covered=(1, 2), missing=(3,)), ChangedFile(missing=(1,))

    assert (one.ratio, other.ratio) == (Ratio(2, 3), Ratio(0, 1))
    assert DiffCoverage(files={"a.py": one, "b.py": other}).ratio == Ratio(2, 4)


def test_ratio__no_line_that_can_be_covered__is_none_of_none() -> None:
    assert DiffCoverage(files={}).ratio == Ratio(0, 0)


_FILE = FileCoverage(
    ratio=Ratio(),
    executed=(1, 2, 4, 7),
    missing=(3, 8),
    excluded=frozenset({7}),
    missing_branches=((2, -1), (2, 5), (4, 9), (8, 3)),
)


@pytest.mark.parametrize(
    ("folder", "changed", "expected"),
    [
        pytest.param(
            "", {"a.py": (1, 2, 3, 5)},
            {"a.py": ChangedFile(covered=(1, 2), missing=(3,), partial={2: ("exit", "5")})},
            id="measured and other lines",
        ),
        pytest.param("", {"b.py": (1, 2, 3)}, {}, id="another file"),
        pytest.param("", {"a.py": (5, 6)}, {}, id="no line that can be covered"),
        pytest.param("", {"a.py": (7, 8)}, {"a.py": ChangedFile(missing=(8,))}, id="an excluded line was run"),
        pytest.param("api", {"a.py": (1,), "api/a.py": (4,)},
                     {"api/a.py": ChangedFile(covered=(4,), partial={4: ("9",)})}, id="a project in a folder"),
    ],
)  # fmt: skip
def test_cover_changes__changed_lines__are_covered_or_missing_or_do_not_count(
    folder: str, changed: dict[str, tuple[int, ...]], expected: dict[str, ChangedFile]
) -> None:
    coverage = Coverage(files={"a.py": _FILE})
    assert cover_changes(coverage, folder, changed) == DiffCoverage(files=expected)


def test_cover_changes__a_file_beside_the_project__is_found() -> None:
    coverage = Coverage(files={"../shared/a.py": _FILE})
    assert list(cover_changes(coverage, "api", {"shared/a.py": (1,)}).files) == ["shared/a.py"]


def test_most_missing__files__are_those_with_missing_lines_the_most_first() -> None:
    files = {"a.py": ChangedFile(missing=(1,)), "b.py": ChangedFile(covered=(1,)), "c.py": ChangedFile(missing=(1, 2))}
    assert DiffCoverage(files=files).most_missing() == ["c.py", "a.py"]

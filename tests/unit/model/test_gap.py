"""Lines put into ranges."""

from __future__ import annotations

import pytest

from testkeep.model.gap import Gap, ranges


@pytest.mark.parametrize(
    ("lines", "others", "expected"),
    [
        pytest.param([], set(), (), id="nothing"),
        pytest.param([7], set(), ((7, 7),), id="one line"),
        pytest.param([3, 1, 2], set(), ((1, 3),), id="in a row"),
        pytest.param([1, 5], {9}, ((1, 5),), id="nothing that counts in between"),
        pytest.param([1, 5], {3}, ((1, 1), (5, 5)), id="a line that counts in between"),
        pytest.param([1, 2, 4, 5], {3}, ((1, 2), (4, 5)), id="two ranges"),
    ],
)
def test_ranges__table(lines: list[int], others: set[int], expected: tuple[tuple[int, int], ...]) -> None:
    assert ranges(lines, others) == expected


def test_gap__shown_ranges__are_as_coverage_writes_them() -> None:
    gap = Gap(path="a.py", function="f", line=1, missing=4, ranges=((1, 3), (9, 9)))
    assert gap.shown_ranges == "1-3, 9"

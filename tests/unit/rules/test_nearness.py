"""Which tests come nearest to code that no test runs."""

from __future__ import annotations

import pytest

from testkeep.model.footprint import Footprints
from testkeep.rules.nearness import Lines, nearest_tests

_FOOTPRINTS = Footprints.of(
    {
        "t::own": {"app/a.py": [2, 3]},
        "t::own_less": {"app/a.py": [2]},
        "t::caller": {"app/b.py": [10, 11]},
        "t::caller_and_much_else": {"app/b.py": [10, 11, 12, 13], "app/c.py": [1, 2, 3]},
        "t::file": {"app/a.py": [30]},
        "t::elsewhere": {"app/z.py": [1]},
        "t::nothing": {},
    }
)
_OWN: Lines = {"app/a.py": [2, 3]}
_CALLERS: Lines = {"app/b.py": [10, 11]}
_FILE: Lines = {"app/a.py": [2, 3, 30]}


@pytest.mark.parametrize(
    ("circles", "most", "expected"),
    [
        pytest.param([_OWN, _CALLERS, _FILE], 2, ("t::own", "t::own_less"), id="the function itself comes first"),
        pytest.param(
            [_OWN, _CALLERS, _FILE],
            4,
            ("t::own", "t::own_less", "t::caller", "t::caller_and_much_else"),
            id="then its callers, the more to the point first",
        ),
        pytest.param(
            [{}, _CALLERS, _FILE],
            3,
            ("t::caller", "t::caller_and_much_else", "t::own"),
            id="nothing of the function itself is run",
        ),
        pytest.param([{}, {}, {"app/a.py": [30]}], 3, ("t::file",), id="only its file is"),
        pytest.param([{}, {"app/y.py": [1]}], 3, (), id="nobody comes near"),
        pytest.param([], 3, (), id="no code"),
    ],
)
def test_nearest_tests__table(circles: list[Lines], most: int, expected: tuple[str, ...]) -> None:
    assert nearest_tests(_FOOTPRINTS, circles, most) == expected

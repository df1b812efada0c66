"""Footprints: what tests executed, and which of them executed given lines."""

from __future__ import annotations

import pytest

from testkeep.model.footprint import Footprints, bits_of, lines_in, merged

_FOUND = Footprints.of(
    {
        "test_a": {"app.py": [1, 2, 3], "tax.py": [7]},
        "test_b": {"app.py": [1, 2, 3]},
        "test_c": {"app.py": [3, 4000]},
        "test_none": {},
    }
)


@pytest.mark.parametrize(
    ("lines", "bits"),
    [
        pytest.param([], 0, id="no lines"),
        pytest.param([1], 0b10, id="the first line"),
        pytest.param([7, 8, 9], 0b11_1000_0000, id="boundary: around the end of a byte"),
        pytest.param([1000], 1 << 1000, id="boundary: the first bit of a byte"),
        pytest.param([999], 1 << 999, id="boundary: the last bit of a byte"),
    ],
)
def test_bits_of__lines__are_bits_and_back(lines: list[int], bits: int) -> None:
    assert bits_of(lines) == bits
    assert lines_in(bits) == frozenset(lines)


def test_bits_of__unordered_and_repeated__is_a_set() -> None:
    assert bits_of([3, 1, 3]) == bits_of([1, 3])


def test_tests__with_one_that_ran_no_production_code__has_it() -> None:
    assert _FOUND.tests == {"test_a", "test_b", "test_c", "test_none"}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        pytest.param("test_a", {"app.py": frozenset({1, 2, 3}), "tax.py": frozenset({7})}, id="two files"),
        pytest.param("test_none", {}, id="no production code"),
        pytest.param("test_unknown", {}, id="not known"),
    ],
)
def test_lines_of__test__has_its_lines_by_path(test: str, expected: dict[str, frozenset[int]]) -> None:
    assert _FOUND.lines_of(test) == expected


@pytest.mark.parametrize(
    ("path", "lines", "expected"),
    [
        pytest.param("app.py", [2], {"test_a": 1, "test_b": 1}, id="one line, executed alike"),
        pytest.param("app.py", [2, 3, 4000], {"test_a": 2, "test_b": 2, "test_c": 2}, id="each counts its own"),
        pytest.param("app.py", [4, 3999, 4001], {}, id="boundary: lines around"),
        pytest.param("app.py", [10**6], {}, id="boundary: beyond the end of all"),
        pytest.param("app.py", [], {}, id="no lines"),
        pytest.param("tax.py", [7], {"test_a": 1}, id="another file"),
        pytest.param("none.py", [7], {}, id="an unknown file"),
    ],
)
def test_tests_running__lines__counts_those_that_each_test_executed(
    path: str, lines: list[int], expected: dict[str, int]
) -> None:
    assert _FOUND.tests_running(path, lines) == expected


def test_merged__several_parts__have_what_was_executed_in_any() -> None:
    other = Footprints.of({"test_b": {"app.py": [3, 9], "tax.py": [1]}, "test_d": {"app.py": [1]}})

    assert merged([_FOUND, other]) == Footprints.of(
        {
            "test_a": {"app.py": [1, 2, 3], "tax.py": [7]},
            "test_b": {"app.py": [1, 2, 3, 9], "tax.py": [1]},
            "test_c": {"app.py": [3, 4000]},
            "test_none": {},
            "test_d": {"app.py": [1]},
        }
    )


def test_merged__no_parts__knows_no_test() -> None:
    assert merged([]) == Footprints()

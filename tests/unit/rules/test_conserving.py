"""Lost tests whose every assertion is found again, and those whose assertions are counted twice."""

from __future__ import annotations

import pytest

from builders import a_test
from inspections import a_loss, an_inspection
from testkeep.model.inspection import Inspection
from testkeep.rules.conserving import conserve, spent

T = "tests/test_t.py::test_"


def ids(checks: dict[str, str]) -> dict[str, str]:
    return {f"{T}{name}": words for name, words in checks.items()}


def stands_in(
    base: dict[str, str], head: dict[str, str], lost: str = "a", origins: dict[str, str] | None = None
) -> dict[str, str]:
    """What stands for each lost test; all tests are of one file, and are called by one letter."""
    found = conserve(
        an_inspection(base_checks=ids(base), head_checks=ids(head)),
        [a_loss(f"{T}{name}") for name in lost.split()],
        [a_test(f"{T}{name}") for name in head],
        {f"{T}{now}": f"{T}{before}" for now, before in (origins or {}).items()},
    )
    return {one.lost.removeprefix(T): " ".join(by.removeprefix(T) for by in one.by) for one in found}


@pytest.mark.parametrize(
    ("base", "head", "lost", "expected"),
    [
        pytest.param({"a": "sum"}, {"n": "sum"}, "a", {"a": "n"}, id="rewritten"),
        pytest.param({"a": "sum tax"}, {"n": "sum", "m": "tax"}, "a", {"a": "n m"}, id="split"),
        pytest.param({"a": "sum", "b": "tax"}, {"n": "sum tax"}, "a b", {"a": "n", "b": "n"}, id="merged"),
        pytest.param({"a": "sum tax"}, {"n": "sum", "m": "sum tax"}, "a", {"a": "m"}, id="as few as will do"),
        pytest.param({"a": "sum tax"}, {"n": "sum"}, "a", {}, id="boundary: one is missing"),
        pytest.param({"a": "sum", "b": "sum"}, {"n": "sum"}, "a b", {"a": "n"}, id="one check for two lost tests"),
        pytest.param(
            {"a": "sum", "b": "sum"}, {"n": "sum sum"}, "a b", {"a": "n", "b": "n"}, id="boundary: asserted twice"
        ),
        pytest.param({"a": "sum sum"}, {"n": "sum"}, "a", {}, id="asserted twice, and once now"),
        pytest.param(
            {"a": "sum tax", "b": "sum"},
            {"n": "sum"},
            "a b",
            {"b": "n"},
            id="what one lost test could not use is left to the next",
        ),
        pytest.param({"a": ""}, {"n": "sum"}, "a", {}, id="a test that asserted nothing"),
        pytest.param({}, {"n": "sum"}, "a", {}, id="missing evidence: a lost test that cannot be read"),
        pytest.param({"a": "sum"}, {"n": ""}, "a", {}, id="missing evidence: a new test that cannot be read"),
        pytest.param({"a": "sum"}, {}, "a", {}, id="nothing is new"),
    ],
)
def test_conserve__new_tests__table(
    base: dict[str, str], head: dict[str, str], lost: str, expected: dict[str, str]
) -> None:
    assert stands_in(base, head, lost) == expected


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param({"a": "sum", "k": "tax"}, {"k": "tax sum"}, {"a": "k"}, id="what it asserts beside its own"),
        pytest.param({"a": "sum", "k": "sum"}, {"k": "sum"}, {}, id="its own, used again"),
        pytest.param({"a": "sum", "k": "sum"}, {"k": "sum sum"}, {"a": "k"}, id="boundary: its own, and once more"),
        pytest.param({"a": "sum", "k": "tax"}, {"k": "sum"}, {}, id="it gave up its own for it"),
        pytest.param({"a": "sum", "k": ""}, {"k": "sum"}, {"a": "k"}, id="boundary: it asserted nothing"),
        pytest.param({"a": "sum"}, {"k": "sum"}, {}, id="missing evidence: what it asserted is unknown"),
    ],
)
def test_conserve__test_of_the_base__counts_with_what_is_new_in_it(
    base: dict[str, str], head: dict[str, str], expected: dict[str, str]
) -> None:
    assert stands_in(base, head, origins={"k": "k"}) == expected
    renamed = {name.replace("k", "r"): words for name, words in head.items()}
    assert stands_in(base, renamed, origins={"r": "k"}) == {lost: by.replace("k", "r") for lost, by in expected.items()}


def test_conserve__several_have_it__the_nearest_stands_in() -> None:
    far, near = "far/test_u.py::test_a", "tests/test_u.py::test_b"
    inspection = an_inspection(base_checks={f"{T}a": "sum"}, head_checks={far: "sum", near: "sum", f"{T}n": "sum"})
    found = conserve(inspection, [a_loss(f"{T}a")], [a_test(far), a_test(near)], {})
    assert [(one.by, one.why) for one in found] == [((far,), "its only assertion is there")]
    found = conserve(inspection, [a_loss(f"{T}a")], [a_test(near), a_test(f"{T}n")], {})
    assert [one.by for one in found] == [((f"{T}n"),)]


def test_conserve__several_assertions__says_how_many() -> None:
    inspection = an_inspection(base_checks={f"{T}a": "sum tax"}, head_checks={f"{T}n": "tax sum"})
    found = conserve(inspection, [a_loss(f"{T}a")], [a_test(f"{T}n")], {})
    assert [one.why for one in found] == ["all of its 2 assertions are there"]


def test_conserve__thousands_of_tests_that_assert_the_same__are_found_one_for_one() -> None:
    names = [str(number) for number in range(3000)]
    base = {f"a{name}": f"ok {name}" for name in names}
    head = {f"n{name}": "ok" for name in names} | {f"m{name}": name for name in names}
    found = stands_in(base, head, lost=" ".join(base))
    assert len(found) == 3000
    assert len({by for both in found.values() for by in both.split()}) == 6000


def _spent(inspection: Inspection, lost: str, new: str, origins: dict[str, str] | None = None) -> dict[str, str]:
    losses, tests = [a_loss(f"{T}{name}") for name in lost], [a_test(f"{T}{name}") for name in new]
    named = {f"{T}{now}": f"{T}{before}" for now, before in (origins or {}).items()}
    found = spent(inspection, conserve(inspection, losses, tests, named), named)
    return {one.removeprefix(T): lost.removeprefix(T) for one, lost in found.items()}


@pytest.mark.parametrize(
    ("base", "head", "origins", "expected"),
    [
        pytest.param({"a": "sum"}, {"n": "sum"}, {}, {"n": "a"}, id="all that it asserts"),
        pytest.param({"a": "sum"}, {"n": "sum tax"}, {}, {}, id="boundary: one more"),
        pytest.param({"a": "sum", "k": "tax"}, {"k": "sum tax"}, {"k": "k"}, {"k": "a"}, id="all that is new in it"),
        pytest.param({"a": "sum"}, {"n": "tax"}, {}, {}, id="it stands for nothing"),
    ],
)
def test_spent__table(
    base: dict[str, str], head: dict[str, str], origins: dict[str, str], expected: dict[str, str]
) -> None:
    inspection = an_inspection(base_checks=ids(base), head_checks=ids(head))
    assert _spent(inspection, "a", "".join(head), origins) == expected

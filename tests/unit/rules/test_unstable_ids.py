"""Parametrized tests whose ids or values are other ones in every run."""

from __future__ import annotations

import pytest

from builders import a_baseline, a_record, a_source, a_test, findings_of, the_facts
from testkeep.model.finding import Severity
from testkeep.model.tests import Item, RecordedTest
from testkeep.model.unstable import Unstable
from testkeep.rules.base import Facts
from testkeep.rules.unstable_ids import doubtful, find_unstable, named_for_pytest, steadied, unstable_ids

F = "tests/unit/test_a.py::test_a"
FILE = "tests/unit/test_a.py"


def row(name: str, did: str = "passed", **params: str) -> RecordedTest:
    return a_test(f"{F}[{name}]", did, params=params or {"x": name})


def items(*tests: RecordedTest) -> dict[str, list[Item]]:
    return {F: [test.item for test in tests]}


def facts_of(before: list[RecordedTest], now: list[RecordedTest], *unstable: Unstable) -> Facts:
    facts = the_facts(a_record(*now), baseline=a_baseline(a_record(*before)), head_sources={FILE: a_source("test_a")})
    return steadied(facts, unstable) if unstable else facts


@pytest.mark.parametrize(
    ("recorded", "again", "expected"),
    [
        pytest.param([row("a"), row("b")], [row("a"), row("b")], [], id="the same"),
        pytest.param([row("a"), row("b")], [row("b"), row("a")], [], id="boundary: another order"),
        pytest.param([row("a")], [row("b")], [Unstable(function=F, before=f"{F}[a]", after=f"{F}[b]")], id="other ids"),
        pytest.param([row("a", x="1")], [row("a", x="2")], [Unstable(function=F)], id="other values"),
        pytest.param([row("1-a", n="1", x="a")], [row("1-b", n="1", x="b")],
                     [Unstable(function=F, steady=("n",), before=f"{F}[1-a]", after=f"{F}[1-b]")],
                     id="one of two parameters"),
        pytest.param([row("a"), row("b"), row("c")], [row("a"), row("b")],
                     [Unstable(function=F, rows=2, before=f"{F}[c]", after=f"{F}[a]")], id="another number"),
        pytest.param([row("a")], [], [], id="missing evidence: not found again"),
        pytest.param([], [row("a")], [], id="missing evidence: not recorded"),
    ],
)  # fmt: skip
def test_find_unstable__two_collections_of_one_commit__tells_what_differs(
    recorded: list[RecordedTest], again: list[RecordedTest], expected: list[Unstable]
) -> None:
    assert list(find_unstable(items(*recorded), items(*again), [F])) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param([row("a")], [row("a")], (set(), set()), id="kept"),
        pytest.param([row("a")], [row("b", x="b")], ({F}, {F}), id="a set lost, and a new one"),
        pytest.param([row("a"), row("b")], [row("a")], (set(), set()), id="boundary: a set lost, and no new one"),
        pytest.param([row("a")], [row("a", "skipped")], (set(), set()), id="boundary: skipped under its id"),
        pytest.param([a_test(F)], [row("b")], (set(), set()), id="boundary: it had no parameters"),
        pytest.param([row("a", x="1")], [row("a", x="2")], ({F}, {F}), id="other values under the same id"),
        pytest.param([row("0", x="1"), row("1", x="2")], [row("0", x="2"), row("1", x="1")], (set(), set()),
                     id="boundary: the same values in another order"),
        pytest.param([row("a", x="1")], [a_test(f"{F}[a]")], (set(), set()), id="missing evidence: no values noted"),
    ],
)  # fmt: skip
def test_doubtful__lost_or_changed_sets__are_worth_another_collection(
    before: list[RecordedTest], now: list[RecordedTest], expected: tuple[set[str], set[str]]
) -> None:
    assert doubtful(facts_of(before, now)) == expected


@pytest.mark.parametrize(
    ("before", "now", "unstable", "base_ids", "head_ids"),
    [
        pytest.param([row("a"), row("b")], [row("c"), row("d")], Unstable(function=F), ["#1", "#2"], ["#1", "#2"],
                     id="by number"),
        pytest.param([row("1-a", n="1", x="a"), row("2-b", n="2", x="b")], [row("2-c", n="2", x="c")],
                     Unstable(function=F, steady=("n",)), ["n=1, #1", "n=2, #1"], ["n=2, #1"],
                     id="by what is steady, and by number"),
        pytest.param([row("a"), row("b")], [row("c", "skipped"), row("d")], Unstable(function=F), ["#1", "#2"],
                     ["#2", "#1"], id="boundary: those that guard come first"),
        pytest.param([row("a"), row("b"), row("c")], [row("d")], Unstable(function=F, rows=1), ["#1"], ["#1"],
                     id="the number varies: only as many as are always there"),
        pytest.param([row("a"), row("b")], [row("d")], Unstable(function="other.py::test_b"), ["a", "b"], ["d"],
                     id="boundary: another function"),
        pytest.param([row("a", x="v" * 99)], [row("b", x="v" * 99)], Unstable(function=F, steady=("x",)),
                     [f"x={'v' * 37}…, #1"], [f"x={'v' * 37}…, #1"], id="boundary: a long value is cut"),
    ],
)  # fmt: skip
def test_steadied__unstable_function__has_ids_that_both_sides_share(
    before: list[RecordedTest], now: list[RecordedTest], unstable: Unstable, base_ids: list[str], head_ids: list[str]
) -> None:
    facts = facts_of(before, now, unstable)

    assert [test.item.id for test in facts.base_tests()] == [f"{F}[{name}]" for name in base_ids]
    assert [test.item.id for test in facts.tests()] == [f"{F}[{name}]" for name in head_ids]


def test_steadied__values_that_change__are_the_same_on_both_sides() -> None:
    facts = facts_of([row("a")], [row("b")], Unstable(function=F))

    assert {test.item.params["x"] for test in (*facts.base_tests(), *facts.tests())} == {"changes from run to run"}


def test_named_for_pytest__unstable_test__is_named_by_its_function_once() -> None:
    facts = facts_of([row("a")], [row("b")], Unstable(function=F))

    assert named_for_pytest(facts, [f"{F}[#1]", f"{F}[#2]", "b.py::test_b[1]"]) == (F, "b.py::test_b[1]")


def test_unstable_ids__two_functions_of_one_fixture__are_one_warning_with_its_line() -> None:
    one, other = (
        Unstable(function=name, before=f"{name}[a]", after=f"{name}[b]", path="conftest.py", line=3)
        for name in (F, "b.py::test_b")
    )
    (found,) = findings_of("TK207", facts_of([row("a")], [row("b")], one, other))

    assert (found.severity, found.path, found.line, found.about) == (
        Severity.WARNING, "conftest.py", 3, (F, "b.py::test_b"),
    )  # fmt: skip
    assert found.message == (
        f"the ids of {F} and 1 more change from run to run ([a] in one collection, [b] in the next), "
        "so its parameter sets are compared by number"
    )


@pytest.mark.parametrize(
    "unstable",
    [
        pytest.param(Unstable(function=F, before=f"{F}[a]", after=f"{F}[b]", is_mended=True), id="the change mends it"),
        pytest.param(Unstable(function=F), id="boundary: only the values change"),
    ],
)
def test_unstable_ids__nothing_is_left_to_do__says_nothing(unstable: Unstable) -> None:
    assert list(unstable_ids(facts_of([row("a")], [row("b")], unstable))) == []

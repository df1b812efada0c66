"""The head's tests, by id, environment and body."""

from __future__ import annotations

import pytest

from builders import A_TEST, a_record, a_source, a_test, the_facts
from testkeep.model.tests import RecordedTest
from testkeep.rules.head_tests import HeadTests, enclosing

ON_311, ON_312, ON_313 = (f"Python 3.{minor} on linux" for minor in (11, 12, 13))
SKIPPED = a_test(did="skipped")


def head(first: str, second: str) -> HeadTests:
    """Index a head with one test in two environments."""
    return HeadTests.of(the_facts(a_record(a_test(did=first)), a_record(a_test(did=second), python="3.12.1")))


@pytest.mark.parametrize(
    ("first", "second", "environments", "guards"),
    [
        pytest.param("passed", "passed", [], True, id="everywhere"),
        pytest.param("passed", "skipped", [], False, id="not in one of them"),
        pytest.param("passed", "skipped", [ON_311], True, id="in the one that is asked for"),
        pytest.param("passed", "skipped", [ON_312], False, id="not in the one that is asked for"),
        pytest.param("passed", "skipped", [ON_311, ON_312], False, id="in one of those that are asked for"),
        pytest.param("passed", "passed", [ON_311, ON_313], False, id="missing in one that is asked for"),
        pytest.param("passed", "passed", [ON_313], False, id="only in others"),
    ],
)
def test_guards__table(first: str, second: str, environments: list[str], guards: bool) -> None:
    assert head(first, second).guards(A_TEST, environments) is guards


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        pytest.param("passed", "passed", [a_test()], id="everywhere, once"),
        pytest.param("skipped", "passed", [a_test()], id="somewhere"),
        pytest.param("skipped", "failed", [], id="nowhere"),
    ],
)
def test_guarding__table(first: str, second: str, found: list[RecordedTest]) -> None:
    assert list(head(first, second).guarding()) == found


def test_runs__environment__are_those_in_it() -> None:
    tests = head("passed", "skipped")
    assert tests.runs(A_TEST) == [a_test(), SKIPPED]
    assert tests.runs(A_TEST, [ON_312]) == [SKIPPED]
    assert tests.runs(A_TEST, [ON_313]) == tests.runs("t.py::unknown") == []
    assert (tests.environments, tests.functions) == ({ON_311, ON_312}, {A_TEST})
    assert not tests.guards("t.py::unknown")


def test_of__same_id_twice_in_one_environment__must_guard_both_times() -> None:
    assert not HeadTests.of(the_facts(a_record(a_test(), SKIPPED))).guards(A_TEST)


def test_of__bodies__are_found_in_every_file_that_has_them() -> None:
    facts = the_facts(a_record(), head_sources={"a.py": a_source(x="body"), "b.py": a_source(y="body"), "c.py": None})
    assert [(path, one.name) for path, one in HeadTests.of(facts).bodies["body"]] == [("a.py", "x"), ("b.py", "y")]


@pytest.mark.parametrize(
    ("test_id", "expected"),
    [
        pytest.param(
            "a/b/t.py::A::B::x[1::2]", ["a/b/t.py::A::B", "a/b/t.py::A", "a/b/t.py", "a/b", "a", "."], id="classes"
        ),
        pytest.param("t.py::x", ["t.py", "."], id="a function"),
        pytest.param("t[1].py::x[/]", ["t[1].py", "."], id="brackets"),
    ],
)
def test_enclosing__from_the_inside_out(test_id: str, expected: list[str]) -> None:
    assert list(enclosing(test_id)) == expected

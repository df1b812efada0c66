"""The tests that are most like a lost one."""

from __future__ import annotations

import pytest

from testkeep.rules.likeness import candidates, namesakes

LOST = frozenset("abcdefgh")


def found(head: dict[str, str], lost: frozenset[str] = LOST) -> list[tuple[str, float]]:
    tokens = {test_id: frozenset(letters) for test_id, letters in head.items()}
    return [(one.test, one.likeness) for one in candidates(["lost"], {"lost": lost}, tokens)["lost"]]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param({}, [], id="no tests"),
        pytest.param({"t": "abcdefgh"}, [("t", 1.0)], id="the same"),
        pytest.param({"t": "xyz"}, [], id="nothing in common"),
        pytest.param({"t": "ab"}, [("t", 0.25)], id="boundary: just worth showing"),
        pytest.param({"t": "a"}, [], id="boundary: not worth showing"),
        pytest.param(
            {"t1": "abcd", "t2": "abcdefgh", "t3": "abcdef", "t4": "abc"},
            [("t2", 1.0), ("t3", 0.75), ("t1", 0.5)],
            id="the three most alike",
        ),
        pytest.param({"t2": "abcd", "t1": "abcd"}, [("t1", 0.5), ("t2", 0.5)], id="equals by their ids"),
    ],
)
def test_candidates__table(head: dict[str, str], expected: list[tuple[str, float]]) -> None:
    assert found(head) == expected


def test_candidates__lost_test_that_cannot_be_read__has_none() -> None:
    assert candidates(["a", "b"], {"b": frozenset()}, {"t": frozenset("ab")}) == {"a": (), "b": ()}


def test_candidates__function_with_many_parameter_sets__is_found() -> None:
    assert found({f"t[{number:03}]": "abcdefgh" for number in range(100)}) == [
        ("t[000]", 1.0), ("t[001]", 1.0), ("t[002]", 1.0)
    ]  # fmt: skip


def test_candidates__words_that_half_of_the_tests_have__say_nothing() -> None:
    assert found({f"t{number}": f"abcdefgh{chr(1000 + number)}" for number in range(51)}) == []


def test_candidates__more_equals_than_are_looked_at__are_those_with_the_first_ids() -> None:
    """Whatever the order of a set of texts is, which is another one in every process."""
    head = {f"t{number:03}": frozenset({f"word{number % 2}", f"own{number}"}) for number in range(100)}

    likely = candidates(["lost"], {"lost": frozenset({"word0", "word1"})}, head)

    assert [one.test for one in likely["lost"]] == ["t000", "t001", "t002"]


def test_candidates__thousands_of_tests__are_found_in_seconds() -> None:
    base = {f"a{n}": frozenset(f"{n // 30}.{k}" for k in range(60)) | {f"own{n}"} for n in range(2000)}
    head = {f"b{n}": tokens for n, tokens in enumerate(base.values())}
    assert [ranked[0].likeness for ranked in candidates(base, base, head).values()] == [1.0] * 2000


@pytest.mark.parametrize(
    ("lost", "new", "found"),
    [
        pytest.param(["t.py::test_a"], ["u.py::TestX::test_a"], {"t.py::test_a": "u.py::TestX::test_a"}, id="one"),
        pytest.param(["t.py::test_a[1]"], ["u.py::test_a[1]"], {"t.py::test_a[1]": "u.py::test_a[1]"}, id="a row"),
        pytest.param(["t.py::test_a[1]"], ["u.py::test_a[2]"], {}, id="another row"),
        pytest.param(["t.py::test_a"], ["u.py::test_a", "v.py::test_a"], {}, id="two new ones"),
        pytest.param(["t.py::test_a", "s.py::test_a"], ["u.py::test_a"], {}, id="two lost ones"),
        pytest.param(["t.py::test_a"], ["u.py::test_b"], {}, id="none"),
        pytest.param(
            ["t.py::TestA::test_x", "t.py::TestB::test_x"],
            ["u.py::TestB::test_x", "u.py::TestA::test_x"],
            {"t.py::TestA::test_x": "u.py::TestA::test_x", "t.py::TestB::test_x": "u.py::TestB::test_x"},
            id="two of two classes",
        ),
        pytest.param(
            ["t.py::TestA::test_x", "u.py::TestA::test_x"],
            ["t.py::TestC::test_x", "u.py::TestC::test_x"],
            {"t.py::TestA::test_x": "t.py::TestC::test_x", "u.py::TestA::test_x": "u.py::TestC::test_x"},
            id="two of two files",
        ),
        pytest.param(
            ["t.py::TestA::test_x", "t.py::TestB::test_x"],
            ["t.py::TestA2::test_x", "t.py::TestB2::test_x"],
            {},
            id="boundary: two classes of one file with other names",
        ),
    ],
)
def test_namesakes__table(lost: list[str], new: list[str], found: dict[str, str]) -> None:
    assert namesakes(lost, new) == found


def test_candidates__test_of_the_same_name__is_one_however_little_alike() -> None:
    lost, new = "t.py::test_a", "u.py::test_a"
    found = candidates([lost], {lost: LOST}, {new: frozenset("xyz")})[lost]
    assert [(one.test, one.likeness) for one in found] == [(new, 0.0)]

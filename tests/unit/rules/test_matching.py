from __future__ import annotations

import msgspec
import pytest

from builders import a_source, a_test
from testkeep.model.source import FileSource, FunctionSource, Sources
from testkeep.model.tests import RecordedTest
from testkeep.rules.matching import match


def a_case(test_id: str, **params: str) -> RecordedTest:
    test = a_test(test_id)
    return msgspec.structs.replace(test, item=msgspec.structs.replace(test.item, params=params))


def a_doctest(name: str, examples: str) -> FileSource:
    return {name: FunctionSource(name=name, line=1, body="body", doctest=examples)}


def expecting(*names: str) -> FileSource:
    """Build a file with one test, of which these arguments only say what it expects."""
    return {"test_x": FunctionSource(name="test_x", line=1, body="body", expected=names)}


SAME = a_source(test_x="body")


@pytest.mark.parametrize(
    ("lost", "new", "base", "head", "found"),
    [
        pytest.param(
            [a_case("t.py::test_x")],
            [a_case("t.py::test_y")],
            {"t.py": a_source(test_x="body")},
            {"t.py": a_source(test_y="body")},
            {"t.py::test_x": "t.py::test_y"},
            id="renamed",
        ),
        pytest.param(
            [a_case("t.py::test_x")],
            [a_case("u.py::TestA::test_y")],
            {"t.py": a_source(test_x="body")},
            {"t.py": None, "u.py": a_source(TestA__test_y="body")},
            {"t.py::test_x": "u.py::TestA::test_y"},
            id="moved into a class of another file",
        ),
        pytest.param(
            [a_case("t.py::test_x")],
            [a_case("t.py::test_y")],
            {"t.py": a_source(test_x="body")},
            {"t.py": a_source(test_y="other")},
            {},
            id="another body",
        ),
        pytest.param([a_case("t.py::test_x")], [a_case("t.py::test_y")], {}, {}, {}, id="no sources"),
        pytest.param(
            [a_case("t.py::test_x")],
            [a_case("t.py::test_y")],
            {"t.py": a_source("test_x")},
            {"t.py": a_source("test_y")},
            {},
            id="no bodies",
        ),
        pytest.param(
            [a_case("t.py::test_x")],
            [a_case("far/away/v.py::test_x"), a_case("u.py::test_x"), a_case("u.py::test_z")],
            {"t.py": SAME},
            {"u.py": a_source(test_x="body", test_z="body"), "far/away/v.py": SAME},
            {"t.py::test_x": "u.py::test_x"},
            id="of several with one body the nearest",
        ),
        pytest.param(
            [a_case("t.py::test_x"), a_case("t.py::test_w")],
            [a_case("t.py::test_y")],
            {"t.py": a_source(test_x="body", test_w="body")},
            {"t.py": a_source(test_y="body")},
            {"t.py::test_x": "t.py::test_y"},
            id="one new test stands for one lost test only",
        ),
        pytest.param(
            [a_case("t.py::test_x[c0]", n="1"), a_case("t.py::test_x[c1]", n="2")],
            [a_case("t.py::test_x[two]", n="2"), a_case("t.py::test_x[three]", n="3")],
            {},
            {},
            {"t.py::test_x[c1]": "t.py::test_x[two]"},
            id="parameters are matched by values and not by ids",
        ),
        pytest.param(
            [a_case("t.py::test_x[1]", n="1"), a_case("t.py::test_x[2]", n="2")],
            [a_case("t.py::test_x[1-a]", n="1", kind="a"), a_case("t.py::test_x[1-b]", n="1", kind="b")],
            {},
            {},
            {"t.py::test_x[1]": "t.py::test_x[1-a]"},
            id="a further parameter",
        ),
        pytest.param(
            [a_case("t.py::test_x[1]", n="1")],
            [a_case("t.py::test_y[1]", n="2")],
            {"t.py": a_source(test_x="body")},
            {"t.py": a_source(test_y="body")},
            {},
            id="the same body with other values",
        ),
        pytest.param(
            [a_case("t.py::test_x")],
            [a_case("t.py::test_x[asyncio]", backend="asyncio"), a_case("t.py::test_x[trio]", backend="trio")],
            {"t.py": SAME},
            {"t.py": SAME},
            {"t.py::test_x": "t.py::test_x[asyncio]"},
            id="a first parameter",
        ),
        pytest.param(
            [a_case("t.py::test_x")],
            [a_case("t.py::test_x[1]", n="1")],
            {"t.py": SAME},
            {"t.py": a_source(test_x="other")},
            {"t.py::test_x": "t.py::test_x[1]"},
            id="a first parameter and another body",
        ),
        pytest.param(
            [a_case("t.py::test_x[1-pg]", n="1", db="pg"), a_case("t.py::test_x[2-pg]", n="2", db="pg")],
            [a_case("t.py::test_x[1]", n="1"), a_case("t.py::test_x[2]", n="2")],
            {},
            {},
            {"t.py::test_x[1-pg]": "t.py::test_x[1]", "t.py::test_x[2-pg]": "t.py::test_x[2]"},
            id="a parameter less",
        ),
        pytest.param(
            [a_case("t.py::test_x[1-pg]", n="1", db="pg"), a_case("t.py::test_x[1-my]", n="1", db="my")],
            [a_case("t.py::test_x[1]", n="1")],
            {},
            {},
            {"t.py::test_x[1-pg]": "t.py::test_x[1]"},
            id="boundary: a parameter less, for one of its values",
        ),
        pytest.param(
            [a_case("t.py::test_x[1]", n="1")],
            [a_case("t.py::test_x")],
            {},
            {},
            {},
            id="boundary: no parameter is left",
        ),
        pytest.param(
            [a_case("t.py::test_x[1-2]", n="1", m="2")],
            [a_case("t.py::test_x[a]", one="1", two="2")],
            {},
            {},
            {"t.py::test_x[1-2]": "t.py::test_x[a]"},
            id="the same values under other names",
        ),
        pytest.param(
            [a_case("t.py::test_x[eur-usd]", src="eur", dst="usd")],
            [a_case("t.py::test_x[usd-eur]", src="usd", dst="eur")],
            {},
            {},
            {},
            id="boundary: the same values the other way round",
        ),
        pytest.param(
            [a_case("t.py::test_x[1-2]", n="1", expected="2")],
            [a_case("t.py::test_x[1-3]", n="1", expected="3")],
            {"t.py": expecting("expected")},
            {"t.py": expecting("expected")},
            {"t.py::test_x[1-2]": "t.py::test_x[1-3]"},
            id="a row that expects something else",
        ),
        pytest.param(
            [a_case("t.py::test_x[1-2]", n="1", expected="2"), a_case("t.py::test_x[1-4]", n="1", expected="4")],
            [a_case("t.py::test_x[1-3]", n="1", expected="3")],
            {"t.py": expecting("expected")},
            {"t.py": expecting("expected")},
            {"t.py::test_x[1-2]": "t.py::test_x[1-3]"},
            id="boundary: one row for two that expect something else",
        ),
        pytest.param(
            [a_case("t.py::test_x[1-2]", n="1", expected="2")],
            [a_case("t.py::test_x[4-2]", n="4", expected="2")],
            {"t.py": expecting("expected")},
            {"t.py": expecting("expected")},
            {},
            id="a row with another input",
        ),
        pytest.param(
            [a_case("t.py::test_x[2]", expected="2")],
            [a_case("t.py::test_x[3]", expected="3")],
            {"t.py": expecting("expected")},
            {"t.py": expecting("expected")},
            {},
            id="boundary: a row that is nothing but what it expects",
        ),
        pytest.param(
            [a_case("t.py::test_x[1-2]", n="1", expected="2")],
            [a_case("t.py::test_x[1-3]", n="1", expected="3")],
            {"t.py": expecting("expected")},
            {"t.py": expecting()},
            {},
            id="a row whose function does something with it now",
        ),
        pytest.param(
            [a_case("t.py::test_x[1]", n="1"), a_case("t.py::test_x[2]", n="2")],
            [a_case("t.py::test_x[1-a]", n="1", kind="a")],
            {},
            {},
            {"t.py::test_x[1]": "t.py::test_x[1-a]"},
            id="a further parameter, and a value less",
        ),
        pytest.param(
            [a_case("t.py::test_x[1]", n="1")],
            [a_case("t.py::test_x[a]", kind="a"), a_case("t.py::test_y[1-a]", n="1", kind="a")],
            {},
            {},
            {},
            id="boundary: the parameter is gone, or is another function's",
        ),
        pytest.param(
            [a_case("app/a.py::app.a.half")],
            [a_case("app/b.py::app.b.halve")],
            {"app/a.py": a_doctest("half", ">>> 1")},
            {"app/b.py": a_doctest("halve", ">>> 1")},
            {"app/a.py::app.a.half": "app/b.py::app.b.halve"},
            id="a doctest that was moved and renamed",
        ),
        pytest.param(
            [a_case("app/a.py::app.a.half")],
            [a_case("app/b.py::app.b.halve")],
            {"app/a.py": a_doctest("half", ">>> 1")},
            {"app/b.py": a_doctest("halve", ">>> 2")},
            {},
            id="a doctest with other examples below the same function",
        ),
        pytest.param(
            [a_case("app/a.py::app.a.half")],
            [a_case("t.py::test_half")],
            {"app/a.py": a_doctest("half", ">>> 1")},
            {"t.py": a_doctest("test_half", ">>> 1")},
            {},
            id="a doctest is no test function",
        ),
    ],
)
def test_match__lost_and_new_tests__table(
    lost: list[RecordedTest], new: list[RecordedTest], base: Sources, head: Sources, found: dict[str, str]
) -> None:
    assert {old: became.item.id for old, (became, _) in match(lost, new, base, head).items()} == found


@pytest.mark.slow
def test_match__fifty_thousand_moved_tests__are_all_found() -> None:
    names = [f"test_{number}" for number in range(50_000)]
    bodies = a_source(**{name: name for name in names})

    found = match(
        [a_case(f"t.py::{name}") for name in names],
        [a_case(f"u.py::{name}") for name in names],
        {"t.py": bodies},
        {"u.py": bodies},
    )

    assert len(found) == 50_000


def test_match__thousands_of_one_family_with_a_further_parameter__are_found_in_seconds() -> None:
    lost = [a_case(f"t.py::test_x[{n}]", n=str(n)) for n in range(3000)]
    new = [a_case(f"t.py::test_x[{n}-{kind}]", n=str(n), kind=kind) for n in range(3000) for kind in "abc"]

    found = match(lost, new, {}, {})

    assert {old: became.item.id for old, (became, _) in found.items()} == {
        f"t.py::test_x[{n}]": f"t.py::test_x[{n}-a]" for n in range(3000)
    }


def test_match__thousands_of_tests_with_one_body__are_paired_one_to_one() -> None:
    body = a_source(**{f"test_{n}": "body" for n in range(3000)})
    lost = [a_case(f"t.py::test_{n}") for n in range(3000)]
    new = [a_case(f"u.py::test_{n}") for n in range(2999)]

    found = match(lost, new, {"t.py": body}, {"u.py": body})

    assert {old: became.item.id for old, (became, _) in found.items()} == {
        f"t.py::test_{n}": f"u.py::test_{n}" for n in range(2999)
    }

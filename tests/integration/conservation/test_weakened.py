"""Tests that keep their ids: which changes of strength are reported, and which are honest work."""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import append, replace, write
from integration.conservation.pairs import Lost, LostSome, Pair, Passes, Weakened, pair, table
from integration.conservation.project import (
    CASE,
    DIV,
    EVERYTHING,
    GUARD,
    GUARD_SOURCE,
    HELPED,
    A,
    B,
    guard_becomes,
    guard_body,
    in_a,
    last_in_guard,
)
from repositories import Outcome

ZERO = f"{B}::test_zero"
BY_HELPER_SOURCE = "\n\ndef test_by_helper():\n    check_div(9, 3, 3)\n"
RAISES = append(B, "\n\ndef test_zero():\n    with pytest.raises(ValueError):\n        div(1, 0)\n"), replace(
    B, "from app", "import pytest\n\nfrom app"
)
MOCKED = "tests/unit/test_mocked.py"
MOCK_TEST = """\
    from unittest import mock


    def test_calls():
        called = mock.Mock()
        called(1)
        called.assert_called_once_with(1)
    """
SMALL = "\n\ndef is_small(a):\n    return a < 9\n\n\ndef ask(a):\n    return is_small(a)\n"
THREE = "\n\ndef test_three():\n    assert add(1, 1) == 2\n    assert add(2, 2) == 4\n    assert add(3, 3) == 6\n"
IN_THREE = f"{A}::test_three"


@table(
    pair("W01", "raises is gone", Weakened((ZERO,)),
         replace(B, "    with pytest.raises(ValueError):\n        div(1, 0)\n", "    div(1, 1)\n"), base=RAISES),
    pair("W02", "its mock's assertion is gone", Weakened((f"{MOCKED}::test_calls",)),
         replace(MOCKED, "    called.assert_called_once_with(1)\n", ""), base=(write(MOCKED, MOCK_TEST),)),
    pair("W03", "its condition never holds", Weakened((GUARD,)),
         guard_body("total = add(1, 2)", "if total > 100:", "    assert total == 3")),
    pair("W04", "suppress swallows the assertion", Weakened((GUARD,)),
         guard_body("import contextlib", "", "with contextlib.suppress(AssertionError):", "    assert add(1, 2) == 4")),
    pair("W05", "the assertion of a method is gone", Weakened((f"{A}::TestMore::test_method",)),
         replace(A, "        assert mul(2, 3) == 6", "        mul(2, 3)")),
    pair("W06", "one row of many asserts nothing", Weakened((f"{A}::test_add[big]",)),
         replace(A, "    assert add(a, b) == total\n", "    if a < 10:\n        assert add(a, b) == total\n")),
    pair("W08", "it moves to where its helper asserts nothing", Weakened((f"{B}::test_by_helper",)),
         replace(HELPED, BY_HELPER_SOURCE, ""),
         append(B, f"\n\ndef check_div(a, b, result):\n    div(a, b)\n{BY_HELPER_SOURCE}")),
    pair("W07", "only assert True is left", Weakened((GUARD,)), guard_body("add(1, 2)", "assert True")),
)  # fmt: skip
def test_run__all_assertions_of_a_guard_are_gone__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("W10", "two assertions of three are gone", Weakened((IN_THREE,), error=False),
         replace(A, "    assert add(2, 2) == 4\n    assert add(3, 3) == 6\n", ""), base=(in_a(THREE),)),
    pair("W11", "raises accepts any exception", Weakened((ZERO,), error=False),
         replace(B, "raises(ValueError)", "raises(Exception)"), base=RAISES),
    pair("W13", "its body is that of another test", Weakened((GUARD,), error=False, why="nothing of that"),
         guard_body("assert sub(5, 5) == 0")),
    pair("W14", "moved to another file, where it says less",
         Weakened((f"{B}::test_guard",), error=False, why="'assert total == 3' became 'assert total is not None'"),
         replace(A, GUARD_SOURCE, ""),
         append(B, "\n\ndef test_guard():\n    from app.calc import add\n\n    total = add(1, 2)\n"
                   "    assert total is not None\n")),
    pair("W12", "a loop over fewer values", Weakened((f"{A}::test_subtests",), error=False),
         replace(A, "for i in range(3):", "for i in range(1):")),
)  # fmt: skip
def test_run__some_assertions_of_a_guard_are_gone__is_reported(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


BY_FIXTURE = """\
@pytest.fixture
def equal():
    def check(a, b):
        assert a == b

    return check


def test_guard(equal):
    equal(add(1, 2), 3)
"""
WITH_SET_UP = """\
class TestMore:
    def setup_method(self):
        self.result = mul(2, 3)

    def test_method(self):
        assert self.result == 6
"""
ALL_KEPT = Passes(kept=len(EVERYTHING))


@table(
    pair("W20", "an assertion more", ALL_KEPT, last_in_guard("assert total > 0")),
    pair("W21", "another expectation", ALL_KEPT, guard_body("assert add(2, 5) == 7")),
    pair("W22", "its assertion moves into a helper", ALL_KEPT, guard_body("check_div(add(1, 2), 1, 3)"),
         replace(A, "import pytest\n", "import pytest\nfrom checks import check_div\n")),
    pair("W23", "its assertion moves into a fixture", ALL_KEPT, guard_becomes(BY_FIXTURE)),
    pair("W24", "unittest's assertion becomes a plain one", ALL_KEPT,
         replace(CASE, "self.assertEqual(mul(2, 2), 4)", "assert mul(2, 2) == 4")),
    pair("W25", "its class gets a set-up", ALL_KEPT,
         replace(A, "class TestMore:\n    def test_method(self):\n        assert mul(2, 3) == 6\n", WITH_SET_UP)),
    pair("W26", "production code is rewritten", ALL_KEPT,
         replace("app/calc.py", "    return sum(a for _ in range(b))\n", "    return a * b\n")),
    pair("W27", "a test that never asserted is changed", Passes(kept=len(EVERYTHING) + 1),
         replace(A, "    add(0, 0)\n", "    add(0, 1)\n"),
         base=(in_a("\n\ndef test_does_not_raise():\n    add(0, 0)\n"),)),
    pair("W28", "three assertions become one of the whole", Passes(kept=len(EVERYTHING) + 1, warning=""),
         replace(A, THREE, "\n\ndef test_three():\n    assert [add(n, n) for n in (1, 2, 3)] == [2, 4, 6]\n"),
         base=(in_a(THREE),)),
    pair("W29", "a loop over more values", ALL_KEPT, replace(A, "for i in range(3):", "for i in range(5):")),
)  # fmt: skip
def test_run__a_guard_is_changed_and_asserts_as_before__passes(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


NUMBERED = """

@pytest.mark.parametrize("case", [[1], [2], [3]])
def test_case(case):
    assert div(case[0], 1) == case[0]
"""
NAMES = """\
    import pytest


    @pytest.mark.parametrize("name", ["one.json", "two.json"])
    def test_data(name):
        assert name.endswith(".json")
    """


@table(
    pair("W40", "renamed, and asserts nothing", Lost("removed", (GUARD,)),
         guard_becomes("def test_sum():\n    total = add(1, 2)\n    print(total)\n")),
    pair("W41", "renamed, and expects the opposite", Lost("removed", (GUARD,)),
         replace("app/calc.py", "return a + b", "return a - b"),
         guard_becomes("def test_sum():\n    total = add(1, 2)\n    assert total != 3\n"),
         replace(A, "add(number, 1) == 5", "add(number, 1) == 3"), replace(A, "== total\n\n", "!= total\n\n"),
         replace(A, "add(i, 0)", "sub(i, 0)")),
    pair("W42", "renamed, and expects another value", Lost("removed", (GUARD,)),
         guard_becomes("def test_sum():\n    total = add(1, 3)\n    assert total == 4\n")),
    pair("W45", "its name is given to another test of another file", Lost("removed", (GUARD,)),
         replace(A, GUARD_SOURCE, ""), append(B, "\n\ndef test_guard():\n    assert div(9, 3) == 3\n")),
    pair("W47b", "renamed after another function that was there before", Lost("removed", (f"{B}::test_div",)),
         replace("app/calc.py", "def mul(a, b):", "def times(a, b):\n    return a + b\n\n\ndef mul(a, b):"),
         write(B, "from app.calc import times\n\n\ndef test_times():\n    assert times(1, 1) == 2\n")),
    pair("W47d", "its function is private now, and another has the place of it in the test",
         Lost("removed", (f"{B}::test_is_small",)),
         replace("app/calc.py", "def is_small(a):", "def _is_small(a):"),
         replace("app/calc.py", "return is_small(a)", "return _is_small(a)"),
         append("app/calc.py", "\n\ndef is_tiny(a):\n    return False\n"),
         replace(B, "def test_is_small():\n    assert calc.is_small(99) is False",
                 "def test_is_tiny():\n    assert calc.is_tiny(99) is False"),
         base=(append("app/calc.py", SMALL), replace(B, "from app", "from app import calc\nfrom app"),
               append(B, "\n\ndef test_is_small():\n    assert calc.is_small(99) is False\n"
                         "\n\ndef test_ask():\n    assert calc.ask(1)\n"))),
    pair("W47e", "its constant has another name, and it goes", Lost("removed", (f"{B}::test_limit",)),
         replace("app/calc.py", "LIMIT = 9", "MOST = 9"), replace(B, "import div, LIMIT", "import div"),
         replace(B, "\n\ndef test_limit():\n    assert LIMIT == 9\n", ""),
         base=(append("app/calc.py", "\n\nLIMIT = 9\n"), replace(B, "import div", "import div, LIMIT"),
               append(B, "\n\ndef test_limit():\n    assert LIMIT == 9\n"))),
    pair("W47f", "renamed, and what it is given is another text", Lost("removed", (f"{B}::test_text",)),
         replace(B, "def test_text():\n    length = div(len('abcd'), 2)",
                 "def test_texts():\n    length = div(len('abce'), 2)"),
         base=(append(B, "\n\ndef test_text():\n    length = div(len('abcd'), 2)\n    assert length == 2\n"),)),
    pair("W47c", "its function is emptied, and it goes", Lost("removed", (f"{B}::test_check",)),
         write("app/limits.py", 'def check(value):\n    """Refuse what is too large."""\n'),
         replace(B, "\n\ndef test_check():\n    from app.limits import check\n\n    assert check(1) is True\n", ""),
         base=(write("app/limits.py", 'def check(value):\n    """Refuse what is too large."""\n    return value < 9\n'),
               append(B, "\n\ndef test_check():\n    from app.limits import check\n\n    assert check(1) is True\n"))),
    pair("W90", "moved to another file, where its failure is swallowed", Lost("removed", (GUARD,)),
         replace(A, GUARD_SOURCE, ""),
         append(B, "\n\ndef test_guard():\n    from app.calc import add\n\n    try:\n        assert add(1, 2) == 4\n"
                   "    except AssertionError:\n        pass\n    assert add(1, 2) is not None\n")),
    pair("W91", "renamed, and its assertion stands behind a way out", Lost("removed", (GUARD,)),
         guard_becomes("def test_sum():\n    total = add(1, 2)\n    assert total\n    return\n    assert total==3\n")),
    pair("W46", "one of two rows gets other values", Lost("removed", (f"{A}::test_sub[5-5-0]",)),
         replace(A, "ROWS = [(3, 1, 2), (5, 5, 0)]", "ROWS = [(3, 1, 2), (5, 4, 1)]")),
    pair("W47", "the first of numbered cases deleted",
         LostSome(*(f"{B}::test_case[case{n}]" for n in (0, 1, 2)), codes=("TK203",)),
         replace(B, "[[1], [2], [3]]", "[[2], [3]]"),
         base=(append(B, NUMBERED), replace(B, "from app", "import pytest\n\nfrom app"))),
    pair("W48", "data of the tests deleted",
         LostSome("tests/unit/test_data.py::test_data[two.json]", codes=("TK203",)),
         replace("tests/unit/test_data.py", '["one.json", "two.json"]', '["one.json"]'),
         base=(write("tests/unit/test_data.py", NAMES),)),
    pair("W49", "skipped, and a new one is like it", Lost("skipped", (DIV,), "later"),
         replace(B, "from app.calc import div\n", "import pytest\n\nfrom app.calc import div, mul\n"),
         replace(B, "def test_div", '@pytest.mark.skip(reason="later")\ndef test_div'),
         append(B, "\n\ndef test_mul():\n    assert mul(4, 2) == 8\n")),
)  # fmt: skip
def test_run__a_new_test_only_looks_like_the_lost_one__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

"""Tests that go, or change, with the production code that they tested."""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import append, delete, git, replace, write
from integration.conservation.pairs import Lost, Pair, Passes, pair, table
from integration.conservation.project import BY_FIXTURE, DOCTEST, DOCTESTS, EVERYTHING, OTHER, A, B
from repositories import Outcome

POWER = "tests/unit/test_power.py"
FEATURE = (
    write("app/power.py", """\
        def power(a, n):
            result = 1
            for _ in range(n):
                result *= a
            return result
        """),
    write(POWER, "from app.power import power\n\n\ndef test_power():\n    assert power(2, 5) == 32\n"),
)  # fmt: skip
NEGATIVE_TEST = "\n\ndef test_by_fixture(check_negative):\n    check_negative(2, 3)\n"
DATA_TEST = """\
    import json
    from pathlib import Path

    import pytest

    import app

    FILES = sorted((Path(app.__file__).parent / "data").glob("*.json"))


    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    def test_data(file):
        assert json.loads(file.read_text())["rate"] > 0
    """
RATES = (
    write("app/data/one.json", '{"rate": 1}\n'), write("app/data/two.json", '{"rate": 2}\n'),
    write("tests/unit/test_data.py", DATA_TEST),
)  # fmt: skip


HALVED_IN_ONE = (
    append("app/calc.py", "\n\ndef half(a):\n    return a / 2\n"),
    replace(B, "import div", "import div, half"),
    append(B, "\n\ndef test_half():\n    assert half(4) == 2\n"),
)  # fmt: skip
DISPATCH = "\n\ndef call(n):\n    return None if n == 'x' else power(n)\n"
ROWS = (
    write("app/power.py", "def power(n):\n    result = n\n    return result**5\n"),
    replace("app/calc.py", "def add", "from app.power import power\n\n\ndef add"),
    append("app/calc.py", DISPATCH),
    append(B, "\n\ndef test_call():\n    from app.calc import call\n\n    assert call('x') is None\n"),
    write(POWER, """\
        import pytest

        from app.calc import call


        @pytest.mark.parametrize(("n", "result"), [(2, 32), ("x", None)])
        def test_power(n, result):
            assert call(n) == result
        """),
)  # fmt: skip


@table(
    pair("L14", "a feature is deleted with its test", Passes(retired=frozenset({f"{POWER}::test_power"})),
         delete("app/power.py"), delete(POWER), base=FEATURE),
    pair("L14b", "a function is deleted with its test", Passes(retired=frozenset({f"{B}::test_half"})),
         replace("app/calc.py", "\n\ndef half(a):\n    return a / 2\n", ""),
         replace(B, "import div, half", "import div"),
         replace(B, "\n\ndef test_half():\n    assert half(4) == 2\n", ""),
         base=(append("app/calc.py", "\n\ndef half(a):\n    return a / 2\n"),
               replace(B, "import div", "import div, half"),
               append(B, "\n\ndef test_half():\n    assert half(4) == 2\n"))),
    pair("L15", "a branch is deleted with its test", Passes(retired=frozenset({BY_FIXTURE})),
         replace("app/calc.py", "    if b < 0:\n        return -mul(a, -b)\n", ""),
         replace("tests/unit/test_helped.py", NEGATIVE_TEST, "")),
    pair("L16", "a change is reverted", Passes(retired=frozenset({f"{POWER}::test_power"})),
         git("revert", "--no-commit", "HEAD"), base=FEATURE),
    pair("L14h", "a function is replaced by another of the same length, with its test",
         Passes(retired=frozenset({f"{B}::test_half"})),
         replace("app/calc.py", "def half(a):\n    return a / 2\n", "def last(a):\n    return a[-1]\n"),
         replace(B, "import div, half", "import div, last"),
         replace(B, "def test_half():\n    assert half(4) == 2\n", "def test_last():\n    assert last([1, 2]) == 2\n"),
         base=HALVED_IN_ONE),
    pair("L14i", "a function is deleted with the rows of its test, of which one is refused before it does anything",
         Passes(retired=frozenset({f"{POWER}::test_power[2-32]", f"{POWER}::test_power[x-None]"})),
         replace("app/calc.py", DISPATCH, DISPATCH.replace("power(n)", "None")),
         replace("app/calc.py", "from app.power import power\n\n\n", ""), delete("app/power.py"), delete(POWER),
         base=ROWS),
    pair("L14j", "a constant is deleted with its test", Passes(retired=frozenset({f"{B}::test_limit"})),
         replace("app/calc.py", "\n\nLIMIT = 9\n", ""), replace(B, "import div, LIMIT", "import div"),
         replace(B, "\n\ndef test_limit():\n    assert LIMIT == 9\n", ""),
         base=(append("app/calc.py", "\n\nLIMIT = 9\n"), replace(B, "import div", "import div, LIMIT"),
               append(B, "\n\ndef test_limit():\n    assert LIMIT == 9\n"))),
    pair("L29", "production data is deleted",
         Passes(retired=frozenset({"tests/unit/test_data.py::test_data[two.json]"})), delete("app/data/two.json"),
         base=RATES),
)  # fmt: skip
def test_run__a_guard_goes_with_the_code_that_it_tested__is_retired(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


CART = "tests/unit/test_cart.py"
ADDING = """\
    def total(prices, discount=0):
        result = -discount
        for price in prices:
            result += price
        return result
    """
CART_TEST = "    prices = [3, 4]\n    assert total(prices) == 7\n    assert total(prices, 2) == 5\n"
ADD_SOURCE = '''\
def add(a, b):
    """Add two numbers.

    >>> add(1, 2)
    3
    >>> add(2, 2)
    4
    """
    return a + b
'''
HALF = 'def half(a):\n    """Halve.\n\n    >>> half(8)\n    4.0\n    """\n    return a / 2\n'


@table(
    pair("L18", "production code rewritten, test renamed",
         Passes(moved={f"{CART}::test_total": f"{CART}::test_total_of_prices"}),
         write("app/cart.py", "def total(prices, discount=0):\n    return sum(prices) - discount\n"),
         replace(CART, "def test_total", "def test_total_of_prices"), append(CART, "    assert total([]) == 0\n"),
         base=(write("app/cart.py", ADDING),
               write(CART, f"from app.cart import total\n\n\ndef test_total():\n{CART_TEST}"))),
    pair("L18b", "production code renamed", Passes(kept=len(EVERYTHING)),
         replace("app/calc.py", "def div", "def divide"),
         write(B, "from app.calc import divide\n\n\ndef test_div():\n    assert divide(4, 2) == 2\n"),
         write("tests/unit/checks.py",
               "from app.calc import divide\n\n\ndef check_div(a, b, result):\n    assert divide(a, b) == result\n")),
    pair("L18c", "production code renamed, and its test with it",
         Passes(moved={f"{B}::test_div": f"{B}::test_divide"}),
         replace("app/calc.py", "def div", "def divide"),
         write(B, "from app.calc import divide\n\n\ndef test_divide():\n    assert divide(4, 2) == 2\n"),
         write("tests/unit/checks.py",
               "from app.calc import divide\n\n\ndef check_div(a, b, result):\n    assert divide(a, b) == result\n")),
    pair("L30", "a function moves with its doctest", Passes(moved={DOCTEST: "app/sums.py::app.sums.add"}),
         replace("app/calc.py", f"{ADD_SOURCE}\n", "from app.sums import add\n"), write("app/sums.py", ADD_SOURCE),
         base=DOCTESTS),
    pair("L30b", "a function with a doctest is renamed",
         Passes(moved={"app/halves.py::app.halves.half": "app/halves.py::app.halves.halve"}),
         write("app/halves.py", HALF.replace("half", "halve")), base=(*DOCTESTS, write("app/halves.py", HALF))),
)  # fmt: skip
def test_run__production_code_is_rewritten__keeps_its_guards(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


HALF_SOURCE = "\n\ndef half(a):\n    result = a / 2\n    return result\n"
HALVED = (
    append("app/calc.py", HALF_SOURCE),
    replace(B, "import div", "import div, half"),
    append(B, "\n\ndef test_half():\n    assert half(4) == 2\n"),
)
HALF_TEST_GONE = (
    replace(B, "import div, half", "import div"), replace(B, "\n\ndef test_half():\n    assert half(4) == 2\n", ""),
)  # fmt: skip
HALF_TEST = f"{B}::test_half"
HALF_TEST_SOURCE = "\n\ndef test_half():\n    assert half(4) == 2\n"
OF_TWO = f"{HALF_TEST_SOURCE}    assert div(9, 3) == 3\n"
LOGGED = replace("app/calc.py", "def sub(a, b):\n", "def sub(a, b):\n    kept = (a, b)\n")
SUB_TEST = "\n\ndef test_other():\n    assert sub(3, 2) == 1\n"


@table(
    pair("L14c", "the function is renamed", Lost("removed", (HALF_TEST,)), *HALF_TEST_GONE,
         replace("app/calc.py", "def half", "def halve"), base=HALVED),
    pair("L14d", "the function moves to another module", Lost("removed", (HALF_TEST,)), *HALF_TEST_GONE,
         replace("app/calc.py", HALF_SOURCE, ""), write("app/halves.py", HALF_SOURCE.lstrip()), base=HALVED),
    pair("L14e", "the function is written anew", Lost("removed", (HALF_TEST,)), *HALF_TEST_GONE,
         replace("app/calc.py", "    result = a / 2\n    return result\n", "    return a * 0.5\n"), base=HALVED),
    pair("L14f", "the function stays", Lost("removed", (HALF_TEST,)), *HALF_TEST_GONE, base=HALVED),
    pair("L14k", "the function is renamed and edited", Lost("removed", (HALF_TEST,)),
         replace("app/calc.py", "def half(a):\n    result = a / 2", "def halve(a):\n    result = a * 0.5"),
         replace(B, "import div, half", "import div, halve"),
         replace(B, "def test_half():\n    assert half(4) == 2\n", "def test_any():\n    assert halve(4) != 5\n"),
         base=HALVED),
    pair("L14l", "the function becomes an instance of the same name", Lost("removed", (HALF_TEST,)), *HALF_TEST_GONE,
         replace("app/calc.py", HALF_SOURCE, "\n\nhalf = (2).__rtruediv__\n"), base=HALVED),
    pair("L14m", "one of two tested functions is deleted, and what was asserted of the other is nowhere",
         Lost("removed", (HALF_TEST,)), replace("app/calc.py", HALF_SOURCE, ""),
         replace(B, "import div, half", "import div"), replace(B, OF_TWO, ""),
         base=(*HALVED, replace(B, HALF_TEST_SOURCE, OF_TWO))),
    pair("L15b", "a line that other tests ran, too, is deleted", Lost("removed", (OTHER,)),
         replace("app/calc.py", "    kept = (a, b)\n", ""), replace(A, SUB_TEST, ""), base=(LOGGED,)),
    pair("L14g", "the function is deleted, and a skipped test of it stays", Lost("skipped", (HALF_TEST,)),
         replace("app/calc.py", HALF_SOURCE, ""), replace(B, "import div, half", "import div"),
         replace(B, "def test_half", '@pytest.mark.skip(reason="gone")\ndef test_half'),
         replace(B, "from app", "import pytest\n\nfrom app"), base=HALVED),
)  # fmt: skip
def test_run__a_guard_goes_and_its_code_does_not__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

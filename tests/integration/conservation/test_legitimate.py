"""Changes that honest work makes: nothing is lost, and the verdict says what became of each test.

Numbers are those of the research's list of legitimate changes; 14 to 18 and 30 are in `test_retired.py`, 17 in
`test_refused_replacements.py`, 19, 20 and 25 to 27 in `test_no_obligation.py`, 23 is E20, 24 is N01, 32 is A36. Left
out are 21 and 22 (lanes that come and go: one local run is one lane), 31 (a merge whose other parent was judged before,
which the repository does not say) and 33 (two versions of pytest in one environment).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from integration.conservation.edits import Edit, append, delete, rename, replace, write
from integration.conservation.pairs import Lost, Pair, Passes, pair, table
from integration.conservation.project import (
    ADD,
    CASE,
    CASE_METHOD,
    EVERYTHING,
    GUARD,
    IN_A,
    METHOD,
    MIXED,
    MIXIN,
    SUB,
    A,
    B,
    above_guard,
    guard_becomes,
    in_a,
    in_module,
)
from repositories import Outcome


def renamed(tests: Iterable[str], old: str, new: str) -> Passes:
    return Passes(moved={test: test.replace(old, new) for test in tests})


def one_of(tests: Iterable[str], *others: str) -> Passes:
    """Each of these tests is moved to or replaced by some of the others."""
    return Passes(either=dict.fromkeys(tests, frozenset(others)))


PLUS = (
    "\n\ndef plus(a, b):\n    return add(a, b)\n\n\ndef test_plus():\n    total = plus(1, 2)\n    assert total == 3\n"
)
METHOD_SOURCE = "class TestMore:\n    def test_method(self):\n        assert mul(2, 3) == 6\n"
AS_METHOD = "class TestGuard:\n    def test_guard(self):\n        total = add(1, 2)\n        assert total == 3\n"
UNITTEST_METHOD = "    def test_method(self):\n        self.assertEqual(mul(2, 2), 4)\n\n"
ROOT_PREFIX = [rename("tests", "checks")]


@table(
    pair("L01", "function renamed", Passes(moved={GUARD: f"{A}::test_sum"}),
         replace(A, "def test_guard", "def test_sum"), xdist=True),
    pair("L01b", "function renamed, with a helper of its file",
         Passes(moved={f"{A}::test_plus": f"{A}::test_summed"}), replace(A, PLUS, PLUS.replace("plus", "summed")),
         base=(append(A, PLUS),)),
    pair("L02", "file moved", renamed(IN_A, A, "tests/unit/sums/test_sums.py"),
         rename(A, "tests/unit/sums/test_sums.py")),
    pair("L02b", "root folder renamed", renamed(EVERYTHING, "tests/", "checks/"), *ROOT_PREFIX),
    pair("L02c", "package renamed", renamed(EVERYTHING, "tests/unit/", "tests/unit/calc/"),
         rename("tests/unit", "tests/calc"), rename("tests/calc", "tests/unit/calc")),
    pair("L02d", "class renamed", renamed((METHOD,), "TestMore", "TestProducts"),
         replace(A, "class TestMore", "class TestProducts")),
    pair("L02e", "class moved to another file", Passes(moved={METHOD: f"{B}::TestMore::test_method"}),
         replace(A, METHOD_SOURCE, ""), replace(B, "import div\n", "import div, mul\n"),
         append(B, f"\n\n{METHOD_SOURCE}")),
    pair("L03", "testpaths and the root folder change", renamed(EVERYTHING, "tests/", "checks/"), *ROOT_PREFIX,
         write("pytest.ini", "[pytest]\ntestpaths = checks\n"),
         base=(write("pytest.ini", "[pytest]\ntestpaths = tests\n"),)),
    pair("L04", "function becomes a method", Passes(moved={GUARD: f"{A}::TestGuard::test_guard"}),
         guard_becomes(AS_METHOD)),
    pair("L05", "unittest becomes pytest", Passes(moved={CASE_METHOD: f"{CASE}::test_method"}),
         replace(CASE, UNITTEST_METHOD, ""), append(CASE, "\n\ndef test_method():\n    assert mul(2, 2) == 4\n")),
)  # fmt: skip
def test_run__a_guard_is_renamed_or_moved__is_found_again(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


MUL = "tests/unit/test_mul.py"
ONE_BY_ONE = """\
    from app.calc import mul


    def test_one():
        assert mul(1, 1) == 1


    def test_large():
        assert mul(20, 5) == 100


    def test_negative():
        assert mul(2, -7) == -14
    """
IN_MUL = tuple(f"{MUL}::test_{name}" for name in ("one", "large", "negative"))
ROWS = "[(1, 1, 1), (20, 5, 100), (2, -7, -14)]"
PARAMETRISED = f"""\
    import pytest

    from app.calc import mul


    @pytest.mark.parametrize(("a", "b", "product"), {ROWS})
    def test_mul(a, b, product):
        assert mul(a, b) == product
    """
LOOP = f"""\
    from app.calc import mul


    def test_mul():
        for a, b, product in {ROWS}:
            assert mul(a, b) == product
    """
SUBTESTS = f"""\
    from app.calc import mul


    def test_mul(subtests):
        for a, b, product in {ROWS}:
            with subtests.test(a=a, b=b):
                assert mul(a, b) == product
    """
BOTH = "\n\ndef test_both():\n    assert add(7, 2) == 9\n    assert sub(7, 2) == 5\n"
SPLIT = """

def test_seven_and_two():
    assert add(7, 2) == 9


def test_seven_without_two():
    assert sub(7, 2) == 5
"""
TUTORIALS = tuple(f"tests/unit/docs/test_tutorial_{n:03}.py" for n in (1, 2, 3))


def tutorial(name: str) -> str:
    """Write one of several generated files whose tests are all alike."""
    return f"""\
        from app.calc import add, sub


        def test_{name}_sum():
            assert add(11, 2) == 13


        def test_{name}_rest():
            assert sub(11, 2) == 9
        """


OLD_IN_DOCS = tuple(f"{path}::test_old_{kind}" for path in TUTORIALS for kind in ("sum", "rest"))
NEW_IN_DOCS = tuple(f"{path[:-3]}_an.py::test_new_{kind}" for path in TUTORIALS for kind in ("sum", "rest"))


@table(
    pair("L06", "split in two",
         one_of([f"{A}::test_both"], f"{A}::test_seven_and_two", f"{A}::test_seven_without_two"),
         replace(A, BOTH, SPLIT), base=(in_a(BOTH),)),
    pair("L07", "merged into one with parameters",
         one_of(IN_MUL, *(f"{MUL}::test_mul[{row}]" for row in ("1-1-1", "20-5-100", "2--7--14"))),
         write(MUL, PARAMETRISED), base=(write(MUL, ONE_BY_ONE),)),
    pair("L08", "merged into a loop", one_of(IN_MUL, f"{MUL}::test_mul"), write(MUL, LOOP),
         base=(write(MUL, ONE_BY_ONE),)),
    pair("L08b", "merged into subtests", one_of(IN_MUL, f"{MUL}::test_mul"), write(MUL, SUBTESTS),
         base=(write(MUL, ONE_BY_ONE),)),
    pair("L28", "generated tests are generated anew", one_of(OLD_IN_DOCS, *NEW_IN_DOCS),
         *(edit for path in TUTORIALS for edit in (delete(path), write(f"{path[:-3]}_an.py", tutorial("new")))),
         base=tuple(write(path, tutorial("old")) for path in TUTORIALS)),
)  # fmt: skip
def test_run__guards_are_split_or_merged__are_accounted_for(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


CASES = "tests/unit/test_cases.py"


def with_cases(*values: str) -> Edit:
    """Write a test with parameters to which pytest gives numbers as ids."""
    rows = ", ".join(values)
    return write(CASES, f"""\
        import pytest

        from app.calc import add


        @pytest.mark.parametrize("case", [{rows}])
        def test_case(case):
            assert add(case["n"], 1) == case["n"] + 1
        """)  # fmt: skip


ONES = "tests/unit/test_ones.py"


def with_values(values: str) -> Edit:
    """Write a test with plain numbers as parameters."""
    return write(ONES, f"""\
        import pytest

        from app.calc import add


        @pytest.mark.parametrize("n", [{values}])
        def test_one(n):
            assert add(n, 0) == n
        """)  # fmt: skip


ADD_ROWS = '[(1, 2, 3), (50, 50, 100)], ids=["small", "big"])'
ASYNC_MODES = '@pytest.fixture(params=["asyncio", "trio"])\ndef mode(request):\n    return request.param\n'


@table(
    pair("L09", "ids renamed", Passes(moved={ADD[0]: f"{A}::test_add[few]", ADD[1]: f"{A}::test_add[many]"}),
         replace(A, 'ids=["small", "big"]', 'ids=["few", "many"]')),
    pair("L09b", "ids added", Passes(moved={SUB[0]: f"{A}::test_sub[three]", SUB[1]: f"{A}::test_sub[five]"}),
         replace(A, '"rest"), ROWS)', '"rest"), ROWS, ids=["three", "five"])')),
    pair("L10", "rows in another order", Passes(kept=len(EVERYTHING)),
         replace(A, ADD_ROWS, '[(50, 50, 100), (1, 2, 3)], ids=["big", "small"])')),
    pair("L11", "a case put before numbered ones", Passes(kept=len(EVERYTHING) + 2),
         with_cases('{"n": 0}', '{"n": 1}', '{"n": 2}'), base=(with_cases('{"n": 1}', '{"n": 2}'),)),
    pair("L12", "a value twice", one_of([f"{ONES}::test_one[1]"], f"{ONES}::test_one[1_0]", f"{ONES}::test_one[1_1]"),
         with_values("1, 1"), base=(with_values("1"),)),
    pair("L13", "one parameter more",
         Passes(either={test: frozenset({f"{test[:-1]}-{n}]" for n in (0, 1)}) for test in ADD}),
         replace(A, 'ids=["small", "big"])\ndef test_add(a, b, total):\n    assert',
                 'ids=["small", "big"])\ndef test_add(a, b, total, zero):\n    assert zero in (0, 1)\n    assert'),
         replace(A, '@pytest.mark.parametrize(("a", "b", "total")',
                 '@pytest.mark.parametrize("zero", [0, 1])\n@pytest.mark.parametrize(("a", "b", "total")')),
    pair("L13b", "a fixture with parameters", one_of([GUARD], f"{GUARD}[asyncio]", f"{GUARD}[trio]"),
         in_module(ASYNC_MODES), above_guard('@pytest.mark.usefixtures("mode")')),
)  # fmt: skip
def test_run__parameters_are_written_in_another_way__are_matched_by_value(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


SIGNS = tuple(f"{MIXED}::{name}::test_sign" for name in ("TestZero", "TestOne"))


@table(
    pair("L37", "a class that inherits its tests is renamed", renamed(SIGNS[1:], "TestOne", "TestSingle"),
         replace(MIXED, "class TestOne", "class TestSingle"), base=(write(MIXED, MIXIN),)),
    pair("L37b", "and gets a test more", renamed(SIGNS[1:], "TestOne", "TestSingle"),
         replace(MIXED, "class TestOne(Checks):\n    value = 1\n",
                 "class TestSingle(Checks):\n    value = 1\n\n    def test_one(self):\n        assert self.value\n"),
         base=(write(MIXED, MIXIN),)),
    pair("L38", "the file of classes that inherit their tests moves", renamed(SIGNS, "test_mixed", "test_signs"),
         rename(MIXED, "tests/unit/test_signs.py"), base=(write(MIXED, MIXIN),)),
)  # fmt: skip
def test_run__guards_are_inherited__are_found_with_their_class(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("L39", "a class that inherits its tests is renamed and gutted",
         Lost("removed", SIGNS[1:]), replace(MIXED, "class TestOne(Checks):\n    value = 1\n",
         "class TestSingle(Checks):\n    value = 1\n\n    def test_sign(self):\n        pass\n"),
         base=(write(MIXED, MIXIN),)),
    pair("L39b", "another test's assertion takes the place of an inherited one", Lost("removed", (GUARD,)),
         guard_becomes(""), replace(MIXED, "class TestOne(Checks):\n    value = 1\n",
         "class TestOne(Checks):\n    def test_sign(self):\n        total = add(1, 2)\n        assert total == 3\n"),
         replace(MIXED, "class Checks", "from app.calc import add\n\n\nclass Checks"), base=(write(MIXED, MIXIN),)),
)  # fmt: skip
def test_run__an_inherited_guard_is_overridden_elsewhere__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

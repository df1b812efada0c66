"""Family D: tests that guarded at the base and that pytest does not find at the head.

D36, D38 and D08 are open to more than one reading: the mixin's function is still in the source though the class that
ran it is gone; the test without parameters may count as one of those that it had; what was renamed onto another test
left its own id and hides that of the other. Each must block and name one of the tests.
"""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import delete, rename, replace, write
from integration.conservation.pairs import Invalid, Lost, LostSome, Pair, Passes, Red, Weakened, pair, table
from integration.conservation.project import (
    CASE,
    DIV,
    DOCTEST,
    DOCTESTS,
    EVERYTHING,
    GUARD,
    GUARD_SOURCE,
    IN_A,
    IN_CASE,
    METHOD,
    MIXED,
    MIXIN,
    OTHER,
    A,
    above_guard,
    first_in_guard,
    guard_becomes,
    guard_body,
    hook,
    in_a,
    in_module,
    ini,
)
from repositories import Outcome


def hidden(*tests: str, why: str = "", also: tuple[str, ...] = ()) -> Lost:
    return Lost("not collected", tests, why, also=also)


def gone(*tests: str, why: str = "") -> Lost:
    return Lost("removed", tests, why)


INDENTED = "".join(f"    {line}\n" for line in GUARD_SOURCE.splitlines())
COMMENTED = "".join(f"# {line}\n" for line in GUARD_SOURCE.splitlines())
SUB_FOLDER = "tests/unit/sub/test_sub.py"
IN_SUB = f"{SUB_FOLDER}::test_in_sub"
SUB_TESTS = write(SUB_FOLDER, "def test_in_sub():\n    assert 1 + 1 == 2\n")
IGNORES = "def pytest_ignore_collect(collection_path):\n    return collection_path.name == 'test_a.py' or None\n"
MAKES_NOTHING = "def pytest_pycollect_makeitem(name):\n    return [] if name == 'test_guard' else None\n"
METHOD_LINE = "    def test_method(self):\n        assert mul"


@table(
    pair("D01", "renamed to _test_guard", hidden(GUARD, why="_test_guard"),
         replace(A, "def test_guard", "def _test_guard"), xdist=True),
    pair("D02", "its class lost the prefix", hidden(METHOD, why="CTest"), replace(A, "class TestMore", "class CTest")),
    pair("D03", "its file lost the prefix", hidden(*IN_A, why="a_checks.py"), rename(A, "tests/unit/a_checks.py")),
    pair("D04", "__test__ = False in its class", hidden(METHOD),
         replace(A, "class TestMore:\n", "class TestMore:\n    __test__ = False\n")),
    pair("D05", "__test__ = False on the function", hidden(GUARD), in_a("\n\ntest_guard.__test__ = False\n")),
    pair("D06", "its class has an __init__", hidden(METHOD),
         replace(A, "class TestMore:\n", "class TestMore:\n    def __init__(self):\n        self.value = 1\n\n")),
    pair("D09", "python_functions", hidden(*(test for test in EVERYTHING if test not in IN_CASE)),
         ini("python_functions = verify_*")),
    pair("D10", "python_files", hidden(*EVERYTHING, also=("TK107",)), ini("python_files = verify_*.py")),
    pair("D11", "testpaths narrowed", hidden(*(test for test in EVERYTHING if test != DIV)),
         ini("testpaths = tests/unit/test_b.py"), base=(ini("testpaths = tests"),)),
    pair("D13", "norecursedirs", hidden(IN_SUB, why="ignored"), ini("norecursedirs = sub"), base=(SUB_TESTS,)),
    pair("D14", "its file moved to build", hidden(*IN_A, why="build"), rename(A, "tests/unit/build/test_a.py")),
    pair("D15", "collect_ignore", hidden(*IN_A, why="ignored"),
         write("tests/conftest.py", 'collect_ignore = ["unit/test_a.py"]\n')),
    pair("D16", "collect_ignore_glob", hidden(*IN_A, why="ignored"), hook('collect_ignore_glob = ["*_a.py"]\n')),
    pair("D17", "--ignore in addopts", hidden(*IN_A, why="ignored"), ini(f"addopts = --ignore={A}")),
    pair("D18", "a hook ignores its file", hidden(*IN_A, why="ignored"), hook(IGNORES)),
    pair("D19", "a hook makes nothing of it", hidden(GUARD), hook(MAKES_NOTHING)),
    pair("D23", "if False around it", hidden(GUARD), guard_becomes(f"if False:\n\n{INDENTED}")),
    pair("D24", "indented into another function", hidden(GUARD), guard_becomes(f"def build():\n{INDENTED}")),
    pair("D27", "in a try whose import fails", hidden(GUARD),
         guard_becomes(f"try:\n    from app.calc import gone  # noqa\n\n{INDENTED}except ImportError:\n    pass\n")),
    pair("D28", "--doctest-modules removed", hidden(DOCTEST), delete("pytest.ini"), base=DOCTESTS),
    pair("D30", "its class is no TestCase any more", hidden(*IN_CASE),
         replace(CASE, "class Case(unittest.TestCase)", "class Case")),
    pair("D31", "turned into a fixture", hidden(GUARD), above_guard("@pytest.fixture")),
    pair("D35", "turned into a property", hidden(METHOD), replace(A, METHOD_LINE, f"    @property\n{METHOD_LINE}")),
    pair("D37", "imported tests are not collected", hidden("tests/unit/test_imported.py::test_shared"),
         ini("collect_imported_tests = false"),
         base=(write("tests/unit/shared.py", "def test_shared():\n    assert 1 + 1 == 2\n"),
               write("tests/unit/test_imported.py", "from shared import test_shared  # noqa: F401\n"))),
    pair("D40", "the unittest plugin is off", hidden(*IN_CASE), ini("addopts = -p no:unittest")),
    pair("D41", "a pyvenv.cfg in its folder", hidden(IN_SUB, why="ignored"),
         write("tests/unit/sub/pyvenv.cfg", "home = /usr\n"), base=(SUB_TESTS,)),
)  # fmt: skip
def test_run__a_guard_is_there_and_not_found__blocks_with_the_cause(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


BACKENDS = """\
    def pytest_generate_tests(metafunc):
        if "backend" in metafunc.fixturenames:
            metafunc.parametrize("backend", ["pg", "sqlite"])
    """
ONE_BACKEND = 'import pytest\n\n\n@pytest.fixture\ndef backend():\n    return "pg"\n'
STORED = "tests/unit/test_stored.py"
STORED_TEST = write(STORED, "def test_stored(backend):\n    assert len(backend) > 1\n")
BY_BACKEND = (f"{STORED}::test_stored[pg]", f"{STORED}::test_stored[sqlite]")
ENGINES = """\
    import pytest


    @pytest.fixture(params=["pg", "sqlite"])
    def backend(request):
        return request.param
    """


@table(
    pair("D20", "file deleted", gone(*IN_A, why=A), delete(A)),
    pair("D21", "function deleted", gone(GUARD, why=A), guard_becomes("")),
    pair("D21b", "method deleted, and its class stays", gone(METHOD, why="not in"),
         replace(A, "    def test_method(self):\n        assert mul(2, 3) == 6\n",
                 "    def test_rest(self):\n        assert mul(1, 1) == 1\n")),
    pair("D22", "function commented out", gone(GUARD), guard_becomes(COMMENTED)),
    pair("D29", "examples of a doctest deleted", gone(DOCTEST),
         replace("app/calc.py", "    >>> add(1, 2)\n    3\n    >>> add(2, 2)\n    4\n",
                 "    For example, 1 and 2 make 3.\n"), base=DOCTESTS),
    pair("D36", "a subclass of a mixin deleted", LostSome(f"{MIXED}::TestOne::test_sign", codes=("TK203", "TK205")),
         replace(MIXED, "\n\nclass TestOne(Checks):\n    value = 1\n", ""), base=(write(MIXED, MIXIN),)),
    pair("D38", "pytest_generate_tests removed", LostSome(*BY_BACKEND, codes=("TK203",)), hook(ONE_BACKEND),
         base=(hook(BACKENDS), STORED_TEST)),
    pair("D39", "one parameter of a fixture removed", gone(BY_BACKEND[1], why="parameter"),
         replace("conftest.py", '["pg", "sqlite"]', '["pg"]'), base=(hook(ENGINES), STORED_TEST)),
    pair("D07", "a second definition shadows it", Lost("not collected", (GUARD,), "hides"),
         in_a("\n\ndef test_guard():\n    assert add(1, 2)\n")),
    pair("D08", "renamed onto an existing test", LostSome(GUARD, OTHER, codes=("TK203", "TK205", "TK206")),
         replace(A, "def test_other", "def test_guard")),
)  # fmt: skip
def test_run__a_guard_is_gone__blocks_with_the_cause(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("D34", "returns what it asserted", Weakened((GUARD,)), guard_body("total = add(1, 2)", "return total == 3")),
)  # fmt: skip
def test_run__a_guard_returns_what_it_asserted__is_weakened_to_nothing(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


MISSING = in_module("from app.calc import missing  # noqa: F401")


@table(
    pair("A11", "importorskip of a broken module", Invalid("TK103", "does not import"),
         write("tests/unit/broken_mod.py", 'raise ImportError("does not import")\n'),
         in_module('pytest.importorskip("broken_mod")')),
    pair("D25", "import error", Invalid("TK103", "missing"), MISSING, xdist=True),
    pair("D26", "import error, and the run goes on", Invalid("TK103", "missing"), MISSING,
         ini("addopts = --continue-on-collection-errors")),
    pair("D33", "yield in the body", Invalid("TK103", "yield"), first_in_guard("yield")),
    pair("D43", "import error in a conftest", Invalid("TK104"), hook("import does_not_exist\n")),
    pair("D44", "unknown mark under --strict-markers", Invalid("TK103", "unheard_of"),
         above_guard("@pytest.mark.unheard_of"), ini("addopts = --strict-markers")),
    pair("D45", "no rows under fail_at_collect", Invalid("TK103"), replace(A, "[(3, 1, 2), (5, 5, 0)]", "[]"),
         ini("empty_parameter_set_mark = fail_at_collect")),
)  # fmt: skip
def test_run__a_file_cannot_be_collected__is_inconclusive_and_never_compared(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("D32", "async def without a plugin", Red("TK101", GUARD),
         replace(A, "def test_guard", "async def test_guard")),
)  # fmt: skip
def test_run__a_guard_cannot_run__fails_and_is_no_loss(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("D12", "testpaths point nowhere", Passes(kept=len(EVERYTHING)), ini("testpaths = nowhere")),
    pair("D42", "the ini moves into tests", Passes(kept=len(EVERYTHING)), write("tests/pytest.ini", "[pytest]\n"),
         arguments=("tests",)),
)  # fmt: skip
def test_run__pytest_finds_the_same_from_elsewhere__keeps_all(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

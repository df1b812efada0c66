"""Family A: tests that guarded at the base and are skipped at the head.

A11 is with the collection errors in `test_collection.py`. Rows from A40 on are not in the research.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from integration.conservation.conftest import BASE
from integration.conservation.edits import Edit, append, replace, write
from integration.conservation.pairs import CODES, Lost, Pair, Passes, Weakened, concerning, pair, table
from integration.conservation.project import (
    ADD,
    CASE,
    CASE_METHOD,
    CASE_SUBTESTS,
    DOCTEST,
    DOCTESTS,
    EVERYTHING,
    GUARD,
    IN_A,
    IN_CASE,
    METHOD,
    NUMBER,
    SUB,
    SUBTESTS,
    A,
    above,
    above_guard,
    first_in_guard,
    hook,
    in_module,
    ini,
    last_in_guard,
)
from repositories import GitProject, Outcome


def skipped(*tests: str, why: str, path: str = "") -> Lost:
    return Lost("skipped", tests, why, path=path)


def file_skipped(why: str) -> Lost:
    return Lost("not collected", IN_A, why, path=A)


def no_rows(test_ids: tuple[str, ...]) -> Lost:
    return Lost("removed", test_ids, "parameter")


def fixture(*body: str) -> Edit:
    """Give the fixture that one test uses another body."""
    return replace(A, "    return 4\n", "".join(f"    {line}\n" for line in body))


def set_up(name: str, line: str) -> Edit:
    """Give the class of one test a method that runs before it."""
    return replace(A, "class TestMore:\n", f"class TestMore:\n    def {name}(self):\n        {line}\n\n")


ONE_NODE = """\
    import pytest


    @pytest.fixture(autouse=True)
    def gate(request):
        if request.node.name == "test_guard":
            pytest.skip("not now")
    """
MARKS_ITEMS = """\
    import pytest


    def pytest_collection_modifyitems(items):
        for item in items:
            if item.name == "test_guard":
                item.add_marker(pytest.mark.skip(reason="not now"))
    """
SKIPS_IN_HOOK = """\
    import pytest


    def pytest_runtest_setup(item):
        if item.name == "test_guard":
            pytest.skip("not now")
    """
OFF = 'import os\n\n\n@pytest.fixture\ndef off():\n    pytest.skip("off")\n'
SET_UP_MODULE = 'def setup_module(module):\n    pytest.skip("off")\n\n'
SET_UP_CLASS = (
    "class Case(unittest.TestCase):\n    @classmethod\n    def setUpClass(cls):\n"
    '        raise unittest.SkipTest("off")\n\n'
)


@table(
    pair("A01", "skip mark", skipped(GUARD, why="broken", path=A), above_guard('@pytest.mark.skip(reason="broken")'),
         xdist=True),
    pair("A02", "skipif True", skipped(GUARD, why="never"), above_guard('@pytest.mark.skipif(True, reason="never")')),
    pair("A03", "skipif with a condition in a string", skipped(GUARD, why="new"),
         above_guard('@pytest.mark.skipif("sys.version_info > (3,)", reason="new")')),
    pair("A04", "skip in the first line", skipped(GUARD, why="later", path=A), first_in_guard('pytest.skip("later")')),
    pair("A05", "skip in the last line", skipped(GUARD, why="did run"), last_in_guard('pytest.skip("did run")')),
    pair("A06", "pytestmark skips a module", skipped(*IN_A, why="off"),
         in_module('pytestmark = pytest.mark.skip(reason="off")')),
    pair("A07", "skip mark on a class", skipped(METHOD, why="off"),
         above("class TestMore:", '@pytest.mark.skip("off")')),
    pair("A08", "skip at module level", file_skipped("off"), in_module('pytest.skip("off", allow_module_level=True)'),
         xdist=True),
    pair("A09", "importorskip of what is not installed", file_skipped("nonexistent_lib"),
         in_module('np = pytest.importorskip("nonexistent_lib")')),
    pair("A10", "importorskip of a version that is not there", file_skipped("999"),
         in_module('pytest.importorskip("pluggy", minversion="999")')),
    pair("A12", "importorskip that forgives a broken module", file_skipped("does not import"),
         write("tests/unit/broken_mod.py", 'raise ImportError("does not import")\n'),
         in_module('pytest.importorskip("broken_mod", exc_type=ImportError)')),
    pair("A13", "importorskip in the body", skipped(GUARD, why="nonexistent_lib"),
         first_in_guard('pytest.importorskip("nonexistent_lib")')),
    pair("A14", "a fixture skips", skipped(NUMBER, why="service absent"), fixture('pytest.skip("service absent")')),
    pair("A15", "an autouse fixture in a conftest skips", skipped(GUARD, why="not now"), hook(ONE_NODE)),
    pair("A16", "setup_module skips", skipped(*IN_A, why="off"), in_module(SET_UP_MODULE)),
    pair("A17", "setup_method skips", skipped(METHOD, why="off"), set_up("setup_method", 'pytest.skip("off")')),
    pair("A18", "unittest.skip on a method", skipped(CASE_METHOD, why="off"),
         above("    def test_method(self):", '    @unittest.skip("off")', CASE), xdist=True),
    pair("A19", "unittest.skip on a class", skipped(*IN_CASE, why="off"),
         above("class Case", '@unittest.skip("off")', CASE)),
    pair("A20", "self.skipTest", skipped(CASE_METHOD, why="off"),
         replace(CASE, "self.assertEqual(mul(2, 2), 4)", 'self.skipTest("off")')),
    pair("A21", "__unittest_skip__", skipped(*IN_CASE, why=""),
         replace(CASE, "(unittest.TestCase):\n", "(unittest.TestCase):\n    __unittest_skip__ = True\n\n")),
    pair("A22", "SkipTest raised in a function", skipped(GUARD, why="off"),
         first_in_guard('import unittest; raise unittest.SkipTest("off")')),
    pair("A23", "SkipTest raised in a module", file_skipped("off"),
         in_module('import unittest\nraise unittest.SkipTest("off")')),
    pair("A24", "setUpClass raises SkipTest", skipped(*IN_CASE, why="off"),
         replace(CASE, "class Case(unittest.TestCase):\n", SET_UP_CLASS)),
    pair("A25", "a hook adds a skip mark", skipped(GUARD, why="not now"), hook(MARKS_ITEMS)),
    pair("A26", "a hook skips", skipped(GUARD, why="not now", path="conftest.py"), hook(SKIPS_IN_HOOK)),
    pair("A27", "no rows in parametrize", no_rows(SUB), replace(A, "[(3, 1, 2), (5, 5, 0)]", "[]")),
    pair("A28", "no rows, and empty sets are xfailed", no_rows(SUB), replace(A, "[(3, 1, 2), (5, 5, 0)]", "[]"),
         ini("empty_parameter_set_mark = xfail")),
    pair("A29", "skip mark on one row", skipped(ADD[0], why="row"),
         replace(A, "[(1, 2, 3), (50,", '[pytest.param(1, 2, 3, marks=pytest.mark.skip(reason="row")), (50,')),
    pair("A30", "one row deleted", no_rows(SUB[1:]), replace(A, ", (5, 5, 0)]", "]")),
    pair("A32", "rows from a generator that is used up", no_rows(SUB),
         replace(A, "ROWS = [(3, 1, 2), (5, 5, 0)]", "ROWS = (row for row in [(3, 1, 2), (5, 5, 0)])\nlist(ROWS)")),
    pair("A35", "skipif in CI", skipped(GUARD, why="not in CI"), in_module("import os"),
         above_guard('@pytest.mark.skipif("CI" in os.environ, reason="not in CI")'), environment={"CI": "true"}),
    pair("A37", "usefixtures of one that skips", skipped(GUARD, why="off"), in_module(OFF),
         above_guard('@pytest.mark.usefixtures("off")')),
    pair("A38", "every example of a doctest is skipped", skipped(DOCTEST, why="+SKIP"),
         replace("app/calc.py", ">>> add(1, 2)", ">>> add(1, 2)  # doctest: +SKIP"),
         replace("app/calc.py", ">>> add(2, 2)", ">>> add(2, 2)  # doctest: +SKIP"), base=DOCTESTS),
    pair("A40", "a skip mark for every test", Lost("skipped", EVERYTHING, "off", also=("TK107",)),
         hook(MARKS_ITEMS.replace('if item.name == "test_guard"', "if True").replace("not now", "off"))),
)  # fmt: skip
def test_run__a_guard_is_skipped__blocks_with_the_reason(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


CASE_SKIPS = """\
                if i:
                    self.skipTest("off")
                self.assertEqual(mul(i, 1), i)
"""


@table(
    pair("A31", "other values under the same ids", Weakened(ADD, error=False),
         replace(A, "[(1, 2, 3), (50, 50, 100)]", "[(0, 0, 0), (0, 0, 0)]")),
    pair("A33", "subtests skipped", Weakened((SUBTESTS,), error=False),
         replace(A, "            assert add(i, 0) == i\n",
                 '            if i:\n                pytest.skip("off")\n            assert add(i, 0) == i\n'),
         xdist=True),
    pair("A34", "unittest subtests skipped", Weakened((CASE_SUBTESTS,), error=False),
         replace(CASE, "                self.assertEqual(mul(i, 1), i)\n", CASE_SKIPS)),
    pair("A39", "some examples of a doctest are skipped", Weakened((DOCTEST,), error=False),
         replace("app/calc.py", ">>> add(2, 2)", ">>> add(2, 2)  # doctest: +SKIP"), base=DOCTESTS),
)  # fmt: skip
def test_run__a_guard_skips_a_part_of_itself__is_reported(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("A36", "skip in the tear-down", Passes(kept=len(EVERYTHING)), fixture("yield 4", 'pytest.skip("late")')),
)  # fmt: skip
def test_run__a_guard_skips_after_its_call__still_guards(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


MANY = "tests/unit/test_many.py"
FORTY = tuple(f"{MANY}::test_{n:02}" for n in range(40))
MANY_TESTS = "import pytest\n" + "".join(f"\n\ndef test_{n:02}():\n    assert {n} + 1 == {n + 1}\n" for n in range(40))


@table(
    pair("A41", "forty tests in a module that skips itself", Lost("not collected", FORTY, "one bad cause", path=MANY),
         replace(MANY, "import pytest\n", 'import pytest\n\npytest.skip("one bad cause", allow_module_level=True)\n'),
         base=(write(MANY, MANY_TESTS),)),
    pair("A42", "forty tests that one mark skips", Lost("skipped", FORTY, "one bad cause"),
         append(MANY, '\n\npytestmark = pytest.mark.skip(reason="one bad cause")\n'), base=(write(MANY, MANY_TESTS),)),
    pair("C16", "forty tests that one -k takes out", Lost("deselected", FORTY, "not test_many"),
         ini("addopts = -k 'not test_many'"), base=(write(MANY, MANY_TESTS),)),
)  # fmt: skip
def test_run__one_cause_loses_forty_tests__says_the_cause_once(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    run = judge(pair)

    pair.expected.check(run)
    (finding,) = concerning(run, CODES[pair.expected.how])
    assert (set(finding.tests), finding.test in FORTY) == (set(FORTY), True)
    assert run.output.count(pair.expected.why) == 1
    assert [test for test in FORTY if run.output.count(f"{test}\n") != 1] == []


@table(
    pair("A43", "a skip, judged by the gate alone", skipped(GUARD, why="broken"),
         above_guard('@pytest.mark.skip(reason="broken")'), base=(write("testkeep.toml", 'stages = ["unit"]\n'),)),
)  # fmt: skip
def test_gate__the_base_was_recorded_elsewhere__judges_as_the_run_does(
    pair: Pair, head: Callable[[Pair], GitProject], tmp_path: Path
) -> None:
    project = head(pair)
    project.git("checkout", "--quiet", BASE)
    project.testkeep("run", "--base", "none", "--evidence", str(tmp_path / "elsewhere"))
    project.git("checkout", "--quiet", "main")
    project.testkeep("run", "--no-gate")

    pair.expected.check(project.testkeep("gate", "--baseline", str(tmp_path / "elsewhere")))

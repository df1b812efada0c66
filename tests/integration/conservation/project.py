"""The default project of the pairs: production code and tests of every kind that the rows speak of."""

from __future__ import annotations

from integration.conservation.edits import Edit, append, replace, write

A, B, CASE, HELPED = (f"tests/unit/test_{name}.py" for name in ("a", "b", "case", "helped"))
GUARD, OTHER, NUMBER, METHOD = (
    f"{A}::{name}" for name in ("test_guard", "test_other", "test_number", "TestMore::test_method")
)
ADD, SUB, SUBTESTS = (
    (f"{A}::test_add[small]", f"{A}::test_add[big]"),
    (f"{A}::test_sub[3-1-2]", f"{A}::test_sub[5-5-0]"),
    f"{A}::test_subtests",
)
CASE_METHOD, CASE_SUBTESTS = f"{CASE}::Case::test_method", f"{CASE}::Case::test_subtests"
BY_HELPER, BY_FIXTURE = f"{HELPED}::test_by_helper", f"{HELPED}::test_by_fixture"
DIV = f"{B}::test_div"

IN_A = (GUARD, OTHER, NUMBER, METHOD, *ADD, *SUB, SUBTESTS)
IN_CASE = (CASE_METHOD, CASE_SUBTESTS)
IN_HELPED = (BY_HELPER, BY_FIXTURE)
EVERYTHING = (*IN_A, *IN_CASE, *IN_HELPED, DIV)

# For pairs that need tests that classes inherit.
MIXED = "tests/unit/test_mixed.py"
MIXIN = """\
    class Checks:
        value = 0

        def test_sign(self):
            assert self.value >= 0


    class TestZero(Checks):
        value = 0


    class TestOne(Checks):
        value = 1
    """

CALC = """\
    def add(a, b):
        return a + b


    def sub(a, b):
        return a - b


    def mul(a, b):
        if b < 0:
            return -mul(a, -b)
        return sum(a for _ in range(b))


    def div(a, b):
        if b == 0:
            raise ValueError("division by zero")
        return a / b
    """
TEST_A = """\
    import pytest

    from app.calc import add, mul, sub

    ROWS = [(3, 1, 2), (5, 5, 0)]


    @pytest.fixture
    def number():
        return 4


    def test_guard():
        total = add(1, 2)
        assert total == 3


    def test_other():
        assert sub(3, 2) == 1


    def test_number(number):
        assert add(number, 1) == 5


    class TestMore:
        def test_method(self):
            assert mul(2, 3) == 6


    @pytest.mark.parametrize(("a", "b", "total"), [(1, 2, 3), (50, 50, 100)], ids=["small", "big"])
    def test_add(a, b, total):
        assert add(a, b) == total


    @pytest.mark.parametrize(("a", "b", "rest"), ROWS)
    def test_sub(a, b, rest):
        assert sub(a, b) == rest


    def test_subtests(subtests):
        for i in range(3):
            with subtests.test(i=i):
                assert add(i, 0) == i
    """
TEST_CASE = """\
    import unittest

    from app.calc import mul


    class Case(unittest.TestCase):
        def test_method(self):
            self.assertEqual(mul(2, 2), 4)

        def test_subtests(self):
            for i in range(3):
                with self.subTest(i=i):
                    self.assertEqual(mul(i, 1), i)
    """
TEST_HELPED = """\
    from checks import check_div


    def test_by_helper():
        check_div(9, 3, 3)


    def test_by_fixture(check_negative):
        check_negative(2, 3)
    """
CHECKS = """\
    from app.calc import div


    def check_div(a, b, result):
        assert div(a, b) == result
    """
CONFTEST = """\
    import pytest

    from app.calc import mul


    @pytest.fixture
    def check_negative():
        def check(a, b):
            assert mul(a, -b) == -mul(a, b)

        return check
    """
TEST_B = """\
    from app.calc import div


    def test_div():
        assert div(4, 2) == 2
    """
FILES = {
    ".gitignore": "__pycache__/\n.pytest_cache/\n.testkeep/\n",
    "pyproject.toml": '[project]\nname = "pairs"\nversion = "1"\n',
    "app/__init__.py": "",
    "app/calc.py": CALC,
    A: TEST_A,
    B: TEST_B,
    CASE: TEST_CASE,
    HELPED: TEST_HELPED,
    "tests/unit/checks.py": CHECKS,
    "tests/unit/conftest.py": CONFTEST,
}

GUARD_BODY = "    total = add(1, 2)\n    assert total == 3\n"
GUARD_SOURCE = f"def test_guard():\n{GUARD_BODY}"
_DOCTEST = '''\
def add(a, b):
    """Add two numbers.

    >>> add(1, 2)
    3
    >>> add(2, 2)
    4
    """
'''
DOCTEST = "app/calc.py::app.calc.add"
DOCTESTS = (
    write("pytest.ini", "[pytest]\naddopts = --doctest-modules\n"),
    replace("app/calc.py", "def add(a, b):\n", _DOCTEST),
)


def above(what: str, line: str, name: str = A) -> Edit:
    """Put a line above a line of a file."""
    return replace(name, what, f"{line}\n{what}")


def above_guard(line: str) -> Edit:
    """Put a line above the guard."""
    return above("def test_guard", line)


def first_in_guard(line: str) -> Edit:
    """Make a line the first of the guard's body."""
    return replace(A, "def test_guard():\n", f"def test_guard():\n    {line}\n")


def last_in_guard(line: str) -> Edit:
    """Make a line the last of the guard's body."""
    return replace(A, "    assert total == 3\n", f"    assert total == 3\n    {line}\n")


def guard_body(*lines: str) -> Edit:
    """Give the guard another body."""
    return replace(A, GUARD_BODY, "".join(f"    {line}\n" for line in lines))


def guard_becomes(text: str) -> Edit:
    """Put other source in the place of the guard."""
    return replace(A, GUARD_SOURCE, text)


def in_module(line: str) -> Edit:
    """Put a line below the imports of the guard's file."""
    return replace(A, "ROWS = [", f"{line}\n\nROWS = [")


def ini(*lines: str) -> Edit:
    """Configure pytest in a file of its own."""
    return write("pytest.ini", "\n".join(["[pytest]", *lines, ""]))


def hook(text: str) -> Edit:
    """Write the conftest.py of the project's root."""
    return write("conftest.py", text)


def in_a(text: str) -> Edit:
    """Add text at the end of the guard's file."""
    return append(A, text)

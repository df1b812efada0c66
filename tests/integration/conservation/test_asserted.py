"""What tests assert is compared by the records of both runs: what went quiet is said, and honest changes are not."""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation import shop
from integration.conservation.edits import Edit, append, delete, replace, write
from integration.conservation.pairs import Expected, Pair, Passes, Weakened, pair, table
from integration.conservation.shop import CHECKING, FOLDER, MORE, PRICES, ROWS, SHOP_CONFTEST, SUPPORT, TESTING, TESTS
from repositories import Outcome


def row(id_: str, what: str, expected: Expected, *head: Edit) -> Pair:
    return pair(id_, what, expected, *head, base=shop.BASE)


def quiet(id_: str, what: str, name: str, *head: Edit, file: str = TESTS) -> Pair:
    """A row in which nothing of a test's strength is left."""
    return row(id_, what, Weakened((shop.id_of(name, file),)), *head)


def weaker(id_: str, what: str, name: str, why: str, *head: Edit) -> Pair:
    """A row in which a test says less, which is a warning."""
    return row(id_, what, Weakened((shop.id_of(name),), error=False, why=why), *head)


def in_tests(old: str, new: str) -> Edit:
    return replace(TESTS, old, new)


BROKEN_TAX = replace(PRICES, "amount // 5", "amount // 4 + 1")
NO_CHECK = "def check(n, amount):\n        price(n)"
SWALLOWS = """\
    import contextlib

    import pytest

    pytest_plugins = ["support.stock"]


    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call():
        with contextlib.suppress(AssertionError):
            return (yield)
        return True
    """
HOLLOW_FIXTURE = """\
    import pytest


    @pytest.fixture
    def priced():
        return lambda n, amount: None
    """
LOCAL_HELPER = "\n\ndef expect_price(n, amount):\n    return price(n), amount\n"
PARSE_RAISES = replace(PRICES, "raise Missing(text)", "raise TypeError(text)")


@table(
    quiet("X01", "a helper of the same name in the test's file", "test_by_helper", append(TESTS, LOCAL_HELPER)),
    quiet("X02", "a fixture in a new conftest.py", "test_by_fixture", write(SHOP_CONFTEST, HOLLOW_FIXTURE),
          file=MORE),
    quiet("X03", "a hook swallows what fails", "test_tax", write("conftest.py", SWALLOWS), BROKEN_TAX),
    quiet("X04", "an inherited check is overridden", "TestPrice::test_checked",
          in_tests("class TestPrice(PriceChecks):\n",
                   "class TestPrice(PriceChecks):\n    def expect(self, value):\n        self.value = value\n\n")),
    quiet("X05", "an inherited test asserts nothing", "TestContract::test_contract",
          replace(CHECKING, "assert price(self.n) == 5 * self.n", "price(self.n)")),
    quiet("X06", "a constant that is looped over is empty", "test_constant",
          in_tests("AMOUNTS = [(1, 5), (2, 10)]", "AMOUNTS = []")),
    quiet("X07", "a file that is looped over is empty", "test_file", write(ROWS, "")),
    quiet("X08", "a plugin's fixture asserts nothing", "test_plugin",
          replace(SUPPORT, "assert stock.left + stock.taken == 3", "stock.left = 3 - stock.taken")),
    quiet("X09", "a helper in the production package asserts nothing", "test_by_production_helper",
          replace(TESTING, "assert price(n) == amount", "return price(n) == amount")),
    quiet("X14", "a call that raises is under suppress", "test_warm",
          replace(PRICES, "return [n]", "raise RuntimeError(n)"),
          in_tests("    warm(1)", "    import contextlib\n\n    with contextlib.suppress(Exception):\n"
                   "        warm(1)")),
    quiet("X15", "a swallowed failure is padded", "test_tax", BROKEN_TAX,
          in_tests("    assert amount == 2\n", "    try:\n        assert amount == 2\n    except AssertionError:\n"
                   "        assert amount > 0\n    assert str(amount)\n    assert [amount]\n")),
    quiet("X18", "a context of the project's own asserts nothing", "test_by_context",
          replace(CHECKING, "assert stock.taken == before + n", "stock.taken = before + n")),
    quiet("X19", "a parameter that expected an exception swallows it", "test_expectation[empty]",
          in_tests("pytest.param(pytest.raises(ValueError)", "pytest.param(contextlib.suppress(ValueError)")),
    quiet("X20", "a stack of contexts swallows what it expected", "test_stack",
          in_tests('pytest.raises(ValueError, match="int")', "contextlib.suppress(ValueError)")),
)  # fmt: skip
def test_run__nothing_holds_any_more_or_a_failure_is_swallowed__blocks(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


@table(
    weaker("X10", "any exception that matches", "test_raises", "raises(Exception, match='')", PARSE_RAISES,
           in_tests("pytest.raises(Missing)", 'pytest.raises(Exception, match="")'),
           in_tests("ERRORS = Missing", "ERRORS = TypeError"),
           in_tests("assertRaises(Missing)", "assertRaises(TypeError)")),
    weaker("X11", "many exceptions", "test_raises", "raises((Missing, TypeError, ValueError))",
           in_tests("raises(Missing)", "raises((Missing, TypeError, ValueError))")),
    weaker("X16", "is not None instead of a value", "test_tax", "'assert amount == 2' became", BROKEN_TAX,
           in_tests("assert amount == 2", "assert amount is not None")),
    weaker("X17", "a constant that is a base class now", "test_raises_constant", "expected Missing at the base",
           in_tests("ERRORS = Missing", "ERRORS = LookupError")),
)  # fmt: skip
def test_run__an_assertion_says_less__is_said(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    row("X12", "renamed, and its fixture is emptied", Weakened((shop.id_of("test_twenty", MORE),)),
        replace(MORE, "test_by_fixture", "test_twenty"),
        replace(f"{FOLDER}/conftest.py", "assert price(n) == amount", "price(n)")),
    row("X13", "renamed, and its helper is emptied", Weakened((shop.id_of("test_ten"),)),
        in_tests("def test_by_helper", "def test_ten"),
        replace(CHECKING, "    assert price(n) == amount", "    price(n)")),
)  # fmt: skip
def test_run__renamed_and_emptied__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


def honest(id_: str, what: str, *head: Edit) -> Pair:
    return row(id_, what, Passes(), *head)


NEW_HELPER = """

def expect_stock(stock, left, taken):
    assert stock.left == left
    assert stock.taken == taken
"""
POLLS = """\
    for attempt in range(5):
        try:
            assert tax(attempt * 5) == 2
        except AssertionError:
            continue
        break
    amount = tax(10)
    assert amount == 2
"""
WAITS = """\
    deadline = 5
    while True:
        try:
            amount = tax(deadline)
            assert amount == 2
            break
        except AssertionError:
            deadline += 1
"""
XFAILS = """

@pytest.mark.xfail(reason="not yet", strict=True)
def test_not_yet():
    assert price(1) == 6
"""
EXPECTS = """

def test_helper_fails():
    with pytest.raises(AssertionError):
        expect_price(1, 6)
"""
CASE = """\
class Case(unittest.TestCase):
    def test_parse(self):
        self.assertEqual(parse("7"), 7)
        with self.assertRaises(Missing):
            parse("")
"""
AS_PYTEST = """\
class Case(unittest.TestCase):
    def test_parse(self):
        assert parse("7") == 7
        with pytest.raises(Missing):
            parse("")
"""
BODY = "    assert stock.take() == 2\n    assert stock.left == 2\n    assert stock.taken == 1\n"
ASSERT_TWO = "    assert stock.left == 3\n    assert stock.taken == 0\n"
FIXTURE = """\
    import pytest

    from app.prices import price


    @pytest.fixture
    def priced():
        def check(n, amount):
            assert price(n) == amount

        return check
    """


@table(
    honest("Y01", "a helper is renamed", replace(CHECKING, "def expect_price", "def price_is"),
           in_tests("expect_price, ", ""), in_tests("PriceChecks, expect_taken", "PriceChecks, expect_taken, price_is"),
           in_tests("expect_price(2, 10)", "price_is(2, 10)")),
    honest("Y02", "a fixture moves to another conftest.py", delete(f"{FOLDER}/conftest.py"),
           write(SHOP_CONFTEST, FIXTURE)),
    honest("Y03", "two assertions become one",
           in_tests(ASSERT_TWO, "    assert (stock.left, stock.taken) == (3, 0)\n")),
    honest("Y04", "assertions move into a helper", append(TESTS, NEW_HELPER),
           in_tests(ASSERT_TWO, "    expect_stock(stock, 3, 0)\n")),
    honest("Y05", "all assertions of a test move into a helper and become one",
           append(TESTS, NEW_HELPER.replace("    assert stock.left == left\n    assert stock.taken == taken\n",
                                            "    assert (stock.left, stock.taken) == (left, taken)\n")),
           in_tests(ASSERT_TWO, "    expect_stock(stock, 3, 0)\n")),
    honest("Y06", "an exception becomes narrower",
           replace(PRICES, "class Missing(KeyError):\n    pass\n",
                   "class Missing(KeyError):\n    pass\n\n\nclass Empty(Missing):\n    pass\n"),
           replace(PRICES, "raise Missing(text)", "raise Empty(text)"),
           in_tests("import Missing, Stock", "import Empty, Missing, Stock"),
           in_tests("pytest.raises(Missing)", "pytest.raises(Empty, match='')")),
    honest("Y07", "the data of loops grow", in_tests("(2, 10)]", "(2, 10), (3, 15), (4, 20)]"), append(ROWS, "9 45\n")),
    honest("Y08", "an assertion is retried", in_tests("    amount = tax(10)\n    assert amount == 2\n", POLLS)),
    honest("Y09", "an assertion is polled", in_tests("    amount = tax(10)\n    assert amount == 2\n", WAITS)),
    honest("Y10", "a test that is expected to fail is new", append(TESTS, XFAILS)),
    honest("Y11", "a test expects that a helper fails", append(TESTS, EXPECTS)),
    honest("Y12", "a unittest method asserts as pytest's do", in_tests(CASE, AS_PYTEST)),
    honest("Y13", "assertions change their order",
           in_tests(ASSERT_TWO, "    assert stock.taken == 0\n    assert stock.left == 3\n")),
    honest("Y14", "a value and a message change with the code", BROKEN_TAX,
           in_tests("assert amount == 2", "assert amount == 3, f'not {amount}'")),
    honest("Y15", "an inherited check is overridden with a stricter one",
           in_tests("class TestPrice(PriceChecks):\n", "class TestPrice(PriceChecks):\n    def expect(self, value):\n"
                    "        super().expect(value)\n        assert isinstance(value, int)\n\n")),
    honest("Y16", "what held three times in a loop is written out",
           in_tests("    for n, amount in AMOUNTS:\n        assert price(n) == amount\n",
                    "    assert price(1) == 5\n    assert price(2) == 10\n")),
    honest("Y17", "a helper becomes an object",
           replace(CHECKING, "def expect_price(n, amount):\n    assert price",
                   "class Expect:\n    def __call__(self, n, amount):\n        self.price(n, amount)\n\n"
                   "    def price(self, n, amount):\n        assert price"),
           append(CHECKING, "\n\nexpect_price = Expect()\n")),
)  # fmt: skip
def test_run__honest_change__passes(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))

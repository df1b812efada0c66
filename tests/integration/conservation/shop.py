"""A base whose tests assert by helpers, fixtures, classes and data, each in its own way."""

from __future__ import annotations

from integration.conservation.edits import write

PRICES, TESTING, SUPPORT = "app/prices.py", "app/testing.py", "support/stock.py"
FOLDER = "tests/unit/shop"
TESTS, CHECKING, ROWS, SHOP_CONFTEST = (
    f"{FOLDER}/{name}" for name in ("test_prices.py", "checking.py", "rows.txt", "more/conftest.py")
)
MORE = f"{FOLDER}/more/test_more.py"


def id_of(name: str, file: str = TESTS) -> str:
    """The id of a test."""
    return f"{file}::{name}"


BASE = (
    write(
        PRICES,
        """\
        class Missing(KeyError):
            pass


        def price(n):
            return 5 * n


        def tax(amount):
            return amount // 5


        def parse(text):
            if not text:
                raise Missing(text)
            return int(text)


        def warm(n):
            return [n]


        class Stock:
            def __init__(self):
                self.left = 3
                self.taken = 0

            def take(self):
                self.left -= 1
                self.taken += 1
                return self.left
        """,
    ),
    write(
        TESTING,
        """\
        from app.prices import price


        def verify_price(n, amount):
            assert price(n) == amount
        """,
    ),
    write("conftest.py", 'pytest_plugins = ["support.stock"]\n'),
    write("support/__init__.py", ""),
    write(
        SUPPORT,
        """\
        import pytest

        from app.prices import Stock


        @pytest.fixture
        def stocked():
            stock = Stock()
            yield stock
            assert stock.left + stock.taken == 3
        """,
    ),
    write(
        CHECKING,
        """\
        import contextlib

        from app.prices import price


        def expect_price(n, amount):
            assert price(n) == amount


        @contextlib.contextmanager
        def expect_taken(stock, n):
            before = stock.taken
            yield
            assert stock.taken == before + n


        class PriceChecks:
            def expect(self, value):
                assert value == 10


        class Contract:
            n = 1

            def test_contract(self):
                assert price(self.n) == 5 * self.n
        """,
    ),
    write(
        f"{FOLDER}/conftest.py",
        """\
        import pytest

        from app.prices import price


        @pytest.fixture
        def priced():
            def check(n, amount):
                assert price(n) == amount

            return check
        """,
    ),
    write(
        MORE,
        """\
        def test_by_fixture(priced):
            priced(4, 20)
        """,
    ),
    write(ROWS, "1 5\n2 10\n3 15\n"),
    write(
        TESTS,
        """\
        import contextlib
        import unittest
        from pathlib import Path

        import pytest

        from app.prices import Missing, Stock, parse, price, tax, warm
        from app.testing import verify_price
        from checking import Contract, PriceChecks, expect_price, expect_taken

        AMOUNTS = [(1, 5), (2, 10)]
        ERRORS = Missing


        def test_by_helper():
            expect_price(2, 10)


        def test_by_production_helper():
            verify_price(3, 15)


        def test_by_context():
            stock = Stock()
            with expect_taken(stock, 1):
                stock.take()


        class TestPrice(PriceChecks):
            def test_checked(self):
                self.expect(price(2))


        class TestContract(Contract):
            n = 2


        def test_constant():
            for n, amount in AMOUNTS:
                assert price(n) == amount


        def test_file():
            rows = Path(__file__).with_name("rows.txt").read_text().splitlines()
            for n, amount in map(str.split, rows):
                assert price(int(n)) == int(amount)


        def test_plugin(stocked):
            stocked.take()


        def test_raises():
            with pytest.raises(Missing):
                parse("")


        @pytest.mark.parametrize("expectation", [pytest.param(pytest.raises(ValueError), id="empty")])
        def test_expectation(expectation):
            with expectation:
                price(int(""))


        def test_stack():
            with contextlib.ExitStack() as stack:
                stack.enter_context(pytest.raises(ValueError, match="int"))
                price(int(""))


        def test_raises_constant():
            with pytest.raises(ERRORS):
                parse("")


        def test_warm():
            warm(1)


        def test_tax():
            amount = tax(10)
            assert amount == 2


        def test_stock():
            stock = Stock()
            assert stock.take() == 2
            assert stock.left == 2
            assert stock.taken == 1


        def test_two():
            stock = Stock()
            assert stock.left == 3
            assert stock.taken == 0


        class Case(unittest.TestCase):
            def test_parse(self):
                self.assertEqual(parse("7"), 7)
                with self.assertRaises(Missing):
                    parse("")
        """,
    ),
)

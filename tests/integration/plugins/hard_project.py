"""A project whose tests run production code in all the ways that are hard to attribute to a test."""

from __future__ import annotations

import textwrap
from pathlib import Path

from integration.plugins.footprint_project import FootprintProject

CART = """\
    class Cart:
        def __init__(self):
            self.items = []

        def add(self, price):
            if price < 0:
                raise ValueError(price)
            self.items.append(price)
            return self

        @property
        def total(self):
            return sum(
                price * 2
                for price in self.items
            )

    def tax(amount, rate=None):
        if rate is None:
            rate = 10
        return amount * rate // 100

    def nothing(): return None
    """
FLOW = """\
    import contextlib

    def numbers(first):
        number = first
        while True:
            number += 1
            if number % 2:
                yield number
            else:
                step = number
                yield step

    def serve(inbox, outbox):
        while True:
            item = inbox.get()
            if item is None:
                return
            if item > 10:
                item -= 10
            outbox.append(item)

    async def poll(queue, seen):
        while True:
            item = await queue.get()
            if item is None:
                return
            if item:
                seen.append(item)
            else:
                seen.clear()

    async def double(number):
        if number:
            return number * 2
        return 0

    @contextlib.contextmanager
    def borrowed(things):
        things.append(1)
        try:
            yield things
        finally:
            things.pop()
    """
TEST_CART = """\
    import unittest

    import pytest
    from shop.cart import Cart, nothing, tax

    @pytest.fixture(scope="module")
    def full():
        cart = Cart().add(3)
        yield cart
        assert cart.total == 6

    @pytest.fixture
    def rate():
        yield tax(100)
        tax(1, 1)

    def test_module_fixture_first(full):
        assert full.items

    def test_module_fixture_again(full):
        assert full.total

    @pytest.mark.parametrize("price", [1, -1, pytest.param(2, id="a|b::c")])
    def test_parameters(price):
        if price < 0:
            with pytest.raises(ValueError):
                Cart().add(price)
        else:
            Cart().add(price)

    def test_fails(rate):
        assert tax(100, 20) == 21

    def test_fails_in_production():
        Cart().add(-1)

    @pytest.mark.skip
    def test_skipped():
        nothing()

    class TestMethods:
        def test_method(self, rate):
            assert rate

        def test_one_line(self):
            assert nothing() is None

    class TestOld(unittest.TestCase):
        def setUp(self):
            self.cart = Cart()

        def test_old(self):
            with self.subTest("sub"):
                self.cart.add(1)

    def test_late_import():
        import shop.late
        assert shop.late.LATE

    def test_late_import_again():
        import shop.late
        assert shop.late.late() == 1

    def test_nothing():
        assert True
    """
TEST_FLOW = """\
    import asyncio
    import queue
    import threading

    import pytest
    from shop import flow
    from shop.cart import tax

    walk = flow.numbers(0)

    def test_generator_starts():
        assert next(walk) == 1

    def test_generator_goes_on():
        assert next(walk) == 2

    def test_generator_goes_on_again():
        assert next(walk) == 3

    class Inbox:
        def __init__(self):
            self.things = queue.Queue()
            self.waits = threading.Semaphore(0)

        def get(self):
            self.waits.release()
            return self.things.get()

        def send(self, item):
            self.things.put(item)
            self.waits.acquire()

    @pytest.fixture(scope="module")
    def server():
        inbox, outbox = Inbox(), []
        thread = threading.Thread(target=flow.serve, args=(inbox, outbox))
        thread.start()
        inbox.waits.acquire()
        yield inbox, outbox
        inbox.things.put(None)
        thread.join()

    @pytest.mark.parametrize("item", [1, 11, 2, 12])
    def test_thread_that_outlives_tests(server, item):
        server[0].send(item)
        assert server[1]

    def test_thread_that_ends():
        threads = [threading.Thread(target=tax, args=(1, rate)) for rate in (None, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @pytest.mark.parametrize("number", [0, 1])
    def test_coroutine(number):
        assert asyncio.run(flow.double(number)) == 2 * number

    @pytest.fixture(scope="module")
    def loop():
        loop = asyncio.new_event_loop()
        yield loop
        loop.close()

    @pytest.fixture(scope="module")
    def polled(loop):
        queue, seen = asyncio.Queue(), []
        task = loop.create_task(flow.poll(queue, seen))
        yield queue, seen
        queue.put_nowait(None)
        loop.run_until_complete(task)

    @pytest.mark.parametrize("item", [1, 0, 2, 0])
    def test_task_that_outlives_tests(loop, polled, item):
        async def send():
            polled[0].put_nowait(item)
            for _ in range(5):
                await asyncio.sleep(0)
        loop.run_until_complete(send())

    def test_context_manager():
        with pytest.raises(KeyError), flow.borrowed([]):
            raise KeyError
    """
LATE = """\
    LATE = True

    class Late:
        late = LATE

    def late():
        return 1
    """


def hard_project(folder: Path) -> FootprintProject:
    """The project with all that is hard."""
    pyproject = '[tool.pytest.ini_options]\npythonpath = ["src"]\n'
    files = {
        "pyproject.toml": pyproject,
        "src/shop/__init__.py": "",
        "src/shop/cart.py": CART,
        "src/shop/flow.py": FLOW,
        "src/shop/late.py": LATE,
        "src/shop/tests/__init__.py": "",
        "src/shop/tests/test_inside.py": "def test_inside():\n    assert True\n",
        "tests/test_cart.py": TEST_CART,
        "tests/test_flow.py": TEST_FLOW,
    }
    return FootprintProject(folder, {name: textwrap.dedent(text) for name, text in files.items()})

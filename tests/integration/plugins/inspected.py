"""A project whose tests assert in every way; what an inspection finds stands beside each test."""

from __future__ import annotations

import re

from testkeep.model.tests import Strength

HEADER = """\
import asyncio, contextlib, threading, unittest, warnings
from unittest import mock
import pytest
import helpers
from app import code

def run_thread(call):
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()

"""
PRODUCTION = """\
def add(a, b):
    assert isinstance(a, int)
    assert isinstance(b, int)
    return a + b

def fail():
    raise ValueError("no")

def fail_assertion():
    assert False, "in production"

def evens(n):
    for each in range(n):
        if each % 2 == 0:
            yield each
"""
HELPERS = """\
import functools

def check(value):
    assert value

def check_all(values):
    for value in values:
        assert value
        yield value

class Two:
    n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 2:
            raise StopIteration
        return self.n

def traced(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper
"""
CONFTEST = """\
import pytest

@pytest.fixture
def set_up():
    assert 1 + 1 == 2
    yield 3
    assert 1 + 2 == 3
    assert 1 + 3 == 4

@pytest.fixture
def closure():
    def check(value):
        assert value == 1
    return check

@pytest.fixture(scope="session")
def shared():
    assert 1 + 1 == 2
    def check(value):
        assert value == 1
    yield check
    assert 1 + 2 == 3

@pytest.fixture(scope="class", autouse=True)
def shared_too():
    assert 1 + 1 == 2
    yield
    assert 1 + 2 == 3
"""
BODIES = """\
def test_plain():  # asserted=1
    assert code.add(1, 2) == 3

def test_two():  # asserted=2
    x = code.add(1, 2)
    assert x == 3
    assert x != 4

def test_loop():  # asserted=3 places=1
    for n in range(3):
        assert code.add(n, 0) == n

def test_endless_loop():  # asserted=3 places=1 broken=1
    numbers = iter([1, 1, 1])
    try:
        while True:
            assert next(numbers) == 1
    except StopIteration: pass

def test_multi_line():  # asserted=1
    assert (
        code.add(1, 2)
        ==
        code.add(
            2,
            1,
        )
    ), (
        'message'
    )

def test_multi_line_loop():  # asserted=2 places=1
    for n in (1, 2):
        assert [
            n,
            n
        ] == [
            1 * n, n
        ]

def test_multi_line_broken():  # broken=1
    with contextlib.suppress(AssertionError):
        assert (
            1
            ==
            int('2')
        )

def test_comprehension():  # asserted=1
    assert [
        n
        for n in code.evens(4)
        if n
    ] == [2]

def test_comprehension_of_iterator():  # asserted=2
    assert [
        n
        for n in helpers.Two()
    ] == [1, 2]
    assert {n for n in code.evens(3)}

def test_generator():  # asserted=1
    assert all(
        n < 5
        for n in code.evens(4)
    )

def test_semicolon():  # asserted=2 places=1
    a = 1; assert a == 1; assert a < 2

def test_semicolon_broken():  # asserted=1 broken=1
    with contextlib.suppress(AssertionError):
        a = int('1'); assert a == 1; assert a == 2; assert a == 3

def test_semicolon_raised_before():  # nothing
    with contextlib.suppress(ValueError):
        a = int('x'); assert a == 1

def test_one_line_if():  # asserted=1
    if code.add(1, 1) == 3: assert code
    else: assert code

def test_one_line_with():  # asserted=1
    with contextlib.nullcontext() as x: assert x is None

def test_one_line_def():  # nothing
    def check(): assert code.add(1, 1) == 2

def test_one_line_def_called():  # asserted=2 places=1
    def check(): assert code.add(1, 1) == 2
    check()
    check()

def test_helper():  # asserted=2 own=0 places=1
    helpers.check(1)
    helpers.check(2)

def test_helper_broken():  # broken=1
    try:
        helpers.check(0)
    except AssertionError:
        pass

def test_helper_generator():  # asserted=4 own=2 places=2
    for each in helpers.check_all([1, 2]):
        assert each

def test_helper_decorated():  # asserted=1 own=0
    helpers.traced(helpers.check)(1)

def test_swallowed():  # broken=1
    try:
        assert code.add(1, 2) == 4
    except AssertionError:
        pass

def test_swallowed_finally():  # broken=1
    try:
        try:
            assert code.add(1, 2) == 4
        finally:
            x = 1
    except AssertionError:
        pass

def test_suppressed():  # broken=1
    with contextlib.suppress(Exception):
        assert code.add(1, 2) == 4

def test_evaluation_raises():  # broken=1
    try:
        assert code.fail()
    except ValueError:
        pass

def test_early_return():  # nothing
    if code:
        return
    assert code.add(1, 2) == 3

def test_loop_over_nothing():  # nothing
    for n in []:
        assert n

def test_never_true():  # nothing
    if code.add(1, 2) == 4:
        assert code

def test_no_assertion():  # nothing
    code.add(1, 2)

def test_constant():  # vacuous=2
    assert True
    assert 1

def test_tuple():  # vacuous=1
    import warnings
    assert (code.add(1, 2) == 4, 'message')

def test_or_true():  # vacuous=1
    assert code.add(1, 2) == 4 or True

def test_itself():  # vacuous=2
    x = 1
    assert x == x
    assert x is x

def test_thread_holds():  # asserted=1
    def check():
        assert code.add(1, 2) == 3
    run_thread(check)

def test_thread_fails():  # broken=1
    def check():
        assert code.add(1, 2) == 4
    run_thread(check)

def test_not_awaited():  # nothing
    async def check():
        assert code.add(1, 2) == 3
    check().close()

def test_awaited():  # asserted=2
    async def value():
        await asyncio.sleep(0)
        return 3
    async def check():
        assert (
            await value()
            == 3
        )
        assert await value() == 3
    asyncio.run(check())

def test_async_comprehension():  # asserted=1
    async def values():
        yield 1
        yield 2
    async def check():
        assert [n async for n in values()] == [1, 2]
    asyncio.run(check())

def test_raises():  # asserted=1
    with pytest.raises(ValueError):
        code.fail()

def test_raises_with_match():  # asserted=1
    with pytest.raises(Exception, match='no'):
        code.fail()

def test_raises_anything():  # unspecific=1
    with pytest.raises(Exception):
        code.fail()

def test_raises_anything_of_several():  # unspecific=1
    with pytest.raises((ValueError, BaseException)):
        code.fail()

def test_raises_own_assertion():  # broken=1
    with pytest.raises(Exception):
        assert code.add(1, 2) == 4

def test_raises_assertion_of_helper():  # asserted=1 broken=1
    with pytest.raises(AssertionError):
        helpers.check(0)

def test_raises_assertion_of_production():  # asserted=1
    with pytest.raises(AssertionError, match='production'):
        code.fail_assertion()

def test_raises_function():  # asserted=2 unspecific=1
    error = pytest.raises(ValueError, code.fail)
    assert error.match('no')
    pytest.raises(Exception, code.fail)

def test_raises_not():  # broken=1
    try:
        with pytest.raises(ValueError):
            code.add(1, 2)
    except BaseException:
        pass

def test_raises_another():  # nothing
    try:
        with pytest.raises(KeyError):
            code.fail()
    except ValueError:
        pass

def test_raises_in_exit_stack():  # asserted=1
    with contextlib.ExitStack() as stack:
        stack.enter_context(pytest.raises(ValueError))
        code.fail()

def test_warns():  # asserted=1
    with pytest.warns(UserWarning):
        warnings.warn('x')

def test_warns_function():  # asserted=1
    pytest.warns(UserWarning, warnings.warn, 'x')

def test_warns_not():  # broken=1
    try:
        with pytest.warns(UserWarning):
            pass
    except BaseException:
        pass

def test_deprecated():  # asserted=1
    with pytest.deprecated_call():
        warnings.warn('x', DeprecationWarning)

def test_mock():  # asserted=2
    m = mock.Mock()
    m(1)
    m.assert_called_once_with(1)
    m.assert_called()

def test_mock_broken():  # broken=1
    m = mock.Mock()
    try:
        m.assert_called()
    except AssertionError:
        pass

def test_mock_autospec():  # asserted=1
    m = mock.create_autospec(code.fail)
    m()
    m.assert_called_once_with()

def test_mock_awaited():  # asserted=1
    m = mock.AsyncMock()
    async def main():
        await m()
    asyncio.run(main())
    m.assert_awaited_once()

def test_call_in_lambda():  # asserted=1
    m = mock.Mock()
    m()
    (lambda: m.assert_called())()

def test_assertion_in_assert():  # asserted=1
    m = mock.Mock()
    m()
    assert m.assert_called() is None

def test_called_in_comprehension():  # asserted=2 own=0 places=1
    [helpers.check(n) for n in (1, 2)]

def test_not_an_assertion():  # nothing
    async def main():
        await asyncio.ensure_future(asyncio.sleep(0))
    asyncio.run(main())

def test_lambda():  # asserted=1 own=0
    check = lambda value: helpers.check(value)
    check(1)

def test_vacuous_lambda():  # vacuous=1
    assert lambda: code.fail()

def test_decorator():  # asserted=1
    @helpers.traced
    def check(value):
        assert value
    check(1)

def test_class_body():  # asserted=1
    class Local:
        assert code.add(1, 2) == 3

def test_match():  # asserted=1
    match code.add(1, 2):
        case 3:
            assert code
        case _:
            assert not code

def test_handler():  # asserted=1
    try:
        code.fail()
    except ValueError as error:
        assert str(error) == 'no'

def test_finally_block():  # asserted=1
    try:
        pass
    finally:
        assert code.add(1, 2) == 3

def test_optimised_away():  # asserted=1
    if __debug__:
        assert code.add(1, 2) == 3

def test_walrus():  # asserted=2
    assert (total := code.add(1, 2)) == 3
    assert total
"""
RAISES_SINCE_PYTEST_8_4 = """\
def test_raises_with_check():  # asserted=1
    with pytest.raises(Exception, check=lambda e: bool(e.args)):
        code.fail()

def test_raises_group():  # asserted=1
    with pytest.RaisesGroup(ValueError):
        raise ExceptionGroup('x', [ValueError()])
"""
FIXTURES = """\
def test_set_up(set_up):  # asserted=4 own=1
    assert set_up == 3

def test_closure(closure):  # asserted=1 own=0
    closure(1)

def test_shared_first(shared):  # asserted=1
    assert shared

def test_shared(shared):  # asserted=1 own=0
    shared(1)

def test_shared_on_demand(request):  # asserted=1 own=0
    request.getfixturevalue("shared")(1)

@pytest.mark.parametrize("n", [1, 2])
def test_parameters(n):
    for each in range(n):
        assert each < n

class TestMethods:
    def setup_method(self):
        assert 1 + 1 == 2

    def setup_class(cls):
        assert 1 + 1 == 2

    def test_method(self):  # asserted=2 own=1
        assert 1 + 2 == 3

class TestOld(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.assertEqual(cls(), 1, 1)

    def setUp(self):
        self.assertEqual(1, 1)

    def test_unittest(self):  # asserted=4 own=3
        self.assertEqual("a", "a")
        self.assertEqual([1], [1])
        self.assertTrue(1)

    def test_unittest_broken(self):  # asserted=1 own=0 broken=1
        with contextlib.suppress(AssertionError):
            self.assertEqual("a", "b")

    def test_unittest_raises(self):  # asserted=4 own=3
        with self.assertRaises(ValueError):
            code.fail()
        self.assertRaises(ValueError, code.fail)
        with self.assertRaisesRegex(Exception, "no"):
            code.fail()

    def test_unittest_raises_anything(self):  # asserted=1 own=0 broken=1 unspecific=1
        with self.assertRaises(Exception):
            code.fail()
        with self.assertRaises(Exception):
            self.assertEqual(code.add(1, 2), 4)

    def test_unittest_made_no_use_of(self):  # asserted=1 own=0
        self.assertRaises(ValueError)

    def test_unittest_logs(self):  # asserted=3 own=2
        with self.assertWarns(UserWarning):
            warnings.warn("x")
        with self.subTest("a"):
            self.assertIn(1, [1])

class TestAsync(unittest.IsolatedAsyncioTestCase):
    async def test_async(self):  # asserted=2
        await asyncio.sleep(0)
        self.assertEqual(code.add(1, 2), 3)
        assert await asyncio.sleep(0, 1) == 1

def test_subtests_of_pytest(request):  # asserted=1
    assert request
"""
DOCUMENTED = '''\
def documented():
    """
    >>> 1 + 1
    2
    >>> 1 + 1  # doctest: +SKIP
    3
    >>> from app import code; code.add(1, 2)
    3
    """
'''

_TEST = re.compile(r"def (test_\w+)\(.*\):  # (.+)")


def expected(source: str) -> dict[str, Strength]:
    """What is written beside each test: the numbers that are not 0, and the places and its own if there are fewer."""
    found = {}
    for name, comment in _TEST.findall(source):
        numbers = {key: int(number) for key, number in re.findall(r"(\w+)=(\d+)", comment)}
        asserted = numbers.get("asserted", 0)
        found[name] = Strength(**{"places": asserted, "own": asserted, **numbers})
    return found

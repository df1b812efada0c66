"""What a run records of the assertions of its tests."""

from __future__ import annotations

import pytest

from integration.plugins.asserted import Told, failed, held, times, told
from integration.plugins.recording import SHARED_MODES, Recorded, make_project

CHECKS = """\
    def check(value):
        assert value == 3

    def neutral(value):
        assert value != 0
    """
PYPROJECT = """\
    [tool.pytest.ini_options]
    testpaths = ["tests"]
    pythonpath = ["."]

    [tool.testkeep]
    source = ["app"]
    """
APP = """\
    def total():
        assert True, "production code's own"
        return 3

    def boom():
        raise KeyError("boom")

    def check_total(value):
        assert value == total()

    class Checker:
        def verify(self, value):
            assert value is not None
    """
CONFTEST = """\
    import contextlib
    import pytest
    from app.shop import total

    pytest_plugins = ["helpers.plugin"]

    @pytest.fixture
    def checked():
        assert total() > 0
        yield 3
        assert total() > 1

    @pytest.fixture(autouse=True)
    def everywhere(request):
        if request.node.get_closest_marker("usefixtures"):
            assert request.node.name

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(pyfuncitem):
        if pyfuncitem.name == "test_hook":
            with contextlib.suppress(AssertionError):
                yield
            return True
        return (yield)
    """
PLUGIN = """\
    import pytest

    @pytest.fixture
    def from_plugin():
        assert len("ab") == 2
        return 3
    """
TESTS = """\
    import contextlib, unittest
    from unittest import mock
    import pytest
    import app.shop
    from app.shop import boom, check_total, total, Checker
    from helpers.checks import check, neutral

    def test_plain():
        assert total() == 3
        assert total() in (3, 4)

    def test_loop():
        for i in range(5):
            assert total() > i - 9

    def test_branch():
        if total() == 4:
            assert total() == 4
        else:
            assert total() != 4

    def test_nothing():
        pass

    def test_smoke():
        total()
        value = total()

    def test_smoke_that_asserts():
        total()
        assert total()

    def test_helper():
        check(total())

    def test_other_helper():
        neutral(total())

    def test_production_helper():
        check_total(3)

    def test_production_method():
        Checker().verify(total())

    def test_fixture(checked):
        assert checked == 3

    def test_only_fixture(checked):
        pass

    @pytest.mark.usefixtures()
    def test_autouse():
        pass

    def test_plugin_fixture(from_plugin):
        pass

    class Base:
        value = 3

        def test_inherited(self):
            assert total() == self.value

        def test_through_a_check(self):
            self.check()

        def check(self):
            assert total() >= self.value

    class TestDerived(Base):
        pass

    class TestXunit:
        def setup_method(self):
            assert total() == 3, "setup_method"

        def teardown_method(self):
            assert total() != 2, "teardown_method"

        def test_xunit(self):
            pass

    class Case(unittest.TestCase):
        def setUp(self):
            self.assertTrue(total())

        def tearDown(self):
            self.assertIsNotNone(total())

        def own(self, value):
            self.assertGreater(value, 2)

        def test_case(self):
            self.assertEqual(total(), 3)
            with self.assertRaises(KeyError):
                boom()
            self.own(total())

        def test_case_that_cannot(self):
            with self.assertRaises(AssertionError):
                self.assertEqual(total(), 4)

        def test_case_subtests(self):
            for i in range(3):
                with self.subTest(i=i):
                    self.assertLess(i, 3)

    def test_subtests(subtests):
        for i in range(3):
            with subtests.test(i=i):
                assert i < 3

    def test_mock():
        send = mock.Mock()
        send(3)
        send.assert_called_once_with(3)

    def test_mock_typo():
        send = mock.Mock()
        assert send.has_any_call(4)

    def test_mock_patched_helper():
        with mock.patch("helpers.checks.check", autospec=True) as check:
            check(4)

    def test_raises():
        with pytest.raises(KeyError, match="boom"):
            boom()

    def test_raises_anything():
        with pytest.raises(Exception):
            boom()

    def test_raises_call():
        pytest.raises(KeyError, boom)

    def test_warns():
        import warnings
        with pytest.warns(UserWarning):
            warnings.warn("x", UserWarning)

    def test_swallowed():
        try:
            assert total() == 4
        except AssertionError:
            pass

    def test_suppressed():
        with contextlib.suppress(Exception):
            check(4)

    def test_hook():
        assert total() == 5

    def test_retried():
        for i in range(3):
            try:
                assert i == 2
            except AssertionError:
                continue

    def test_vacuous():
        assert (total() == 4, "text")

    def test_expects_failure():
        with pytest.raises(AssertionError):
            check(4)

    @pytest.mark.parametrize("value", [3, 4])
    def test_params(value):
        assert value >= 3
        if value == 4:
            assert value > 3

    @contextlib.contextmanager
    def check_nothing():
        yield

    def test_own_context():
        with check_nothing():
            total()

    def test_two_contexts():
        with pytest.raises(KeyError), check_nothing():
            boom()

    def check_emptied(value):
        total()

    def test_emptied_helper():
        check_emptied(3)

    def test_partial():
        import functools
        verify = functools.partial(check_emptied, 3)
        verify()

    @pytest.mark.xfail(strict=True)
    def test_xfail():
        assert total() == 3
        assert total() == 4

    async def later():
        assert total() == 3

    def test_lambda():
        send = mock.Mock()
        send()
        (lambda: send.assert_called())()

    def test_comprehension():
        sends = [mock.Mock(), mock.Mock()]
        [send.assert_not_called() for send in sends]

    def test_comprehension_of_helpers():
        [check(n) for n in (3, 3)]

    def test_nested_function():
        def inner():
            assert total() == 3
        inner()

    def test_exit_stack():
        with contextlib.ExitStack() as stack:
            stack.enter_context(pytest.raises(KeyError))
            boom()

    def test_exit_stack_of_a_parameter(expected=pytest.raises(KeyError)):
        with contextlib.ExitStack() as stack:
            stack.enter_context(expected)
            boom()

    @pytest.mark.parametrize(
        ("call", "expectation"),
        [
            pytest.param(boom, pytest.raises(KeyError), id="raises"),
            pytest.param(total, contextlib.nullcontext(), id="nothing"),
            pytest.param(boom, pytest.raises(Exception), id="anything"),
            pytest.param(boom, pytest.raises(Exception, match="boom"), id="match"),
        ],
    )
    def test_expectation(call, expectation):
        with expectation:
            call()

    @pytest.mark.parametrize("expectation", [pytest.raises(KeyError)])
    def test_expectation_not_met(expectation):
        with contextlib.suppress(BaseException):
            with expectation:
                total()

    @pytest.mark.parametrize("expectation", [pytest.raises(ValueError)])
    def test_expectation_of_another(expectation):
        with contextlib.suppress(KeyError):
            with expectation:
                boom()

    @pytest.mark.parametrize("expectation", [pytest.warns(UserWarning)])
    def test_expected_warning(expectation):
        import warnings
        with expectation:
            warnings.warn("x", UserWarning)

    def does_raise(is_bad):
        return pytest.raises(KeyError) if is_bad else contextlib.nullcontext()

    def test_made_by_a_helper():
        with does_raise(True):
            boom()

    def test_made_and_not_used():
        pytest.raises(KeyError)

    class TestMade(unittest.TestCase):
        def test_made_before(self):
            expected = self.assertRaises(KeyError)
            with expected:
                boom()

    def test_async_helper():
        import asyncio
        asyncio.run(later())

    def test_thread():
        import threading
        thread = threading.Thread(target=check, args=(3,))
        thread.start()
        thread.join()
    """
EXPECTED = {
    "test_plain": held("assert total() == 3", "assert total() in (3, 4)"),
    "test_loop": held("assert total() > i - 9"),
    "test_branch": held("assert total() != 4"),
    "test_nothing": held(),
    "test_smoke": held("s total()", "s value = total()"),
    "test_smoke_that_asserts": held("assert total()"),
    "test_helper": held("assert value == 3"),
    "test_other_helper": held("assert value != 0"),
    "test_production_helper": held("assert value == total()"),
    "test_production_method": held("assert value is not None"),
    "test_fixture": held("assert checked == 3", "assert total() > 0", "assert total() > 1"),
    "test_only_fixture": held("assert total() > 0", "assert total() > 1"),
    "test_autouse": held("assert request.node.name"),
    "test_plugin_fixture": held('assert len("ab") == 2'),
    "test_inherited": held("assert total() == self.value"),
    "test_through_a_check": held("assert total() >= self.value"),
    "test_xunit": held('assert total() == 3, "setup_method"', 'assert total() != 2, "teardown_method"'),
    "test_case": held("self.assertTrue(total())", "self.assertIsNotNone(total())", "self.assertEqual(total(), 3)",
                      "with self.assertRaises(KeyError):", "self.assertGreater(value, 2)"),
    "test_case_that_cannot": Told(
        ("self.assertIsNotNone(total())", "self.assertTrue(total())", "with self.assertRaises(AssertionError):"),
        ("self.assertEqual(total(), 4)",),
    ),
    "test_case_subtests": held("self.assertTrue(total())", "self.assertIsNotNone(total())", "self.assertLess(i, 3)"),
    "test_subtests": held("assert i < 3"),
    "test_mock": held("send.assert_called_once_with(3)"),
    "test_mock_typo": held("s send = mock.Mock()", "(v)"),
    "test_mock_patched_helper": held("s check(4)"),
    "test_raises": held('with pytest.raises(KeyError, match="boom"):'),
    "test_raises_anything": held("(a)"),
    "test_raises_call": held("pytest.raises(KeyError, boom)"),
    "test_warns": held("with pytest.warns(UserWarning):"),
    "test_swallowed": failed("assert total() == 4"),
    "test_suppressed": failed("assert value == 3"),
    "test_hook": failed("assert total() == 5"),
    "test_retried": held("assert i == 2"),
    "test_vacuous": held("(v)"),
    "test_expects_failure": Told(("with pytest.raises(AssertionError):",), ("assert value == 3",)),
    "test_params[3]": held("assert value >= 3"),
    "test_params[4]": held("assert value >= 3", "assert value > 3"),
    "test_own_context": held("s total()"),
    "test_two_contexts": held("with pytest.raises(KeyError), check_nothing():"),
    "test_emptied_helper": held("s check_emptied(3)"),
    "test_partial": held("s verify = functools.partial(check_emptied, 3)", "s verify()"),
    "test_xfail": Told(("assert total() == 3",), ("assert total() == 4",)),
    "test_lambda": held("(lambda: send.assert_called())()"),
    "test_comprehension": held("[send.assert_not_called() for send in sends]"),
    "test_comprehension_of_helpers": held("assert value == 3"),
    "test_nested_function": held("assert total() == 3"),
    "test_exit_stack": held("stack.enter_context(pytest.raises(KeyError))"),
    "test_exit_stack_of_a_parameter": held("stack.enter_context(expected)"),
    "test_expectation[raises]": held("with expectation:"),
    "test_expectation[nothing]": held("s call()"),
    "test_expectation[anything]": held("(a)"),
    "test_expectation[match]": held("with expectation:"),
    "test_expectation_not_met[expectation0]": Told(("s total()",), ("with expectation:",)),
    "test_expectation_of_another[expectation0]": held(),
    "test_expected_warning[expectation0]": held("with expectation:"),
    "test_made_by_a_helper": held("return pytest.raises(KeyError) if is_bad else contextlib.nullcontext()"),
    "test_made_and_not_used": held(),
    "test_made_before": held("with expected:"),
    "test_async_helper": held("assert total() == 3"),
    "test_thread": held("assert value == 3"),
}  # fmt: skip
# Before pytest 9 there is no such fixture; what matters here is that the assertion stands in a block.
SUBTESTS = """\

    class _Subtests:
        def test(self, **given):
            return contextlib.nullcontext()

    @pytest.fixture
    def subtests():
        return _Subtests()
    """
FILES = {
    "pyproject.toml": PYPROJECT,
    "app/__init__.py": "",
    "app/shop.py": APP,
    "helpers/checks.py": CHECKS,
    "helpers/plugin.py": PLUGIN,
    "conftest.py": CONFTEST if pytest.version_tuple >= (9,) else CONFTEST + SUBTESTS,
    "tests/test_shop.py": TESTS,
}


@pytest.fixture(scope="module", params=SHARED_MODES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return make_project(tmp_path_factory.mktemp("shop") / "repo", FILES).pytest(*request.param)


@pytest.mark.parametrize("test", EXPECTED)
def test_record__test__knows_what_it_asserted(shop: Recorded, test: str) -> None:
    assert told(shop)[test] == EXPECTED[test]


def test_record__all_tests__are_in_the_table(shop: Recorded) -> None:
    assert (shop.exit_code, shop.suite.assertions) == (0, "recorded"), shop.output
    assert set(told(shop)) == set(EXPECTED)


@pytest.mark.parametrize(
    ("test", "line", "expected"),
    [
        ("test_loop", "assert total() > i - 9", 5),
        ("test_retried", "assert i == 2", 1),
        ("test_subtests", "assert i < 3", 3),
        ("test_plain", "assert total() == 3", 1),
    ],
)
def test_record__assertion__is_counted(shop: Recorded, test: str, line: str, expected: int) -> None:
    assert times(shop, test, line) == expected


WIDE = """\
    import pytest
    from app.shop import total

    @pytest.fixture(scope="session")
    def session():
        assert total() == 3
        yield
        assert total() == 4 - 1

    @pytest.fixture(scope="module")
    def module(session):
        assert total() > 0
        yield
        assert total() > 0 + 0

    @pytest.fixture(scope="class")
    def classy():
        assert total() > 1
        yield
        assert total() > 2 - 1

    @pytest.fixture
    def narrow(module):
        assert total() > 2
        yield
        assert total() > 1 + 1
    """
USERS = """\
    import pytest
    from app.shop import total

    def test_without():
        assert total() != 9

    def test_first(module):
        assert total() != 1

    def test_second(session):
        assert total() != 2

    @pytest.mark.usefixtures("classy")
    class TestClass:
        @classmethod
        def setup_class(cls):
            assert total() > 3 - 1

        def test_in_class(self):
            pass

        def test_in_class_too(self):
            pass

    def test_asks(request):
        request.getfixturevalue("session")

    def test_third(narrow):
        pass
    """
SESSION = ("assert total() == 3", "assert total() == 4 - 1")
MODULE = (*SESSION, "assert total() > 0", "assert total() > 0 + 0")
CLASS = ("assert total() > 1", "assert total() > 2 - 1", "assert total() > 3 - 1")
WIDE_EXPECTED = {
    "test_without": held("assert total() != 9"),
    "test_first": held("assert total() != 1", *MODULE),
    "test_second": held("assert total() != 2", *SESSION),
    "test_in_class": held(*CLASS),
    "test_in_class_too": held(*CLASS),
    "test_asks": held('s request.getfixturevalue("session")'),
    "test_third": held(*MODULE, "assert total() > 2", "assert total() > 1 + 1"),
}
_MINIMAL = {"pyproject.toml": PYPROJECT, "app/__init__.py": "", "app/shop.py": APP}


@pytest.fixture(scope="module", params=SHARED_MODES)
def wide(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    files = _MINIMAL | {"tests/conftest.py": WIDE, "tests/test_users.py": USERS}
    return make_project(tmp_path_factory.mktemp("wide") / "repo", files).pytest(*request.param)


@pytest.mark.parametrize("test", WIDE_EXPECTED)
def test_record__fixture_of_a_wider_scope__counts_for_all_that_use_it(wide: Recorded, test: str) -> None:
    assert told(wide)[test] == WIDE_EXPECTED[test]

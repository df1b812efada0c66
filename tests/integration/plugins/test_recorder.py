"""The recorder on real pytest: what a complete record says of the tests that ran."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from integration.plugins.recording import MODES, SHARED_MODES, Recorded, make_project
from testkeep.model.stage import Stage
from testkeep.model.tests import Item, Subtest

FOLDER = "services/shop"  # the project does not lie at the root of its repository
PYPROJECT = """\
    [tool.pytest.ini_options]
    addopts = "--strict-markers --doctest-modules --doctest-ignore-import-errors"
    testpaths = ["tests"]
    python_files = ["test_*.py", "documented.py"]
    markers = ["on_function", "on_class", "on_module"]
    """
ITEMS = textwrap.dedent("""\
    import functools, unittest
    from unittest import mock
    import pytest
    from tests.mixins import Shared

    pytestmark = pytest.mark.on_module

    @pytest.fixture
    def base():
        return 1

    @pytest.fixture
    def number(base):
        return base

    def traced(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)
        return wrapper

    @pytest.mark.on_function
    def test_function(number):
        assert number == 1

    @pytest.mark.on_class
    class TestMethods:
        @pytest.mark.on_function
        @pytest.mark.migration
        def test_method(self, number):
            assert number == 1

        @staticmethod
        def test_static():
            assert True

    class TestInherited(Shared):
        pass

    class TestOld(unittest.TestCase):
        def test_unittest(self):
            self.assertTrue(True)

    @pytest.mark.parametrize(
        "value",
        [{"b", "a"}, len, object(), pytest.param(b"\\xff", marks=pytest.mark.integration)],
        ids=["a::b", "a b", "[x]", "ünï"],
    )
    @pytest.mark.parametrize("n", ["one", "one"])
    def test_parameters(n, value):
        assert n == "one"

    @traced
    @traced
    def test_wrapped():
        assert True

    @mock.patch("os.getcwd")
    def test_patched(getcwd):
        assert True

    test_partial = functools.partial(test_wrapped)
    """)
MIXINS = "# 1\n# 2\nclass Shared:\n    # 4\n    def test_inherited(self):\n        assert True\n"
DOCUMENTED = 'def documented():\n    """\n    >>> 1 + 1\n    2\n    """\n'
OUTCOMES = textwrap.dedent("""\
    import functools, unittest
    import pytest

    @pytest.fixture
    def skips():
        pytest.skip("no service")

    @pytest.fixture
    def fails():
        raise RuntimeError("no service")

    @pytest.fixture
    def fails_late():
        yield
        raise RuntimeError("cannot clean up")

    @pytest.mark.skip(reason="broken")
    def test_skip_mark():
        assert False

    def test_skip_call():
        pytest.skip("later")

    def test_skip_in_fixture(skips):
        assert False

    @pytest.mark.skip(reason="the class")
    class TestSkipped:
        def test_skip_class(self):
            assert False

    class TestOld(unittest.TestCase):
        @unittest.skip("off")
        def test_skip_unittest(self):
            assert False

        @unittest.expectedFailure
        def test_xfail_unittest(self):
            assert False

    @pytest.mark.parametrize("none", [])
    def test_empty(none):
        assert False

    @pytest.mark.xfail(reason="bug 1")
    def test_xfail():
        assert 1 == 2, "differ"

    @pytest.mark.xfail(reason="bug 2", run=False)
    def test_xfail_not_run():
        assert True

    @pytest.mark.xfail(reason=4711)
    def test_xpass():
        assert True

    @pytest.mark.xfail(reason="bug 3", strict=True)
    def test_xpass_strict():
        assert True

    def test_fail():
        raise ValueError("two\\nlines")

    def test_error(fails):
        assert True

    def test_error_late(fails_late):
        assert True

    def test_sys_exit():
        raise SystemExit(0)

    def test_deep():
        helper()

    def helper():
        assert 1 == 2

    def without_a_call(function):
        @functools.wraps(function)
        def wrapper():
            pass
        return wrapper

    @without_a_call
    def test_hollow():
        assert False
    """)
# Each hook in a conftest.py of its own: it reports a pass without the test that the source defines.
HIJACKS = {
    "called": "def pytest_pyfunc_call(pyfuncitem):\n    return True",
    "swapped_late": "def pytest_runtest_call(item):\n    item.obj = lambda: None",
    "swapped_early": "def pytest_itemcollected(item):\n    item.obj = lambda: None",
    "never": "def pytest_runtest_protocol(item):\n    return 'test_never' in item.nodeid or None",
    "forged": """
import pytest
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    report.outcome, report.longrepr = "passed", None
    return report""",
    "replaced": """
import pytest
def pytest_collection_modifyitems(items):
    for index, item in enumerate(items):
        if "hijacked/replaced" in item.nodeid:
            items[index] = pytest.Function.from_parent(item.parent, name=item.name, callobj=lambda: None)""",
}
FILES = {
    "pyproject.toml": PYPROJECT,
    "tests/__init__.py": "",
    "tests/unit/test_items.py": ITEMS,
    "tests/unit/documented.py": DOCUMENTED,
    "tests/mixins.py": MIXINS,
    "tests/unit/test_outcomes.py": OUTCOMES,
    # Equal code at the same line of two files.
    "tests/unit/one/test_same.py": "def test_same_one():\n    assert True\n",
    "tests/unit/two/test_same_too.py": "def test_same_one():\n    assert True\n".replace("_one", "_two"),
    **{f"tests/hijacked/{name}/conftest.py": conftest for name, conftest in HIJACKS.items()},
    **{f"tests/hijacked/{name}/test_{name}.py": f"def test_{name}():\n    assert 0\n" for name in HIJACKS},
}
UNIT = f"{FOLDER}/tests/unit"


@pytest.fixture(scope="module", params=SHARED_MODES)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The project's one run in each mode, on which the tests below look from different sides."""
    return make_project(tmp_path_factory.mktemp("recorder") / "repository", FILES, FOLDER).pytest(*request.param)


def test_a_complete_record_is_made(recorded: Recorded) -> None:
    assert recorded.exit_code == 1
    assert recorded.unfinished is None
    suite = recorded.suite
    assert (suite.exit_status, suite.elsewhere, suite.collectors, suite.lost_workers) == (1, {}, (), ())
    assert recorded.evidence is not None
    assert recorded.evidence.provenance.project == FOLDER


@pytest.mark.parametrize(
    ("test_id", "expected"),
    [
        pytest.param(
            "test_items.py::test_function",
            {"line": "@pytest.mark.on_function", "marks": ("on_function", "on_module"), "fixtures": ("number", "base")},
            id="function",
        ),
        pytest.param(
            "test_items.py::TestMethods::test_method",
            {
                "marks": ("migration", "on_function", "on_class", "on_module"),
                "stage": Stage.MIGRATION,
                "fixtures": ("number", "base"),
            },
            id="method",
        ),
        pytest.param(
            "test_items.py::TestInherited::test_inherited",
            {"line": "class TestInherited", "marks": ("on_module",)},
            id="inherited from another file",
        ),
        pytest.param(
            "test_items.py::test_parameters[one0-a::b]",
            {
                "line": "@pytest.mark.parametrize(",
                "marks": ("parametrize", "on_module"),
                "params": {"n": "'one'", "value": "{'a', 'b'}"},
                "fixtures": ("n", "value"),
            },
            id="parameters in another order",
        ),
        pytest.param(
            "test_items.py::test_parameters[one1-\\xfcn\\xef]",
            {
                "line": "@pytest.mark.parametrize(",
                "stage": Stage.INTEGRATION,
                "marks": ("integration", "parametrize", "on_module"),
                "params": {"n": "'one'", "value": "b'\\xff'"},
                "fixtures": ("n", "value"),
            },
            id="a mark on one set of parameters",
        ),
    ],
)
def test_items(recorded: Recorded, test_id: str, expected: dict[str, object]) -> None:
    items = {test.item.id: test.item for test in recorded.suite.tests}
    item = items[f"tests/unit/{test_id}"]
    rest = {key: value for key, value in expected.items() if key != "line"}
    whole = {"id": item.id, "path": f"{UNIT}/test_items.py", "stage": Stage.UNIT, "line": item.line} | rest
    assert item == Item(**whole)
    assert ITEMS.splitlines()[item.line - 1].strip().startswith(str(expected.get("line", "")))


def test_every_set_of_parameters_is_an_item_of_its_own(recorded: Recorded) -> None:
    values = {name: test.item.params["value"] for name, test in recorded.tests.items() if "test_parameters[" in name}
    once = {"a::b": "{'a', 'b'}", "a b": "builtins.len", "[x]": "builtins.object({})", "\\xfcn\\xef": "b'\\xff'"}
    assert values == {f"test_parameters[{n}-{name}]": text for n in ("one0", "one1") for name, text in once.items()}


def test_a_doctest_is_an_item(recorded: Recorded) -> None:
    test = recorded.tests["documented.documented"]
    assert (test.item.path, test.item.line, test.item.stage) == (f"{UNIT}/documented.py", 2, Stage.UNIT)
    assert test.guards


PASSES = {
    "documented.documented": None,
    "test_same_one": True,
    "test_same_two": True,
    "test_function": True,
    "test_method": True,
    "test_static": True,
    "test_inherited": True,
    "test_unittest": True,
    "test_wrapped": True,
    "test_patched": True,
    "test_partial": True,
}
FAKES = {
    "test_called": False,
    "test_swapped_early": False,
    "test_swapped_late": False,
    "test_replaced": False,
    "test_hollow": False,
    "test_forged": True,
}


def test_own_code_started(recorded: Recorded) -> None:
    passed = {name for name, outcome in recorded.outcomes.items() if outcome == "passed" and "[" not in name}
    assert {name: recorded.started[name] for name in passed} == PASSES | FAKES


def test_guards(recorded: Recorded) -> None:
    guards = {name for name, test in recorded.tests.items() if test.guards and "[" not in name}
    assert guards == PASSES.keys()
    assert recorded.tests["test_never"].execution is None


def test_phases(recorded: Recorded) -> None:
    phases = dict(recorded.phases)
    (empty,) = phases.pop(next(name for name in phases if name.startswith("test_empty[")))
    assert empty.startswith(("setup skipped 'got empty parameter set", 'setup skipped "got empty parameter set'))
    assert phases == {
        "test_forged": ["call passed at assert 0, AssertionError"],
        "test_skip_mark": ["setup skipped 'broken' at @pytest.mark.skip(reason=\"broken\"), Skipped"],
        "test_skip_call": ["call skipped 'later' at pytest.skip(\"later\"), Skipped"],
        "test_skip_in_fixture": ["setup skipped 'no service' at pytest.skip(\"no service\"), Skipped"],
        "test_skip_class": ["setup skipped 'the class' at def test_skip_class(self):, Skipped"],
        "test_skip_unittest": ["call skipped 'off' at @unittest.skip(\"off\"), Skipped"],
        "test_xfail_unittest": ["call skipped, xfail '', XFailed"],
        "test_xfail": [
            "call skipped 'AssertionError: differ' at assert 1 == 2, \"differ\", xfail 'bug 1', AssertionError"
        ],
        "test_xfail_not_run": ["setup skipped '[NOTRUN] bug 2', xfail '[NOTRUN] bug 2', XFailed"],
        "test_xpass": ["call passed, xfail '4711'"],
        "test_xpass_strict": ["call failed '[XPASS(strict)] bug 3'"],
        "test_fail": ["call failed 'ValueError: two' at raise ValueError(\"two\\nlines\"), ValueError"],
        "test_error": ["setup failed 'RuntimeError: no service' at raise RuntimeError(\"no service\"), RuntimeError"],
        "test_error_late": [
            "teardown failed 'RuntimeError: cannot clean up' at raise RuntimeError(\"cannot clean up\"), RuntimeError"
        ],
        "test_sys_exit": ["call failed 'SystemExit: 0' at raise SystemExit(0), SystemExit"],
        "test_deep": ["call failed 'assert 1 == 2' at assert 1 == 2, AssertionError"],
    }


def test_durations_are_those_of_the_phases(recorded: Recorded) -> None:
    execution = recorded.tests["test_function"].execution
    assert execution is not None
    assert [phase.when for phase in execution.phases] == ["setup", "call", "teardown"]
    assert all(0 <= phase.duration_s < 1 for phase in execution.phases)
    assert execution.worker in ("", "gw0", "gw1")


SUBTESTS = {"tests/test_subtests.py": """\
        import unittest

        def test_fixture(subtests):
            for n in range(3):
                with subtests.test("third", n=n, text="x"):
                    assert n != 1

        class TestOld(unittest.TestCase):
            def test_method(self):
                for n in range(2):
                    with self.subTest(n=n):
                        if n:
                            self.skipTest("later")
                with self.subTest("named"):
                    self.fail()
        """}


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests are part of pytest 9 and later")
@pytest.mark.parametrize("mode", MODES)
def test_subtests(tmp_path: Path, mode: tuple[str, ...]) -> None:
    recorded = make_project(tmp_path / "repository", SUBTESTS).pytest(*mode)
    executions = {name: test.execution for name, test in recorded.tests.items()}
    assert {name: execution.subtests for name, execution in executions.items() if execution} == {
        "test_fixture": (
            Subtest(description="[third] (n=0, text='x')", outcome="passed"),
            Subtest(description="[third] (n=1, text='x')", outcome="failed"),
            Subtest(description="[third] (n=2, text='x')", outcome="passed"),
        ),
        "test_method": (
            Subtest(description="(n=0)", outcome="passed"),
            Subtest(description="(n=1)", outcome="skipped"),
            Subtest(description="[named]", outcome="failed"),
        ),
    }
    assert recorded.outcomes == {"test_fixture": "failed", "test_method": "failed"}

"""Inspections with real pytest: the production code that tests execute, and runs in which something is odd."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import pytest

from integration.plugins.asserted import Told, failed, held, told
from integration.plugins.recording import MODES, Recorded, make_project

HEADER = "import pytest, sys, threading\nfrom shop import code\n"

CODE = """\
import functools

LIMITS = [n for n in range(3)]  # import

def add(a, b):
    if a < 0:
        return None  # never
    return a + b  # add

class Basket:
    size = len(LIMITS)  # import

    def __init__(self):
        self.items = []  # init

    @property
    def total(self):
        return sum(  # total
            each * 2  # total
            for each in self.items
        )

def evens(n):
    for each in range(n):  # evens
        yield each  # evens

double = lambda n: n * 2  # double

def load():
    from shop import lazy  # load
    return lazy.answer()  # load

def twice(n): return n * 2  # twice
"""
LAZY = """\
NUMBERS = [n for n in range(3)]  # import

class Lazy:
    names = {n: n for n in NUMBERS}  # import

def answer():
    return 42  # answer
"""
SHARED = """\
import concurrent.futures
import pytest
from shop import code

@pytest.fixture(scope="session")
def basket():
    basket = code.Basket()
    yield basket
    assert basket.total == 0

@pytest.fixture(scope="session")
def server():
    with concurrent.futures.ThreadPoolExecutor(1) as server:
        server.submit(code.add, 1, 2).result()
        yield server

@pytest.fixture
def doubled():
    yield code.double(1)
    code.twice(2)
"""
# A test function's body, and the comments at the lines that it executes.
FOOTPRINTS: Mapping[str, tuple[str, str, set[str]]] = {
    "function": ("", "assert code.add(1, 2)", {"add"}),
    "nothing": ("", "assert code.LIMITS", set()),
    "class": ("", "code.Basket().total", {"init", "total"}),
    "generator": ("", "list(code.evens(3))", {"evens"}),
    "lambda": ("", "code.double(1)", {"double"}),
    "one_line": ("", "code.twice(1)", {"twice"}),
    "lazy": ("", "assert code.load() == 42", {"load", "answer"}),
    "session_fixture": ("basket", "assert not basket.items", set()),
    "session_fixture_used": ("basket", "assert not basket.total", {"total"}),
    "fixture": ("doubled", "assert doubled == 2", {"double", "twice"}),
    "thread": ("", "t = threading.Thread(target=code.twice, args=(1,)); t.start(); t.join()", {"twice"}),
    "server": ("server", "assert server.submit(code.twice, 1).result() == 2", {"twice"}),
    "exception": ("", "pytest.raises(TypeError, code.add, 1, 'a')", {"add"}),
}
FOLDERS = [
    pytest.param("", "shop", ("shop",), id="flat"),
    pytest.param("services/shop", "src/shop", ("src",), id="src layout in a folder of the repository"),
    pytest.param("", "lib/shop", ("lib/shop/code.py", "./lib/shop/lazy.py"), id="modules"),
]


def write_test(name: str, arguments: str, body: str) -> str:
    return f"def test_{name}({arguments}):\n    {body}\n\n"


def footprint_of(recorded: Recorded, name: str) -> dict[str, tuple[int, ...]] | None:
    execution = recorded.tests[name].execution
    assert execution is not None
    return execution.footprint


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("folder", "package", "source"), FOLDERS)
def test_footprints(tmp_path: Path, folder: str, package: str, source: tuple[str, ...], mode: tuple[str, ...]) -> None:
    root = str(Path(package).parent)
    files = {
        "pyproject.toml": f"[tool.pytest.ini_options]\npythonpath = ['{root}']\naddopts = '--import-mode=importlib'\n",
        f"{package}/__init__.py": "",
        f"{package}/code.py": CODE,
        f"{package}/lazy.py": LAZY,
        f"{package}/tests/test_inside.py": HEADER + "def test_inside():\n    assert code.twice(2) == 4\n",
        "tests/conftest.py": SHARED,
        "tests/test_code.py": HEADER + "".join(write_test(name, *rest[:2]) for name, rest in FOOTPRINTS.items()),
    }
    project = make_project(tmp_path / "repository", files, folder)
    recorded = project.limited("tests", package, *mode, inspect=source)
    prefix = f"{folder}/{package}" if folder else package
    texts = {f"{prefix}/code.py": CODE.splitlines(), f"{prefix}/lazy.py": LAZY.splitlines()}
    found = {
        name: {
            texts[path][line - 1].partition("  # ")[2]
            for path, lines in (footprint_of(recorded, f"test_{name}") or {}).items()
            for line in lines
        }
        - {""}
        for name in FOOTPRINTS
    }
    assert found == {name: rest[2] for name, rest in FOOTPRINTS.items()}
    assert footprint_of(recorded, "test_function") == {f"{prefix}/code.py": (6, 8)}
    assert told(recorded, folder)["test_inside"] == held("assert code.twice(2) == 4")


def test_installed_package(tmp_path: Path) -> None:
    """Production code that was installed elsewhere is found in its source, and an environment in the project is not."""
    installed = "environment/site-packages"
    files = {
        "pyproject.toml": f"[tool.pytest.ini_options]\npythonpath = ['{installed}']\ntestpaths = ['tests']\n",
        "environment/pyvenv.cfg": "",
        f"{installed}/shop/__init__.py": "def init():\n    return 1\n",
        f"{installed}/shop/code.py": "def twice(n):\n    assert n\n    return n * 2\n",
        f"{installed}/other.py": "def check(value):\n    assert value\n",
        "src/shop/__init__.py": "def init():\n    return 1\n",
        "src/shop/code.py": "def twice(n):\n    assert n\n    return n * 2\n",
        "tests/test_code.py": """\
            import other, shop
            from shop import code

            def test_code():
                other.check(1)
                assert code.twice(shop.init()) == 2
            """,
    }
    recorded = make_project(tmp_path / "repository", files).limited(inspect=("src/shop",), packages=("shop",))
    assert footprint_of(recorded, "test_code") == {"src/shop/__init__.py": (2,), "src/shop/code.py": (2, 3)}
    assert told(recorded)["test_code"] == held("assert code.twice(shop.init()) == 2")


def test_rows_of_a_table__what_makes_them__counts_as_run_by_the_tests_of_the_file(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/code.py": """\
            class Money:
                def __init__(self, n):
                    self.n = n

                def twice(self):
                    return 2
            """,
        "test_rows.py": """\
            import pytest
            from shop.code import Money

            @pytest.mark.parametrize("money", [Money(1)])
            def test_row(money):
                assert money.n

            def test_twice():
                assert Money(1).twice()
            """,
        "test_others.py": "from shop.code import Money\n\ndef test_other():\n    assert Money\n",
    }
    recorded = make_project(tmp_path / "repository", files).limited(inspect=("shop",))
    found = {
        name: (test.execution.footprint, test.execution.imported)
        for name, test in recorded.tests.items()
        if test.execution is not None
    }
    assert found == {
        "test_row[money0]": ({}, {"shop/code.py": (3,)}),
        "test_twice": ({"shop/code.py": (3, 6)}, {"shop/code.py": (3,)}),
        "test_other": ({}, {}),
    }


ODD = """\
import asyncio, sys, threading
import pytest
from shop import code

def stranger(frame, event, argument):
    return None

def test_plain_before():
    assert code.add(1, 2)

def test_sets_tracer():
    sys.settrace(stranger)
    assert code.add(1, 2)

def test_restores_tracer():
    before = sys.gettrace()
    sys.settrace(stranger)
    assert code.add(1, 2)
    sys.settrace(before)

def test_sets_tracer_in_thread():
    thread = threading.Thread(target=sys.settrace, args=(stranger,))
    thread.start()
    thread.join()
    assert code.add(1, 2)

def test_sets_tracer_of_threads():
    threading.settrace(stranger)
    assert code.add(1, 2)

def test_plain_after():
    thread = threading.Thread(target=code.twice, args=(1,))
    thread.start()
    thread.join()
    assert code.twice(2)

def test_fails():
    assert code.add(1, 2) == 4

def test_fails_otherwise():
    with pytest.raises(ValueError):
        pass

def test_skips():
    assert code
    pytest.skip("later")

@pytest.fixture
def broken():
    raise ValueError

def test_error(broken):
    assert broken

@pytest.fixture(scope="module")
def broken_module():
    yield 1
    raise ValueError

def test_error_in_shared_teardown(broken_module):
    assert broken_module
"""


@pytest.mark.filterwarnings("ignore")
def test_odd_tests(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['.']\n",
        "shop/__init__.py": "",
        "shop/code.py": CODE,
        "tests/test_odd.py": ODD,
    }
    recorded = make_project(tmp_path / "repository", files).limited(inspect=("shop",))
    footprints = {name: footprint_of(recorded, name) for name in recorded.tests}
    assert footprints == {name: {} for name in recorded.tests} | {
        "test_plain_before": {"shop/code.py": (6, 8)},
        "test_sets_tracer": None,
        "test_restores_tracer": None,
        "test_sets_tracer_in_thread": None,
        "test_sets_tracer_of_threads": None,
        "test_plain_after": {"shop/code.py": (33,)},
        "test_fails": {"shop/code.py": (6, 8)},
    }
    assert told(recorded) == dict.fromkeys(recorded.tests, held("assert code.add(1, 2)")) | {
        "test_plain_after": held("assert code.twice(2)"),
        "test_fails": failed("assert code.add(1, 2) == 4"),
        "test_fails_otherwise": failed("with pytest.raises(ValueError):"),
        "test_skips": held("assert code"),
        "test_error": held(),
        "test_error_in_shared_teardown": held("assert broken_module"),
    }


def test_coverage_that_starts_in_a_test(tmp_path: Path) -> None:
    """It traces in C, and leaves nothing behind when it stops."""
    files = {
        "shop.py": "def twice(n):\n    return n * 2\n",
        "test_shop.py": """\
            import coverage, shop

            def test_covered():
                measured = coverage.Coverage(data_file=None, include=["shop.py"])
                measured.set_option("run:core", "ctrace")
                with measured.collect():
                    assert shop.twice(1) == 2

            def test_not_covered():
                assert shop.twice(1) == 2
            """,
    }
    recorded = make_project(tmp_path / "repository", files).limited("-p", "no:pytest_cov", inspect=("shop.py",))
    assert (recorded.exit_code, footprint_of(recorded, "test_covered")) == (0, None), recorded.output
    assert footprint_of(recorded, "test_not_covered") == {"shop.py": (2,)}


def test_no_inspection(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repository", {"test_it.py": "def test_it():\n    assert 1\n"})
    recorded = project.pytest()
    assert footprint_of(recorded, "test_it") is None


LIBRARIES: Mapping[str, tuple[str, Told]] = {
    "hypothesis": (
        """\
        from hypothesis import given, settings, strategies
        import shop

        @settings(max_examples=7, database=None, derandomize=True)
        @given(strategies.integers())
        def test_it(n):
            assert shop.twice(n) == n + n
        """,
        held("assert shop.twice(n) == n + n"),
    ),
    "greenlet": (
        """\
        import greenlet
        import shop

        def inner():
            for n in range(3):
                greenlet.getcurrent().parent.switch(
                    shop.twice(n)
                )
                assert (
                    greenlet.getcurrent().parent.switch(n)
                    == ()
                )

        def test_it():
            one, other = greenlet.greenlet(inner), greenlet.greenlet(inner)
            for n in range(3):
                assert (
                    one.switch()
                    == other.switch()
                    == n * 2
                )
                assert one.switch() == other.switch() == n
            one.switch()
            other.switch()
        """,
        held("assert (", "assert (", "assert one.switch() == other.switch() == n"),
    ),
    "numpy": (
        """\
        import numpy.testing
        import shop

        def test_it():
            numpy.testing.assert_allclose(shop.twice(2.0), 4.0)
            numpy.testing.assert_equal([shop.twice(1)], [2])
        """,
        held("numpy.testing.assert_allclose(shop.twice(2.0), 4.0)", "numpy.testing.assert_equal([shop.twice(1)], [2])"),
    ),
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries(tmp_path: Path, library: str) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    test, expected = LIBRARIES[library]
    files = {"shop.py": "def twice(n):\n    return n * 2\n", "test_shop.py": test}
    recorded = make_project(tmp_path / "repository", files).limited(inspect=("shop.py",))
    assert recorded.exit_code == 0, recorded.output
    assert (told(recorded)["test_it"], footprint_of(recorded, "test_it")) == (expected, {"shop.py": (2,)})


def test_the_last_attempt_counts(tmp_path: Path) -> None:
    """As pytest-rerunfailures does it."""
    files = {
        "conftest.py": """\
            from _pytest.runner import runtestprotocol

            def pytest_runtest_protocol(item, nextitem):
                for attempt in (1, 2):
                    reports = runtestprotocol(item, nextitem=item, log=False)
                    for report in reports:
                        if attempt == 1 and report.when == "call":
                            report.outcome = "rerun"
                        item.ihook.pytest_runtest_logreport(report=report)
                return True
            """,
        "test_it.py": "def test_it():\n    assert 1 + int('1') == 2\n",
    }
    recorded = make_project(tmp_path / "repository", files).limited(inspect=("shop",))
    execution = recorded.tests["test_it"].execution
    assert execution is not None
    assert (execution.reruns, list(execution.held.values())) == (1, [1])


REPLACED: Mapping[str, tuple[str, str, set[str]]] = {
    "nothing": ("monkeypatch", "monkeypatch.setenv('X', '1')", set()),
    "function": ("monkeypatch", "monkeypatch.setattr(code, 'twice', len)", {"twice"}),
    "by_name": ("monkeypatch", "monkeypatch.setattr('shop.code.evens', len)", {"evens"}),
    "library": ("monkeypatch", "monkeypatch.setattr(threading, 'Thread', len)", set()),
    "class": ("", "mock.patch.object(code, 'Basket').start()", {"init", "total"}),
    "with": ("", "with mock.patch('shop.code.load'): pass", {"load"}),
    "value": ("", "mock.patch('shop.code.LIMITS', []).start()", set()),
    "new_name": ("monkeypatch", "monkeypatch.setattr(code, 'new', 1, raising=False)", set()),
}


def test_replaced__what_tests_patch__is_noted_for_each_of_them(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['.']\n",
        "shop/__init__.py": "",
        "shop/code.py": CODE,
        "tests/test_code.py": f"from unittest import mock\n{HEADER}"
        + "".join(write_test(name, *rest[:2]) for name, rest in REPLACED.items())
        + "def teardown_function():\n    mock.patch.stopall()\n",
    }
    project = make_project(tmp_path / "repository", files)

    recorded = project.limited("tests", inspect=("shop",))

    texts = CODE.splitlines()
    replaced = {name: test.execution.replaced for name, test in recorded.tests.items() if test.execution}
    found = {
        name: {texts[line - 1].partition("  # ")[2] for lines in replaced[f"test_{name}"].values() for line in lines}
        - {""}
        for name in REPLACED
    }
    assert found == {name: rest[2] for name, rest in REPLACED.items()}

"""What tests assert is recorded however pytest is run, and changes nothing of what pytest says."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from integration.plugins.asserted import Told, failed, held, told
from integration.plugins.recording import TWO_WORKERS, SmallProject, make_project

TOTAL = "def total():\n    return 3\n"
SOURCE = "[tool.pytest.ini_options]\npythonpath = ['.']\n[tool.testkeep]\nsource = ['app']\n"
BASIC = {
    "pyproject.toml": SOURCE,
    "app/shop.py": TOTAL + "\n\ndef check_total(value):\n    assert value == total()\n",
    "tests/checks.py": "def same(value):\n    assert value == 3\n",
    "tests/conftest.py": """\
        import pytest
        from app.shop import total

        @pytest.fixture
        def checked():
            assert total() > 2

        @pytest.fixture(scope="session")
        def session():
            assert total() > 1
        """,
    "tests/test_shop.py": """\
        from app.shop import check_total, total

        def test_own(checked):
            assert total() == 3

        def test_production_helper(session):
            check_total(3)
        """,
}
EXPECTED = {
    "test_own": held("assert total() == 3", "assert total() > 2"),
    "test_production_helper": held("assert value == total()", "assert total() > 1"),
}
CACHED = {"PYTHONDONTWRITEBYTECODE": ""}
AUTOLOAD = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""}


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        pytest.param((), {}, id="plugins are not loaded by themselves"),
        pytest.param(TWO_WORKERS, {}, id="nor in workers"),
        pytest.param((), AUTOLOAD, id="plugins are loaded by themselves"),
        pytest.param(TWO_WORKERS, AUTOLOAD, id="in workers, too"),
        pytest.param(("--import-mode=importlib",), {}, id="importlib"),
        pytest.param(("--import-mode=append",), {}, id="append"),
        pytest.param(("--import-mode=importlib", *TWO_WORKERS), {}, id="importlib in workers"),
        pytest.param(("--assert=plain",), {}, id="asserts that are not rewritten"),
        pytest.param(("tests/test_shop.py",), {}, id="a file is named"),
        pytest.param((), {"PYTHONDONTWRITEBYTECODE": "1"}, id="nothing is cached"),
        pytest.param((), {"TESTKEEP_RECORDING": "/elsewhere"}, id="a run that is recorded started it"),
        pytest.param(
            TWO_WORKERS, {"TESTKEEP_RECORDING": "/elsewhere"}, id="a run that is recorded started it, in workers"
        ),
    ],
)
def test_record__ways_of_running__table(
    arguments: tuple[str, ...], environment: dict[str, str], tmp_path: Path
) -> None:
    run = make_project(tmp_path / "repo", BASIC).pytest(*arguments, **environment)
    assert told(run) == EXPECTED, run.output


def test_record__helper_beside_the_tests__is_marked_without_rewriting(tmp_path: Path) -> None:
    files = {"tests/checks.py": BASIC["tests/checks.py"],
             "tests/test_a.py": "from checks import same\n\n\ndef test_a():\n    same(3)\n"}  # fmt: skip
    assert told(make_project(tmp_path / "repo", files).pytest()) == {"test_a": held("assert value == 3")}


def test_record__project_below_the_root__has_paths_of_the_repository(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repo", BASIC, "services/shop")
    run = project.pytest()
    assert told(run, "services/shop") == EXPECTED
    paths = {site.rpartition("\t")[2] for site in run.suite.sites}
    assert paths == {f"services/shop/{path}" for path in ("app/shop.py", "tests/conftest.py", "tests/test_shop.py")}


def test_record__files_of_one_name_in_packages_and_without__are_told_apart(tmp_path: Path) -> None:
    body = "def test_{0}():\n    assert len('{0}') == 1\n"
    files = {
        "pyproject.toml": SOURCE, "app/shop.py": TOTAL,
        "tests/a/__init__.py": "", "tests/a/test_same.py": body.format("a"),
        "tests/b/__init__.py": "", "tests/b/test_same.py": body.format("b"),
        "names/space/lib.py": "def same(value):\n    assert value == 'c'\n",
        "tests/test_c.py": "from names.space.lib import same\n\n\ndef test_c():\n    same('c')\n",
    }  # fmt: skip
    assert told(make_project(tmp_path / "repo", files).pytest()) == {
        "test_a": held("assert len('a') == 1"),
        "test_b": held("assert len('b') == 1"),
        "test_c": held("assert value == 'c'"),
    }


def test_record__blocks_that_are_nested_very_deeply__run_as_without_marks(tmp_path: Path) -> None:
    deep = "def test_a(n=0):\n    if n:\n        pass\n" + "    elif n == 1:\n        pass\n" * 450
    project = make_project(tmp_path / "repo", {"test_a.py": f"{deep}    assert len('a') == 1\n"})
    assert project.pytest().outcomes == {"test_a": "passed"}


def test_record__paths_with_blanks_and_other_letters__are_known(tmp_path: Path) -> None:
    files = {"tests/tëst dir/test_ä.py": "def test_a():\n    assert len('a') == 1\n"}
    assert told(make_project(tmp_path / "repo", files).pytest()) == {"test_a": held("assert len('a') == 1")}


def test_record__fixture_of_the_session_with_parameters__counts_for_all_its_tests(tmp_path: Path) -> None:
    text = """\
        import pytest

        @pytest.fixture(scope="session", params=[1, 2])
        def wide(request):
            assert request.param > 0
            yield
            assert request.param < 9

        @pytest.fixture(autouse=True)
        def narrow():
            assert len("ab") == 2

        def test_a(wide):
            pass

        def test_b(wide):
            pass
        """
    every = held("assert request.param > 0", "assert request.param < 9", 'assert len("ab") == 2')
    run = make_project(tmp_path / "repo", {"test_a.py": text}).pytest()
    assert told(run) == {f"test_{name}[{number}]": every for name in "ab" for number in (1, 2)}


def test_record__pytest_within_a_test__is_not_recorded(tmp_path: Path) -> None:
    text = """\
        import pytest

        @pytest.mark.parametrize("run", ["runpytest_inprocess", "runpytest_subprocess"])
        def test_a(pytester, run):
            pytester.makepyfile(test_inner="def test_x():\\n    assert len('a') == 1")
            result = getattr(pytester, run)()
            result.assert_outcomes(passed=1)
            assert result.ret == 0
        """
    files = {"conftest.py": "pytest_plugins = ['pytester']\n", "test_a.py": text}
    run = make_project(tmp_path / "repo", files).pytest()
    own = held("result.assert_outcomes(passed=1)", "assert result.ret == 0")
    assert told(run) == {f"test_a[runpytest_{how}]": own for how in ("inprocess", "subprocess")}, run.output


# Doctests -------------------------------------------------------------------------------------------------------------


def test_record__doctests__know_their_examples(tmp_path: Path) -> None:
    files = {
        "app.py": '''\
            def add(a, b):
                """Add.

                >>> add(1, 2)
                3
                >>> add(1, 1)  # doctest: +SKIP
                3
                >>> total = add(0, 1)
                >>> add(1)
                Traceback (most recent call last):
                TypeError: ...
                """
                return a + b


            def nothing():
                """
                >>> total = add(1, 2)
                """
            ''',
        "readme.txt": ">>> 1 + 1\n2\n",
    }
    run = make_project(tmp_path / "repo", files).pytest("--doctest-modules", "--doctest-glob=*.txt", "-o",
                                                        "doctest_optionflags=ELLIPSIS")  # fmt: skip
    lines = {name: [re.sub(r".*:", "", line) for line in one.held] for name, one in told(run).items()}
    assert lines == {"app.add": ["4", "9"], "app.nothing": [], "readme.txt": ["1"]}, run.output


# Tests that are run again ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not importlib.util.find_spec("pytest_rerunfailures"), reason="pytest-rerunfailures is not installed"
)
def test_record__test_that_is_run_again__counts_as_it_ended(tmp_path: Path) -> None:
    text = "seen = []\n\n\ndef test_a():\n    seen.append(1)\n    assert len(seen) < 9\n    assert len(seen) == 2\n"
    run = make_project(tmp_path / "repo", {"test_a.py": text}).pytest("-p", "pytest_rerunfailures", "--reruns", "2")
    assert told(run) == {"test_a": held("assert len(seen) < 9", "assert len(seen) == 2")}


def test_record__plugin_that_runs_a_test_again__counts_its_last_attempt(tmp_path: Path) -> None:
    again = """\
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            runtestprotocol(item, nextitem=item, log=False)
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            runtestprotocol(item, nextitem=nextitem)
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True
        """
    text = "seen = []\n\n\ndef test_a():\n    seen.append(1)\n    assert len(seen) < 9\n    assert len(seen) == 2\n"
    run = make_project(tmp_path / "repo", {"conftest.py": again, "test_a.py": text}).pytest()
    assert told(run) == {"test_a": held("assert len(seen) < 9", "assert len(seen) == 2")}, run.output


@pytest.mark.skipif(not importlib.util.find_spec("pytest_asyncio"), reason="pytest-asyncio is not installed")
def test_record__coroutines__are_tests_like_others(tmp_path: Path) -> None:
    text = "import asyncio\n\n\nasync def test_a():\n    assert await asyncio.sleep(0, 3) == 3\n"
    run = make_project(tmp_path / "repo", {"test_a.py": text}).pytest(
        "-p", "pytest_asyncio.plugin", "--asyncio-mode=auto"
    )
    assert told(run) == {"test_a": held("assert await asyncio.sleep(0, 3) == 3")}


# What pytest says -----------------------------------------------------------------------------------------------------

FAILING = {
    "checks.py": "def check(value):\n    assert value == 3, f'not {value}'\n\n\ndef check_lines(text):\n"
                 "    assert (\n        text.splitlines()\n        == ['a', 'b']\n    )\n",
    "test_fails.py": """\
        import unittest
        from unittest import mock
        import pytest
        from checks import check, check_lines

        def test_plain():
            total = [1, 2, 3]
            assert total == [1, 2, 4]

        def test_message():
            assert {"a": 1} == {"a": 2}, "text"

        def test_helper():
            check(4)

        def test_lines():
            check_lines("a\\nc")

        def test_raises_none():
            with pytest.raises(KeyError):
                len("a")

        def test_raises_another():
            with pytest.raises(KeyError, match="b"):
                raise KeyError("a")

        def test_error():
            assert {}["a"] == 1

        def test_mock():
            send = mock.Mock()
            send(1)
            send.assert_called_once_with(2)

        def test_chained():
            try:
                assert 1 == 2
            except AssertionError as error:
                raise ValueError("x") from error

        def test_nested():
            def inner():
                assert [] == [1]
            inner()

        class TestCase(unittest.TestCase):
            def test_equal(self):
                self.assertEqual([1], [2])

        @pytest.fixture
        def broken():
            assert "up" == "down"

        def test_fixture(broken):
            pass

        def test_fail():
            pytest.fail("text")

        async def test_async():
            pass
        """,
}  # fmt: skip


def plain(project: SmallProject, *arguments: str, **environment: str) -> str:
    """What pytest prints without testkeep."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    env = {key: value for key, value in project.environment(environment).items() if value}
    done = subprocess.run(command, cwd=project.root, env=env, capture_output=True, text=True)
    return _without_times(done.stdout)


def _without_times(output: str) -> str:
    output = re.sub(r" in [0-9.]+s", "", output)
    output = re.sub(r"(?m)^plugins: .*\n", "", output)
    return re.sub(r"0x[0-9a-f]+|id='[0-9]+'", "0x", output)


@pytest.mark.parametrize("style", ["long", "short", "line"])
def test_record__failing_tests__say_what_they_said(style: str, tmp_path: Path) -> None:
    project = make_project(tmp_path / "repo", FAILING)
    arguments = (f"--tb={style}", "-rA", "--showlocals")
    before = plain(project, *arguments)
    assert "13 failed" in before or "12 failed" in before, before
    recorded = project.pytest(*arguments)
    assert _without_times(recorded.output) == before
    assert plain(project, *arguments) == before


def test_record__failing_tests__know_what_failed(tmp_path: Path) -> None:
    told_ = told(make_project(tmp_path / "repo", FAILING).pytest())
    assert told_["test_plain"] == failed("assert total == [1, 2, 4]")
    assert told_["test_helper"] == failed("assert value == 3, f'not {value}'")
    assert told_["test_fixture"] == failed('assert "up" == "down"')
    assert told_["test_error"] == Told()


# What is cached -------------------------------------------------------------------------------------------------------


def caches(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*.pyc"))


def test_record__plain_and_recorded_runs_in_turn__do_not_use_each_others_files(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repo", BASIC)
    first = plain(project, **CACHED)
    cached = caches(project.root)
    assert told(project.pytest(**CACHED)) == EXPECTED
    assert set(caches(project.root)) > set(cached)
    assert plain(project, **CACHED) == first
    assert told(project.pytest(**CACHED)) == EXPECTED
    assert told(project.pytest(*TWO_WORKERS, **CACHED)) == EXPECTED


def test_record__other_code_is_production_code__cached_marks_are_not_used(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": SOURCE.replace("['app']", "['app', 'support']"),
        "conftest.py": "pytest_plugins = ['support.plugin']\n",
        "support/plugin.py": "def inner():\n    assert 1 + len('a') == 2\n",
        "tests/test_a.py": "from support.plugin import inner\n\n\ndef test_a():\n    inner()\n",
    }
    project = make_project(tmp_path / "repo", BASIC | files)
    assert told(project.pytest("tests/test_a.py", **CACHED)) == {"test_a": held("s inner()")}
    (project.root / "pyproject.toml").write_text(SOURCE)
    assert told(project.pytest("tests/test_a.py", **CACHED)) == {"test_a": held("assert 1 + len('a') == 2")}


def test_record__file_changes__has_new_marks(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repo", {"test_a.py": "def test_a():\n    assert len('a') == 1\n"})
    assert told(project.pytest(**CACHED)) == {"test_a": held("assert len('a') == 1")}
    file = project.root / "test_a.py"
    file.write_text("def test_a():\n    assert len('ab') == 2\n")
    os.utime(file, (1, 1))
    assert told(project.pytest(**CACHED)) == {"test_a": held("assert len('ab') == 2")}

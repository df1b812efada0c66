"""The recorder beside plugins that run tests in their own way, where those are installed."""

from __future__ import annotations

import importlib.util
import textwrap
from pathlib import Path

import pytest

from integration.plugins.recording import MODES, make_project

ASYNCIO = """\
    import asyncio, pytest

    @pytest.mark.asyncio
    async def test_async():
        await asyncio.sleep(0)

    @pytest.mark.asyncio
    class TestMethods:
        async def test_async_method(self):
            await asyncio.sleep(0)
    """
ANYIO = """\
    import anyio, pytest

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @pytest.mark.anyio
    async def test_async(anyio_backend):
        await anyio.sleep(0)
    """
HYPOTHESIS = """\
    import unittest
    from hypothesis import given, strategies

    @given(strategies.integers())
    def test_given(n):
        assert n == n

    class TestOld(unittest.TestCase):
        @given(strategies.integers())
        def test_given_method(self, n):
            self.assertEqual(n, n)
    """
LIBRARIES = [
    pytest.param("pytest_asyncio", ASYNCIO, ("test_async", "test_async_method"), id="pytest-asyncio"),
    pytest.param("anyio", ANYIO, ("test_async",), id="anyio"),
    pytest.param("hypothesis", HYPOTHESIS, ("test_given", "test_given_method"), id="hypothesis"),
]


def need(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed here")


@pytest.mark.parametrize(("module", "text", "names"), LIBRARIES)
@pytest.mark.parametrize("mode", MODES)
def test_own_code_started(
    tmp_path: Path, module: str, text: str, names: tuple[str, ...], mode: tuple[str, ...]
) -> None:
    need(module)
    plugin = {
        "pytest_asyncio": "pytest_asyncio.plugin",
        "anyio": "anyio.pytest_plugin",
        "hypothesis": "_hypothesis_pytestplugin",
    }.get(module, module)
    recorded = make_project(tmp_path / "repository", {"test_a.py": text}).pytest("-p", plugin, *mode)
    assert recorded.outcomes == dict.fromkeys(names, "passed"), recorded.output
    assert recorded.started == dict.fromkeys(names, True)


FLAKY = textwrap.dedent("""\
    import pytest

    ATTEMPTS = []

    @pytest.mark.flaky(reruns=3)
    def test_flaky():
        ATTEMPTS.append(1)
        assert len(ATTEMPTS) > 2

    @pytest.fixture
    def flaky_fixture():
        ATTEMPTS.append(1)
        assert len(ATTEMPTS) > 4

    @pytest.mark.flaky(reruns=3)
    def test_flaky_set_up(flaky_fixture):
        assert True

    @pytest.mark.flaky(reruns=1)
    def test_fails():
        assert 1 == 2
    """)


@pytest.mark.parametrize("mode", MODES)
def test_reruns(tmp_path: Path, mode: tuple[str, ...]) -> None:
    need("pytest_rerunfailures")
    dist = ("--dist=loadfile",) if mode else ()
    recorded = make_project(tmp_path / "repository", {"test_a.py": FLAKY}).pytest(
        "-p", "pytest_rerunfailures", *mode, *dist
    )
    reruns = {name: test.execution.reruns if test.execution else -1 for name, test in recorded.tests.items()}
    assert reruns == {"test_flaky": 2, "test_flaky_set_up": 1, "test_fails": 1}
    assert recorded.outcomes == {"test_flaky": "passed", "test_flaky_set_up": "passed", "test_fails": "failed"}
    # Of the attempts before the last one nothing is left.
    assert recorded.phases == {"test_fails": ["call failed 'assert 1 == 2' at assert 1 == 2, AssertionError"]}
    assert recorded.started == {"test_flaky": True, "test_flaky_set_up": True, "test_fails": True}


GROUPS = """\
    import pytest

    @pytest.mark.parametrize("n", [1, 2])
    @pytest.mark.xdist_group("database")
    def test_grouped(n):
        assert True
    """


def test_ids_are_those_without_xdist(tmp_path: Path) -> None:
    """``--dist=loadgroup`` renames tests; a record of a run with it can be compared with one without."""
    project = make_project(tmp_path / "repository", {"test_a.py": GROUPS})
    recorded = project.pytest("-n", "2", "--dist=loadgroup")
    assert [test.item.id for test in recorded.suite.tests] == [
        "test_a.py::test_grouped[1]",
        "test_a.py::test_grouped[2]",
    ]
    assert recorded.outcomes == {"test_grouped[1]": "passed", "test_grouped[2]": "passed"}

"""Footprints of real runs, held against what coverage.py's public contexts say of the same tests."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

import pytest

from integration.plugins.footprint_project import (
    BRANCHES,
    EXPECTED,
    IN_PYTHON,
    MONITORED,
    SHOP,
    TEST_SHOP,
    TRACED,
    TWO_WORKERS,
    FootprintProject,
    needs_monitoring,
    small_project,
)
from integration.plugins.hard_project import hard_project


@pytest.mark.parametrize(
    ("config", "arguments", "way"),
    [
        pytest.param(TRACED, (), "harvest", id="C tracer, lines"),
        pytest.param(TRACED, TWO_WORKERS, "harvest", id="C tracer, lines, two workers"),
        pytest.param(BRANCHES, (), "harvest", id="C tracer, branches"),
        pytest.param(IN_PYTHON, (), "line events", id="Python tracer, lines", marks=needs_monitoring),
        pytest.param(MONITORED, (), "line events", id="sys.monitoring, lines", marks=needs_monitoring),
        pytest.param(MONITORED, TWO_WORKERS, "line events", id="sys.monitoring, two workers", marks=needs_monitoring),
    ],
)
def test_footprints__hard_project__are_what_contexts_say_and_leave_coverage_alone(
    tmp_path: Path, config: str, arguments: tuple[str, ...], way: str
) -> None:
    project = hard_project(tmp_path)
    contexts = project.contexts(config=BRANCHES if config == BRANCHES else TRACED)
    without = project.run(*arguments, config=config, footprints=False)

    found = project.run(*arguments, config=config)

    assert found.recorded.suite.footprints == way
    assert found.some_lines == contexts
    assert found.saved == without.saved


@pytest.mark.parametrize(
    ("config", "arguments", "way"),
    [
        pytest.param(TRACED, (), "harvest", id="C tracer"),
        pytest.param(TRACED, ("-n", "2"), "harvest", id="C tracer, two workers"),
        pytest.param(MONITORED, (), "line events", id="sys.monitoring", marks=needs_monitoring),
        pytest.param(TRACED, ("--no-cov",), "line events", id="no coverage", marks=needs_monitoring),
    ],
)
def test_footprints__small_project__are_the_lines_of_its_functions(
    tmp_path: Path, config: str, arguments: tuple[str, ...], way: str
) -> None:
    # Python 3.13.0 gives no line events to a second tool where a first one has declined them for a file.
    found = small_project(tmp_path).run(*arguments, config=config, alone="--no-cov" in arguments)

    assert found.recorded.suite.footprints == way
    assert found.lines == EXPECTED
    assert found.left == {"tests.footprints", "tests.json"}


def test_footprints__not_asked_for__nothing_is_imported_or_written(tmp_path: Path) -> None:
    tests = """\
        import sys

        def test_modules():
            parts = ("footprint", "collected_sets", "line_events", "coverage_contexts")
            ours = [name for name in sys.modules if name.startswith("testkeep")]
            assert [name for name in ours if any(part in name for part in parts)] == []
        """

    found = small_project(tmp_path, tests=tests).run(config=TRACED, footprints=False)

    assert found.recorded.outcomes == {"test_modules": "passed"}
    assert found.recorded.suite.footprints == ""
    assert found.left == {"tests.json"}


@pytest.mark.parametrize(
    ("config", "way"),
    [
        pytest.param(TRACED, "harvest", id="C tracer"),
        pytest.param(MONITORED, "line events", id="sys.monitoring", marks=needs_monitoring),
    ],
)
def test_footprints__file_that_coverage_leaves_out__is_left_out(tmp_path: Path, config: str, way: str) -> None:
    project = hard_project(tmp_path)
    contexts = project.contexts(config=f"{TRACED}\nomit = */late.py")

    found = project.run(config=f"{config}\nomit = */late.py")

    assert found.recorded.suite.footprints == way
    assert found.some_lines == contexts


@pytest.mark.parametrize(
    "config",
    [pytest.param(TRACED, id="C tracer"), pytest.param(MONITORED, id="sys.monitoring", marks=needs_monitoring)],
)
def test_footprints__installed_copy_is_imported__have_the_paths_of_the_source(tmp_path: Path, config: str) -> None:
    copy = tmp_path / "site" / "app"
    conftest = f"import sys\nsys.path.insert(0, {str(copy.parent)!r})\n"
    files = {"src/app/__init__.py": "", "src/app/shop.py": SHOP, "conftest.py": conftest}
    project = FootprintProject(tmp_path, {**files, "tests/test_shop.py": TEST_SHOP}, "app")
    shutil.copytree(project.project.root / "src" / "app", copy)

    found = project.run(config=config)

    assert found.recorded.suite.imports["app"] == (str(copy.parent),)
    assert found.lines == {
        test: {f"src/{path}": lines for path, lines in files.items()} for test, files in EXPECTED.items()
    }


def test_footprints__child_process_goes_on__does_not_write_any(tmp_path: Path) -> None:
    fork = (
        "\ndef test_forks():\n    import os\n    if os.fork():\n        os.wait()\n    else:\n        exit(tax(-1))\n"
    )

    found = small_project(tmp_path, tests=f"{TEST_SHOP}{fork}").run(config=TRACED)

    assert found.lines == EXPECTED | {"tests/test_shop.py::test_forks": {}}


def test_footprints__worker_dies__has_those_of_the_others(tmp_path: Path) -> None:
    dies = "\ndef test_dies():\n    import os\n    os._exit(3)\n"
    tests = {"tests/test_shop.py": TEST_SHOP, "tests/test_dies.py": dies}
    project = FootprintProject(tmp_path, {"app/__init__.py": "", "app/shop.py": SHOP, **tests}, "app")

    found = project.run(*TWO_WORKERS, config=TRACED)

    assert found.lines == EXPECTED
    assert found.left == {"tests.footprints", "tests.json"}


GREEN_CONFIG = f"{TRACED}\nconcurrency = thread,greenlet"
GREEN = """\
    import greenlet

    def count(first):
        number = first
        while number < 9:
            number += 1
            if number % 2:
                greenlet.getcurrent().parent.switch(number)
            else:
                seen = number
                greenlet.getcurrent().parent.switch(seen)
    """
TEST_GREEN = """\
    import greenlet
    from app.shop import count

    counter = greenlet.greenlet(count)

    def test_first():
        assert counter.switch(0) == 1

    def test_second():
        assert counter.switch() == 2

    def test_third():
        assert counter.switch() == 3
    """


def green_project(folder: Path) -> FootprintProject:
    files = {"app/__init__.py": "", "app/shop.py": textwrap.dedent(GREEN), "conftest.py": ""}
    return FootprintProject(folder, {**files, "tests/test_green.py": textwrap.dedent(TEST_GREEN)}, "app")


def test_footprints__greenlet_outlives_tests__are_what_contexts_say(tmp_path: Path) -> None:
    pytest.importorskip("greenlet")
    project = green_project(tmp_path)
    contexts = project.contexts(config=GREEN_CONFIG)

    found = project.run(config=GREEN_CONFIG)

    assert found.recorded.suite.footprints == "harvest"
    assert found.some_lines == contexts


@needs_monitoring
def test_footprints__greenlet_outlives_tests_without_coverage__belongs_to_the_test_that_switches_to_it(
    tmp_path: Path,
) -> None:
    pytest.importorskip("greenlet")

    found = green_project(tmp_path).run("--no-cov", config=GREEN_CONFIG)

    assert found.recorded.suite.footprints == "line events"
    assert found.lines == {
        "tests/test_green.py::test_first": {"app/shop.py": [4, 5, 6, 7, 8]},
        "tests/test_green.py::test_second": {"app/shop.py": [5, 6, 7, 10, 11]},
        "tests/test_green.py::test_third": {"app/shop.py": [5, 6, 7, 8]},
    }

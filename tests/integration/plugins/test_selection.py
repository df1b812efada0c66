"""Which tests a job runs, and what its record says of all the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integration.plugins.recording import MODES, make_project, selections, short
from testkeep.model.evidence import CollectorReport

PASSES = "def {}():\n    assert True\n"

SELECTION = {
    "pyproject.toml": """\
        [tool.pytest.ini_options]
        addopts = "-m 'not by_mark'"
        markers = ["by_mark"]
        norecursedirs = [".*", "fixed", "build"]
        """,
    "conftest.py": """\
        import pytest

        collect_ignore = ["tests/ignored_by_list"]
        collect_ignore_glob = ["tests/*_by_glob"]

        def pytest_ignore_collect(collection_path):
            return True if collection_path.name == "test_ignored_by_hook.py" else None

        def pytest_collection_modifyitems(config, items):
            config.hook.pytest_deselected(items=[item for item in items if item.name == "test_by_hook"])
            items[:] = [item for item in items if item.name not in ("test_by_hook", "test_dropped")]

        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_collection_finish(session):
            yield
            session.items[:] = [item for item in session.items if item.name != "test_dropped_late"]
        """,
    "tests/conftest.py": """\
        import pytest

        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_collection_modifyitems(items):
            items[:] = [item for item in items if item.name != "test_dropped_early"]
            yield
        """,
    "tests/test_selection.py": "import pytest\n"
    + "\n".join(
        PASSES.format(name)
        for name in (
            "test_stays",
            "test_by_keyword",
            "test_by_id",
            "test_by_hook",
            "test_dropped",
            "test_dropped_early",
        )
    )
    + "\n@pytest.mark.by_mark\n"
    + PASSES.format("test_by_mark"),
    "tests/test_ignored_by_hook.py": PASSES.format("test_1"),
    "tests/test_ignored_by_option.py": PASSES.format("test_2"),
    "tests/ignored_by_list/test_3.py": PASSES.format("test_3"),
    "tests/ignored_by_glob/test_4.py": PASSES.format("test_4"),
    "tests/fixed/test_5.py": PASSES.format("test_5"),
    "tests/build/test_6.py": PASSES.format("test_6"),
    "tests/test_skip.py": 'import pytest\npytest.skip("off", allow_module_level=True)\n' + PASSES.format("test_7"),
    "tests/test_import.py": 'import pytest\nx = pytest.importorskip("no_such_module")\n' + PASSES.format("test_8"),
    "tests/test_old.py": 'import unittest\nraise unittest.SkipTest("too old")\n' + PASSES.format("test_9"),
    "tests/test_class.py": """\
        import pytest

        class TestSkipped:
            def pytest_generate_tests(self, metafunc):
                pytest.skip("no cases")

            def test_10(self):
                assert True
        """,
}


@pytest.mark.parametrize("mode", MODES)
def test_all_that_takes_tests_out(tmp_path: Path, mode: tuple[str, ...]) -> None:
    by_id = "tests/test_selection.py::test_by_id"
    arguments = ("--deselect", by_id, "--ignore=tests/test_ignored_by_option.py", *mode)
    recorded = make_project(tmp_path / "repository", SELECTION).pytest(*arguments, PYTEST_ADDOPTS="-k 'not by_keyword'")
    assert recorded.exit_code == 0, recorded.output
    assert recorded.outcomes["test_stays"] == "passed"
    assert selections(recorded.suite.tests) == {
        "test_by_mark": "deselected -m 'not by_mark' (addopts)",
        "test_by_keyword": "deselected -k 'not by_keyword' (PYTEST_ADDOPTS)",
        "test_by_id": f"deselected --deselect {by_id}",
        "test_by_hook": "deselected conftest.py:10 pytest_collection_modifyitems",
        "test_dropped": "dropped",
        "test_dropped_early": "dropped",
    }
    assert set(recorded.suite.ignored_paths) == {
        ".git",
        "tests/build",
        "tests/fixed",
        "tests/ignored_by_glob",
        "tests/ignored_by_list",
        "tests/test_ignored_by_hook.py",
        "tests/test_ignored_by_option.py",
    }
    places = {
        report.id: (report.outcome, report.reason, report.path, report.line) for report in recorded.suite.collectors
    }
    assert places == {
        "tests/test_skip.py": ("skipped", "off", "tests/test_skip.py", 2),
        "tests/test_import.py": (
            "skipped",
            "could not import 'no_such_module': No module named 'no_such_module'",
            "tests/test_import.py",
            2,
        ),
        "tests/test_old.py": ("skipped", "too old", "tests/test_old.py", 2),
        "tests/test_class.py::TestSkipped": ("skipped", "no cases", "tests/test_class.py", 5),
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        pytest.param("del items[:]", {"test_1": "dropped", "test_2": "dropped"}, id="all"),
        pytest.param("items[:] = items[1:]", {"test_1": "dropped"}, id="replaced list"),
        pytest.param("items.reverse()", {}, id="only sorted"),
        pytest.param("config.hook.pytest_deselected(items=items)", {}, id="deselected and yet kept"),
    ],
)
def test_hooks_that_drop(tmp_path: Path, hook: str, expected: dict[str, str], mode: tuple[str, ...]) -> None:
    files = {
        "conftest.py": f"def pytest_collection_modifyitems(config, items):\n    {hook}\n",
        "test_a.py": PASSES.format("test_1") + PASSES.format("test_2"),
    }
    recorded = make_project(tmp_path / "repository", files).pytest(*mode)
    assert recorded.suite.exit_status == (5 if len(expected) == 2 else 0)
    assert selections(recorded.suite.tests) == expected
    assert [test.item.id for test in recorded.suite.tests] == ["test_a.py::test_1", "test_a.py::test_2"]


BROKEN = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    "helper.py": "VALUE = 1\n\nfrom nowhere import nothing\n",
    "tests/test_syntax.py": "def test_1():\n    assert (\n",
    "tests/test_import.py": "import os\nimport helper\n",
    "tests/test_mark.py": "import pytest\n\n@pytest.mark.unheard_of\ndef test_2():\n    assert True\n",
    "tests/test_chain.py": 'try:\n    {}["a"]\nexcept KeyError as error:\n    raise RuntimeError("no a") from error\n',
    "tests/test_params.py": 'import pytest\n\n@pytest.mark.parametrize("x", 1)\ndef test_3(x):\n    assert x\n',
    "tests/test_good.py": PASSES.format("test_4"),
}


@pytest.mark.parametrize("mode", MODES)
def test_what_cannot_be_collected(tmp_path: Path, mode: tuple[str, ...]) -> None:
    recorded = make_project(tmp_path / "repository", BROKEN).pytest("--strict-markers", *mode)
    assert recorded.suite.exit_status == (1 if mode else 2)
    assert not recorded.is_clean
    failures = {report.id: report for report in recorded.suite.collectors}
    assert {key: (report.path, report.line, report.reason.split(":")[0]) for key, report in failures.items()} == {
        "tests/test_syntax.py": ("tests/test_syntax.py", 2, "SyntaxError"),
        "tests/test_import.py": ("helper.py", 3, "ModuleNotFoundError"),
        "tests/test_mark.py": ("tests/test_mark.py", 3, "Failed"),
        "tests/test_chain.py": ("tests/test_chain.py", 4, "RuntimeError"),
        "tests/test_params.py": ("tests/test_params.py", 0, "TypeError"),
    }
    assert failures["tests/test_import.py"] == CollectorReport(
        id="tests/test_import.py",
        outcome="failed",
        reason="ModuleNotFoundError: No module named 'nowhere'",
        path="helper.py",
        line=3,
    )


def test_workers_that_collect_different_tests(tmp_path: Path) -> None:
    text = "import os\nNAME = os.environ['PYTEST_XDIST_WORKER']\nexec(f'def test_{NAME}(): pass')\n"
    recorded = make_project(tmp_path / "repository", {"test_a.py": text}).pytest("-n", "2")
    assert not recorded.is_clean
    (report,) = recorded.suite.collectors
    assert report.id in ("gw0", "gw1")  # the later one is to blame
    assert report.outcome == "failed"
    assert "Different tests were collected between gw" in report.reason


STAGES = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--strict-markers"\n',
    "conftest.py": """\
        import pytest

        def pytest_collection_modifyitems(items):
            for item in items:
                if item.name == "test_marked_by_hook":
                    item.add_marker("concurrency")
        """,
    "sub/conftest.py": """\
        import pytest

        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_collection_modifyitems(items):
            yield
            for item in items:
                if item.name == "test_marked_late":
                    item.add_marker("migration")
        """,
    "sub/test_late.py": PASSES.format("test_marked_late"),
    "app/test_colocated.py": PASSES.format("test_colocated"),
    "app/test_login_flow.py": PASSES.format("test_flow"),
    "tests/integration/test_users.py": PASSES.format("test_users") + PASSES.format("test_marked_by_hook"),
    "tests/migrations/test_up.py": PASSES.format("test_up"),
    "tests/e2e/test_browser.py": PASSES.format("test_browser"),
    "tests/unit/test_marks.py": """\
        import pytest

        pytestmark = pytest.mark.integration

        def test_by_module():
            assert True

        @pytest.mark.unit
        def test_by_function():
            assert True

        @pytest.mark.unit
        @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.concurrency)])
        def test_by_parameters(n):
            assert True

        @pytest.mark.unit
        @pytest.mark.slow
        def test_slow():
            assert False

        @pytest.mark.unit
        @pytest.mark.diagnostic
        def test_diagnostic():
            assert False

        @pytest.mark.performance
        @pytest.mark.unit
        def test_performance_of_a_unit():
            assert False

        @pytest.mark.performance
        def test_performance():
            assert False
        """,
}
OF_STAGE = {
    "unit": {"test_colocated", "test_by_function", "test_by_parameters[1]"},
    "integration": {"test_flow", "test_users", "test_by_module"},
    "migration": {"test_up", "test_marked_late"},
    "concurrency": {"test_marked_by_hook", "test_by_parameters[2]"},
}
LEFT_OUT = {
    "test_slow": "left-out mark slow",
    "test_diagnostic": "left-out mark diagnostic",
    "test_performance_of_a_unit": "left-out mark performance",
}
OPT_IN = {"e2e": {"test_browser"}, "performance": {"test_performance"}}


@pytest.mark.parametrize("mode", MODES)
def test_each_test_is_in_one_stage(tmp_path: Path, mode: tuple[str, ...]) -> None:
    """The four stages run at the same time into the same folder, as the pipeline runs them."""
    project = make_project(tmp_path / "repository", STAGES)
    with ThreadPoolExecutor(2) as pool:
        runs = {stage: pool.submit(project.pytest, f"--testkeep-stage={stage}", *mode, job=stage) for stage in OF_STAGE}
    recorded = {stage: run.result() for stage, run in runs.items()}
    for stage, expected in OF_STAGE.items():
        run = recorded[stage]
        assert run.exit_code == 0, run.output
        left_out = LEFT_OUT if stage == "unit" else {}
        assert run.outcomes == dict.fromkeys(expected, "passed") | dict.fromkeys(left_out, "left-out")
        assert selections(run.suite.tests) == left_out
        others = {other: names for other, names in OF_STAGE.items() if other != stage} | OPT_IN
        if stage != "unit":
            others["unit"] = others["unit"] | LEFT_OUT.keys()
        assert {key: {short(test) for test in tests} for key, tests in run.suite.elsewhere.items()} == others


def test_a_stage_alone_needs_no_evidence(tmp_path: Path) -> None:
    project = make_project(tmp_path / "repository", STAGES)
    recorded = project.pytest("--testkeep-stage=migration", "--testkeep-evidence=", "-q")
    assert (recorded.exit_code, recorded.evidence, recorded.unfinished) == (0, None, None)
    assert "2 passed, 13 deselected" in recorded.output


EQUAL_IDS = {
    "conftest.py": """\
        import pytest

        def pytest_collect_file(parent, file_path):
            if file_path.suffix == ".cases":
                return Cases.from_parent(parent, path=file_path)

        class Cases(pytest.File):
            def collect(self):
                for line in self.path.read_text().split():
                    yield Case.from_parent(self, name="sum", value=line)

        class Case(pytest.Item):
            def __init__(self, *, value, **rest):
                super().__init__(**rest)
                self.value = value

            def runtest(self):
                if self.value == "later":
                    pytest.skip("later")
                assert self.value == "right"
        """,
    "tests/sums.cases": "later right wrong right",
}


@pytest.mark.parametrize("mode", MODES)
def test_equal_ids__of_a_custom_collector__are_numbered(tmp_path: Path, mode: tuple[str, ...]) -> None:
    recorded = make_project(tmp_path / "repository", EQUAL_IDS).pytest(*mode)

    assert recorded.outcomes == {"sum": "skipped", "sum#2": "passed", "sum#3": "failed", "sum#4": "passed"}

"""Which lines count, wherever the project lies, wherever its code was imported from, and whoever ran it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from integration.cli.covered_project import CALC, CHOOSE, TEST_CALC, covered_project, numbers, policy
from repositories import GitProject
from testkeep.model.coverage_summary import CoverageSummary

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

SHOP_TEST = "from shop.cart import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
ADD_FOUR = "def add(a, b):\n    if a < 0:\n        return 0\n    return a + b\n"
_FILE_NAME = re.compile(rb'filename="([^"]*)"')


def src_project(repository: Path, folder: str = "") -> GitProject:
    """A project with a src layout, of whose four lines a test runs three."""
    project = GitProject(repository, folder)
    project.commit(
        {
            ".gitignore": "__pycache__/\n.pytest_cache/\n",
            "pyproject.toml": f'[project]\nname = "shop"\nversion = "1"\n{policy()}',
            "src/shop/__init__.py": "",
            "src/shop/cart.py": ADD_FOUR,
            "tests/unit/test_cart.py": SHOP_TEST,
        }
    )
    return project


def lines(project: GitProject, *arguments: str, cwd: Path | None = None) -> dict[str, tuple[int, int]]:
    """The files that count, with the lines that are run and all that there are; empty files are left out."""
    asked = project.testkeep("coverage", "--json", "--base", "none", *arguments, cwd=cwd)
    assert asked.exit_code == 0, asked.output + asked.errors
    summary = msgspec.json.decode(asked.output, type=CoverageSummary)
    return {path: (file.covered, file.total) for path, file in summary.files.items() if file.total}


def test_reports__src_layout_in_a_folder_of_the_repository__name_files_and_no_machine(tmp_path: Path) -> None:
    project = src_project(tmp_path / "repository", folder="services/billing")

    run = project.testkeep("run", "--base", "none", "--coverage-reports", PYTHONPATH="src")

    report = project.root / ".testkeep" / "report"
    xml = (report / "coverage.xml").read_bytes()
    assert (run.exit_code, numbers(run)) == (0, (75.0, None, None)), run.output
    assert lines(project) == {"services/billing/src/shop/cart.py": (3, 4)}
    assert sorted(_FILE_NAME.findall(xml)) == [
        b"services/billing/src/shop/__init__.py",
        b"services/billing/src/shop/cart.py",
    ]
    assert [path.name for path in report.rglob("coverage.xml")] == ["coverage.xml"]
    files = [path for path in report.rglob("*") if path.is_file()]
    assert {"coverage.lcov", "coverage.json", "combined.coverage", "index.html"} <= {path.name for path in files}
    assert [path for path in files if str(tmp_path).encode() in path.read_bytes()] == []


def test_run__copy_of_the_package_is_installed__counts_for_the_projects_own_files(tmp_path: Path) -> None:
    project = src_project(tmp_path / "repository")
    installed = tmp_path / "lib" / "python3" / "site-packages"
    shutil.copytree(project.root / "src" / "shop", installed / "shop")

    run = project.testkeep("run", "--base", "none", PYTHONPATH=str(installed))

    assert (run.exit_code, numbers(run)) == (0, (75.0, None, None)), run.output
    assert lines(project) == {"src/shop/cart.py": (3, 4)}


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        pytest.param('["shop"]', "shop.cart", {"shop/cart.py": (3, 4)}, id="package"),
        pytest.param(
            '["till.py", "jobs/nightly.py"]',
            "till",
            {"till.py": (3, 4), "jobs/nightly.py": (0, 1)},
            id="single modules",
        ),
    ],
)
def test_run__test_counts_what_is_looked_for_and_changes_the_path__coverage_looks_for_nothing(
    tmp_path: Path, source: str, module: str, expected: dict[str, tuple[int, int]]
) -> None:
    counting = f"""\
        import importlib.util


        def test_lookups(monkeypatch, tmp_path):
            asked = []
            find = importlib.util.find_spec
            monkeypatch.setattr(importlib.util, "find_spec", lambda name, _=None: asked.append(name) or find(name))
            monkeypatch.syspath_prepend(tmp_path)
            (tmp_path / "fresh.py").write_text("def call(function):\\n    return function(1, 2)\\n")

            import fresh
            from {module} import add

            assert fresh.call(add) == 3
            assert asked == []
        """
    project = GitProject(tmp_path / "repository")
    project.commit(
        {
            ".gitignore": "__pycache__/\n.pytest_cache/\n",
            "pyproject.toml": policy().replace("[tool.testkeep]\n", f"[tool.testkeep]\nsource = {source}\n"),
            **dict.fromkeys(["shop/cart.py", "till.py"], ADD_FOUR),
            **dict.fromkeys(["jobs/nightly.py", "jobs/other.py", "odd[name]/$other.py"], "x = 1\n"),
            "tests/unit/test_cart.py": dedent(counting),
        }
    )

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (0, []), run.output
    assert lines(project) == expected


def test_gate__evidence_was_made_in_a_clone_at_another_place__finds_the_same(tmp_path: Path) -> None:
    made = covered_project(tmp_path / "runner" / "repository", ratchet="true", diff=90)
    made.commit({"app/calc.py": CALC + "\n\ndef subtract(a, b):\n    return a - b\n"})
    judge = tmp_path / "other machine" / "deep" / "clone"
    subprocess.run(["git", "clone", "--quiet", str(made.repository), str(judge)], check=True)
    here = made.testkeep("run")
    shutil.copytree(made.evidence, tmp_path / "evidence")
    shutil.move(made.repository, tmp_path / "gone")

    there = made.testkeep("gate", "--coverage-reports", "--evidence", str(tmp_path / "evidence"), cwd=judge)

    assert (here.exit_code, here.codes) == (1, ["TK303", "TK304"])
    assert there.verdict.coverage == here.verdict.coverage
    assert there.findings == here.findings
    assert lines(made, "--evidence", str(tmp_path / "evidence"), cwd=judge) == {"app/calc.py": (3, 4)}
    report = judge / ".testkeep" / "report"
    assert sorted(_FILE_NAME.findall((report / "coverage.xml").read_bytes())) == [b"app/__init__.py", b"app/calc.py"]


@pytest.mark.parametrize(
    "place", [pytest.param("app/jobs", id="folder of the project"), pytest.param("", id="folder outside")]
)
def test_run__test_starts_a_script_of_the_project_elsewhere__credits_that_and_no_other_of_its_name(
    tmp_path: Path, place: str
) -> None:
    started = """\
        import subprocess
        import sys
        from pathlib import Path

        ROOT = Path(__file__).parents[2]


        def test_script(tmp_path):
            place = ROOT / "{place}" if "{place}" else tmp_path
            subprocess.run([sys.executable, ROOT / "app" / "jobs" / "nightly.py"], cwd=place, check=True)
        """
    project = covered_project(
        tmp_path / "repository",
        {
            "nightly.py": "x = 1\ny = 2\nz = 3\n",
            "app/jobs/__init__.py": "",
            "app/jobs/nightly.py": "x = 1\ny = 2\n",
            "tests/unit/test_script.py": dedent(started).replace("{place}", place),
        },
    )
    project.replace("pyproject.toml", "[tool.testkeep]\n", '[tool.testkeep]\nsource = ["app", "nightly.py"]\n')
    project.commit()

    run = project.testkeep("run", "--base", "none")

    assert run.exit_code == 0, run.output
    assert lines(project) == {"app/calc.py": (2, 2), "app/jobs/nightly.py": (2, 2), "nightly.py": (0, 3)}


def test_run__namespace_package_that_nobody_imports__counts_as_not_run(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", {"app/plugins/deep/choose.py": CHOOSE})

    run = project.testkeep("run", "--base", "none")

    assert run.exit_code == 0
    assert lines(project) == {"app/calc.py": (2, 2), "app/plugins/deep/choose.py": (0, 4)}


NOT_PRODUCTION: Mapping[str, str] = {
    "app/migrations/versions/0001_first.py": CHOOSE,
    "app/test_calc.py": TEST_CALC,
    "app/tests/test_more.py": TEST_CALC,
    "app/conftest.py": "x = 1\n",
    "app/orders_pb2.py": CHOOSE,
    "app/_version.py": "version = '1'\n",
}


@pytest.mark.parametrize(
    ("settings", "brought_back"),
    [
        pytest.param({}, {}, id="default"),
        pytest.param({"include": '["**/orders_pb2.py"]'}, {"app/orders_pb2.py": (0, 4)}, id="one is included"),
    ],
)
def test_run__tests_migrations_and_generated_files__do_not_count_unless_they_are_included(
    tmp_path: Path, settings: dict[str, str], brought_back: dict[str, tuple[int, int]]
) -> None:
    project = covered_project(tmp_path / "repository", NOT_PRODUCTION, **settings)

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.verdict.stages[0].tests) == (0, {"passed": 3}), run.output
    assert lines(project) == {"app/calc.py": (2, 2), **brought_back}


PYTESTER = "pytest_plugins = ['pytester']\n"
MEASURES = """\
    import subprocess
    import sys

    import pytest


    def test_coverage_run(tmp_path):
        (tmp_path / "calc.py").write_text("a = 1\\nb = 2\\nc = 3\\n")
        for arguments in (["run", "calc.py"], ["report"], ["erase"]):
            subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=tmp_path, check=True)


    @pytest.mark.parametrize("way", ["runpytest_inprocess", "runpytest_subprocess"])
    def test_pytester(pytester, way):
        pytester.makepyfile(
            inner="a = 1\\nb = 2\\n", test_inner="import inner\\n\\ndef test_a():\\n    assert inner.a\\n"
        )
        result = getattr(pytester, way)("-p", "pytest_cov", "--cov=inner", "--cov-report=term")
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines(["inner.py*2*0*100%"])
    """


@pytest.mark.parametrize("variable", [pytest.param(True, id="COVERAGE_FILE is set"), pytest.param(False, id="not set")])
def test_run__tests_measure_coverage_themselves__the_kits_data_are_its_own(tmp_path: Path, variable: bool) -> None:
    project = covered_project(
        tmp_path / "repository", {"conftest.py": PYTESTER, "tests/unit/test_measuring.py": MEASURES}
    )
    elsewhere = tmp_path / "elsewhere.coverage"

    run = project.testkeep("run", "--base", "none", **({"COVERAGE_FILE": str(elsewhere)} if variable else {}))

    assert (run.exit_code, run.verdict.stages[0].tests) == (0, {"passed": 4}), run.output
    assert lines(project) == {"app/calc.py": (2, 2)}

"""``testkeep run`` on real projects."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from repositories import GitProject, simple_project

FAILING = "def test_failing():\n    assert 1 == 2, 'one is not two'\n"
UNFORMATTED = "x = {  'a':1 }\n"


def test_run__all_stages__runs_each_test_in_exactly_one(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit(
        {
            "app/__init__.py": "",
            "app/value.py": "VALUE = 1\n",
            "app/test_value.py": "from app.value import VALUE\n\n\ndef test_colocated():\n    assert VALUE == 1\n",
            "tests/unit/test_one.py": "def test_unit():\n    assert True\n",
            "tests/integration/test_two.py": "def test_integration():\n    assert True\n",
            "tests/migrations/test_migrations.py": "def test_migration():\n    assert True\n",
            "tests/concurrency/test_concurrent_two.py": "def test_concurrency():\n    assert True\n",
            "tests/e2e/test_all.py": "def test_e2e():\n    assert True\n",
        }
    )

    run = project.testkeep("run", "--base", "none")

    counts = {stage.name: (stage.status, stage.tests) for stage in run.verdict.stages[3:]}
    assert run.exit_code == 0, run.output
    assert counts == {
        "unit": ("passed", {"passed": 2}),
        "integration": ("passed", {"passed": 1}),
        "migration": ("passed", {"passed": 1}),
        "concurrency": ("passed", {"passed": 1}),
    }


def test_run__failing_test__verbose__shows_its_stage_output_whole_and_under_its_name(project: GitProject) -> None:
    project.commit({"tests/unit/test_failing.py": FAILING, "tests/integration/test_also.py": FAILING})

    run = project.testkeep("run", "unit", "integration", "--base", "none", "-v")

    assert (run.exit_code, run.codes) == (1, ["TK101"])
    for stage in ("unit", "integration"):
        shown = re.search(rf"^{stage}: output .*?^end of {stage} ", run.output, re.DOTALL | re.MULTILINE)
        assert shown is not None
        assert "one is not two" in shown[0]
        assert "1 failed" in shown[0]


def test_run__red_static_stage__does_not_hide_the_tests(project: GitProject) -> None:
    project.commit({"pyproject.toml": "[tool.black]\n", "app/ugly.py": UNFORMATTED})

    run = project.testkeep("run", "format", "unit", "--base", "none")

    assert (run.exit_code, run.codes) == (1, ["TK106"])
    assert [(stage.name, stage.status) for stage in run.verdict.stages] == [("format", "failed"), ("unit", "passed")]


def test_run__stale_copy_of_the_project_is_installed__is_inconclusive(tmp_path: Path) -> None:
    # The copy's code passes; the working tree's would not, and nobody has run it.
    project, site = GitProject(tmp_path / "repository"), tmp_path / "site"
    project.commit(
        {
            "src/shop/__init__.py": "",
            "src/shop/cart.py": "TOTAL = 'broken'\n",
            "tests/test_cart.py": "import shop.cart\n\n\ndef test_total():\n    assert shop.cart.TOTAL == 1\n",
        }
    )
    (site / "shop").mkdir(parents=True)
    (site / "shop" / "__init__.py").write_text("")
    (site / "shop" / "cart.py").write_text("TOTAL = 1\n")

    stale = project.testkeep("run", "unit", "--base", "none", PYTHONPATH=str(site))
    (site / "shop" / "cart.py").write_text("TOTAL = 'broken'\n")
    identical = project.testkeep("run", "unit", "--base", "none", PYTHONPATH=str(site))

    assert (stale.exit_code, stale.codes) == (4, ["TK501"])
    assert f"imported {site / 'shop' / 'cart.py'}, not the project's own code" in stale.finding("TK501").message
    assert (identical.exit_code, identical.codes) == (1, ["TK101"])


def test_run__a_change_beside_a_stale_copy__says_nothing_of_its_coverage(tmp_path: Path) -> None:
    project, site = GitProject(tmp_path / "repository"), tmp_path / "site"
    test = "import own\nimport shop.cart\n\n\ndef test_total():\n    assert own.ONE == shop.cart.TOTAL\n"
    project.commit({"src/shop/__init__.py": "", "src/shop/cart.py": "TOTAL = 1\n", "tests/test_cart.py": test})
    project.commit({"src/own/__init__.py": "ONE = 1\n"})
    shutil.copytree(project.root / "src" / "shop", site / "shop")
    project.commit({"src/shop/cart.py": "TOTAL = 1\nNEW = 2\n"})

    run = project.testkeep("run", PYTHONPATH=f"{site}:src")

    assert (run.exit_code, [code for code in run.codes if code.startswith("TK3")]) == (4, []), run.output
    assert "TK501" in run.codes


def test_run__fail_fast__starts_no_test_after_a_red_static_stage(project: GitProject) -> None:
    project.commit({"pyproject.toml": "[tool.black]\n", "app/ugly.py": UNFORMATTED})

    run = project.testkeep("run", "format", "unit", "--base", "none", "--fail-fast")

    assert (run.exit_code, run.codes) == (1, ["TK106", "TK501"])
    assert [(stage.name, stage.status) for stage in run.verdict.stages] == [("format", "failed"), ("unit", "error")]


@pytest.mark.parametrize(
    ("policy", "tools"),
    [
        pytest.param('[tool.testkeep]\nformatter = "black"\n', ["black", "isort"], id="black"),
        pytest.param('[tool.testkeep]\nformatter = "ruff"\n', ["ruff", "ruff"], id="ruff"),
    ],
)
def test_run__formatter__is_the_one_of_the_policy(tmp_path: Path, policy: str, tools: list[str]) -> None:
    project = simple_project(tmp_path / "repository", policy=policy)

    run = project.testkeep("run", "format", "--base", "none")

    detail = run.verdict.stages[0].detail
    assert run.exit_code == 0
    assert [part.split()[0] for part in detail.split(", ")] == tools


def test_run__ruff_is_told_to_fix_in_its_configuration__changes_no_file(tmp_path: Path) -> None:
    project = simple_project(
        tmp_path / "repository", policy="[tool.ruff]\nfix = true\n[tool.ruff.lint]\nfixable=['ALL']\n"
    )
    project.commit({"app/unused.py": "import os\n"})

    run = project.testkeep("run", "lint", "--base", "none")

    assert (run.exit_code, run.codes) == (1, ["TK106"])
    assert project.git("status", "--porcelain") == ""


def test_run__project_without_configuration_in_a_subfolder__is_recorded_and_judged(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", folder="services/billing")
    project.replace("tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip\ndef test_guard")
    project.commit()

    run = project.testkeep("run", "unit")

    finding = run.finding("TK201")
    assert run.exit_code == 1
    assert (finding.test, finding.path) == (
        "tests/unit/test_calc.py::test_guard",
        "services/billing/tests/unit/test_calc.py",
    )


def test_run__started_in_a_subfolder__finds_the_project(project: GitProject) -> None:
    run = project.testkeep("run", "unit", "--base", "none", cwd=project.root / "tests")

    assert run.verdict.stages[0].tests == {"passed": 4}


def test_run__coverage_below_the_minimum__fails_with_the_exact_number(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit(
        {
            "pyproject.toml": '[tool.testkeep]\nstages = ["unit"]\n[tool.testkeep.coverage]\noverall = 87\n',
            "app/__init__.py": "",
            "app/calc.py": "def a():\n    return 1\n\n\ndef b():\n    return 2\n",
            "app/test_calc.py": "from app.calc import a\n\n\ndef test_a():\n    assert a() == 1\n",
        }
    )

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (1, ["TK301"])
    assert run.finding("TK301").message == "coverage is 75 %, and 87 % are needed: 1 more line of 4 must be run"
    assert run.verdict.coverage.overall_percent == 75.0


def test_run__layer_below_its_minimum__fails_for_the_layer(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit(
        {
            "pyproject.toml": '[tool.testkeep]\nstages = ["unit"]\n[tool.testkeep.coverage.layers]\n'
            'service = { paths = ["**/service.py"], minimum = 85 }\n',
            "app/__init__.py": "",
            "app/users/__init__.py": "",
            "app/users/service.py": "def a():\n    return 1\n\n\ndef b():\n    return 2\n",
            "app/users/test_service.py": "from app.users.service import a\n\n\ndef test_a():\n    assert a() == 1\n",
        }
    )

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (1, ["TK302"])
    assert run.verdict.coverage.layers == {"service": 75.0}


def test_run__coverage_below_minima_that_nobody_wrote_down__is_shown_beside_the_defaults(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit(
        {
            "pyproject.toml": '[tool.testkeep]\nstages = ["unit"]\n',
            "app/__init__.py": "",
            "app/service.py": "def a():\n    return 1\n\n\ndef b():\n    return 2\n",
            "app/alembic/env.py": "raise RuntimeError('needs a database')\n",
            "app/test_service.py": "from app.service import a\n\n\ndef test_a():\n    assert a() == 1\n",
        }
    )

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (0, []), run.output
    assert run.verdict.coverage.overall_percent == 75.0
    assert run.verdict.coverage.defaults == {"coverage.overall": 87.0, "coverage.layers.service": 85.0}
    assert "overall 75% (87% is the default, not required)" in run.output
    raised = project.testkeep("run", "--base", "none", "--min-coverage", "80")
    assert (raised.exit_code, raised.codes) == (1, ["TK301"])


def test_run__no_gate__judges_the_stages_alone(project: GitProject) -> None:
    project.replace("tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip\ndef test_guard")
    project.commit()

    run = project.testkeep("run", "unit", "--no-gate")

    assert (run.exit_code, run.findings) == (0, ())


def test_run__arguments_after_two_dashes__go_to_pytest(project: GitProject) -> None:
    run = project.testkeep("run", "unit", "--no-gate", "--", "-k", "guard")

    assert run.verdict.stages[0].tests == {"passed": 1, "deselected": 3}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param("--collect-only", "--collect-only: tests were listed, not run", id="collect-only"),
        pytest.param("--setup-plan", "--setup-plan", id="setup-plan"),
        pytest.param("--setup-only", "--setup-only", id="setup-only"),
        pytest.param("--assert=plain", "--assert=plain", id="plain asserts"),
    ],
)
def test_run__pytest_does_not_really_run_the_tests__is_inconclusive(
    project: GitProject, options: str, reason: str
) -> None:
    project.commit({"pytest.ini": f"[pytest]\naddopts = {options}\n"})

    run = project.testkeep("run", "unit")

    assert run.exit_code == 4
    assert any(reason in finding.message for finding in run.findings if finding.code == "TK501")


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param("    @pytest.mark.xfail(strict=True)\n", id="strict xfail"),
        pytest.param("    @unittest.expectedFailure\n", id="expectedFailure"),
    ],
)
def test_run__test_passes_although_it_must_fail__is_an_unexpected_pass(project: GitProject, mark: str) -> None:
    test = "import unittest\n\nimport pytest\n\n\nclass TestOdd(unittest.TestCase):\n"
    project.commit({"tests/unit/test_odd.py": f"{test}{mark}    def test_odd(self):\n        assert pytest\n"})

    run = project.testkeep("run", "unit", "--base", "none")

    assert (run.exit_code, run.codes) == (1, ["TK105"])


def test_run__stage_takes_longer_than_the_timeout__is_inconclusive(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", policy='[tool.testkeep]\ntimeout = "3s"\n')
    project.commit({"tests/unit/test_zz.py": "import time\n\n\ndef test_sleeps():\n    time.sleep(60)\n"})

    run = project.testkeep("run", "unit", "--base", "none")

    assert (run.exit_code, run.codes) == (4, ["TK104"])


def test_run__report_folder__has_every_report(project: GitProject, tmp_path: Path) -> None:
    run = project.testkeep("run", "--base", "none", "--report", str(tmp_path / "report"))

    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert run.exit_code == 0, run.output
    assert names >= {"verdict.json", "summary.md", "report.html", "junit.xml", "coverage.json", "coverage.xml"}


_COVERAGE_REPORTS = {"coverage.lcov", "htmlcov"}


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        pytest.param([], {}, set(), id="laptop"),
        pytest.param([], {"CI": "true"}, _COVERAGE_REPORTS, id="CI"),
        pytest.param(["--coverage-reports"], {}, _COVERAGE_REPORTS, id="laptop, asked for"),
        pytest.param(["--no-coverage-reports"], {"CI": "true"}, set(), id="CI, not wanted"),
    ],
)
def test_run__reports_of_coverage__are_written_in_ci_or_where_asked_for(
    project: GitProject, arguments: list[str], environment: dict[str, str], expected: set[str]
) -> None:
    run = project.testkeep("run", "--base", "none", *arguments, **environment)

    names = {path.name for path in (project.root / ".testkeep" / "report").iterdir()}
    assert run.exit_code == 0, run.output
    assert names & _COVERAGE_REPORTS == expected


@pytest.mark.parametrize("section", ["report", "run"])
def test_run__all_code_is_left_out_of_coverage_in_ci__has_no_reports_and_its_verdict(
    project: GitProject, section: str
) -> None:
    project.commit({"pyproject.toml": f"[tool.coverage.{section}]\nomit = ['app/*']\n"})

    run = project.testkeep("run", "--base", "none", CI="true")

    assert run.exit_code in (0, 4), run.output + run.errors
    assert "coverage" not in run.errors
    assert run.output.splitlines()[-1].startswith(("PASS", "INCONCLUSIVE"))


def test_gate__reports_of_coverage_asked_for_after_a_run__are_made_of_its_evidence(project: GitProject) -> None:
    project.testkeep("run", "--base", "none")

    gate = project.testkeep("gate", "--base", "none", "--coverage-reports")

    names = {path.name for path in (project.root / ".testkeep" / "report").iterdir()}
    assert gate.exit_code == 0, gate.output
    assert names >= _COVERAGE_REPORTS


def test_run__in_a_project__leaves_nothing_that_git_would_see(project: GitProject) -> None:
    project.commit({".gitignore": "__pycache__/\n"})
    project.testkeep("run")

    assert project.git("status", "--porcelain") == ""

"""What is production code is read from the code: no name and no place takes it out of the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from integration.cli.covered_project import CALC, TEST_CALC, covered_project
from repositories import GitProject

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

RISKY = "def risky(a):\n    b = a + 1\n    c = b * 2\n    d = c - 3\n    return d\n"
LATE = "\n\ndef late(a):\n    {statement}\n    return {call}(a)\n"
RULES = "def rule(a):\n    b = a\n    return b\n"
TEST_RULES = "from app.rules import rule\n\n\ndef test_rule():\n    assert rule(1) == 1\n"


def _project(tmp_path: Path, files: Mapping[str, str] | None = None, config: str = "") -> GitProject:
    return covered_project(tmp_path / "repository", files, config=config, diff=90, ratchet="true")


def _imports(statement: str, call: str = "risky") -> str:
    return CALC + LATE.format(statement=statement, call=call)


TEST_LATE = TEST_CALC + "\n\ndef test_late():\n    from app.calc import late\n\n    assert late\n"


@pytest.mark.parametrize(
    ("path", "calc"),
    [
        pytest.param("app/test_rules.py", _imports("from app.test_rules import risky"), id="a test's name"),
        pytest.param("app/rules_test.py", _imports("from .rules_test import risky"), id="at the end, relative"),
        pytest.param("app/conftest.py", _imports("from . import conftest", "conftest.risky"), id="conftest.py"),
        pytest.param("app/tests/rules.py", _imports("import app.tests.rules as r", "r.risky"), id="a folder of tests"),
        pytest.param("app/deep/tests/a/b.py", _imports("from app.deep.tests.a import b", "b.risky"), id="deep"),
        pytest.param("app/generated/rules.py", _imports("from app.generated.rules import risky"), id="generated/"),
        pytest.param("app/rules_pb2.py", _imports("from app import rules_pb2 as r", "r.risky"), id="like a protocol"),
        pytest.param(
            "app/migrations/versions/rules.py",
            _imports("from app.migrations.versions.rules import risky"),
            id="versions/",
        ),
        pytest.param(
            "app/tests/rules.py",
            _imports("import importlib", "importlib.import_module('app.tests.rules').risky"),
            id="by a string",
        ),
        pytest.param(
            "app/tests/rules.py",
            _imports("import importlib; n = 'rules'", "importlib.import_module(f'app.tests.{n}').risky"),
            id="by a string with a gap",
        ),
        pytest.param(
            "app/test_rules.py",
            _imports("import importlib", "importlib.import_module('.test_rules', __package__).risky"),
            id="by a relative string",
        ),
        pytest.param(
            "app/rules_test.py",
            _imports("a = a", "__import__('app.' + 'rules' + '_test').x"),
            id="by pieces, no test in it",
        ),
    ],
)
def test_new_code_has_a_name_that_does_not_count__counts(tmp_path: Path, path: str, calc: str) -> None:
    project = _project(tmp_path)
    packages = {f"{folder}/__init__.py": "" for folder in _folders(path)}
    project.commit({path: RISKY, "app/calc.py": calc, "tests/unit/test_calc.py": TEST_LATE, **packages})

    run = project.testkeep("run")

    assert (run.exit_code, "TK303" in run.codes) == (1, True), run.output
    assert any(gap.path == path for gaps in run.verdict.coverage.gaps.values() for gap in gaps), run.output


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(1, len(parts))]


def test_test_helper_that_production_code_imports_through_another__counts(tmp_path: Path) -> None:
    project = _project(tmp_path)
    project.commit(
        {
            "app/tests/__init__.py": "from .rules import risky\n",
            "app/tests/rules.py": RISKY,
            "app/calc.py": _imports("from app import tests", "tests.risky"),
            "tests/unit/test_calc.py": TEST_LATE,
        }
    )

    run = project.testkeep("run")

    assert (run.exit_code, "TK303" in run.codes) == (1, True), run.output


def test_package_is_a_link_to_a_folder_outside_the_source__its_files_count(tmp_path: Path) -> None:
    project = _project(tmp_path, config="[tool.x]\n", files={})
    (project.root / "hidden").mkdir()
    (project.root / "app" / "rules").symlink_to("../hidden")
    project.commit(
        {
            "hidden/__init__.py": "",
            "hidden/risky.py": RISKY,
            "app/calc.py": _imports("from app.rules.risky import risky"),
            "tests/unit/test_calc.py": TEST_LATE,
        }
    )

    run = project.testkeep("run")

    assert (run.exit_code, "TK303" in run.codes) == (1, True), run.output


def test_package_is_a_link_to_a_folder_outside_the_source_and_tested__is_covered(tmp_path: Path) -> None:
    project = _project(tmp_path)
    (project.root / "app" / "rules").symlink_to("../hidden")
    test = "from app.rules.risky import risky\n\n\ndef test_risky():\n    assert risky(1) == 1\n"
    project.commit({"hidden/__init__.py": "", "hidden/risky.py": RISKY, "tests/unit/test_risky.py": test})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, run.verdict.coverage.diff_percent) == (0, [], 100), run.output


HELPERS = {
    "app/tests/__init__.py": "",
    "app/tests/factories.py": RISKY + "\n\nX = 1\n",
    "app/tests/test_more.py": "from app.tests.factories import X\n\n\ndef test_more():\n    assert X == 1\n",
    "app/tests/data/sample.py": RISKY,
    "app/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef unused():\n    x = 1\n    return x\n",
    "app/test_base.py": "import unittest\n\n\nclass Base(unittest.TestCase):\n    pass\n",
    "tests/unit/helpers.py": RISKY,
    "tests/unit/test_help.py": "import helpers\n\n\ndef test_help():\n    assert helpers.risky\n",
    "app/generated/client.py": f"# Code generated by a program. DO NOT EDIT.\n{RISKY}",
    "app/generated/__init__.py": "",
    "app/proto_pb2.py": f'"""Generated protocol buffer code."""\n{RISKY}',
    "app/calc.py": CALC
    + "from typing import TYPE_CHECKING\nimport app.generated.client\nimport app.proto_pb2\n"
    + "if TYPE_CHECKING:\n    import app.tests.factories\n",
}


def test_helpers_of_tests_and_generated_code__do_not_count(tmp_path: Path) -> None:
    project = _project(tmp_path)
    calc = HELPERS["app/calc.py"].replace("if TYPE_CHECKING:\n    import app.tests.factories\n", "X = TYPE_CHECKING\n")
    project.commit({**HELPERS, "app/calc.py": calc})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (0, []), run.output


@pytest.mark.parametrize(
    "new",
    [
        pytest.param("app/rules_test.py", id="a test's name"),
        pytest.param("app/test_rules.py", id="a test's name, at its beginning"),
        pytest.param("app/tests/rules.py", id="a folder of tests"),
        pytest.param("app/conftest.py", id="conftest.py"),
        pytest.param("app/generated/rules.py", id="generated/"),
    ],
)
@pytest.mark.parametrize("grown", [1, 4], ids=["it grows", "it grows so much that git knows of no renaming"])
def test_file_becomes_a_name_that_does_not_count_and_grows__is_blocked(tmp_path: Path, new: str, grown: int) -> None:
    project = _project(tmp_path, {"app/rules.py": RULES, "tests/unit/test_rules.py": TEST_RULES})
    packages = {f"{folder}/__init__.py": "" for folder in _folders(new)}
    (project.root / "app/rules.py").unlink()
    more = "".join(f"\n\n{RISKY.replace('risky', f'risky{n}')}" for n in range(grown))
    module = new.removesuffix(".py").replace("/", ".")
    project.commit({new: RULES + more, "tests/unit/test_rules.py": TEST_RULES.replace("app.rules", module), **packages})

    run = project.testkeep("run")

    assert run.exit_code == 1, run.output
    assert {"TK303", "TK503"} & set(run.codes)


def test_file_goes_to_the_tests_outside_the_source_and_is_imported__is_a_loosening(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        {"app/rules.py": RULES, "app/use.py": "from app.rules import rule\n\nX = rule\n", "tests/__init__.py": ""},
    )
    project.commit({"tests/unit/test_use.py": "import app.use\n\n\ndef test_use():\n    assert app.use.X(1) == 1\n"})
    project.git("mv", "app/rules.py", "tests/rules.py")
    project.commit({"app/use.py": "from tests.rules import rule\n\nX = rule\n"})

    run = project.testkeep("run")

    assert (run.exit_code, run.finding("TK503").test) == (1, "source"), run.output


def test_function_goes_to_a_file_that_does_not_count__is_named(tmp_path: Path) -> None:
    project = _project(tmp_path, {"app/calc.py": f"{CALC}\n\n{RULES}", "scripts/tool.py": "X = 1\n"})
    project.commit({"tests/unit/test_rule.py": TEST_RULES.replace("app.rules", "app.calc")})
    project.commit(
        {
            "app/calc.py": CALC,
            "scripts/tool.py": f"X = 1\n\n\n{RULES}",
            "tests/unit/test_rule.py": TEST_RULES.replace("from app.rules", "from scripts.tool"),
        }
    )

    run = project.testkeep("run")

    assert "rule of app/calc.py counted for coverage" in run.finding("TK503").message
    assert run.finding("TK503").severity == "warning"

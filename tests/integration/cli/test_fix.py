"""``testkeep fix``."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import GitProject, simple_project

UGLY = "import sys\nimport os\n\nx = {  'a':os.sep, 'b': sys.path }\n"
NEAT = 'import os\nimport sys\n\nx = {"a": os.sep, "b": sys.path}\n'


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param('[tool.testkeep]\nformatter = "black"\n[tool.ruff]\n', id="black"),
        pytest.param('[tool.testkeep]\nformatter = "ruff"\n[tool.ruff]\n', id="ruff"),
    ],
)
def test_fix__ugly_file__leaves_one_that_the_format_stage_accepts(tmp_path: Path, policy: str) -> None:
    project = simple_project(tmp_path / "repository", policy=policy)
    project.commit({"app/ugly.py": UGLY})

    fixed = project.testkeep("fix")

    assert fixed.exit_code == 0, fixed.errors
    assert (project.root / "app/ugly.py").read_text() == NEAT
    assert project.testkeep("run", "format", "lint", "--base", "none").exit_code == 0


def test_fix__with_paths__touches_only_those(project: GitProject) -> None:
    project.write({"pyproject.toml": "[tool.black]\n[tool.isort]\n", "app/ugly.py": UGLY, "app/other.py": UGLY})

    project.testkeep("fix", "app/ugly.py")

    assert (project.root / "app/ugly.py").read_text() == NEAT
    assert (project.root / "app/other.py").read_text() == UGLY


def test_fix__file_that_cannot_be_parsed__fails(project: GitProject) -> None:
    project.write({"pyproject.toml": "[tool.black]\n", "app/broken.py": "def (:\n"})

    assert project.testkeep("fix").exit_code == 1


def test_fix__nothing_is_configured__says_so_and_how_to_change_that(project: GitProject) -> None:
    fixed = project.testkeep("fix")

    assert fixed.exit_code == 0
    assert fixed.output == (
        "nothing to fix: this project configures no formatter and no linter; list format and lint in the stages of "
        "[tool.testkeep] to use black, isort and ruff\n"
    )

"""A project whose tests run every line of it, and all of whose thresholds are low until a test sets one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from repositories import GitProject, Outcome

CALC = "def add(a, b):\n    return a + b\n"
TEST_CALC = "from app.calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
# One line of four runs where it is imported and not called.
CHOOSE = "def choose(a):\n    if a:\n        return 1\n    return 2\n"
IMPORTS_CHOOSE = "import app.choose\n\n\ndef test_module():\n    assert app.choose\n"
_LOW = {"overall": "0", "diff": "0", "ratchet": "false", "layers": "{}"}


def policy(stages: str = '["unit"]', **coverage: object) -> str:
    """The text of a policy; what it does not say of coverage is as low as can be."""
    lines = [f"{key} = {value}" for key, value in (_LOW | coverage).items()]
    return "\n".join(["[tool.testkeep]", f"stages = {stages}", "[tool.testkeep.coverage]", *lines, ""])


def covered_project(
    repository: Path, files: Mapping[str, str] | None = None, *, folder: str = "", config: str = "", **coverage: object
) -> GitProject:
    """Make the project, with files that it has from its first commit on; ``config`` is added to its configuration."""
    project = GitProject(repository, folder)
    project.commit(
        {
            ".gitignore": "__pycache__/\n.pytest_cache/\n",
            "pyproject.toml": f'[project]\nname = "app"\nversion = "1"\n{policy(**coverage)}{config}',
            "app/__init__.py": "",
            "app/calc.py": CALC,
            "tests/unit/test_calc.py": TEST_CALC,
            **(files or {}),
        }
    )
    return project


def numbers(run: Outcome) -> tuple[float | None, float | None, float | None]:
    """The percentages of a verdict: overall, of the changed lines, and of the base."""
    assert run.verdict is not None, run.output + run.errors
    coverage = run.verdict.coverage
    return coverage.overall_percent, coverage.diff_percent, coverage.base_percent


def places(run: Outcome) -> list[tuple[str, str, str, int]]:
    """Where findings are: code, test, path and line of each, sorted."""
    return sorted((finding.code, finding.test, finding.path, finding.line) for finding in run.findings)

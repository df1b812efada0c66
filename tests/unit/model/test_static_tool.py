"""What a static tool is called, and which files it is handed."""

from __future__ import annotations

import pytest

from testkeep.model.static_tool import called


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param("ruff check --no-fix .", "ruff check", id="a program with several commands"),
        pytest.param("ruff format --check .", "ruff format", id="another command of the same program"),
        pytest.param("black --check .", "black", id="an option follows"),
        pytest.param("isort .", "isort", id="a folder follows"),
        pytest.param("python scripts/lint.py", "python", id="a file follows"),
        pytest.param("import-linter", "import-linter", id="nothing follows"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_called__table(command: str, expected: str) -> None:
    assert called(command.split()) == expected

"""What the environments of Hatch install."""

from __future__ import annotations

import pytest

from testkeep.formats.hatch_environments import requirements

_LINT = '[tool.hatch.envs.lint]\ndependencies = ["black", "ruff>=0.5"]\n'


@pytest.mark.parametrize(
    ("pyproject", "hatch", "expected"),
    [
        pytest.param("", "", (), id="no files"),
        pytest.param(_LINT, "", ("black", "ruff>=0.5"), id="dependencies"),
        pytest.param('[tool.hatch.envs.a]\nextra-dependencies = ["mypy"]', "", ("mypy",), id="extra-dependencies"),
        pytest.param(
            f'{_LINT}[tool.hatch.envs."x.y"]\ndependencies = ["mypy", "black"]',
            "",
            ("black", "ruff>=0.5", "mypy"),
            id="several environments, each requirement once",
        ),
        pytest.param('[tool.hatch.envs.a]\nfeatures = ["lint"]', "", (), id="features are read as extras"),
        pytest.param("", '[envs.a]\ndependencies = ["mypy"]', ("mypy",), id="hatch.toml"),
        pytest.param(_LINT, '[envs.a]\ndependencies = ["mypy"]', ("mypy",), id="hatch.toml has its own environments"),
        pytest.param(_LINT, "[version]\npath = 'a.py'", ("black", "ruff>=0.5"), id="hatch.toml has none"),
        pytest.param("[tool.hatch.envs]\na = 3", "", (), id="an environment is no table"),
        pytest.param("[tool.hatch.envs.a]\ndependencies = 'black'", "", (), id="no list"),
        pytest.param("[tool.hatch.envs.a]\ndependencies = [3]", "", (), id="no strings"),
        pytest.param("[tool]\nhatch = 3", "", (), id="hatch is no table"),
        pytest.param("[tool.", "envs = ", (), id="no TOML"),
    ],
)
def test_requirements__table(pyproject: str, hatch: str, expected: tuple[str, ...]) -> None:
    assert requirements(pyproject, hatch) == expected

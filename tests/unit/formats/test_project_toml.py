"""pyproject.toml in all the shapes that projects have."""

from __future__ import annotations

import pytest

from testkeep.errors import UsageError
from testkeep.formats.project_toml import loads
from testkeep.model.project import Lock, Packaging, PoetryGroup

UV = """
[build-system]
requires = ["hatchling"]
[project]
name = "My.App"
dependencies = ["alembic>=1"]
[dependency-groups]
Test = ["pytest"]
dev = [{ include-group = "test" }, "ruff"]
"""

POETRY = """
[build-system]
requires = ["poetry-core"]
[project]
name = "app"
dependencies = ["fastapi"]
[project.optional-dependencies]
s3 = ["boto3"]
[tool.poetry]
packages = [{ include = "app" }]
[tool.poetry.group.dev.dependencies]
pytest = "^8"
"""

POETRY_LEGACY = """
[build-system]
requires = ["poetry-core"]
[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.110"
[tool.poetry.dev-dependencies]
black = "*"
[tool.poetry.group.test]
optional = true
[tool.poetry.group.test.dependencies]
pytest = { version = "^8", extras = ["x"] }
[tool.poetry.extras]
S3 = ["boto3"]
"""

POETRY_NO_PACKAGE = """
[build-system]
requires = ["poetry-core"]
[project]
name = "app"
dependencies = ["fastapi"]
[tool.poetry]
package-mode = false
"""

SETUPTOOLS = """
[build-system]
requires = ["setuptools"]
[project]
name = "app"
[project.optional-dependencies]
dev = ["App[test, lint]", "ipython"]
test = ["pytest"]
lint = ["ruff", "app[dev]"]
"""


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        pytest.param(None, (), Packaging(), id="nothing"),
        pytest.param(
            UV,
            ("pyproject.toml", "uv.lock"),
            Packaging(
                name="my-app",
                is_installable=True,
                dependencies=("alembic>=1",),
                groups={"test": ("pytest",), "dev": ("pytest", "ruff")},
                default_groups=("dev",),
                locks=frozenset({Lock.UV}),
            ),
            id="uv project",
        ),
        pytest.param(
            POETRY,
            ("pyproject.toml", "poetry.lock"),
            Packaging(
                name="app",
                is_installable=True,
                dependencies=("fastapi",),
                extras={"s3": ("boto3",)},
                poetry_groups={"dev": PoetryGroup(constraints={"pytest": "^8"})},
                locks=frozenset({Lock.POETRY}),
            ),
            id="poetry 2",
        ),
        pytest.param(
            POETRY_LEGACY,
            ("pyproject.toml",),
            Packaging(
                name="app",
                is_installable=True,
                extras={"s3": ()},
                poetry_dependencies=PoetryGroup(constraints={"fastapi": "^0.110"}),
                poetry_groups={
                    "test": PoetryGroup(constraints={"pytest": {"version": "^8", "extras": ["x"]}}, is_optional=True),
                    "dev": PoetryGroup(constraints={"black": "*"}),
                },
            ),
            id="poetry legacy",
        ),
        pytest.param(
            POETRY_NO_PACKAGE,
            ("pyproject.toml",),
            Packaging(name="app", dependencies=("fastapi",)),
            id="poetry without package mode",
        ),
        pytest.param(
            SETUPTOOLS,
            ("pyproject.toml",),
            Packaging(
                name="app",
                is_installable=True,
                extras={
                    "dev": ("ruff", "pytest", "ipython"),
                    "test": ("pytest",),
                    "lint": ("ruff", "pytest", "ipython"),
                },
            ),
            id="setuptools with extras that name each other",
        ),
        pytest.param(
            None,
            ("requirements.txt", "requirements/dev.txt", "requirements-docs.txt", "uv.lock", "alembic.ini"),
            Packaging(
                requirements_files=("requirements.txt", "requirements/dev.txt"),
            ),
            id="requirements only",
        ),
        pytest.param(None, ("setup.py",), Packaging(is_installable=True), id="setup.py only"),
        pytest.param(
            '[dependency-groups]\na = []\nb = []\n[tool.uv]\ndefault-groups = "all"',
            (),
            Packaging(groups={"a": (), "b": ()}, default_groups=("a", "b")),
            id="all groups by default",
        ),
    ],
)
def test_loads__each_kind_of_project(text: str | None, files: tuple[str, ...], expected: Packaging) -> None:
    """Every kind of project is understood, whole."""
    assert loads(text, files) == expected


@pytest.mark.parametrize(
    ("setup_cfg", "expected"),
    [
        pytest.param("[metadata]\nname = app\n", True, id="names a package"),
        pytest.param("[flake8]\nmax-line-length = 100\n", False, id="configures a tool"),
        pytest.param("no section\n", False, id="unreadable"),
    ],
)
def test_loads__setup_cfg(*, setup_cfg: str, expected: bool) -> None:
    """setup.cfg makes a package only if it names one."""
    assert loads(None, ("setup.cfg",), setup_cfg=setup_cfg).is_installable is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[project", "not valid TOML", id="not TOML"),
        pytest.param("project = 1", "project: expected a table", id="not a table"),
        pytest.param("[project]\ndependencies = 'x'", "project.dependencies: expected a list", id="no list"),
        pytest.param("[dependency-groups]\ndev = 'x'", "dependency-groups.dev: expected a list", id="group"),
        pytest.param(
            "[dependency-groups]\ndev = [{ include-group = 'x' }]",
            "dependency-groups.dev: includes 'x', which is not there",
            id="unknown include",
        ),
        pytest.param(
            "[dependency-groups]\na = [{ include-group = 'b' }]\nb = [{ include-group = 'a' }]",
            "dependency-groups.a: includes itself by way of a -> b -> a",
            id="circular include",
        ),
        pytest.param("[dependency-groups]\na = [1]", "expected a requirement or an include-group", id="entry"),
        pytest.param("[tool.poetry.group]\na = 1", "tool.poetry.group.a: expected a table", id="poetry group"),
    ],
)
def test_loads__broken__names_the_place(text: str, message: str) -> None:
    """A mistake is one message that names the file and the key."""
    with pytest.raises(UsageError, match=r"^pyproject\.toml: ") as caught:
        loads(text, ())
    assert message in caught.value.message

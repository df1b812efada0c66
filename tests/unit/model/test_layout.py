"""Where a project keeps its production code, and where its modules are imported from."""

from __future__ import annotations

import pytest

from testkeep.model.layout import find_source, import_roots, is_production, lies_in

_TESTS = ["tests/test_a.py", "tests/unit/__init__.py", "conftest.py", "setup.py", "docs/conf.py", "README.md"]


@pytest.mark.parametrize(
    ("files", "source"),
    [
        pytest.param(["src/shop/__init__.py", "tool/__init__.py", "x.py"], ("src",), id="src layout"),
        pytest.param(["src/main.py"], ("src",), id="src with modules only"),
        pytest.param(["shop/__init__.py", "shop/a.py"], ("shop",), id="flat package"),
        pytest.param(["b/__init__.py", "a/__init__.py", "c/x.py"], ("a", "b"), id="several packages"),
        pytest.param(["shop/__init__.py", "main.py"], ("shop", "main.py"), id="package and module"),
        pytest.param(["shop.py"], ("shop.py",), id="single module"),
        pytest.param(["b.py", "a.py", "noxfile.py", "test_a.py", "a_test.py"], ("a.py", "b.py"), id="several modules"),
        pytest.param(["app/main.py", "app/api/users.py"], ("app",), id="FastAPI app without __init__"),
        pytest.param(["lib/shop/__init__.py", "x.py"], ("lib",), id="lib layout"),
        pytest.param(["python/shop/__init__.py", "crate/build.py"], ("python",), id="python layout"),
        pytest.param(["app/__init__.py", "lib/swagger.py"], ("app",), id="a package beside a folder lib"),
        pytest.param(["app/__init__.py", "lib/__init__.py"], ("app", "lib"), id="lib as a package"),
        pytest.param(
            ["scripts/a.py", "migrations/env.py", ".ci/run.py", "_build/x.py", "test_data/a.py", "ci/testkeep/a.py"],
            (),
            id="folders that are no production code",
        ),
        pytest.param(
            ["alembic/__init__.py", "alembic/op.py", "alembic/testing/env.py", "reap.py"],
            ("alembic", "reap.py"),
            id="a package alembic that is no environment of migrations",
        ),
        pytest.param(["alembic/__init__.py", "alembic/env.py", "app/a.py"], ("app",), id="an environment"),
        pytest.param(
            ["alembic/__init__.py", "alembic/db/versions/b.py", "app/a.py"], ("app",), id="one for each database"
        ),
        pytest.param([], (), id="tests only"),
        pytest.param(["app/templates/a.html", "src/index.ts"], (), id="no Python"),
    ],
)
def test_find_source__table(files: list[str], source: tuple[str, ...]) -> None:
    assert find_source([*_TESTS, *files]) == source


@pytest.mark.parametrize(
    ("source", "files", "roots"),
    [
        pytest.param(
            ["src"],
            ["src/shop/__init__.py", "src/shop/a.py", "src/cli.py", "src/data.json", "srcx/a.py"],
            {"shop": "src", "cli": "src"},
            id="src layout",
        ),
        pytest.param(["src"], ["src/__init__.py", "src/a.py"], {"src": "."}, id="src is itself the package"),
        pytest.param(["backend/src"], ["backend/src/shop/a.py"], {"shop": "backend/src"}, id="src further down"),
        pytest.param(["shop"], ["shop/__init__.py"], {"shop": "."}, id="flat package"),
        pytest.param(["a", "b"], ["a/__init__.py", "b/__init__.py"], {"a": ".", "b": "."}, id="several packages"),
        pytest.param(["shop.py"], ["shop.py"], {"shop": "."}, id="single module"),
        pytest.param(["app"], ["app/main.py"], {"app": "."}, id="FastAPI app without __init__"),
        pytest.param(["ci/testkeep"], ["ci/testkeep/__init__.py", "noxfile.py"], {"testkeep": "ci"}, id="ci/testkeep"),
        pytest.param(
            ["shop/core/db", "shop/api.py"],
            ["shop/__init__.py", "shop/core/__init__.py", "shop/core/db/__init__.py"],
            {"shop": "."},
            id="parts of a package",
        ),
        pytest.param(["."], ["shop/a.py", "main.py", "README.md"], {"shop": ".", "main": "."}, id="the root itself"),
        pytest.param([], ["tests/test_a.py"], {}, id="tests only"),
    ],
)
def test_import_roots__table(source: list[str], files: list[str], roots: dict[str, str]) -> None:
    assert import_roots(source, files) == roots


@pytest.mark.parametrize("files", [["src/shop/__init__.py"], ["shop/__init__.py"], ["shop.py"], ["shop/main.py"]])
def test_import_roots__of_the_found_source__is_the_module(files: list[str]) -> None:
    assert list(import_roots(find_source(files), files)) == ["shop"]


@pytest.mark.parametrize(
    ("path", "source", "inside"),
    [
        pytest.param("app/users/service.py", ("lib", "app"), True, id="below a folder"),
        pytest.param("app", ("app",), True, id="the folder itself"),
        pytest.param("app/a.py", ("./app/",), True, id="a folder that is written in another way"),
        pytest.param("main.py", ("main.py",), True, id="a module"),
        pytest.param("app/a.py", (".",), True, id="everything"),
        pytest.param("application/a.py", ("app",), False, id="a name that begins alike"),
        pytest.param("app", ("app/core",), False, id="the folder around it"),
        pytest.param("app/a.py", (), False, id="nothing"),
    ],
)
def test_lies_in__table(path: str, source: tuple[str, ...], inside: bool) -> None:
    assert lies_in(path, source) is inside


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        pytest.param("app/tax.py", ["app"], True, id="in a folder"),
        pytest.param("app/tax.py", ["./app/"], True, id="written in another way"),
        pytest.param("app/tax.py", ["."], True, id="everything"),
        pytest.param("app.py", ["app.py"], True, id="a module"),
        pytest.param("app.pyi", ["app.py"], False, id="a name that begins alike"),
        pytest.param("apple/tax.py", ["app"], False, id="a folder that begins alike"),
        pytest.param("app/test_tax.py", ["app"], False, id="a test beside the code"),
        pytest.param("app/tests/tools.py", ["app"], False, id="what tests need"),
        pytest.param("tests/fake_app/tax.py", ["tests/fake_app"], True, id="a source below tests"),
        pytest.param("test_tool.py", ["test_tool.py"], True, id="a module that is named itself"),
    ],
)
def test_is_production__table(path: str, source: list[str], expected: bool) -> None:
    assert is_production(path, source) is expected

"""Where a project keeps its production code, read from the names of its files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from testkeep.model.patterns import matches

_SRC = "src"
CONTAINERS = (_SRC, "lib", "source", "python")
_NOT_PRODUCTION = frozenset(
    {"alembic", "benchmark", "benchmarks", "bin", "build", "ci", "dist", "doc", "docs", "example", "examples",
     "integration", "migrations", "notebooks", "playground", "scripts", "site", "test", "testing", "tests", "tools",
     "typing_tests", "utils_dev", "vendor"}
)  # fmt: skip
TEST_FILES = ("test_*.py", "**/test_*.py", "*_test.py", "**/*_test.py", "conftest.py", "**/conftest.py",
              "tests/**", "**/tests/**")  # fmt: skip
_NOT_MODULES = re.compile(r"(setup|conftest|noxfile|tasks|fabfile|manage|test_.*|.*_test)\.py")


def find_source(files: Iterable[str]) -> tuple[str, ...]:
    """Find the production code of a conventional project.

    ``files`` are relative to the project's root. A ``src`` folder wins; else top-level packages; else a folder such as
    ``lib`` that holds packages; else all top-level folders with code. Unless such a folder was found, top-level modules
    are added. Empty if there is nothing of the kind.

    >>> find_source(["app/__init__.py", "app/main.py", "tests/test_main.py", "setup.py"])
    ('app',)
    """
    paths = [PurePosixPath(file) for file in files if file.endswith(".py")]
    own = _packages_in_spite_of_their_name(paths)
    below = [path for path in paths if len(path.parts) > 1]
    nested = [path for path in below if path.parts[0] in own or _may_be_production(path.parts[0])]
    folders = {path.parts[0] for path in nested}
    packages = {path.parts[0] for path in nested if len(path.parts) == 2 and path.name == "__init__.py"}
    container = next((name for name in CONTAINERS if name in folders), "")
    if container == _SRC or (container and not packages):
        return (container,)
    folders = packages or folders
    modules = {path.name for path in paths if len(path.parts) == 1 and not _NOT_MODULES.fullmatch(path.name)}
    return (*sorted(folders), *sorted(modules))


def _packages_in_spite_of_their_name(paths: Sequence[PurePosixPath]) -> frozenset[str]:
    """``alembic`` where it is a package without an ``env.py``: no environment of migrations, but the project's code."""
    is_package = PurePosixPath("alembic/__init__.py") in paths
    # An environment lies in the folder, or in one for each database.
    is_environment = any(path.match("alembic/env.py") or path.match("alembic/*/versions/*.py") for path in paths)
    return frozenset({"alembic"} if is_package and not is_environment else ())


def may_be_production(path: str) -> bool:
    """Whether a Python file could be production code, as far as its name says: no test, no script, no set-up.

    >>> may_be_production("workers/mail.py"), may_be_production("scripts/seed.py"), may_be_production("setup.py")
    (True, False, False)
    """
    parts = PurePosixPath(path).parts
    in_place = _may_be_production(parts[0]) if len(parts) > 1 else not _NOT_MODULES.fullmatch(parts[0])
    return path.endswith(".py") and in_place and not matches(path, TEST_FILES)


def _may_be_production(folder: str) -> bool:
    return folder not in _NOT_PRODUCTION and not folder.startswith((".", "_", "test_"))


def lies_in(path: str, source: Iterable[str]) -> bool:
    """Whether a file or folder is one of the entries of a source, or lies below one.

    >>> lies_in("app/shop/cart.py", ["app"]), lies_in("apple.py", ["app"]), lies_in("app", ["."])
    (True, False, True)
    """
    return any(PurePosixPath(path).is_relative_to(entry) for entry in source)


def is_production(path: str, source: Iterable[str]) -> bool:
    """Whether a file is production code: in a source, and no test beside it; what is named itself always is.

    >>> is_production("app/tax.py", ["app"]), is_production("app/test_tax.py", ["app"])
    (True, False)
    """
    for entry in map(posixpath.normpath, source):
        if path == entry:
            return True
        if lies_in(path, [entry]) and not matches(str(PurePosixPath(path).relative_to(entry)), TEST_FILES):
            return True
    return False


def import_roots(source: Sequence[str], files: Iterable[str]) -> dict[str, str]:
    """Map each top-level module of the production code to the folder from which it is imported (``"."`` for the root).

    ``source`` has folders and modules; a ``src`` folder, or the root itself (``"."``), stands for what is in it.

    >>> import_roots(["src"], ["src/shop/__init__.py"])
    {'shop': 'src'}
    >>> import_roots(["app"], ["app/__init__.py"])
    {'app': '.'}
    """
    known = set(files)
    roots: dict[str, str] = {}
    for entry in source:
        path = PurePosixPath(entry)
        if not path.name or (path.name in CONTAINERS and f"{path}/__init__.py" not in known):
            roots |= dict.fromkeys(_children(path, known), str(path))
            continue
        while f"{path.parent}/__init__.py" in known:
            path = path.parent
        roots[path.stem if path.suffix == ".py" else path.name] = str(path.parent)
    return roots


def _children(folder: PurePosixPath, files: Iterable[str]) -> list[str]:
    paths = (PurePosixPath(file) for file in files if file.endswith(".py"))
    below = (path.relative_to(folder) for path in paths if path.is_relative_to(folder))
    return sorted({path.parts[0].removesuffix(".py") for path in below})

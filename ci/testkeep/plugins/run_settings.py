"""The effective settings of a test run, and where its modules came from."""

from __future__ import annotations

import filecmp
import functools
import os
import platform
import site
import sys
import sysconfig
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from testkeep.model.evidence import Settings

_INI_KEYS = (
    "addopts", "collect_imported_tests", "consider_namespace_packages", "empty_parameter_set_mark", "filterwarnings",
    "markers", "minversion", "norecursedirs", "python_classes", "python_files", "python_functions", "pythonpath",
    "strict", "strict_config", "strict_markers", "strict_xfail", "testpaths", "usefixtures", "xfail_strict",
)  # fmt: skip
_OPTIONS = (
    "assertmode", "collectonly", "continue_on_collection_errors", "deselect", "dist", "doctestmodules", "failedfirst",
    "ignore", "ignore_glob", "importmode", "inifilename", "keepduplicates", "keyword", "lf", "markexpr", "maxfail",
    "noconftest", "numprocesses", "plugins", "pyargs", "reruns", "runxfail", "setuponly", "setupplan", "setupshow",
    "show_fixtures_per_test", "showfixtures", "stepwise",
)  # fmt: skip
_QUIET = {"assertmode": "rewrite", "importmode": "prepend", "dist": "no", "maxfail": "0", "lf": "False"}
_ENVIRONMENT = (
    "CI", "PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_PLUGINS", "PYTHONHASHSEED", "PYTHONOPTIMIZE",
    "PYTHONPATH", "PYTHONWARNINGS", "TZ",
)  # fmt: skip
# Set by pytest, testkeep and coverage in their own processes, from case to case.
_OWN_VARIABLES = ("PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_", "TESTKEEP_", "COVERAGE_", "COV_CORE_")


def read_settings(config: pytest.Config) -> Settings:
    """Read everything outside the code that decides what runs and what counts."""
    return Settings(
        python=platform.python_version(),
        platform=f"{sys.platform}-{platform.machine()}",
        versions=_versions(config),
        optimize=sys.flags.optimize,
        ini=_ini(config),
        options=_options(config),
        environment={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        variables=tuple(sorted(name for name in os.environ if not name.startswith(_OWN_VARIABLES))),
    )


def _versions(config: pytest.Config) -> dict[str, str]:
    plugins = {dist.project_name: dist.version for _, dist in config.pluginmanager.list_plugin_distinfo()}
    return {"pytest": pytest.__version__, **dict(sorted(plugins.items()))}


def _ini(config: pytest.Config) -> dict[str, str]:
    values: dict[str, str] = {}
    for key in _INI_KEYS:
        try:
            value: Any = config.getini(key)
        except (KeyError, ValueError):  # not an option of this pytest version
            continue
        values[key] = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return values


def _options(config: pytest.Config) -> dict[str, str]:
    options = {"args": " ".join(str(argument) for argument in config.invocation_params.args)}
    for key in _OPTIONS:
        value: Any = config.getoption(key, default=None)
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        if value not in (None, "", [], False) and text != _QUIET.get(key):
            options[key] = text
    return options


def module_origins(modules: Mapping[str, ModuleType], packages: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Find the folders from which top-level modules were imported.

    Installed packages are left out, unless they are among ``packages``, the project's own.
    """
    installed = _installed_roots()
    real_folder = functools.cache(Path.resolve)  # many modules, few folders
    origins: dict[str, set[str]] = {}
    for name, file in _files(modules, installed):
        top = name.partition(".")[0]
        if top not in packages and file.startswith(installed):
            continue
        path = real_folder(Path(file).parent) / Path(file).name
        if top in packages or not str(path).startswith(installed):
            origins.setdefault(top, set()).add(str(_import_root(name, path)))
    return {name: tuple(sorted(roots)) for name, roots in sorted(origins.items())}


def foreign_code(modules: Mapping[str, ModuleType], root: Path, roots: Mapping[str, str]) -> tuple[str, ...]:
    """Find the files that were imported in the place of the project's own, and do not say the same.

    ``roots`` has the folder, below the project's ``root``, from which each of its top-level modules should come.
    Compiled modules cannot be told.
    """
    installed = _installed_roots()
    real_root = root.resolve()
    found = set()
    for name, file in _files(modules, installed):
        top = name.partition(".")[0]
        if top not in roots or not file.endswith(".py"):
            continue
        path, folder = Path(file).resolve(), real_root / roots[top]
        if path.is_relative_to(real_root) and not str(path).startswith(installed):
            continue
        own = folder / path.relative_to(_import_root(name, path))
        # Without an __init__.py there it may be a package of somebody else's that happens to have a folder's name.
        is_copy = (
            filecmp.cmp(path, own, shallow=False) if own.is_file() else not (folder / top / "__init__.py").is_file()
        )
        if not is_copy:
            found.add(str(path))
    return tuple(sorted(found))


def _files(modules: Mapping[str, ModuleType], installed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The names of the modules that came from files, with those files.

    An installed library that a package has under a name of its own as well (``app.vendored.json``) is left out: it says
    nothing of where the package came from.
    """
    for name, module in list(modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith((".py", ".pyc", ".so", ".pyd")):
            continue
        real = str(getattr(module, "__name__", name))
        is_alias = "." in name and real.partition(".")[0] != name.partition(".")[0] and file.startswith(installed)
        if not is_alias:
            yield name, file


def _import_root(name: str, path: Path) -> Path:
    """The folder on ``sys.path`` under which a module's dotted name leads to its file."""
    here = path.parent if path.stem == "__init__" else path.with_suffix("")
    expected = tuple(name.split("."))
    return Path(*here.parts[: -len(expected)]) if here.parts[-len(expected) :] == expected else path.parent


def _installed_roots() -> tuple[str, ...]:
    """Where installed packages and the standard library lie, as beginnings of paths, with and without links."""
    paths = {sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    paths |= {*site.getsitepackages(), site.getusersitepackages()}
    return tuple({f"{root}{os.sep}" for path in paths if path for root in (Path(path), Path(path).resolve())})

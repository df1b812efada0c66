"""The Python environment that tools and tests run in: the one that testkeep itself is installed in."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path


def executable() -> str:
    """The interpreter's path."""
    return sys.executable


def environment_beside(root: Path) -> str:
    """The virtual environment that a project means if this process runs in another one; else empty.

    It is the activated one, else ``.venv`` in the project's folder ``root``. An environment that lies in that folder is
    the project's, too: nox and tox make theirs there.
    """
    own = Path(sys.prefix).resolve()
    if own.is_relative_to(root.resolve()):
        return ""
    for place in filter(None, (os.environ.get("VIRTUAL_ENV", ""), str(root / ".venv"))):
        if (Path(place) / "pyvenv.cfg").is_file():
            return "" if Path(place).resolve() == own else place
    return ""


def has_module(name: str) -> bool:
    """Whether a top-level module can be imported."""
    return importlib.util.find_spec(name) is not None


def has_program(name: str) -> bool:
    """Whether a program is on the path."""
    return shutil.which(name) is not None


def find_program(name: str, folder: Path) -> str | None:
    """Where a program lies: one of this environment before others on the path; a path is relative to a folder."""
    if os.sep in name:
        return shutil.which(folder / name)
    return shutil.which(name, path=program_path())


def program_path() -> str:
    """The path on which a program finds others: this environment's, whether or not it is activated, comes first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def version_of(distribution: str) -> str:
    """The version of an installed distribution; empty if there is none."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def requirements_of(distribution: str) -> list[str]:
    """What an installed distribution requires, as it says it itself; nothing if it is not installed."""
    try:
        return importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return []


@functools.cache
def environment_digest() -> str:
    """Name the environment by its interpreter, platform and installed distributions, as it was when first asked."""
    facts = [platform.python_implementation(), platform.python_version(), platform.platform(), *sorted(_installed())]
    return hashlib.sha256("\n".join(facts).encode(errors="surrogateescape")).hexdigest()[:16]


def _installed() -> set[str]:
    """The names of the folders that say what is installed: name and version. Reading their files takes far longer."""
    folders = {Path(entry or ".") for entry in sys.path}
    return {
        found.name
        for folder in folders
        if folder.is_dir()
        for pattern in ("*.dist-info", "*.egg-info")
        for found in folder.glob(pattern)
    }


def environment_variables() -> dict[str, str]:
    """A copy of the process' environment."""
    return dict(os.environ)


def add_environment_variables(variables: Mapping[str, str]) -> None:
    """Set variables for this process and all that it starts."""
    os.environ.update(variables)


def take_environment_variable(name: str) -> str:
    """Read a variable that is not handed on to what this process starts; empty if it is not set."""
    return os.environ.pop(name, "")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def python_version() -> tuple[int, int]:
    """Major and minor version."""
    return sys.version_info[:2]

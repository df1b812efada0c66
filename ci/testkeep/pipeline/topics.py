"""Finds out what lost tests are about: which production definitions they name, and whether these are still there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from testkeep.formats.check_subjects import subject_of
from testkeep.formats.module_bindings import read_bindings
from testkeep.formats.parameters import OPTION, Parameter, gone_constants, gone_parameters, names_used, passed
from testkeep.formats.python_source import read_functions
from testkeep.model.inspection import Definition, Topic
from testkeep.model.source import Check, FileBindings, FileSource
from testkeep.model.tests import Item
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import name_in_file

_MOST_HOPS = 4


def find_topics(
    texts: Texts,
    items: Sequence[Item],
    checks: Mapping[str, Sequence[Check]],
    mentions: Mapping[str, frozenset[str]],
    test_files: Iterable[str],
) -> dict[str, Topic]:
    """What each of some tests of the base is about; without those of which nothing is known.

    Tests of a function have the same names, and many have the same checks: each text is resolved once. ``test_files``
    are the head's.
    """
    modules = _Modules(texts)
    gone = _gone_from_production(texts) if items else frozenset()
    without = _gone_constants(texts) if items else frozenset()
    named = _Named(texts, test_files)
    said: dict[tuple[str, str], tuple[frozenset[str], tuple[Definition, ...], tuple[Definition, ...]]] = {}
    found: dict[str, Topic] = {}
    for item in items:
        origins = modules.imports(item.path)
        if origins is None:
            continue
        subjects = tuple(modules.definition(subject_of(check.text)) for check in checks.get(item.id, ()))
        # Nobody knows what a star brings in, nor what a test mentions that cannot be read.
        names = mentions.get(item.id, frozenset()) if "*" not in origins else frozenset()
        bound = frozenset(modules.named(names, origins)) if names else None
        function = (item.path, name_in_file(item))
        if function not in said:
            here = passed(texts.base(item.path) or "", function[1]) if gone else frozenset()
            passes = frozenset(name for owner, name in gone if not here.isdisjoint({(owner, name), (OPTION, name)}))
            called = tuple(modules.called(mentions.get(item.id, frozenset())))
            kept = tuple(one for one in called if modules.is_defined(one))
            said[function] = passes, kept, tuple(one for one in called if not named.is_named(one))
        passes, kept, alone = said[function]
        found[item.id] = Topic(
            subjects=subjects,
            bound=bound,
            passes=passes,
            constants=without & mentions.get(item.id, frozenset()),
            kept=kept,
            alone=alone,
        )
    return found


def _gone_from_production(texts: Texts) -> frozenset[Parameter]:
    """The parameters that a change took away, and whose names are nowhere in the head's production code."""
    gone: set[Parameter] = set()
    for change in texts.python_changes:
        if texts.is_production(change.old):
            gone |= gone_parameters(texts.base(change.old) or "", texts.head(change.new) or "")
    left = _unused(texts, {name for _, name in gone})
    return frozenset(one for one in gone if one[1] in left)


def _gone_constants(texts: Texts) -> frozenset[str]:
    """The constants that a change took away, and whose names are nowhere in the head's production code."""
    gone: set[str] = set()
    for change in texts.python_changes:
        if texts.is_production(change.old):
            gone |= gone_constants(texts.base(change.old) or "", texts.head(change.new) or "")
    return _unused(texts, gone)


def _unused(texts: Texts, names: Collection[str]) -> frozenset[str]:
    """Those of some names that are nowhere in the head's production code."""
    left = set(names)
    prefix = f"{texts.project.folder}/" if texts.project.folder else ""
    for name in texts.project.files if left else ():
        path = f"{prefix}{name}"
        text = texts.head(path) or "" if name.endswith(".py") and texts.is_production(path) else ""
        if any(one in text for one in left):
            left -= names_used(text)
    return frozenset(left)


class _Named:
    """Which names occur in the head's test files."""

    def __init__(self, texts: Texts, paths: Iterable[str]) -> None:
        self._texts = texts
        self._paths = paths
        self._known: dict[str, bool] = {}
        self._all: list[str] | None = None

    def is_named(self, one: Definition) -> bool:
        """Whether a test file of the head has the name of a definition anywhere."""
        name = one.source.name.rpartition(".")[2]
        if name not in self._known:
            if self._all is None:
                self._all = [self._texts.head(path) or "" for path in dict.fromkeys(self._paths)]
            word = re.compile(rf"\b{re.escape(name)}\b")
            self._known[name] = any(word.search(text) for text in self._all)
        return self._known[name]


class _Modules:
    """The base's production modules, by their dotted names."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._moved = {change.old: change.new for change in texts.changes if change.old}
        self._paths: dict[str, str] = {}
        self._functions: dict[str, FileSource] = {}
        self._bindings: dict[str, FileBindings | None] = {}
        self._at_head: dict[str, FileBindings | None] = {}
        self._defined: dict[str, FileSource] = {}
        self._resolved: dict[str, Definition | None] = {}
        project = texts.project
        prefix = f"{project.folder}/" if project.folder else ""
        for name in project.repository.files_at(texts.commit, project.folder):
            if not name.endswith(".py") or not texts.is_production(f"{prefix}{name}"):
                continue
            for root in dict.fromkeys(project.roots.values()):
                inside = name if root == "." else name.removeprefix(f"{root}/")
                if root == "." or inside != name:
                    module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                    self._paths.setdefault(module, f"{prefix}{name}")

    def imports(self, path: str) -> dict[str, tuple[str, ...]] | None:
        """What the names that a file imports come from; None if the file cannot be read."""
        bindings = self._bindings_of(path)
        return None if bindings is None else {name: one.origins for name, one in bindings.items() if one.origins}

    def definition(self, dotted: str) -> Definition | None:
        """The production definition of the base that a dotted path names; None if it is none.

        Of an object that nobody knows a method is found if only one of the changed files' definitions is called so.
        """
        if dotted not in self._resolved:
            find = self._called if dotted.startswith("?.") else self._find
            self._resolved[dotted] = find(dotted.removeprefix("?."), _MOST_HOPS) if dotted else None
        return self._resolved[dotted]

    def _called(self, name: str, _hops: int) -> Definition | None:
        changed = (change.old for change in self._texts.python_changes if self._texts.is_production(change.old))
        found = [
            Definition(path=path, source=source)
            for path in changed
            for source in self._functions_of(path).values()
            if "." in source.name and source.name.rpartition(".")[2] == name
        ]
        return found[0] if len(found) == 1 else None

    def is_defined(self, one: Definition) -> bool:
        """Whether the head has a function or class of a name, in the file of the base or what became of it."""
        if one.path not in self._defined:
            self._defined[one.path] = read_functions(self._texts.head(self._moved.get(one.path, one.path)) or "")
        return one.source.name in self._defined[one.path]

    def called(self, mentions: frozenset[str]) -> Iterator[Definition]:
        """The functions of changed production files that a test mentions, and that are there at the head, too."""
        for change in self._texts.python_changes:
            if self._texts.is_production(change.old):
                for source in self._functions_of(change.old).values():
                    is_named = source.body and source.name.rpartition(".")[2] in mentions
                    if is_named and self._is_bound(change.old, source.name):
                        yield Definition(path=change.old, source=source)

    def named(self, mentions: frozenset[str], origins: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
        """The production names that a test mentions, and that are bound at the head, too."""
        for name in mentions & origins.keys():
            for origin in origins[name]:
                module, _, member = origin.rpartition(".")
                if origin in self._paths:
                    yield from self._bound_in(origin, mentions)
                elif module in self._paths and self._is_bound(self._paths[module], member):
                    yield origin

    def _bound_in(self, module: str, mentions: frozenset[str]) -> Iterator[str]:
        path = self._paths[module]
        for name in mentions:
            if f"{module}.{name}" in self._paths:
                yield from self._bound_in(f"{module}.{name}", mentions - {name})
            elif name in (self._bindings_of(path) or {}) and self._is_bound(path, name):
                yield f"{module}.{name}"

    def _is_bound(self, path: str, name: str) -> bool:
        """Whether a name of a file of the base is bound at the head: in that file, or what became of it."""
        if path not in self._at_head:
            text = self._texts.head(self._moved.get(path, path))
            self._at_head[path] = read_bindings(text) if text is not None else {}
        bound = self._at_head[path]
        return bound is None or name in bound

    def _find(self, dotted: str, hops: int) -> Definition | None:
        parts = dotted.split(".")
        for end in range(len(parts) - 1, 0, -1):
            path = self._paths.get(".".join(parts[:end]))
            if path is None:
                continue
            name = ".".join(parts[end:])
            source = self._functions_of(path).get(name)
            if source is not None:
                return Definition(path=path, source=source)
            origins = (self._bindings_of(path) or {}).get(parts[end])
            for origin in origins.origins if origins is not None and hops else ():
                package = ".".join(parts[: end if path.endswith("/__init__.py") else end - 1])
                absolute = f"{package}.{origin[1:]}" if origin.startswith(".") else origin
                found = self._find(".".join([absolute, *parts[end + 1 :]]), hops - 1)
                if found is not None:
                    return found
            return None
        return None

    def _functions_of(self, path: str) -> FileSource:
        if path not in self._functions:
            self._functions[path] = read_functions(self._texts.base(path) or "")
        return self._functions[path]

    def _bindings_of(self, path: str) -> FileBindings | None:
        if path not in self._bindings:
            self._bindings[path] = read_bindings(self._texts.base(path) or "")
        return self._bindings[path]

"""Reads the source of tests and of production code, as it was at the base and as it is, where a change concerns it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from testkeep.errors import UsageError
from testkeep.formats.assertion_texts import statements
from testkeep.formats.line_history import Version, gone_definitions, read_history
from testkeep.formats.module_bindings import read_bindings
from testkeep.formats.python_source import read_functions
from testkeep.formats.unittest_cases import holds_tests
from testkeep.model.asserted import Asserted
from testkeep.model.assertion_site import Statements
from testkeep.model.layout import is_production
from testkeep.model.production import FileHistory, Production
from testkeep.model.source import FileSource, FunctionSource, Sources
from testkeep.pipeline.context import Project
from testkeep.rules.base import Facts, in_repository
from testkeep.system.files import read_text
from testkeep.system.git import Change, Repository
from testkeep.system.submodules import submodules_of


@dataclass
class Texts:
    """The texts of files on both sides, each read once. Paths are relative to the repository's root."""

    project: Project
    commit: str
    changes: tuple[Change, ...]
    submodules: Mapping[str, tuple[Repository, str]] = field(default_factory=dict)
    _base: dict[str, str | None] = field(default_factory=dict)
    _head: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, commit: str) -> Texts:
        """Ask git which files differ, those of submodules among them."""
        submodules = submodules_of(project.repository, commit)
        changes = list(project.repository.changes_since(commit))
        for path, (inside, then) in submodules.items():
            changes += [change.below(path) for change in inside.changes_since(then)]
        return cls(project, commit, tuple(changes), submodules)

    def fetch_base(self, paths: Iterable[str]) -> None:
        """Read several files of the base in one go."""
        missing = [path for path in paths if path and path not in self._base]
        self._base |= self.project.repository.read_many(self.commit, missing)
        for folder, (inside, then) in self.submodules.items():
            below = [path for path in missing if path.startswith(f"{folder}/")]
            read = inside.read_many(then, (path.removeprefix(f"{folder}/") for path in below))
            self._base |= {f"{folder}/{path}": text for path, text in read.items() if text is not None}

    def base(self, path: str) -> str | None:
        """A file as it was at the base; None if it was not there."""
        self.fetch_base([path])
        return self._base.get(path)

    def head(self, path: str) -> str | None:
        """A file as it is; None if it is not there, or no text."""
        if path not in self._head:
            try:
                self._head[path] = read_text(self.project.repository.root / path) if path else None
            except UsageError:
                self._head[path] = None
        return self._head[path]

    @property
    def python_changes(self) -> tuple[Change, ...]:
        """The changes of Python files."""
        return tuple(change for change in self.changes if (change.new or change.old).endswith(".py"))

    def is_production(self, path: str) -> bool:
        """Whether a file is production code: below the project's source, and no test file."""
        folder = self.project.folder
        inside = path.removeprefix(f"{folder}/") if folder else path
        change = self.project.policy_change
        return is_production(inside, (*self.project.code, *(change.code if change is not None else ())))


def read_sources(texts: Texts, facts: Facts) -> tuple[Sources, Sources, Mapping[str, frozenset[str]]]:
    """Read the files of tests that are at the base or at the head only, and of those that were changed.

    Returns the base's sources, the head's, and the names that the head's files import.
    """
    base = {test.item.id: test.item for test in facts.base_tests()}
    head = {test.item.id: test.item for test in facts.tests()}
    old = {base[id_].path for id_ in base.keys() - head.keys()}
    new = {head[id_].path for id_ in head.keys() - base.keys()} if old else set()
    moved = {in_repository(facts, id_.partition("::")[0]) for id_ in base.keys() - head.keys()}
    added = {change.new for change in texts.python_changes if change.new != change.old} if old else set()
    changed = {change.new for change in texts.python_changes} & {item.path for item in head.values()}
    texts.fetch_base(old | changed)
    before = {path: texts.base(path) for path in old | changed}
    now = {path: texts.head(path) for path in old | new | moved | added | changed if path}
    imports = {path: _imported_names(text) for path, text in now.items() if text is not None and path in old | moved}
    return _functions(before), _functions(now), imports


def read_statements(texts: Texts, before: Iterable[Asserted], now: Iterable[Asserted]) -> Statements:
    """Read what the files say that have the assertions of some tests, as they were and as they are."""
    base = {site.path for one in before for site in one.held.values()}
    head = {site.path for one in now for here in (one.held, one.failed, one.came_through) for site in here.values()}
    texts.fetch_base(base)
    head |= base
    return Statements(
        base={path: statements(texts.base(path) or "") for path in base if path},
        head={path: statements(texts.head(path) or "") for path in head if path},
    )


def _functions(texts: Mapping[str, str | None]) -> dict[str, FileSource | None]:
    return {path: None if text is None else read_functions(text) for path, text in texts.items()}


def _imported_names(text: str) -> frozenset[str]:
    return frozenset(name for name, binding in (read_bindings(text) or {}).items() if binding.origins)


def unittest_files(project: Project, facts: Facts) -> tuple[str, ...]:
    """Find the files with tests of unittest, relative to the project's root, if stages with tests have none at all."""
    if not facts.test_stages or any(facts.tests()):
        return ()
    return tuple(name for name in project.files if name.endswith(".py") and holds_tests(project.text(name)))


def read_production(texts: Texts) -> Production:
    """Follow the production code's lines and definitions from the base to the head."""
    code = [change for change in texts.python_changes if _concerns_production(texts, change)]
    texts.fetch_base(change.old for change in code)
    versions = {change.new: Version.of(change.new, texts.head(change.new) or "") for change in code if change.new}
    fresh = {path: version.without(Version.of(path, texts.base(path) or "")) for path, version in versions.items()}
    histories: dict[str, FileHistory] = {}
    gone: dict[str, tuple[FunctionSource, ...]] = {}
    for change in code:
        old = texts.base(change.old) if change.old else None
        if old is None:
            continue
        now = versions.get(change.new)
        others = [version for path, version in fresh.items() if path != change.new]
        before = Version.of(change.old, old)
        histories[change.old] = read_history(before, now, others)
        gone[change.old] = gone_definitions(before, now, others)
    data = (change.old for change in texts.changes if not change.new and not change.old.endswith(".py"))
    return Production(
        histories=histories,
        gone={path: definitions for path, definitions in gone.items() if definitions},
        gone_files=tuple(path for path in data if texts.is_production(path)),
    )


def _concerns_production(texts: Texts, change: Change) -> bool:
    return any(path and texts.is_production(path) for path in (change.old, change.new))

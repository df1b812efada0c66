"""Finds the code that counted for coverage at the base, is still there, and has a name now that does not count."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from testkeep.formats.code_files import CodeTree
from testkeep.formats.line_history import Version, gone_definitions
from testkeep.formats.moved_definitions import moved_definitions
from testkeep.model.counting import production_files
from testkeep.model.layout import TEST_FILES, find_source, import_roots, lies_in
from testkeep.model.patterns import matches
from testkeep.model.policy import Policy
from testkeep.model.policy_change import PolicyChange, Uncounted
from testkeep.pipeline.context import Project, code_tree
from testkeep.system.files import links_in, read_output
from testkeep.system.git import Change


def with_left_code(project: Project, change: PolicyChange) -> tuple[PolicyChange, tuple[str, ...]]:
    """Add to a change what counts no more, and find the files that count for this change all the same.

    Those are files below the source to which code went that counted: what became a test, or its helper, is run by
    tests, and has nothing to fear. Paths are relative to the project's root.
    """
    left = _Left(project, change)
    uncounted = tuple(left.uncounted())
    change = msgspec.structs.replace(
        change, unmeasured=tuple(sorted(left.unmeasured())), uncounted=uncounted, code=left.code_then
    )
    kept = {one.path for one in uncounted if one.was and lies_in(one.path, project.source)}
    return change, tuple(sorted(kept))


@dataclass(frozen=True)
class _Left:
    """The files of both sides; those of the base have paths relative to the repository's root."""

    project: Project
    change: PolicyChange

    def unmeasured(self) -> Iterator[str]:
        """The files that counted at the base, by the names that they have now.

        One that became a test, or a test's helper, is meant to count no more; not, if production code imports it.
        """
        return (file for file in self._left if file in self._imported or not matches(file, TEST_FILES))

    def uncounted(self) -> Iterator[Uncounted]:
        """The other code that does not count: in files among the tests, or in functions that went somewhere."""
        unmeasured = set(self.unmeasured())
        for file in self.project.files:
            if not file.endswith(".py") and self._old_name(file) in self._counted_then:
                yield Uncounted(path=file, was=self._inside(self._old_name(file)))
        for file in sorted(self._left - unmeasured):
            if not _holds_tests(self.project.text(file)):
                yield Uncounted(path=file, was=self._inside(self._old_name(file)))
        for file in sorted(self._imported - self._left):
            if not self._old_name(file):
                yield Uncounted(path=file, is_imported=True)
        for (was, path), names in self._moved(unmeasured).items():
            yield Uncounted(
                path=path, was=self._inside(was), names=tuple(dict.fromkeys(names)), is_imported=path in self._imported
            )

    @cached_property
    def code_then(self) -> tuple[str, ...]:
        """The base's files that were production code in spite of their names."""
        return tuple(sorted(self._tree_then.in_spite_of_names()))

    @property
    def _policy(self) -> Policy:
        return self.change.base or Policy()

    @cached_property
    def _files_then(self) -> Sequence[str]:
        return self.project.repository.files_at(self.change.commit, self.change.folder)

    @cached_property
    def _source_then(self) -> tuple[str, ...]:
        return self._policy.source or find_source(self._files_then)

    @cached_property
    def _changes(self) -> Sequence[Change]:
        return self.project.repository.changes_since(self.change.commit)

    @cached_property
    def _old_names(self) -> Mapping[str, str]:
        """The changed files by the names that they have now; empty for one that is new."""
        return {one.new: one.old for one in self._changes if one.new}

    @cached_property
    def _changed_then(self) -> Sequence[str]:
        return [one.old for one in self._changes if one.old.endswith(".py")]

    @cached_property
    def _texts_then(self) -> Mapping[str, str | None]:
        return self.project.repository.read_many(self.change.commit, self._changed_then)

    @cached_property
    def _tree_then(self) -> CodeTree:
        roots = frozenset(import_roots(self._source_then, self._files_then).values())
        return CodeTree(source=self._source_then, files=frozenset(self._files_then), roots=roots, read=self._read_then)

    def _read_then(self, name: str) -> str:
        """A file of the base; what is as it was then is read from the working tree."""
        path = _below(self.change.folder, name)
        if path not in self._texts_then:
            return read_output(self.project.repository.root / path)
        return self._texts_then[path] or ""

    @cached_property
    def _counted_then(self) -> Collection[str]:
        source = (*self._source_then, *self.code_then)
        files = production_files(source, self._files_then, self._policy.coverage)
        return frozenset(_below(self.change.folder, file) for file in files)

    @cached_property
    def _counted(self) -> Collection[str]:
        project = self.project
        found = set(production_files(project.code, project.files, self._policy.coverage))
        return found - {link for link, target in links_in(project.root, found).items() if target not in found}

    @cached_property
    def _left(self) -> frozenset[str]:
        """The files that counted and do not any more."""
        files = (file for file in self.project.files if file.endswith(".py") and file not in self._counted)
        return frozenset(file for file in files if self._old_name(file) in self._counted_then)

    @cached_property
    def _fresh(self) -> Mapping[str, Version]:
        """What came to the changed Python files that do not count."""
        found = {}
        for file in self.project.files:
            path = _below(self.project.folder, file)
            if file.endswith(".py") and file not in self._counted and path in self._old_names:
                found[file] = Version.of(file, self.project.text(file)).without(self._before(path))
        return {file: version for file, version in found.items() if version.functions}

    def _before(self, path: str) -> Version:
        old = self._old_names.get(path, "")
        return Version.of(old, self._texts_then.get(old) or "")

    @cached_property
    def _imported(self) -> frozenset[str]:
        """The files among the tests outside of the source that production code imports, as far as they are of interest.

        These are new ones, and those to which code may have gone.
        """
        project = self.project
        outside = {
            file
            for file in (*self._left, *(name.removeprefix(f"{project.folder}/") for name in self._old_names))
            if file.endswith(".py") and not lies_in(file, project.source) and matches(file, TEST_FILES)
        }
        tree = code_tree(project.root, project.source, project.files)
        return tree.imported(outside) if outside else frozenset()

    def _moved(self, unmeasured: Collection[str]) -> dict[tuple[str, str], list[str]]:
        """The functions that are in files that do not count, by the file that they were in and that they are in."""
        whole = {self._old_name(file) for file in (*unmeasured, *self._left)}
        now = {old: new for new, old in self._old_names.items() if old}
        found: dict[tuple[str, str], list[str]] = {}
        changed = [path for path in self._changed_then if path in self._counted_then and path not in whole]
        if not changed:
            return found
        head = {path: self._version(path) for path in self._old_names if self._inside(path) in self._counted}
        fresh = {path: version.without(self._before(path)) for path, version in head.items()}
        for path in changed:
            before = Version.of(path, self._texts_then.get(path) or "")
            counted = [version for name, version in fresh.items() if name != now.get(path)]
            gone = [one for one in gone_definitions(before, head.get(now.get(path, "")), counted) if one.body]
            for name, place in moved_definitions(before, gone, self._fresh.values()) if gone else ():
                found.setdefault((path, place), []).append(name)
        return found

    def _version(self, path: str) -> Version:
        return Version.of(path, read_output(self.project.repository.root / path))

    def _old_name(self, file: str) -> str:
        path = _below(self.project.folder, file)
        return self._old_names.get(path, path)

    def _inside(self, path: str) -> str:
        folder = self.project.folder
        return path.removeprefix(f"{folder}/") if folder else path


def _holds_tests(text: str) -> bool:
    return any(line.lstrip().startswith(("def test", "async def test")) for line in text.splitlines())


def _below(folder: str, file: str) -> str:
    return f"{folder}/{file}" if folder else file

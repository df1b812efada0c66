"""Finds the tests that were there twice: where one of two exact duplicates is removed, the other stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from testkeep.formats.literal_rows import is_opaque
from testkeep.formats.module_bindings import read_bindings
from testkeep.formats.python_source import read_functions
from testkeep.model.comparison import Loss
from testkeep.model.source import FileBindings, FileSource
from testkeep.model.tests import Item
from testkeep.pipeline.sources import Texts
from testkeep.rules.asserted import compare_asserted
from testkeep.rules.base import Facts, name_in_file
from testkeep.rules.sameness import guards_of_item, is_same
from testkeep.rules.scopes import Place, Side, is_test, module_parts

_MOST_ALIKE = 16
_MOST_HOPS = 4


def find_twins(texts: Texts, facts: Facts) -> dict[str, str]:
    """Map lost tests to tests of the base that were the same test, and are at the head what they were."""
    lost = [loss.base.item for loss in facts.comparison.lost if loss.how is Loss.REMOVED]
    if not lost:
        return {}
    twins = _Twins(texts, facts)
    return {item.id: twin for item in lost if (twin := twins.of(item))}


class _Twins:
    def __init__(self, texts: Texts, facts: Facts) -> None:
        self._texts = texts
        self._sources: dict[tuple[str, bool], FileSource] = {}
        self._head = {test.item.id: test.item for test in facts.tests()}
        self._became = {test_id: test_id for test_id in facts.comparison.kept}
        self._became |= {one.lost: one.by[0] for one in facts.comparison.moved}
        said = facts.statements
        weaker = (one for one in facts.differences if any(compare_asserted(one.test, one.before, one.now, said)))
        unfit = {"", *(one.test.item.id for one in weaker)}
        self._alike: dict[tuple[object, ...], list[Item]] = {}
        for test in facts.base_tests():
            if self._became.get(test.item.id, "") not in unfit:
                self._alike.setdefault(guards_of_item(test.item), []).append(test.item)
        self._support: dict[str, list[str]] | None = None
        self._files_with: dict[str, frozenset[str]] = {}
        self._bindings: dict[str, FileBindings | None] = {}

    def of(self, lost: Item) -> str:
        """The twin of a lost test; empty if there is none."""
        alike = [item for item in self._alike.get(guards_of_item(lost), ()) if item.id != lost.id]
        for item in self._collected_twice(lost, alike):
            if self._is_what_it_was(item):
                return item.id
        found = (item for item in self._with_same_body(lost, alike) if self._is_what_it_was(item))
        for item, _ in zip(found, range(_MOST_ALIKE), strict=False):
            one, other = (Place(each.path, name_in_file(each)) for each in (lost, item))
            # A row that stands twice in a table; two objects may be written in one way, and be two.
            if one == other and not any(map(is_opaque, lost.params.values())):
                return item.id
            if is_same(Side(self._files([one.path, other.path])), one, other):
                return item.id
        return ""

    def _collected_twice(self, lost: Item, alike: Sequence[Item]) -> Iterator[Item]:
        """The same tests in a file beside, from which the lost one's file only imports their class or function."""
        name = name_in_file(lost)
        owner, _, rest = name.partition(".")
        bound = self._bound(lost.path)
        binding = bound.get(owner)
        # A fixture of the file itself may be another one than that of the file beside.
        if binding is None or len(binding.origins) != 1 or not bound.keys().isdisjoint(lost.fixtures):
            return
        module, _, member = binding.origins[0].rpartition(".")
        folder, stem = PurePosixPath(lost.path).parent, module.rpartition(".")[2]
        there = f"{member}.{rest}" if rest else member
        for item in alike:
            path = PurePosixPath(item.path)
            if path.parent == folder and path.stem == stem and name_in_file(item) == there:
                yield item

    def _bound(self, path: str) -> FileBindings:
        if path not in self._bindings:
            self._texts.fetch_base([path])
            self._bindings[path] = read_bindings(self._texts.base(path) or "")
        return self._bindings[path] or {}

    def _with_same_body(self, lost: Item, alike: Sequence[Item]) -> Iterator[Item]:
        """The tests whose body is that of a lost one, those near it first; only files that could have it are parsed."""
        source = self._source(lost.path, at_base=True).get(name_in_file(lost))
        text = self._texts.base(lost.path)
        if source is None or not source.body or text is None:
            return
        lines = text.splitlines()[(source.start or source.line) - 1 : source.end]
        paths = self._with_text(max((line.strip() for line in lines), key=len, default=""))
        for item in sorted(
            (one for one in alike if one.path in paths), key=lambda one: (one.path != lost.path, one.id)
        ):
            found = self._source(item.path, at_base=True).get(name_in_file(item))
            if found is not None and found.body == source.body:
                yield item

    def _with_text(self, line: str) -> frozenset[str]:
        """The test files of the base that have a line."""
        if line not in self._files_with:
            paths = {item.path for items in self._alike.values() for item in items}
            self._texts.fetch_base(paths)
            self._files_with[line] = frozenset(path for path in paths if line in (self._texts.base(path) or ""))
        return self._files_with[line]

    def _is_what_it_was(self, item: Item) -> bool:
        """Whether a test of the base has the same body, values and marks at the head."""
        now = self._head[self._became[item.id]]
        before, after = (
            self._source(one.path, at_base=at_base).get(name_in_file(one))
            for one, at_base in ((item, True), (now, False))
        )
        return (
            before is not None
            and after is not None
            and before.body == after.body
            and guards_of_item(now) == guards_of_item(item)
            and not self._is_stubbed(item.path)
        )

    def _is_stubbed(self, path: str) -> bool:
        """Whether something that the tests of a file use could stand in the place of the code now."""
        stubs = self._stubs
        above = any(stub.endswith("conftest.py") and _is_above(stub, [path]) for stub in stubs)
        return above or (bool(stubs) and not stubs.isdisjoint(self._files([path])))

    @cached_property
    def _stubs(self) -> frozenset[str]:
        """The files that are no tests and could swallow a failure or put a stub somewhere, where they did not."""
        found = set()
        self._texts.fetch_base(change.old for change in self._texts.python_changes)
        for change in self._texts.python_changes:
            if change.new and not self._texts.is_production(change.new):
                before = read_bindings(self._texts.base(change.old) or "") or {}
                now = read_bindings(self._texts.head(change.new) or "") or {}
                hiding = (name for name, one in now.items() if one.hides and not is_test(name))
                if any(name not in before or before[name].digest != now[name].digest for name in hiding):
                    found |= {change.old or change.new}
        return frozenset(found)

    def _source(self, path: str, *, at_base: bool) -> FileSource:
        if (path, at_base) not in self._sources:
            text = self._texts.base(path) if at_base else self._texts.head(path)
            self._sources[path, at_base] = read_functions(text) if text is not None else {}
        return self._sources[path, at_base]

    def _files(self, paths: Iterable[str]) -> dict[str, FileBindings | None]:
        """What some files of the base bind, and the test-support files that they can get names from."""
        waiting = [*paths, *(path for path in self._by_stem().get("conftest", ()) if _is_above(path, paths))]
        found: dict[str, FileBindings | None] = {}
        for _ in range(_MOST_HOPS):
            waiting = [path for path in dict.fromkeys(waiting) if path not in found]
            self._texts.fetch_base(waiting)
            for path in waiting:
                if path not in self._bindings:
                    self._bindings[path] = read_bindings(self._texts.base(path) or "")
                found[path] = self._bindings[path]
            origins = {one for path in waiting for binding in (found[path] or {}).values() for one in binding.origins}
            stems = {part for origin in origins for part in origin.split(".")[-2:]}
            waiting = [path for stem in stems for path in self._by_stem().get(stem, ())]
        return found

    def _by_stem(self) -> Mapping[str, list[str]]:
        """The base's Python files that are no production code, by the last part of their modules' names."""
        if self._support is None:
            folder = self._texts.project.folder
            prefix = f"{folder}/" if folder else ""
            support: dict[str, list[str]] = {}
            self._support = support
            for name in self._texts.project.repository.files_at(self._texts.commit, folder):
                path = f"{prefix}{name}"
                if name.endswith(".py") and not self._texts.is_production(path):
                    support.setdefault(module_parts(path)[-1], []).append(path)
        return self._support


def _is_above(conftest: str, paths: Iterable[str]) -> bool:
    return any(PurePosixPath(path).is_relative_to(PurePosixPath(conftest).parent) for path in paths)

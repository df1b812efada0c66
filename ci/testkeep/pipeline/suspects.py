"""Finds the tests that guard on both sides and whose source, or something that it uses, was changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from testkeep.formats.module_bindings import read_bindings
from testkeep.model.inspection import Suspect
from testkeep.model.source import FileBindings
from testkeep.model.tests import Item, function_of
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import Facts, name_in_file, source_in
from testkeep.rules.closure import affected
from testkeep.rules.scopes import Place, module_parts

# Of the tests that one changed helper concerns, so many are run again; more would not tell more.
_SAMPLE = 200
_PATCH = frozenset({"monkeypatch", "patch", "mocker", "mock"})
_MOST_WATCHED = 10
"""Of the tests that share something which patches, so many are run again, line by line."""


def find_suspects(texts: Texts, facts: Facts) -> tuple[Suspect, ...]:
    """Find the tests to run again on both sides, each with what was changed."""
    changed = [
        change.new
        for change in texts.python_changes
        if change.new and (change.old or _holds_fixtures(change.new)) and not texts.is_production(change.new)
    ]
    pairs = dict(_pairs(facts))
    found = {one.head: one for one in _doctests(facts, pairs)}
    if changed:
        base, head = _bindings(texts, facts, changed)
        by_path = affected(base, head)
        patching = [Place(path, name) for path, name in _patching(base, head)]
        for one in patching:  # a new fixture of a folder's is used by tests that nobody has changed
            by_path.setdefault(one.path, {}).setdefault(one.name, one)
        for suspect in _of_tests(facts, pairs, by_path):
            found.setdefault(suspect.head, suspect)
        return tuple(_watched(_sampled(found), frozenset(map(_named, patching))))
    return tuple(_sampled(found))


def _patching(
    base: Mapping[str, FileBindings | None], head: Mapping[str, FileBindings | None]
) -> Iterator[tuple[str, str]]:
    """What puts something in the place of code, and did not at the base."""
    for path, bindings in head.items():
        before = base.get(path) or {}
        for name, binding in (bindings or {}).items():
            old = before.get(name)
            if not binding.origins and _PATCH & binding.mentions and not (old is not None and _PATCH & old.mentions):
                yield path, name


def _watched(suspects: Iterable[Suspect], patching: Collection[str]) -> Iterator[Suspect]:
    """Have a few of the tests run again that share something which may put stubs in the place of the code."""
    times: Counter[str] = Counter()
    for one in suspects:
        times[one.why] += one.why in patching
        yield replace(one, is_watched=True) if one.why in patching and times[one.why] <= _MOST_WATCHED else one


def _holds_fixtures(path: str) -> bool:
    """Whether a new file is used by tests that say nothing of it."""
    return path.rpartition("/")[2] == "conftest.py"


def _pairs(facts: Facts) -> Iterator[tuple[str, str]]:
    """The ids at the head of tests that are the same function on both sides, with their ids at the base."""
    yield from ((test_id, test_id) for test_id in facts.comparison.kept)
    for entry in facts.comparison.moved:
        if function_of(entry.lost) == function_of(entry.by[0]):
            yield entry.by[0], entry.lost


def _bindings(
    texts: Texts, facts: Facts, changed: list[str]
) -> tuple[dict[str, FileBindings | None], dict[str, FileBindings | None]]:
    """What the changed files define, and those of the project's test files that import from them."""
    old = {change.new: change.old for change in texts.python_changes}
    texts.fetch_base(old[path] for path in changed)
    base = {path: _read(texts.base(old[path])) if old[path] else {} for path in changed}
    head = {path: _read(texts.head(path)) for path in changed}
    names = {module_parts(path)[-1] for path in changed} - {"conftest"}
    for path in {test.item.path for test in facts.tests()} - head.keys() if names else ():
        text = texts.head(path)
        if text is not None and any(name in text for name in names):
            base[path] = head[path] = _read(text)
    return base, head


def _read(text: str | None) -> FileBindings | None:
    return read_bindings(text) if text is not None else None


def _of_tests(facts: Facts, pairs: Mapping[str, str], by_path: Mapping[str, Mapping[str, Place]]) -> Iterator[Suspect]:
    fixtures = _fixtures(by_path)
    for test in facts.tests():
        item = test.item
        if item.id in pairs:
            one = _own(item, by_path.get(item.path, {})) or _of_fixtures(item, fixtures)
            if one is not None:
                yield Suspect(base=pairs[item.id], head=item.id, why=_said(item, one))


def _own(item: Item, names: Mapping[str, Place]) -> Place | None:
    """Whether a test's function was affected, or, if it is inherited, its class."""
    if not names:
        return None
    name = name_in_file(item)
    return names.get(name) or names.get(name.rpartition(".")[0]) or names.get("pytestmark")


def _fixtures(by_path: Mapping[str, Mapping[str, Place]]) -> dict[str, Mapping[str, Place]]:
    """The affected names of conftest.py files, by folder: autouse fixtures are nowhere mentioned."""
    return {
        path.rpartition("/")[0]: names for path, names in by_path.items() if path.rpartition("/")[2] == "conftest.py"
    }


def _of_fixtures(item: Item, fixtures: Mapping[str, Mapping[str, Place]]) -> Place | None:
    for folder, names in fixtures.items():
        if not folder or item.path.startswith(f"{folder}/"):
            found = next((names[name] for name in item.fixtures if name in names), None)
            if found is not None:
                return found
    return None


def _said(item: Item, one: Place) -> str:
    own = one.path == item.path and one.name == name_in_file(item)
    return "" if own else _named(one)


def _named(one: Place) -> str:
    return f"{one.name or 'a statement'} of {one.path} was changed"


def _doctests(facts: Facts, pairs: Mapping[str, str]) -> Iterator[Suspect]:
    """Doctests whose examples were changed."""
    for test in facts.tests():
        if test.item.id not in pairs:
            continue
        before, now = (source_in(sources, test) for sources in (facts.base_sources, facts.head_sources))
        if before is not None and now is not None and before.doctest not in ("", now.doctest):
            yield Suspect(base=pairs[test.item.id], head=test.item.id, why="its examples were changed")


def _sampled(found: Mapping[str, Suspect]) -> Iterator[Suspect]:
    """Keep all tests that were changed themselves, and of those that share a changed helper a sample."""
    by_cause: dict[str, list[Suspect]] = {}
    for one in found.values():
        by_cause.setdefault(one.why, []).append(one)
    for why, suspects in by_cause.items():
        step = max(1, -(-len(suspects) // _SAMPLE)) if why else 1
        yield from suspects[::step]

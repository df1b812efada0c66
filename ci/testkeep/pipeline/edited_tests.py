"""Finds the tests that guard on both sides and were edited: what they run is compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from testkeep.formats.module_bindings import read_bindings
from testkeep.model.inspection import Suspect
from testkeep.model.source import FileBindings
from testkeep.model.tests import RecordedTest, function_of
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import Facts, name_in_file, source_in

_MOST_ROWS = 3


def find_edited(texts: Texts, facts: Facts) -> Iterator[Suspect]:
    """Find the tests to run again on both sides: their functions, or the examples of doctests, were changed."""
    before = {change.new: change.old for change in texts.python_changes if change.new and change.old}
    paths = {path for test in facts.tests() if (path := test.item.path) in before and not texts.is_production(path)}
    texts.fetch_base(before[path] for path in paths)
    edited = {path: _edited(_read(texts.base(before[path])), _read(texts.head(path))) for path in paths}
    pairs = dict(_pairs(facts))
    rows: Counter[str] = Counter()
    for test in facts.tests():
        is_edited = name_in_file(test.item) in edited.get(test.item.path, ()) or _has_other_examples(facts, test)
        if test.item.id in pairs and is_edited:
            function = function_of(test.item.id)
            rows[function] += 1
            # The rows of a function run the same statements: a few of them show what these run.
            if rows[function] <= _MOST_ROWS:
                yield Suspect(base=pairs[test.item.id], head=test.item.id)


def _pairs(facts: Facts) -> Iterator[tuple[str, str]]:
    """The ids at the head of tests that are the same function on both sides, with their ids at the base."""
    yield from ((test_id, test_id) for test_id in facts.comparison.kept)
    for entry in facts.comparison.moved:
        if function_of(entry.lost) == function_of(entry.by[0]):
            yield entry.by[0], entry.lost


def _read(text: str | None) -> FileBindings:
    return read_bindings(text or "") or {}


def _edited(before: FileBindings, now: FileBindings) -> frozenset[str]:
    """The names that do something else than they did, decorators included."""
    return frozenset(name for name in before.keys() & now.keys() if before[name].digest != now[name].digest)


def _has_other_examples(facts: Facts, test: RecordedTest) -> bool:
    before, now = (source_in(sources, test) for sources in (facts.base_sources, facts.head_sources))
    return before is not None and now is not None and before.doctest not in ("", now.doctest)

"""Reads what the sources of lost, new and changed tests say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from testkeep.formats.asserted_checks import TestChecks
from testkeep.formats.literal_rows import is_opaque
from testkeep.formats.module_bindings import read_bindings
from testkeep.model.comparison import Candidate, Loss
from testkeep.model.inspection import Inspection, Suspect
from testkeep.model.production import Production
from testkeep.model.source import Check, FileBindings, likeness
from testkeep.model.tests import Item, function_of
from testkeep.pipeline.edited_tests import find_edited
from testkeep.pipeline.patched_tests import find_patched
from testkeep.pipeline.rewordings import Rewordings, find_rewordings
from testkeep.pipeline.sources import Texts, read_production
from testkeep.pipeline.topics import find_topics
from testkeep.pipeline.twins import find_twins
from testkeep.rules.base import Facts, name_in_file
from testkeep.rules.choosing import origins_of
from testkeep.rules.comparison import ids_at_base
from testkeep.rules.confirming import to_confirm
from testkeep.rules.likeness import candidates

_MOST_ROWS = 500


def read_tests(texts: Texts, facts: Facts) -> Inspection:
    """Read what the sources of lost, new and changed tests say."""
    draft = facts.comparison
    sources = _Parsed(texts, facts)
    found = (*find_edited(texts, facts), *find_patched(texts, facts), *_moved_elsewhere(sources, facts))
    suspects = tuple(dict.fromkeys((*found, *to_confirm(facts))))
    losses = (*draft.lost, *draft.doubted)
    if not losses:
        return Inspection(suspects=suspects, production=read_production(texts) if suspects else Production())
    lost = {loss.id: loss.base.item for loss in losses}
    before = ids_at_base(facts)
    changed = {suspect.head for suspect in suspects}
    # What does not guard stands for nothing: of 30,000 rows that are deselected nobody needs to know what they assert.
    guarding = (test.item for test in facts.tests() if test.guards)
    head = {item.id: item for item in _few_rows(guarding) if item.id not in before or item.id in changed}
    origins = origins_of(facts)
    earlier = {origins[test_id] for test_id in head if test_id in origins}
    base = {test.item.id: test.item for test in facts.base_tests() if test.item.id in lost or test.item.id in earlier}
    new = {test_id: item for test_id, item in head.items() if test_id not in before}
    base_checks, mentions = sources.checks(base.values(), at_base=True), _mentions(texts, lost.values())
    production = read_production(texts)
    near, rewordings = _near(texts, sources, lost, new, production)
    removed = [loss.base.item for loss in draft.lost if loss.how is Loss.REMOVED] if production.histories else []
    return Inspection(
        base_checks=base_checks,
        head_checks=sources.checks(head.values(), at_base=False),
        candidates=near,
        rewordings=rewordings,
        mentions=mentions,
        topics=find_topics(texts, removed, base_checks, mentions, (test.item.path for test in facts.tests())),
        base_hiding=frozenset(_hiding(lost.values(), texts.base)),
        hiding=frozenset(_hiding(head.values(), texts.head)),
        twins=find_twins(texts, facts),
        suspects=suspects,
        production=production,
    )


def _near(
    texts: Texts, sources: _Parsed, lost: Mapping[str, Item], new: Mapping[str, Item], production: Production
) -> tuple[Mapping[str, tuple[Candidate, ...]], Rewordings]:
    """The new tests that are most like each lost one, and, behind them, those that are it in other words."""
    before, now = sources.tokens(lost.values(), at_base=True), sources.tokens(new.values(), at_base=False)
    near = candidates(lost, before, now)
    names = {test_id: [one.test for one in found] for test_id, found in near.items()}
    rewordings = find_rewordings(texts, sources.files, list(lost.values()), new.values(), names, production)
    for test_id, tests in rewordings.items():
        more = [one for one in tests if one not in names[test_id]]
        near[test_id] += tuple(Candidate(test=one, likeness=likeness(before[test_id], now[one])) for one in more)
    return near, rewordings


def _few_rows(items: Iterable[Item]) -> Iterator[Item]:
    """The tests, and of one with thousands of parameter sets the first ones: each has to be read by itself."""
    seen: Counter[str] = Counter()
    for item in items:
        seen[function_of(item.id)] += 1
        if seen[function_of(item.id)] <= _MOST_ROWS:
            yield item


def _moved_elsewhere(sources: _Parsed, facts: Facts) -> Iterator[Suspect]:
    """Tests that went to another file, where the names that they use stand for something else."""
    wanted = {entry.lost: entry.by[0] for entry in facts.comparison.moved}
    base = {test.item.id: test.item for test in facts.base_tests() if test.item.id in wanted}
    there = set(wanted.values())
    head = {test.item.id: test.item for test in facts.tests() if test.item.id in there}
    pairs = [(base[old], head[new]) for old, new in wanted.items() if base[old].path != head[new].path]
    before = sources.checks((old for old, _ in pairs), at_base=True)
    now = sources.checks((new for _, new in pairs), at_base=False)
    for old, new in pairs:
        if before.get(old.id) != now.get(new.id):
            yield Suspect(base=old.id, head=new.id)


class _Parsed:
    """Test files, each parsed once for each side."""

    def __init__(self, texts: Texts, facts: Facts) -> None:
        self._texts = texts
        self._facts = facts
        self.files: dict[tuple[str, bool], TestChecks] = {}

    def _file(self, path: str, at_base: bool) -> TestChecks:
        key = (path, at_base)
        if key not in self.files:
            text = self._texts.base(path) if at_base else self._texts.head(path)
            self.files[key] = TestChecks(text or "")
        return self.files[key]

    def checks(self, items: Iterable[Item], *, at_base: bool) -> dict[str, tuple[Check, ...]]:
        """What each test asserts; without those that are not to be read, as their class inherits them, say."""
        items = list(items)
        if at_base:
            self._texts.fetch_base(item.path for item in items)
        families = self._families(items, at_base=at_base)
        found: dict[str, tuple[Check, ...]] = {}
        for item in items:
            family = families.get(function_of(item.id), ())
            checks = self._file(item.path, at_base).checks(name_in_file(item), item.params, family)
            if checks is not None:
                found[item.id] = checks
        return found

    def _families(self, items: Iterable[Item], *, at_base: bool) -> dict[str, list[Mapping[str, str]]]:
        """The values of all parameter sets of functions that have objects among these, as one run collected them."""
        families: dict[str, list[Mapping[str, str]]] = {
            function_of(item.id): [] for item in items if any(map(is_opaque, item.params.values()))
        }
        suites = self._facts.base_suites() if at_base else (suite for _, suite in self._facts.suites())
        for suite in suites if families else ():
            found: dict[str, list[Mapping[str, str]]] = {}
            for test in suite.tests:
                if test.item.params and function_of(test.item.id) in families:
                    found.setdefault(function_of(test.item.id), []).append(test.item.params)
            # One shard has a part of them.
            families |= {name: rows for name, rows in found.items() if len(rows) > len(families[name])}
        return families

    def tokens(self, items: Iterable[Item], *, at_base: bool) -> dict[str, frozenset[str]]:
        """What each test is likened by."""
        return {item.id: self._file(item.path, at_base).tokens(name_in_file(item)) for item in items}


def _mentions(texts: Texts, items: Iterable[Item]) -> dict[str, frozenset[str]]:
    read: dict[str, FileBindings] = {}
    found: dict[str, frozenset[str]] = {}
    for item in items:
        if item.path not in read:
            read[item.path] = read_bindings(texts.base(item.path) or "") or {}
        binding = read[item.path].get(name_in_file(item))
        found[item.id] = binding.mentions if binding is not None else frozenset()
    return found


def _hiding(items: Iterable[Item], read: Callable[[str], str | None]) -> Iterator[str]:
    """The tests that could swallow a failure, or put a stub in the place of the code."""
    files: dict[str, FileBindings] = {}
    for item in items:
        if item.path not in files:
            files[item.path] = read_bindings(read(item.path) or "") or {}
        binding = files[item.path].get(name_in_file(item))
        if binding is None or binding.hides:
            yield item.id

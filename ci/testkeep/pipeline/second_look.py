"""A closer look at what a comparison found: reads sources, and runs lost and changed tests again, watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from testkeep.errors import Undecided, UsageError
from testkeep.formats.asserted_checks import TestChecks
from testkeep.formats.literal_rows import is_opaque
from testkeep.formats.module_bindings import read_bindings
from testkeep.model.asserted import Asserted
from testkeep.model.comparison import Loss, NotCompared, Uncompared
from testkeep.model.evidence import Evidence
from testkeep.model.inspection import Inspection, Suspect
from testkeep.model.production import Lines, Production
from testkeep.model.source import Check, FileBindings
from testkeep.model.tests import Item, RecordedTest, function_of
from testkeep.pipeline.base_tree import BaseTree, check_out
from testkeep.pipeline.baseline import refuse_foreign_code
from testkeep.pipeline.edited_tests import find_edited
from testkeep.pipeline.gather import read_all
from testkeep.pipeline.inspecting import Site, inspect
from testkeep.pipeline.patched_tests import find_patched
from testkeep.pipeline.plans import RunOptions
from testkeep.pipeline.progress import Labelled, Watcher
from testkeep.pipeline.run import run_stages
from testkeep.pipeline.sources import Texts, read_production
from testkeep.pipeline.topics import find_topics
from testkeep.pipeline.twins import find_twins
from testkeep.rules.assertion_records import Records
from testkeep.rules.base import Facts, name_in_file
from testkeep.rules.choosing import Wanted, choose, needs_others, origins_of, to_be_measured_without
from testkeep.rules.comparison import ids_at_base
from testkeep.rules.confirming import to_confirm
from testkeep.rules.likeness import candidates
from testkeep.rules.unstable_ids import named_for_pytest, steady_record
from testkeep.system.coverage_data import executed_lines
from testkeep.system.evidence_folder import EvidenceFolder

_MOST_ROWS = 500


@dataclass(frozen=True)
class Looker:
    """Where and how to look: the evidence that is judged, a folder for inspections, and who watches."""

    texts: Texts
    evidence: EvidenceFolder
    scratch: Path
    watcher: Watcher


def look_closer(looker: Looker, facts: Facts) -> Facts:
    """Find out what is needed to account for lost tests and to notice weakened ones; nothing, where nothing changed."""
    facts = replace(facts, inspection=_read(looker, facts))
    wanted = choose(facts)
    if not wanted.base and not wanted.head:
        return facts
    production = msgspec.structs.replace(facts.inspection.production, covered=_covered(looker, facts))
    facts = _with(facts, production=production, **_asserted(facts, wanted))
    if wanted.head:
        facts = _inspect_head(looker, facts, wanted.head)
    if wanted.base:
        facts = _inspect_base(looker, facts, wanted.base)
    return facts


def _asserted(facts: Facts, wanted: Wanted) -> dict[str, Mapping[str, Asserted]]:
    """What the tests to inspect asserted in the runs that count: the most at the base, the least at the head."""
    base, head = Records(facts.base_suites()), Records(suite for _, suite in facts.suites())
    return {
        "base_asserted": {test_id: found[-1] for test_id in wanted.base if (found := base.in_all(test_id))},
        "head_asserted": {test_id: found[0] for test_id in wanted.head if (found := head.in_all(test_id))},
    }


def _with(facts: Facts, **changes: object) -> Facts:
    return replace(facts, inspection=replace(facts.inspection, **changes))  # type: ignore[arg-type]


# Sources ----------------------------------------------------------------------------------------------------------


def _read(looker: Looker, facts: Facts) -> Inspection:
    """Read what the sources of lost, new and changed tests say."""
    texts, draft = looker.texts, facts.comparison
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
    removed = [loss.base.item for loss in draft.lost if loss.how is Loss.REMOVED] if production.histories else []
    return Inspection(
        base_checks=base_checks,
        head_checks=sources.checks(head.values(), at_base=False),
        candidates=candidates(
            lost, sources.tokens(lost.values(), at_base=True), sources.tokens(new.values(), at_base=False)
        ),
        mentions=mentions,
        topics=find_topics(texts, removed, base_checks, mentions, (test.item.path for test in facts.tests())),
        base_hiding=frozenset(_hiding(lost.values(), texts.base)),
        hiding=frozenset(_hiding(head.values(), texts.head)),
        twins=find_twins(texts, facts),
        suspects=suspects,
        production=production,
    )


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
        self._files: dict[tuple[str, bool], TestChecks] = {}

    def _file(self, path: str, at_base: bool) -> TestChecks:
        key = (path, at_base)
        if key not in self._files:
            text = self._texts.base(path) if at_base else self._texts.head(path)
            self._files[key] = TestChecks(text or "")
        return self._files[key]

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


# Runs -------------------------------------------------------------------------------------------------------------


def _covered(looker: Looker, facts: Facts) -> Lines | None:
    """The head's lines that any test ran; None if a job left no coverage data."""
    jobs = [record.job.stem for record in facts.evidence if record.ran_tests]
    return _executed([looker.evidence.coverage_path(job) for job in jobs], looker.texts.project.folder)


def _executed(files: Sequence[Path], folder: str) -> Lines | None:
    if not files or not all(file.exists() for file in files):
        return None
    prefix = f"{folder}/" if folder else ""
    try:
        return {f"{prefix}{path}": lines for path, lines in executed_lines(files).items()}
    except Undecided:
        return None


def _inspect_head(looker: Looker, facts: Facts, tests: Sequence[str]) -> Facts:
    site = Site(looker.texts.project, EvidenceFolder(looker.scratch), {}, "head")
    try:
        record = inspect(site, named_for_pytest(facts, tests), looker.watcher)
    except (Undecided, UsageError) as error:
        return _without(facts, Uncompared.HEAD, error.message, tests)
    head = _again(facts, record)
    return _with(facts, head=head.tests, head_alone=head.asserted)


def _without(facts: Facts, what: Uncompared, why: str, tests: Sequence[str]) -> Facts:
    missing = NotCompared(what=what, why=why, tests=tuple(tests))
    return _with(facts, not_compared=(*facts.inspection.not_compared, missing))


def _inspect_base(looker: Looker, facts: Facts, tests: Sequence[str]) -> Facts:
    project, commit = looker.texts.project, looker.texts.commit
    try:
        with check_out(project, commit, for_tests=True) as tree:
            if tree is None:
                raise Undecided("the project is not there at the base commit")
            site = Site(tree.project, EvidenceFolder(tree.scratch / "inspection"), tree.environment, "base")
            record = inspect(site, named_for_pytest(facts, tests), looker.watcher)
            refuse_foreign_code([record], project, tree.project)
            base = _again(facts, record)
            not_found = frozenset(tests) - base.tests.keys()
            facts = _with(facts, base=base.tests, base_alone=base.asserted, not_found=not_found)
            return _measure_others(looker, facts, tree) if needs_others(facts) else facts
    except (Undecided, UsageError) as error:
        return _without(facts, Uncompared.BASE, error.message, tests)


class _Again(NamedTuple):
    """The tests that were run again, and what those that guarded asserted alone."""

    tests: Mapping[str, RecordedTest]
    asserted: Mapping[str, Asserted]


def _again(facts: Facts, record: Evidence) -> _Again:
    record = steady_record(facts, record)
    tests = {test.item.id: test for test in record.tests}
    alone = Records([record.suite] if record.suite else [])
    return _Again(tests, {test_id: found[0] for test_id in tests if (found := alone.in_all(test_id))})


def _measure_others(looker: Looker, facts: Facts, tree: BaseTree) -> Facts:
    """Find out which lines of the base its tests run without the lost ones."""
    folder = EvidenceFolder(tree.scratch / "others")
    folder.prepare()
    options = RunOptions(
        stages=facts.test_stages,
        folder=folder,
        environment=tree.environment,
        without=named_for_pytest(facts, to_be_measured_without(facts)),
    )
    run_stages(tree.project, options, Labelled(looker.watcher, "base without: "))
    evidence, unfinished = read_all(folder)
    if unfinished:
        raise Undecided("what the base's other tests run is not known: their run without the lost ones did not finish")
    ran = [record.job.stem for record in evidence if record.ran_tests]
    others = _executed([folder.coverage_path(job) for job in ran], tree.project.folder) if ran else {}
    return _with(facts, production=msgspec.structs.replace(facts.inspection.production, others=others))

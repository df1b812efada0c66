"""Proves that the shards of a stage add up to its collection: each test is in exactly one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from testkeep.model.evidence import Evidence
from testkeep.model.stage import Stage
from testkeep.model.tests import function_of


@dataclass(slots=True)
class _Split:
    """The shards of one stage in one environment: where each id was taken, and all functions that any of them saw."""

    of: int
    shards: set[int] = field(default_factory=set)
    taken: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def missing(self) -> str:
        absent = sorted(set(range(1, self.of + 1)) - self.shards)
        return ", ".join(f"{shard}/{self.of}" for shard in absent)

    def faults(self) -> Iterator[str]:
        # Functions, not ids: a set of parameters may have another id in each process.
        lost = sorted(self.seen - {function_of(test_id) for test_id in self.taken})
        if lost:
            them = "it" if len(lost) == 1 else "them"
            yield f"{_some(lost)} collected in one shard, and left to others that did not collect {them}"
        twice = sorted(test_id for test_id, times in self.taken.items() if times > 1)
        if twice:
            yield f"{_some(twice)} in more than one shard"


def missing_shards(records: Iterable[Evidence]) -> Iterator[tuple[Stage, str]]:
    """Find the shards that have no record although others of their stage have one."""
    for stage, split in _splits(records):
        if split.missing():
            yield stage, f"there is no record of shard {split.missing()}"


def shard_faults(records: Iterable[Evidence]) -> Iterator[tuple[Stage, str]]:
    """Find what keeps the shards of a stage from adding up to its collection, in words, where all are there."""
    for stage, split in _splits(records):
        if not split.missing():
            yield from ((stage, fault) for fault in split.faults())


def _splits(records: Iterable[Evidence]) -> Iterator[tuple[Stage, _Split]]:
    splits: dict[tuple[Stage, str, str], _Split] = {}
    for record in records:
        job = record.job
        if job.of < 2:
            continue
        split = splits.setdefault((job.stages[0], job.python, job.side), _Split(job.of))
        split.shards.add(job.shard)
        if record.suite is not None:
            split.taken.update(test.item.id for test in record.suite.tests)
            split.seen.update(map(function_of, record.suite.other_shards))
    for (stage, _, _), split in splits.items():
        yield stage, split


def _some(ids: list[str]) -> str:
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return f"{', '.join(ids[:3])}{more} {'was' if len(ids) == 1 else 'were'}"

"""Holds the head's tests against the base's, and looks closer where they differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from testkeep.model.comparison import NotCompared, Uncompared
from testkeep.pipeline.base_store import state_folder
from testkeep.pipeline.collected_again import collect_again
from testkeep.pipeline.context import Project
from testkeep.pipeline.doubting import with_doubts
from testkeep.pipeline.progress import Watcher
from testkeep.pipeline.second_look import Looker, look_closer
from testkeep.pipeline.sources import Texts, read_sources, read_statements
from testkeep.rules.accounting import account
from testkeep.rules.assertion_records import find_differences
from testkeep.rules.base import Baseline, Facts
from testkeep.rules.comparison import compare
from testkeep.rules.control import controlled, controlled_account
from testkeep.rules.doubts import doubt
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.judgement import decide_alone
from testkeep.rules.strength import weakened
from testkeep.rules.unstable_ids import steadied
from testkeep.system.evidence_folder import EvidenceFolder


@dataclass(frozen=True)
class Sides:
    """What is compared: a project, with its evidence in a folder, and the base's (None: none was asked for)."""

    project: Project
    baseline: Baseline | None
    folder: EvidenceFolder


def compared(sides: Sides, facts: Facts, watcher: Watcher) -> Facts:
    """Hold the head against the base, and account for what is not as it was."""
    baseline = sides.baseline
    if baseline is None or baseline.problem:
        return replace(facts, comparison=compare(facts))
    if sides.project.repository.resolve(baseline.commit) is None:
        facts = replace(facts, comparison=controlled(compare, decide_alone, facts))
        facts = replace(facts, comparison=doubt(facts))
        why = f"the base commit {baseline.commit[:12]} is not in this repository"
        missing = NotCompared(what=Uncompared.SOURCES, why=why)
        # What tests asserted is in the records.
        facts = replace(facts, differences=tuple(find_differences(facts)))
        weaker = tuple(weakened(facts, HeadTests.of(facts))) if not facts.comparison.obstacle else ()
        return replace(
            facts, comparison=msgspec.structs.replace(facts.comparison, not_compared=(missing,), weakened=weaker)
        )
    texts = Texts.of(sides.project, baseline.commit)
    base_sources, head_sources, imports = read_sources(texts, facts)
    facts = replace(facts, base_sources=base_sources, head_sources=head_sources, head_imports=imports)
    facts = replace(facts, comparison=controlled(compare, decide_alone, facts))
    again = collect_again(texts, facts, watcher)
    if again.unstable:
        facts = steadied(facts, again.unstable)
        facts = replace(facts, comparison=controlled(compare, decide_alone, facts))
    facts = with_doubts(texts, facts)
    if facts.comparison.obstacle:
        return facts
    facts = replace(facts, differences=tuple(find_differences(facts)))
    differ = facts.differences
    statements = read_statements(texts, (one.before for one in differ), (one.now for one in differ))
    facts = replace(facts, statements=statements)
    scratch = state_folder(sides.project) / "inspection"
    facts = look_closer(Looker(texts, sides.folder, scratch, watcher), facts)
    comparison = controlled_account(account, facts)
    not_compared = (*again.not_compared, *comparison.not_compared)
    return replace(facts, comparison=msgspec.structs.replace(comparison, not_compared=not_compared))

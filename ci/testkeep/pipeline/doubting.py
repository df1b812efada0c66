"""Looks for tests that failed at the base for want of what its worktree does not have."""

from __future__ import annotations

from dataclasses import replace

from testkeep.model.tests import RecordedTest
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import Facts
from testkeep.rules.doubts import doubt, red_in_worktree, skips_in_question
from testkeep.rules.lacks import ignored_name


def with_doubts(texts: Texts, facts: Facts) -> Facts:
    """Add the tests to a comparison that failed, or were skipped, in the base's worktree alone, as far as that matters.

    A skipped test is in question if its reason or its file names what git ignores and this working tree has.
    """
    ignored = texts.project.ignored.others
    skipped = skips_in_question(facts) if ignored else {}
    asked = red_in_worktree(facts) | skipped
    texts.fetch_base(test.item.path for test in asked.values())
    needs = {test_id: _needed(texts, test) for test_id, test in asked.items()} if ignored else {}
    facts = replace(facts, ignored=ignored, needs={test_id: name for test_id, name in needs.items() if name})
    return replace(facts, comparison=doubt(facts))


def _needed(texts: Texts, test: RecordedTest) -> str:
    """What git ignores and a test names: where it failed, or in its file; empty if it names nothing of the kind."""
    phase = test.decisive_phase
    ignored = texts.project.ignored.others
    said = phase.reason if phase is not None else ""
    return ignored_name(said, ignored) or ignored_name(texts.base(test.item.path) or "", ignored)

"""Looks for tests that failed at the base for want of what its worktree does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from testkeep.model.tests import RecordedTest
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import Facts, in_repository, split_location
from testkeep.rules.doubts import doubt, red_in_worktree, skips_in_question
from testkeep.rules.lacks import name_in, worktrees_of

# A change brings it, or a tool reads it: no test of the base wants it.
_CODE = (".py", ".pyi", ".toml", ".cfg", ".ini", ".md", ".rst", ".yml", ".yaml")


def with_doubts(texts: Texts, facts: Facts) -> Facts:
    """Add the tests to a comparison that failed, or were skipped, in the base's worktree alone, as far as that matters.

    A skipped test is in question if its reason, its file or its fixtures name what is here and not in git.
    """
    asked = red_in_worktree(facts) | skips_in_question(facts)
    if facts.comparison.obstacle or not asked:
        return facts
    project = texts.project
    untracked = [name for name in project.repository.untracked() if not name.endswith(_CODE)]
    texts.fetch_base(path for test in asked.values() for path in _sources(facts, test))
    missed = (name for one in worktrees_of(facts) for name in one.missed)
    known = tuple(dict.fromkeys((*project.ignored.others, *untracked, *missed)))
    needs = {test_id: _needed(texts, facts, test, known) for test_id, test in asked.items()}
    facts = replace(
        facts,
        not_given=(*project.ignored.missed, *untracked),
        needs={test_id: name for test_id, name in needs.items() if name},
    )
    return replace(facts, comparison=doubt(facts))


def _needed(texts: Texts, facts: Facts, test: RecordedTest, known: Collection[str]) -> str:
    """What a test names that is here and not in git: in its failure, its file or its fixtures; empty if nothing."""
    phase = test.decisive_phase
    said = [phase.reason] if phase is not None else []
    said += [texts.base(path) or "" for path in _sources(facts, test)]
    return next(filter(None, (name_in(text, known) for text in said)), "")


def _sources(facts: Facts, test: RecordedTest) -> Iterator[str]:
    """The file of a test, that in which it ended, and those with the fixtures of its folders, the nearest first."""
    phase = test.decisive_phase
    place, _ = split_location(phase.location if phase is not None else "")
    yield test.item.path
    yield from filter(None, [in_repository(facts, place)])
    for folder in PurePosixPath(test.item.path).parents:
        yield str(folder / "conftest.py")

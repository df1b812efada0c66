"""Tells a test that lost its assertions from one that did not come to them by chance, by running it alone."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from testkeep.model.inspection import Suspect
from testkeep.model.tests import RecordedTest
from testkeep.rules.asserted import Asserted, asserted_pairs, loses_everything
from testkeep.rules.base import Facts, body_in

_WHY = "it came to none of its assertions, though neither it nor they were changed"


class Confirmed(Enum):
    """What a run of the test alone, on both sides, says of assertions that were not reached."""

    YES = auto()
    NO = auto()
    """It comes to them: another test, a cache, chance or the order of the tests was the reason."""
    UNKNOWN = auto()


def to_confirm(facts: Facts) -> Iterator[Suspect]:
    """The tests to run alone: not edited, with assertions that are still in the source, and without any that held."""
    origin = {entry.by[0]: entry.lost for entry in facts.comparison.moved}
    for now, before_asserted, now_asserted in asserted_pairs(facts):
        if loses_everything(now, before_asserted, now_asserted) and is_unedited(facts, now, before_asserted):
            yield Suspect(base=origin.get(now.item.id, now.item.id), head=now.item.id, why=_WHY, is_watched=True)


def is_unedited(facts: Facts, now: RecordedTest, before: Asserted) -> bool:
    """Whether neither a test's function nor the assertions that held in it were changed."""
    if any(entry.by[0] == now.item.id for entry in facts.comparison.moved):
        return False
    if body_in(facts.base_sources, now) != body_in(facts.head_sources, now):
        return False
    texts = facts.statements.head
    return all(site.form in texts.get(site.path, {}) for site in before.held.values())


def confirmed(facts: Facts, now: RecordedTest) -> Confirmed:
    """What the runs alone say of a test of the head; unknown if there are none."""
    sides = [facts.inspection.base.get(now.item.id), facts.inspection.head.get(now.item.id)]
    strengths = [seen.strength if seen is not None and seen.guards else None for seen in sides]
    if strengths[0] is None or strengths[1] is None:
        return Confirmed.YES  # what could not be looked into stays what it was
    if strengths[1].asserted:
        return Confirmed.NO
    return Confirmed.YES if strengths[0].asserted else Confirmed.UNKNOWN

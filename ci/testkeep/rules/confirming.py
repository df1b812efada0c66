"""Tells a test that lost its assertions from one that did not come to them by chance, by running it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto

from testkeep.model.asserted import Difference
from testkeep.model.inspection import Suspect
from testkeep.rules.asserted import loses_everything
from testkeep.rules.base import Facts, body_in


class Confirmed(Enum):
    """What a run of the test alone, on both sides, says of assertions that were not reached."""

    YES = auto()
    NO = auto()
    """It comes to them: another test, a cache, chance or the order of the tests was the reason."""
    UNKNOWN = auto()


def to_confirm(facts: Facts) -> Iterator[Suspect]:
    """The tests to run alone: not edited, with assertions that are still in the source, and without any that held."""
    for one in facts.differences:
        if is_doubtful(facts, one):
            yield Suspect(base=one.origin.item.id, head=one.test.item.id)


def is_doubtful(facts: Facts, one: Difference) -> bool:
    """Whether a test asserts nothing any more although neither its function nor its assertions were changed."""
    if one.origin.item.id != one.test.item.id or not loses_everything(one):
        return False
    texts = facts.statements.head
    is_unedited = body_in(facts.base_sources, one.test) == body_in(facts.head_sources, one.test)
    return is_unedited and all(site.form in texts.get(site.path, {}) for site in one.before.held.values())


def confirmed(facts: Facts, one: Difference) -> Confirmed:
    """What the runs alone say of a doubtful test; that it asserts nothing, if it could not be run."""
    before = facts.inspection.base_alone.get(one.origin.item.id)
    now = facts.inspection.head_alone.get(one.test.item.id)
    if before is None or now is None or loses_everything(replace(one, before=before, now=now)):
        return Confirmed.YES
    return Confirmed.NO if now.held else Confirmed.UNKNOWN

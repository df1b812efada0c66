"""Recognises tests that went with the production code that they tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from testkeep.model.comparison import Loss, LostTest, Retirement
from testkeep.model.inspection import Inspection
from testkeep.model.production import Lines, Place, shown
from testkeep.rules.covering import deleted, footprint, is_left_uncovered, is_unique


def retire(inspection: Inspection, lost: tuple[LostTest, ...]) -> Iterator[Retirement]:
    """Find the lost tests that are gone because their code is gone.

    That is proven by the lines that only lost tests ran, if all of them were deleted; by a definition that the test
    names and ran, if it is nowhere at the head; or by a file of production data that its parameters name. What else the
    test ran must still be run at the head.
    """
    for loss in lost:
        if loss.how is Loss.REMOVED:
            why = _why(inspection, loss)
            if why:
                yield Retirement(test=loss.id, why=why)


def _why(inspection: Inspection, loss: LostTest) -> str:
    production = inspection.production
    values = loss.base.item.params.values()
    data = next((path for path in production.gone_files if any(path in value for value in values)), "")
    if data:
        return f"{data} was deleted, which it was about"
    seen = inspection.base.get(loss.id)
    if seen is None or not seen.guards:
        return ""
    ran = footprint([seen])
    gone = deleted(production, ran)
    everything = sum(len(numbers) for numbers in ran.values())
    if gone and len(gone) == everything:
        return f"all of the code that it ran was deleted ({', '.join(shown(gone))} of the base)"
    unique = _unique(inspection, ran)
    if unique and unique <= set(gone) and not is_left_uncovered(production, ran):
        return f"the code that only it ran was deleted ({', '.join(shown(unique))} of the base)"
    symbol = _gone_symbol(inspection, loss, ran)
    if symbol and not is_left_uncovered(production, ran):
        return f"{symbol} was deleted, which it tested"
    return ""


def _unique(inspection: Inspection, ran: Lines) -> set[Place]:
    production = inspection.production
    return {Place(path, line) for path, numbers in ran.items() for line in numbers if is_unique(production, path, line)}


def _gone_symbol(inspection: Inspection, loss: LostTest, ran: Mapping[str, frozenset[int]]) -> str:
    """The name of a deleted definition that the test names, and ran a part of; empty if there is none.

    A class or module without a line that runs in a test (an enumeration, say) can only be named.
    """
    names = inspection.mentions.get(loss.id, frozenset())
    for path, definitions in inspection.production.gone.items():
        for source in definitions:
            name = source.name.rpartition(".")[2]
            lines = ran.get(path, frozenset())
            is_run = any(source.line <= line <= source.end for line in lines)
            if name in names and (is_run or not ran):
                return f"{source.name} of {path}"
    return ""

"""Recognises tests that went with the production code that they tested."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from testkeep.model.comparison import Loss, LostTest, Retirement
from testkeep.model.inspection import Inspection
from testkeep.model.production import Lines, Place, Production, shown
from testkeep.model.source import FunctionSource
from testkeep.rules.covering import deleted, footprint, is_left_uncovered, is_unique, watched


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


def retire_unproven(inspection: Inspection, lost: tuple[LostTest, ...], unproven: Set[str]) -> Iterator[Retirement]:
    """Find those of the lost tests that name a definition which is nowhere at the head; what they ran is not known."""
    for loss in lost:
        symbol = _gone_symbol(inspection, loss, {}) if loss.id in unproven and loss.how is Loss.REMOVED else ""
        if symbol:
            yield Retirement(test=loss.id, why=f"{symbol} was deleted, which it names")


def _why(inspection: Inspection, loss: LostTest) -> str:
    production = inspection.production
    seen = watched(inspection.base, loss.id)
    if seen is None:
        return ""
    ran = footprint([seen])
    gone = deleted(production, ran)
    everything = sum(len(numbers) for numbers in ran.values())
    if gone and len(gone) == everything:
        return f"all of the code that it ran was deleted ({', '.join(shown(gone))} of the base)"
    if is_left_uncovered(production, ran):
        return ""
    data = _gone_data(production, loss)
    if data:
        return f"{data} was deleted, which it was about"
    unique = _unique(inspection, ran)
    if unique and unique <= set(gone):
        return f"the code that only it ran was deleted ({', '.join(shown(unique))} of the base)"
    symbol = _gone_symbol(inspection, loss, ran)
    return f"{symbol} was deleted, which it tested" if symbol else ""


def _gone_data(production: Production, loss: LostTest) -> str:
    """The deleted file of production data that a test's parameters name, by its whole path; empty if there is none."""
    values = loss.base.item.params.values()
    for path in production.gone_files:
        whole = re.compile(rf"(?<![\w.-]){re.escape(path)}(?![\w.-])")
        if any(whole.search(value) for value in values):
            return path
    return ""


def _unique(inspection: Inspection, ran: Lines) -> set[Place]:
    production = inspection.production
    return {Place(path, line) for path, numbers in ran.items() for line in numbers if is_unique(production, path, line)}


def _gone_symbol(inspection: Inspection, loss: LostTest, ran: Lines) -> str:
    """The name of a deleted definition that the test names, and ran a part of; empty if there is none.

    A class or module without a line that runs in a test (an enumeration, say) can only be named.
    """
    names = inspection.mentions.get(loss.id, frozenset())
    for path, definitions in inspection.production.gone.items():
        for source in definitions:
            # A method's name alone says little: half of all tests call something named "get".
            is_named = names.issuperset(source.name.split("."))
            lines = ran.get(path, frozenset())
            is_run = any(source.line <= line <= source.end for line in lines)
            if is_named and (is_run or not ran) and _is_deleted(inspection.production, path, source):
                return f"{source.name} of {path}"
    return ""


def _is_deleted(production: Production, path: str, source: FunctionSource) -> bool:
    """Whether a definition went, and not its name alone: of its lines less than half are anywhere at the head."""
    lines = range(source.line, source.end + 1)
    return 2 * sum(production.fate(path, line) is not None for line in lines) < len(lines)

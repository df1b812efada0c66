"""TK503, of static tools: what a change has them check less of."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.finding import Severity
from testkeep.model.leniency import Leniency, Suppression
from testkeep.rules.base import Facts, Problem

_MOST = 3
_MOST_TEXT = 80


def looser_tools(facts: Facts) -> Iterator[Problem]:
    """One finding for each file in which a change loosens what tools check; the options first."""
    blocks = facts.policy.loosened_tools == "block"
    for one in facts.leniencies:
        blunt = [each for each in one.suppressions if each.is_blunt]
        is_note = not one.options and not blunt
        lines = tuple(_said(one))
        yield Problem(
            message=lines[0],
            help="\n".join(
                [*lines[1:], "If it is meant, nothing needs to be done." if not blocks or is_note else _OUT]
            ),
            test=one.path if blocks else "",
            path=one.path,
            line=min((each.line for each in blunt or one.suppressions), default=0),
            severity=Severity.NOTE if is_note else Severity.ERROR if blocks else Severity.WARNING,
        )


_OUT = 'Put it back. If it is meant, first merge a waiver with rule = "TK503" and the file\'s path as test.'


def _said(one: Leniency) -> Iterator[str]:
    """The options with both values, then the comments; what is left is counted."""
    options = [f"{each.name} is {_short(each.old)} at the base, {_short(each.new)} now" for each in one.options]
    comments = [f"'{_short(each.code)}' (line {each.line})" for each in _blunt_first(one.suppressions)]
    if options:
        yield f"tools check less: {options[0]}"
        yield from options[1:_MOST]
        if options[_MOST:]:
            yield f"{len(options) - _MOST} more options"
    if comments:
        n_more = len(comments) - _MOST
        more = f" and {n_more} more" if n_more > 0 else ""
        yield f"what tools are told to pass over: {', '.join(comments[:_MOST])}{more}"


def _blunt_first(suppressions: tuple[Suppression, ...]) -> list[Suppression]:
    return sorted(suppressions, key=lambda each: (not each.is_blunt, each.line))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"

"""A checkup for a terminal: one line a check."""

from __future__ import annotations

from rich.text import Text

from testkeep.model.checkup import Check, Checkup, Status
from testkeep.reports._printing import printed

_MOST_LINES = 30
_STYLES = {Status.OK: "green", Status.WARNING: "yellow", Status.PROBLEM: "bold red"}


def render(checkup: Checkup, *, width: int, color: bool) -> str:
    """Write a checkup in no more than 30 lines; if there is more, what is ok is left out first."""
    shown = checkup.checks
    if len(shown) >= _MOST_LINES:
        bad = [check for check in shown if check.status is not Status.OK]
        shown = tuple(sorted(bad, key=lambda check: check.status is Status.WARNING)[: _MOST_LINES - 2])
    names = max((len(check.name) for check in shown), default=0)
    lines = [_line(check, names) for check in shown]
    hidden = len(checkup.checks) - len(shown)
    if hidden:
        lines.append(Text(f"{hidden} more: --json shows all"))
    return printed([*lines, Text(_summary(checkup))], width=width, color=color)


def _line(check: Check, names: int) -> Text:
    said = " ".join(check.said.split())
    text = f"{said}. {check.advice}" if check.advice else said
    return Text.assemble((f"{check.status:<7}", _STYLES[check.status]), f"  {check.name:<{names}}  {text}")


def _summary(checkup: Checkup) -> str:
    counts = ((checkup.count(status), status) for status in (Status.PROBLEM, Status.WARNING))
    parts = [f"{number} {status}{'s' if number > 1 else ''}" for number, status in counts if number]
    return ", ".join(parts) or "all is well"

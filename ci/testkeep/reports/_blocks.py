"""What a short report says of findings, of the output of tools, and of notes, in as many lines as there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct
from rich.text import Text

from testkeep.model.finding import Severity
from testkeep.model.tool_output import ToolOutput
from testkeep.reports import _wording as wording
from testkeep.reports._budget import ELLIPSIS, Block, Urgency, head_and_more, shares
from testkeep.reports._grouping import Group, Statement
from testkeep.reports._lines import ENDLESS, labelled, places_of, severity_style

_MOST_OUTPUT = 20
# A title, a line of it, and where the rest is.
_FEWEST_OF_EXCERPT = 3
_MOST_REMARKS = 10
_COLORS = re.compile(r"\x1b\[[0-9;]*m")
_URGENCIES = {Severity.ERROR: Urgency.ERROR, Severity.WARNING: Urgency.WARNING, Severity.NOTE: Urgency.NOTE}


class _Line(Struct, frozen=True):
    """A line about findings, and how many of their places it settles."""

    text: Text
    settles: int = 0


def finding_blocks(groups: Iterable[Group], width: int, rest: str) -> tuple[Block, ...]:
    """One block for each code; what is waived takes one line."""
    by_code = groupby(groups, key=lambda group: (group.waived, group.severity, group.title))
    return tuple(_block(tuple(members), width, rest) for _, members in by_code)


def _block(groups: tuple[Group, ...], width: int, rest: str) -> Block:
    first = groups[0]
    statements = tuple(statement for group in groups for statement in group.statements)
    merged = Group(
        code=first.code,
        name=first.name,
        severity=first.severity,
        waived=first.waived,
        help=first.help,
        statements=statements,
    )
    name = f"{wording.one_line(first.code)} ({merged.extent})"
    title = (title_of(merged),)
    if first.waived:
        return Block(name=name, urgency=Urgency.WAIVED, whole=title, cut=lambda _: title)
    whole = tuple(line for group in groups for line in whole_group(group, width))
    return Block(name=name, urgency=_URGENCIES[first.severity], whole=whole, cut=partial(_cut, merged, width, rest))


def title_of(group: Group) -> Text:
    """The heading of a group."""
    style = "dim" if group.waived else severity_style(group.severity)
    return Text.assemble((group.title, style), f": {group.extent}")


def whole_group(group: Group, width: int) -> tuple[Text, ...]:
    """All that a group says."""
    body = (line.text for statement in group.statements for line in _said(statement, width))
    return (title_of(group), *body, *_help(group, width))


def _help(group: Group, width: int) -> tuple[Text, ...]:
    return tuple(labelled("  help: ", group.help, width)) if group.help else ()


def _said(statement: Statement, width: int) -> tuple[_Line, ...]:
    lines = [_Line(text) for text in labelled("  ", statement.message, width)]
    without = sum(not wording.places(finding) for finding in statement.findings)
    lines[-1] = _Line(lines[-1].text, settles=without)
    return (*lines, *(_Line(place, settles=1) for finding in statement.findings for place in places_of(finding)))


def _cut(group: Group, width: int, rest: str, room: int) -> tuple[Text, ...]:
    """What is wrong in the first line, what to do and where the rest is in the last; between them, where it is."""
    # A message stays in one piece: there is a title before its beginning, and no room for a second line.
    first, *body = [line for statement in group.statements for line in _said(statement, ENDLESS)]
    advice = _help(group, width)
    title = title_of(group).append(f": {first.text.plain.strip()}")
    if room == 1:
        return (title,)
    n_help = min(len(advice), 1 + (room - 2) // 3)
    n_body = min(len(body), room - 1 - max(n_help, 1))
    n_help = min(len(advice), room - 1 - n_body)
    left = _left(sum(line.settles for line in body[n_body:]), len(advice) - n_help)
    tail = [line.copy() for line in advice[:n_help]]
    if left and tail:
        tail[-1].append(f" {ELLIPSIS} {left}: {rest}")
    elif left:
        tail = [Text(f"  {ELLIPSIS} {left}: {rest}")]
    return (title, *(line.text for line in body[:n_body]), *tail)


def _left(places: int, help_lines: int) -> str:
    advice = f"{wording.number(help_lines, 'more line')} of help" if help_lines else ""
    return ", ".join(filter(None, [f"{places} more" if places else "", advice]))


def output_blocks(outputs: Sequence[ToolOutput], named: Sequence[ToolOutput] = ()) -> tuple[Block, ...]:
    """A block of excerpts, in which the tools share the most lines that a report shows of output; none without.

    Of ``named`` it has no excerpts, only where their output is.
    """
    if not outputs and not named:
        return ()
    most = max(_MOST_OUTPUT // max(len(outputs), 1), 1)
    excerpts, further = ([_Excerpt(output, most) for output in each] for each in (outputs, named))
    whole = _cut_outputs(excerpts, further, (most + 2) * len(outputs) + 1)
    name = "output of " + ", ".join(dict.fromkeys(wording.one_line(output.tool) for output in (*outputs, *named)))
    cut = partial(_cut_outputs, excerpts, further)
    return (Block(name=name, urgency=Urgency.OUTPUT, whole=whole, cut=cut),)


def _cut_outputs(excerpts: Sequence[_Excerpt], further: Sequence[_Excerpt], room: int) -> tuple[Text, ...]:
    """Show an excerpt of as many tools as it makes sense for, and name the logs of the others in one line."""
    is_enough = room - bool(further) >= _FEWEST_OF_EXCERPT * len(excerpts)
    n_shown = len(excerpts) if is_enough else (room - 1) // _FEWEST_OF_EXCERPT
    shown, named = excerpts[:n_shown], [*excerpts[n_shown:], *further]
    wanted = [len(excerpt.lines(excerpt.most + 2)) for excerpt in shown]
    given = shares(wanted, [Urgency.OUTPUT] * n_shown, room - bool(named))
    lines = [line for excerpt, share in zip(shown, given, strict=True) for line in excerpt.lines(share)]
    if named:
        logs = ", ".join(f"{excerpt.log} ({wording.number(len(excerpt.printed), 'line')})" for excerpt in named)
        lines.append(Text(f"{'more ' if shown else ''}output of tools: {logs}"))
    return tuple(lines)


class _Excerpt:
    """The first or the last lines of what a tool printed, under a title."""

    def __init__(self, output: ToolOutput, most: int) -> None:
        lines = [line for line in wording.several_lines(_COLORS.sub("", output.text)) if line]
        self.printed = lines or ["(it printed nothing)"]
        self.log = wording.one_line(output.log)
        self.most = most
        self._title = wording.one_line(f"{output.stage}: output of {output.tool}")
        self._from_end = output.ends_with_summary

    def lines(self, room: int) -> tuple[Text, ...]:
        """The excerpt with its title, and with a line that says what is left out."""
        is_whole = len(self.printed) <= min(self.most, room - 1)
        length = len(self.printed) if is_whole else max(min(self.most, room - 2), 0)
        left = len(self.printed) - length
        more = [f"{ELLIPSIS} {left} more in {self.log}"] if left else []
        lines = [*more, *self.printed[left:]] if self._from_end else [*self.printed[:length], *more]
        return (Text(self._title, "bold"), *(Text(f"  {line}") for line in lines))


def remark_blocks(lines: Sequence[Text], noun: str, rest: str) -> tuple[Block, ...]:
    """A block of lines of which each stands for itself; none if there are none."""
    if not lines:
        return ()

    def cut(room: int) -> tuple[Text, ...]:
        return head_and_more(lines, room, lambda left: f"{ELLIPSIS} {wording.number(left, noun)}: {rest}")

    return (Block(name=wording.number(len(lines), noun), urgency=Urgency.NOTE, whole=cut(_MOST_REMARKS), cut=cut),)

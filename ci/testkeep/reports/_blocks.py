"""What a short report says of findings, of the output of tools, and of notes, in as many lines as there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct
from rich.text import Text

from testkeep.model.finding import Severity
from testkeep.model.tool_output import ToolOutput
from testkeep.reports import _wording as wording
from testkeep.reports._budget import ELLIPSIS, Block, Urgency, head_and_more
from testkeep.reports._grouping import Group, Statement
from testkeep.reports._lines import labelled, places_of, severity_style

_MOST_OUTPUT = 20
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
    """Title, what is wrong, where, what to do, and where the rest is: as much of it as there is room for."""
    body = [line for statement in group.statements for line in _said(statement, width)]
    advice = _help(group, width)
    if room <= 2:
        message = wording.several_lines(group.statements[0].message)[0]
        title = title_of(group).append(f": {message}")
        left = sum(line.settles for line in body) - body[0].settles
        return (title, Text(f"  {_more(left, len(advice), rest)}"))[:room]
    room -= 2
    n_help = min(len(advice), room // 3)
    n_body = min(len(body), room - n_help)
    n_help = min(len(advice), room - n_body)
    left = sum(line.settles for line in body[n_body:])
    more = () if left + len(advice) == n_help else (Text(f"  {_more(left, len(advice) - n_help, rest)}"),)
    return (title_of(group), *(line.text for line in body[:n_body]), *advice[:n_help], *more)


def _more(places: int, help_lines: int, rest: str) -> str:
    advice = f"{wording.number(help_lines, 'more line')} of help" if help_lines else ""
    left = [f"{places} more" if places else "", advice]
    return f"{ELLIPSIS} {', '.join(filter(None, left)) or 'the whole message'}: {rest}"


def output_blocks(outputs: Sequence[ToolOutput]) -> tuple[Block, ...]:
    """One block for each tool that complained; they share the most lines that a report shows of output."""
    most = max(_MOST_OUTPUT // max(len(outputs), 1), 1)
    return tuple(_output_block(output, most) for output in outputs)


def _output_block(output: ToolOutput, most: int) -> Block:
    printed = [line for line in wording.several_lines(_COLORS.sub("", output.text)) if line]
    printed = printed or ["(it printed nothing)"]
    title = wording.one_line(f"{output.stage}: output of {output.tool}")

    def cut(room: int) -> tuple[Text, ...]:
        if room <= 1:
            return (Text(f"{title}: {wording.number(len(printed), 'line')} in {wording.one_line(output.log)}"),)
        # The title is one line, and what is left out another.
        return (Text(title, "bold"), *_excerpt(output, printed, len(printed) if len(printed) < room else room - 2))

    whole = (Text(title, "bold"), *_excerpt(output, printed, min(len(printed), most)))
    return Block(name=title, urgency=Urgency.OUTPUT, whole=whole, cut=cut)


def _excerpt(output: ToolOutput, printed: Sequence[str], length: int) -> Iterator[Text]:
    left = len(printed) - length
    more = [f"{ELLIPSIS} {left} more in {wording.one_line(output.log)}"] if left else []
    lines = [*more, *printed[left:]] if output.ends_with_summary else [*printed[:length], *more]
    return (Text(f"  {line}") for line in lines)


def remark_blocks(lines: Sequence[Text], noun: str, rest: str) -> tuple[Block, ...]:
    """A block of lines of which each stands for itself; none if there are none."""
    if not lines:
        return ()

    def cut(room: int) -> tuple[Text, ...]:
        return head_and_more(lines, room, lambda left: f"{ELLIPSIS} {wording.number(left, noun)}: {rest}")

    return (Block(name=wording.number(len(lines), noun), urgency=Urgency.NOTE, whole=cut(_MOST_REMARKS), cut=cut),)

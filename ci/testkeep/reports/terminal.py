"""Renders a verdict for those who sit at the terminal or read a job's log. Renders; never decides."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from testkeep.model.finding import Severity
from testkeep.model.verdict import Decision, StageResult, StageStatus, Verdict
from testkeep.reports import _wording as wording
from testkeep.reports._grouping import Group, grouped
from testkeep.reports._printing import printed

_STATUS_STYLES = {
    StageStatus.PASSED: "green",
    StageStatus.FAILED: "red",
    StageStatus.SKIPPED: "dim",
    StageStatus.ERROR: "bold red",
}
_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_DECISION_STYLES = {
    Decision.PASS: "bold green",
    Decision.FAIL: "bold red",
    Decision.INCONCLUSIVE: "bold yellow",
}

_MOST_PARTIAL = 10


def render(verdict: Verdict, *, width: int, color: bool) -> str:
    """Render what is read at the end of a run; the last line is the verdict.

    ``width`` is in columns. A line that names a test is left to the terminal to wrap, so that its id can be
    copied. Colors are the terminal's own sixteen.
    """
    return printed(_parts(verdict, width), width=width, color=color)


def _parts(verdict: Verdict, width: int) -> Iterator[RenderableType]:
    head, base = wording.short_commit(verdict.head), wording.short_commit(verdict.base)
    yield Text.assemble(("testkeep", "bold"), f": head {head}, base {base}")
    yield Text()
    yield from _stages(verdict.stages, width)
    yield Text()
    yield from _labelled("coverage:     ", wording.coverage_summary(verdict.coverage), width)
    yield from _partial(wording.partial_branches(verdict.coverage))
    yield from _labelled("conservation: ", wording.conservation_summary(verdict), width)
    for note in verdict.notes:
        yield from _labelled("note: ", note, width)
    for group in grouped(verdict.findings):
        yield Text()
        yield from _group(group, width)
    yield Text()
    yield Text(wording.headline(verdict), _DECISION_STYLES[verdict.verdict])


def _partial(lines: tuple[str, ...]) -> Iterator[Text]:
    if lines:
        yield Text("changed lines that ran without taking all of their branches:")
        yield from (Text(f"  {line}") for line in lines[:_MOST_PARTIAL])
    if len(lines) > _MOST_PARTIAL:
        yield Text(f"  {wording.number(len(lines) - _MOST_PARTIAL, 'more line')}: verdict.json has all")


def _stages(stages: tuple[StageResult, ...], width: int) -> Iterator[RenderableType]:
    if not stages:
        yield Text("no stage ran")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("stage", overflow="fold")
    table.add_column("status", no_wrap=True)
    table.add_column("tests", overflow="fold")
    table.add_column("time", no_wrap=True, justify="right")
    table.add_column("detail", overflow="fold")
    for stage in stages:
        table.add_row(
            Text(wording.one_line(stage.name)),
            Text(stage.status.value, _STATUS_STYLES[stage.status]),
            Text(wording.count_tests(stage.tests)),
            Text(wording.duration(stage.duration_s)),
            Text("see below" if _needs_lines(stage.detail) else wording.one_line(stage.detail)),
        )
    yield table
    for stage in stages:
        if _needs_lines(stage.detail):
            yield from _labelled(f"{wording.one_line(stage.name)}: ", stage.detail, width)


def _needs_lines(detail: str) -> bool:
    return _names_a_test(detail) or len(wording.several_lines(detail)) > 1


def _names_a_test(text: str) -> bool:
    return "::" in text


def _group(group: Group, width: int) -> Iterator[Text]:
    style = "dim" if group.waived else _SEVERITY_STYLES[group.severity]
    yield Text.assemble((group.title, style), f": {group.extent}")
    for statement in group.statements:
        yield from _labelled("  ", statement.message, width)
        for finding in statement.findings:
            yield from (Text("    " + "  ".join(filter(None, place))) for place in wording.places(finding))
    if group.help:
        yield from _labelled("  help: ", group.help, width)


def _labelled(label: str, text: str, width: int) -> Iterator[Text]:
    """Wrap text beside its label; the second line and the later ones begin where the first one does."""
    room = max(width - len(label), 1)
    margin = label
    for line in wording.several_lines(text):
        wrapped = wrap(line, room, break_long_words=False, break_on_hyphens=False)
        for piece in [line] if _names_a_test(line) else wrapped or [""]:
            yield Text(margin + piece)
            margin = " " * len(label)

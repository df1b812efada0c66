"""Renders a verdict for those who sit at the terminal or read a job's log. Renders; never decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.text import Text

from testkeep.model.tool_output import ToolOutput
from testkeep.model.verdict import CoverageResult, Decision, StageStatus, Verdict
from testkeep.reports import _wording as wording
from testkeep.reports._blocks import finding_blocks, output_blocks, remark_blocks, whole_group
from testkeep.reports._budget import Block, fit, fits
from testkeep.reports._grouping import grouped
from testkeep.reports._lines import ENDLESS, labelled
from testkeep.reports._printing import printed
from testkeep.reports._stage_table import idle_lines, stage_lines

WIDTH_OF_A_PIPE = ENDLESS
MOST_LINES = 40
# What was printed before the report may take no more than leaves this many lines.
FEWEST_LINES = 24
_MOST_PARTIAL = 10
_NO_REPORT = "verdict.json has all"
_PARTIAL = "changed lines that ran without taking all of their branches:"
_DECISION_STYLES = {
    Decision.PASS: "bold green",
    Decision.FAIL: "bold red",
    Decision.INCONCLUSIVE: "bold yellow",
}


class Setting(Struct, frozen=True, kw_only=True):
    """Where and after what a report is shown.

    ``width`` is in columns; ``report`` is the file that has everything (empty: there is none). ``outputs`` are those
    of tools that complained. ``printed`` is how many lines stand above the report, ``names_stages`` whether they say
    how each stage ended.
    """

    width: int = ENDLESS
    color: bool = False
    report: str = ""
    outputs: tuple[ToolOutput, ...] = ()
    printed: int = 0
    names_stages: bool = False


def render(verdict: Verdict, *, width: int, color: bool, report: str = "") -> str:
    """Render all that is to be said at the end of a run; the last line is the verdict.

    ``width`` is in columns. A line that names a test is left to the terminal to wrap, so that its id can be
    copied. Colors are the terminal's own sixteen.
    """
    return printed(_everything(verdict, width, report), width=width, color=color)


def render_short(verdict: Verdict, setting: Setting) -> str:
    """Render what matters most, so that it fits on one page with what stands above it; the last line is the verdict."""
    return printed(_short(verdict, setting), width=setting.width, color=setting.color)


def render_headline(verdict: Verdict, *, color: bool) -> str:
    """Render the verdict alone."""
    return printed([_headline(verdict)], width=ENDLESS, color=color)


def render_outputs(outputs: Sequence[ToolOutput], *, color: bool) -> str:
    """Render excerpts of what tools printed, where no verdict follows."""
    lines = [line for block in output_blocks(outputs) for line in block.whole]
    return printed(lines, width=ENDLESS, color=color)


def _everything(verdict: Verdict, width: int, report: str) -> Iterator[Text]:
    yield _title(verdict)
    yield Text()
    yield from stage_lines(verdict.stages)
    for stage in verdict.stages:
        if len(wording.several_lines(stage.detail)) > 1:
            yield from labelled(f"{wording.one_line(stage.name)}: ", stage.detail, width)
    yield Text()
    yield from _summaries(verdict, width, "")
    yield from _partial(verdict.coverage)
    for note in verdict.notes:
        yield from labelled("note: ", note, width)
    for group in grouped(verdict.findings):
        yield Text()
        yield from whole_group(group, width)
    yield Text()
    yield from _report(report)
    yield _headline(verdict)


def _short(verdict: Verdict, setting: Setting) -> Iterator[Text]:
    width, rest = setting.width, setting.report or _NO_REPORT
    hint = _where_the_gaps_are(verdict.coverage) if setting.report else ""
    summaries = [*_summaries(verdict, width, hint)]
    bottom = [Text(), *_report(setting.report), _headline(verdict)]
    notes = [Text(f"note: {' '.join(wording.several_lines(note))}") for note in verdict.notes]
    partly_run = [Text(f"partly run: {line}") for line in wording.partial_branches(verdict.coverage)]
    blocks = (
        *remark_blocks(notes, "more note", rest),
        *remark_blocks(partly_run, "more partly run line", rest),
        *_output_blocks(verdict, setting.outputs),
        *finding_blocks(grouped(verdict.findings), width, rest),
    )
    top = [_title(verdict), *stage_lines(verdict.stages), *summaries]
    room = max(MOST_LINES - setting.printed, FEWEST_LINES) - len(bottom)
    if setting.names_stages and not fits(blocks, room - len(top)):
        top = [_title(verdict), *idle_lines(verdict.stages), *summaries]
    yield from top
    yield from fit(blocks, room - len(top), rest)
    yield from bottom


def _output_blocks(verdict: Verdict, outputs: Sequence[ToolOutput]) -> tuple[Block, ...]:
    """The outputs of stages that are not well: what was there at the base is no news, and findings say it once."""
    well = {str(stage.name) for stage in verdict.stages if stage.status is StageStatus.PASSED}
    telling = [output for output in outputs if output.stage not in well]
    named = [output for output in telling if output.is_in_findings]
    return output_blocks([output for output in telling if not output.is_in_findings], named)


def _title(verdict: Verdict) -> Text:
    head, base = wording.short_commit(verdict.head), wording.short_commit(verdict.base)
    reason = f" ({wording.one_line(verdict.base_reason)})" if verdict.base_reason else ""
    return Text.assemble(("testkeep", "bold"), f": head {head}, base {base}{reason}")


def _headline(verdict: Verdict) -> Text:
    return Text(wording.headline(verdict), _DECISION_STYLES[verdict.verdict])


def _report(report: str) -> Iterator[Text]:
    if report:
        yield Text(f"report: {wording.one_line(report)}")


def _summaries(verdict: Verdict, width: int, hint: str) -> Iterator[Text]:
    yield from labelled("coverage:     ", wording.coverage_summary(verdict.coverage) + hint, width)
    yield from labelled("conservation: ", wording.conservation_summary(verdict), width)


def _where_the_gaps_are(coverage: CoverageResult) -> str:
    percents = [figure.percent for figure in wording.coverage_figures(coverage)]
    has_gaps = any(percent is not None and percent < 100 for percent in percents)
    return "; 'testkeep coverage' shows the gaps" if has_gaps else ""


def _partial(coverage: CoverageResult) -> Iterator[Text]:
    lines = wording.partial_branches(coverage)
    if lines:
        yield Text(_PARTIAL)
        yield from (Text(f"  {line}") for line in lines[:_MOST_PARTIAL])
    if len(lines) > _MOST_PARTIAL:
        yield Text(f"  {wording.number(len(lines) - _MOST_PARTIAL, 'more line')}: {_NO_REPORT}")

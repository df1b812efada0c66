"""The table of the stages: one line each, and one for all that had nothing to do for one reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from testkeep.model.verdict import StageResult, StageStatus
from testkeep.reports import _wording as wording

_STATUS_STYLES = {
    StageStatus.PASSED: "green",
    StageStatus.FAILED: "red",
    StageStatus.SKIPPED: "dim",
    StageStatus.ERROR: "bold red",
}
_TITLES = ("stage", "status", "tests", "time", "detail")
_TIME = _TITLES.index("time")


def stage_lines(stages: Sequence[StageResult]) -> Iterator[Text]:
    """Say how each stage ended; no line is wrapped."""
    if not stages:
        yield Text("no stage ran")
    rows = [(stage.status, _cells(stage)) for stage in stages if not _is_idle(stage)]
    if rows:
        widths = [max(map(len, column)) for column in zip(_TITLES, *(cells for _, cells in rows), strict=True)]
        yield _row(_TITLES, widths, ("bold",) * len(_TITLES))
        for status, cells in rows:
            yield _row(cells, widths, ("", _STATUS_STYLES[status], "", "", ""))
    yield from idle_lines(stages)


def idle_lines(stages: Sequence[StageResult]) -> Iterator[Text]:
    """Name the stages that had nothing to do, in one line for each reason."""
    idle: dict[str, list[str]] = {}
    for stage in filter(_is_idle, stages):
        idle.setdefault(_first_line(stage), []).append(wording.one_line(stage.name))
    for detail, names in idle.items():
        yield Text(f"{', '.join(names)}: {detail.removeprefix('nothing to do: ') or 'skipped'}", "dim")


def _is_idle(stage: StageResult) -> bool:
    return stage.status is StageStatus.SKIPPED and not stage.tests


def _cells(stage: StageResult) -> tuple[str, ...]:
    return (
        wording.one_line(stage.name),
        stage.status.value,
        wording.count_tests(stage.tests),
        wording.duration(stage.duration_s),
        _first_line(stage),
    )


def _first_line(stage: StageResult) -> str:
    return wording.several_lines(stage.detail)[0]


def _row(cells: Sequence[str], widths: Sequence[int], styles: Sequence[str]) -> Text:
    row = Text()
    for index, (cell, width, style) in enumerate(zip(cells, widths, styles, strict=True)):
        padding = " " * (width - len(cell))
        row.append("  " if index else "")
        row.append(padding if index == _TIME else "")
        row.append(cell, style)
        row.append("" if index == _TIME else padding)
    row.rstrip()
    return row

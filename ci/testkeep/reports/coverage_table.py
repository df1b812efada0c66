"""Renders a coverage summary for those who sit at the terminal or read a job's log. Renders; never decides."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from testkeep.model.coverage_summary import CoverageSummary, FileSummary, Share
from testkeep.model.gap import Gap, shown_ranges
from testkeep.reports import _wording as wording
from testkeep.reports._printing import printed

_WIDEST_PATH = 60


def render(summary: CoverageSummary, *, width: int, color: bool) -> str:
    """Render everything: what was measured, the layers, the files with gaps, and what to write next."""
    return printed(_everything(summary), width=width, color=color).rstrip()


def render_files(summary: CoverageSummary, *, width: int, color: bool, most: int) -> str:
    """Render the files with gaps alone, those with the most missing lines first; empty if there are none."""
    files = _with_gaps(summary)
    if not files:
        return ""
    shown = sorted(files.items(), key=lambda entry: (-_missing(entry[1]), entry[0]))[:most]
    left = len(files) - len(shown)
    more = [Text(f"{wording.number(left, 'more file')} with gaps: 'testkeep coverage' shows all")] if left else []
    return printed([_files(dict(sorted(shown)), summary.branch), *more], width=width, color=color).rstrip()


def _everything(summary: CoverageSummary) -> Iterator[RenderableType]:
    head, base = wording.short_commit(summary.head), wording.short_commit(summary.base)
    what = "lines and branches" if summary.branch else "lines"
    yield Text.assemble(("coverage", "bold"), f" of {', '.join(summary.stages)}, in {what}: head {head}, base {base}")
    for note in summary.notes:
        yield Text(f"note: {wording.one_line(note)}")
    yield Text()
    yield _shares(summary)
    yield Text()
    files = _with_gaps(summary)
    yield _files(files, summary.branch) if files else Text("every line is run")
    whole = len(summary.files) - len(files)
    if files and whole:
        yield Text(f"{wording.number(whole, 'file')} without gaps: not shown")
    yield from _next(summary)


def _shares(summary: CoverageSummary) -> Table:
    table = _table("of", "run", "total", "coverage", "needed", "at the base")
    rows = {"all files": summary.overall, **{f"layer {name}": share for name, share in summary.layers.items()}}
    for name, share in rows.items():
        _share(table, name, share, wording.percent(share.base_percent))
    if summary.diff is not None:
        _share(table, "changed lines", summary.diff, "")
    return table


def _share(table: Table, name: str, share: Share, base: str) -> None:
    style = "red" if share.needed else "green"
    minimum = "" if share.minimum is None else wording.percent(share.minimum)
    if share.default is not None:
        minimum = wording.not_required(share.default)
    more = f", {wording.number(share.needed, 'more line')}" if share.needed else ""
    table.add_row(
        Text(wording.one_line(name)),
        str(share.covered),
        str(share.total),
        Text(wording.percent(share.percent), style),
        f"{minimum}{more}",
        base,
    )


def _with_gaps(summary: CoverageSummary) -> dict[str, FileSummary]:
    return {path: file for path, file in summary.files.items() if file.covered < file.total}


def _missing(file: FileSummary) -> int:
    return file.total - file.covered


def _files(files: dict[str, FileSummary], branch: bool) -> Table:
    table = _table("file", "total", "missing", "coverage", "missing lines")
    # A path can be copied if it stands on one line; the numbers can be wrapped.
    table.columns[0].min_width = min(max(map(len, files)), _WIDEST_PATH)
    for path, file in files.items():
        partial = [f"partly {', '.join(map(str, file.partial))}"] if branch and file.partial else []
        lines = "; ".join(filter(None, [shown_ranges(file.missing), *partial]))
        table.add_row(
            Text(wording.one_line(path)), str(file.total), str(_missing(file)), wording.percent(file.percent), lines
        )
    return table


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for title in titles:
        is_number = title in ("run", "total", "missing", "coverage")
        table.add_column(title, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    return table


def _next(summary: CoverageSummary) -> Iterator[Text]:
    needed = {key: share.needed for key, share in _by_key(summary).items() if share.needed}
    for key, gaps in summary.gaps.items():
        if gaps:
            yield Text()
            count = f"{wording.number(needed[key], 'more line')} must be run" if key in needed else "the largest gaps"
            yield Text.assemble(("what to write next", "bold"), f" for {wording.one_line(key)}: {count}")
            yield from (line for gap in gaps for line in _gap(gap))


def _by_key(summary: CoverageSummary) -> dict[str, Share]:
    layers = {f"coverage.layers.{name}": share for name, share in summary.layers.items()}
    changed = {"coverage.diff": summary.diff} if summary.diff is not None else {}
    return {"coverage.overall": summary.overall, **layers, **changed}


def _gap(gap: Gap) -> Iterator[Text]:
    where = f" in {wording.one_line(gap.function)}" if gap.function else ""
    yield Text(f"  {wording.one_line(gap.path)}:{gap.shown_ranges} ({wording.number(gap.missing, 'line')}{where})")
    yield from (Text(f"    near: {wording.one_line(test)}") for test in gap.tests)

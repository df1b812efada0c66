"""Shows a run while it goes on: a live table on a terminal, timestamped lines elsewhere."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from testkeep.pipeline.progress import Phase, StageProgress, Watcher
from testkeep.system.interpreter import environment_variables

_STYLES = {
    Phase.WAITING: "dim",
    Phase.RUNNING: "cyan",
    Phase.PASSED: "green",
    Phase.FAILED: "bold red",
    Phase.SKIPPED: "dim",
    Phase.ERROR: "bold red",
}
_OPEN = (Phase.WAITING, Phase.RUNNING)
_HEARTBEAT_S = 30.0


@contextlib.contextmanager
def watching(
    console: Console, environment: Mapping[str, str], label: str = "", *, quiet: bool = False
) -> Iterator[Watcher]:
    """Choose a view. ``label`` comes before every stage's name; ``quiet`` keeps failing stages' output back."""
    if console.is_terminal and not environment.get("CI"):
        with Live(console=console, refresh_per_second=8, transient=True) as live:
            yield _LiveView(console, live, label, quiet)
    else:
        yield _LineView(console, label, quiet)


@contextlib.contextmanager
def _commands_off(console: Console) -> Iterator[None]:
    """Keep GitHub from obeying commands in what tests print: by a word that they cannot know."""
    if environment_variables().get("GITHUB_ACTIONS") != "true":
        yield
        return
    word = secrets.token_hex(16)
    console.out(f"::stop-commands::{word}", highlight=False)
    yield
    console.out(f"::{word}::", highlight=False)


class _View:
    def __init__(self, console: Console, label: str, quiet: bool) -> None:
        self._console = console
        self._label = label
        self._quiet = quiet
        self._shown: dict[str, Phase] = {}

    def output(self, stage: str, text: str) -> None:
        """Print the whole output of a stage that did not pass, under its name."""
        if self._quiet:
            return
        self._console.rule(Text(f"{self._label}{stage}: output"), align="left", style="red")
        with _commands_off(self._console):
            self._console.out(text.rstrip("\n") or "(it printed nothing)", highlight=False)
        self._console.rule(Text(f"end of {self._label}{stage}"), align="left", style="red")

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(Text(text), soft_wrap=True)

    def _news(self, stages: tuple[StageProgress, ...]) -> list[StageProgress]:
        changed = [stage for stage in stages if self._shown.get(stage.name, Phase.WAITING) is not stage.phase]
        self._shown |= {stage.name: stage.phase for stage in stages}
        return changed

    def _line(self, stage: StageProgress) -> Text:
        return Text.assemble(
            f"{time.strftime('%H:%M:%S')}  {self._label}{stage.name:<12} ",
            (f"{stage.phase:<8}", _STYLES[stage.phase]),
            f" {_duration(stage)}  {_words(stage)}".rstrip(),
        )


class _LineView(_View):
    """One line when a stage begins, one when it ends, and now and then a sign of life."""

    def __init__(self, console: Console, label: str, quiet: bool) -> None:
        super().__init__(console, label, quiet)
        self._last_line = time.monotonic()

    def show(self, stages: tuple[StageProgress, ...]) -> None:
        """Print what has changed."""
        news = self._news(stages)
        if not news and time.monotonic() - self._last_line > _HEARTBEAT_S:
            news = [stage for stage in stages if stage.phase is Phase.RUNNING]
        for stage in news:
            self._console.print(self._line(stage), soft_wrap=True)
            self._last_line = time.monotonic()


class _LiveView(_View):
    """A table that is drawn again and again; a stage's line stays when it has ended."""

    def __init__(self, console: Console, live: Live, label: str, quiet: bool) -> None:
        super().__init__(console, label, quiet)
        self._live = live

    def show(self, stages: tuple[StageProgress, ...]) -> None:
        """Draw the stages that have not ended, and print a lasting line for those that just have."""
        for stage in self._news(stages):
            if stage.phase not in _OPEN:
                self._console.print(self._line(stage), soft_wrap=True)
        table = Table.grid(padding=(0, 2))
        for stage in stages:
            if stage.phase in _OPEN:
                table.add_row(
                    Text(f"{self._label}{stage.name}"),
                    Text(stage.phase, style=_STYLES[stage.phase]),
                    Text(_duration(stage)),
                    Text(_words(stage)),
                )
        self._live.update(table)


def _duration(stage: StageProgress) -> str:
    return f"{stage.duration_s:6.1f} s" if stage.phase is not Phase.WAITING else ""


def _words(stage: StageProgress) -> str:
    counts = ", ".join(f"{number} {outcome}" for outcome, number in stage.counts.items() if number)
    of_total = f" of {stage.total}" if stage.total and stage.phase is Phase.RUNNING else ""
    return f"{counts}{of_total}" if counts or not stage.detail else stage.detail

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

from testkeep.cli.screen import Screen
from testkeep.model.tool_output import ToolOutput
from testkeep.pipeline.progress import Phase, StageProgress, Watcher
from testkeep.reports.terminal import FEWEST_LINES, MOST_LINES, render_outputs
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
_MOST_PROGRESS = MOST_LINES - FEWEST_LINES


@contextlib.contextmanager
def watching(
    screen: Screen, environment: Mapping[str, str], label: str = "", *, with_output: bool = True
) -> Iterator[Watcher]:
    """Choose a view. ``label`` comes before every stage's name; without ``with_output`` that of tools is dropped."""
    try:
        if screen.is_quiet:
            yield _View(screen, label, with_output)
        elif screen.console.is_terminal and not environment.get("CI"):
            with Live(console=screen.console, refresh_per_second=8, transient=True) as live:
                yield _LiveView(screen, live, label, with_output)
        else:
            yield _LineView(screen, label, with_output)
    except BaseException:
        show_held_back(screen)
        raise


def show_held_back(screen: Screen) -> None:
    """Show excerpts of what tools printed, where no report will."""
    if screen.outputs and not screen.is_quiet:
        screen.write(render_outputs(screen.outputs, color=screen.color))
    screen.outputs.clear()


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
    """Says nothing, and keeps what tools print for the report, unless all of it is wanted at once."""

    def __init__(self, screen: Screen, label: str, with_output: bool) -> None:
        self._screen = screen
        self._console = screen.console
        self._label = label
        self._with_output = with_output
        self._shown: dict[str, Phase] = {}

    def show(self, stages: tuple[StageProgress, ...]) -> None:
        """Take a snapshot."""

    def output(self, output: ToolOutput) -> None:
        """Take the whole output of a tool that complained; print it, or keep it back for the report."""
        if not self._with_output:
            return
        if not self._screen.is_verbose:
            self._screen.hold(output)
            return
        name = f"{self._label}{output.stage}"
        self._console.rule(Text(f"{name}: output of {output.tool}"), align="left", style="red")
        with _commands_off(self._console):
            self._console.out(output.text.rstrip("\n") or "(it printed nothing)", highlight=False)
        self._console.rule(Text(f"end of {name}"), align="left", style="red")

    def say(self, text: str) -> None:
        """Print a line, unless the verdict alone is wanted."""
        if not self._screen.is_quiet:
            self._console.print(Text(text), soft_wrap=True)
            self._screen.printed += 1

    def again(self, stage: str, text: str) -> None:
        """Print that a stage runs again, and drop what was kept of the first try."""
        self._screen.outputs = [output for output in self._screen.outputs if output.stage != stage]
        if not self._screen.is_quiet:
            self._print(Text(text))

    def _news(self, stages: tuple[StageProgress, ...]) -> list[StageProgress]:
        changed = [stage for stage in stages if self._shown.get(stage.name, Phase.WAITING) is not stage.phase]
        self._shown |= {stage.name: stage.phase for stage in stages}
        return changed

    def _ended(self, stages: tuple[StageProgress, ...]) -> list[StageProgress]:
        """The stages that have just ended, after they did something."""
        return [stage for stage in self._news(stages) if stage.phase not in (*_OPEN, Phase.SKIPPED)]

    def _print(self, line: Text) -> None:
        """Print a line, if the report will have room enough below it."""
        if self._screen.is_verbose or self._screen.printed < _MOST_PROGRESS:
            self._console.print(line, soft_wrap=True)
            self._screen.printed += 1
            self._screen.names_stages |= self._with_output

    def _line(self, stage: StageProgress) -> Text:
        return Text.assemble(
            f"{time.strftime('%H:%M:%S')}  {self._label}{stage.name:<12} ",
            (f"{stage.phase:<8}", _STYLES[stage.phase]),
            f" {_duration(stage)}  {_words(stage)}".rstrip(),
        )


class _LineView(_View):
    """One line when a stage ends, and a sign of life now and then, ever more seldom; all of it if that is wanted."""

    def __init__(self, screen: Screen, label: str, with_output: bool) -> None:
        super().__init__(screen, label, with_output)
        self._last_line = time.monotonic()
        self._patience_s = _HEARTBEAT_S

    def show(self, stages: tuple[StageProgress, ...]) -> None:
        """Print what has changed."""
        verbose = self._screen.is_verbose
        news = self._news(stages) if verbose else self._ended(stages)
        lines = [self._line(stage) for stage in news]
        if not lines and time.monotonic() - self._last_line > self._patience_s:
            lines = [self._line(stage) for stage in stages if stage.phase is Phase.RUNNING]
            if lines and not verbose:
                lines = [_sign_of_life(self._label, stages)]
                self._patience_s *= 2
        for line in lines:
            self._print(line)
            self._last_line = time.monotonic()


class _LiveView(_View):
    """A table that is drawn again and again; a stage's line stays when it has ended."""

    def __init__(self, screen: Screen, live: Live, label: str, with_output: bool) -> None:
        super().__init__(screen, label, with_output)
        self._live = live

    def show(self, stages: tuple[StageProgress, ...]) -> None:
        """Draw the stages that have not ended, and print a lasting line for those that just have."""
        for stage in self._ended(stages):
            self._print(self._line(stage))
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


def _sign_of_life(label: str, stages: tuple[StageProgress, ...]) -> Text:
    running = [f"{label}{stage.name} {_words(stage)}".rstrip() for stage in stages if stage.phase is Phase.RUNNING]
    return Text(f"{time.strftime('%H:%M:%S')}  running: {'; '.join(running)}")


def _duration(stage: StageProgress) -> str:
    return f"{stage.duration_s:6.1f} s" if stage.phase is not Phase.WAITING else ""


def _words(stage: StageProgress) -> str:
    counts = ", ".join(f"{number} {outcome.replace('-', ' ')}" for outcome, number in stage.counts.items() if number)
    of_total = f" of {stage.total}" if stage.total and stage.phase is Phase.RUNNING else ""
    return f"{counts}{of_total}" if counts or not stage.detail else stage.detail

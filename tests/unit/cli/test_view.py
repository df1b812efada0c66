"""What is shown of a run while it goes on, on a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from testkeep.cli.screen import Loudness, Screen
from testkeep.cli.view import watching
from testkeep.model.tool_output import ToolOutput
from testkeep.pipeline.progress import Phase, StageProgress
from testkeep.reports.terminal import FEWEST_LINES, MOST_LINES

OUTPUT = ToolOutput(stage="lint", tool="ruff", text="a.py:1: E501\n", log="lint.0.log")


def a_screen(loudness: Loudness = Loudness.SHORT) -> Screen:
    """Build a screen that is a pipe."""
    return Screen(loudness, Console(file=StringIO(), force_terminal=False, width=80))


def lines_of(screen: Screen) -> list[str]:
    """What stands on a screen, without the time of day."""
    file = screen.console.file
    assert isinstance(file, StringIO)
    return [line[10:] if line[2:3] == ":" else line for line in file.getvalue().splitlines()]


def at(name: str, phase: Phase, **counts: int) -> tuple[StageProgress, ...]:
    """Build a snapshot of one stage."""
    return (StageProgress(name, phase=phase, counts=counts, duration_s=1.0),)


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the clock stand still, and go on by so many seconds when it is told to."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def advance(seconds: float) -> None:
        now[0] += seconds

    return advance


@pytest.mark.parametrize(
    ("loudness", "expected"),
    [
        pytest.param(Loudness.QUIET, [], id="quiet"),
        pytest.param(Loudness.SHORT, ["unit         passed      1.0 s  4 passed"], id="short: the end"),
        pytest.param(
            Loudness.VERBOSE,
            ["unit         running     1.0 s", "unit         passed      1.0 s  4 passed"],
            id="verbose: begin and end",
        ),
    ],
)
def test_watching__stage_begins_and_ends__is_said(loudness: Loudness, expected: list[str]) -> None:
    screen = a_screen(loudness)
    with watching(screen, {}) as watcher:
        for snapshot in (at("unit", Phase.RUNNING), at("unit", Phase.PASSED, passed=4), at("unit", Phase.PASSED)):
            watcher.show(snapshot)
    assert (lines_of(screen), screen.printed, screen.names_stages) == (expected, len(expected), bool(expected))


def test_watching__stage_without_tests__is_left_to_the_report() -> None:
    screen = a_screen()
    with watching(screen, {}) as watcher:
        watcher.show(at("migration", Phase.SKIPPED))
    assert lines_of(screen) == []


def test_watching__many_stages__leave_room_for_the_report() -> None:
    screen = a_screen()
    with watching(screen, {}, label="base: ", with_output=False) as watcher:
        for number in range(50):
            watcher.show(at(f"unit-{number}", Phase.PASSED))
    assert (screen.printed, len(lines_of(screen))) == (MOST_LINES - FEWEST_LINES, MOST_LINES - FEWEST_LINES)
    assert not screen.names_stages


def test_watching__long_stage__gives_signs_of_life_ever_more_seldom(pass_time: Callable[[float], None]) -> None:
    screen = a_screen()
    with watching(screen, {}) as watcher:
        for _ in range(360):
            watcher.show(at("unit", Phase.RUNNING, passed=7))
            pass_time(10.0)
    assert lines_of(screen) == ["running: unit 7 passed"] * 6  # in an hour


@pytest.mark.parametrize(
    ("loudness", "expected"), [(Loudness.QUIET, []), (Loudness.SHORT, ["base: 3 s"]), (Loudness.VERBOSE, ["base: 3 s"])]
)
def test_watching__something_is_said__is_a_line_unless_the_verdict_alone_is_wanted(
    loudness: Loudness, expected: list[str]
) -> None:
    screen = a_screen(loudness)
    with watching(screen, {}) as watcher:
        watcher.say("base: 3 s")
    assert (lines_of(screen), screen.printed) == (expected, len(expected))


@pytest.mark.parametrize("loudness", [Loudness.SHORT, Loudness.QUIET])
def test_watching__output_of_a_tool__is_held_back_for_the_report(loudness: Loudness) -> None:
    screen = a_screen(loudness)
    with watching(screen, {}) as watcher:
        watcher.output(OUTPUT)
    assert (lines_of(screen), screen.setting("r.html").outputs) == ([], (OUTPUT,))


def test_watching__run_is_interrupted__shows_what_was_held_back() -> None:
    screen = a_screen()

    def interrupted() -> None:
        with watching(screen, {}) as watcher:
            watcher.output(OUTPUT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert lines_of(screen) == ["lint: output of ruff", "  a.py:1: E501"]


@pytest.mark.parametrize(
    ("loudness", "expected"),
    [
        pytest.param(Loudness.QUIET, [], id="quiet"),
        pytest.param(
            Loudness.SHORT,
            ["e2e          failed      1.0 s  1 failed", "e2e runs again", "e2e          passed      1.0 s  1 passed"],
            id="short",
        ),
    ],
)
def test_watching__stage_runs_again__says_so_and_drops_what_the_first_try_printed(
    loudness: Loudness, expected: list[str]
) -> None:
    screen = a_screen(loudness)
    with watching(screen, {}) as watcher:
        watcher.output(OUTPUT)
        watcher.output(ToolOutput(stage="e2e", tool="pytest", text="E", log="e2e.log"))
        watcher.show(at("e2e", Phase.FAILED, failed=1))
        watcher.again("e2e", "e2e runs again")
        watcher.show(at("e2e", Phase.RUNNING))
        watcher.show(at("e2e", Phase.PASSED, passed=1))
    assert (lines_of(screen), screen.outputs) == (expected, [OUTPUT])


def test_watching__verbose__prints_output_at_once() -> None:
    screen = a_screen(Loudness.VERBOSE)
    with watching(screen, {}) as watcher:
        watcher.output(OUTPUT)
    lines = lines_of(screen)
    assert ("lint: output of ruff" in lines[0], lines[1], screen.outputs) == (True, "a.py:1: E501", [])


def test_screen__pipe__has_no_width_of_its_own() -> None:
    terminal = Screen(Loudness.SHORT, Console(file=StringIO(), force_terminal=True, width=80))
    assert (terminal.width, a_screen().width > 10_000) == (80, True)

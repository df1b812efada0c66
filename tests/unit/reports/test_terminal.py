"""The report at the end of a run."""

from __future__ import annotations

import re

import pytest

from testkeep.model.verdict import CoverageResult, Decision, StageResult, StageStatus
from testkeep.reports.terminal import render
from unit.reports.verdicts import (
    FULL_FINDINGS,
    FULL_STAGES,
    a_finding,
    a_full_verdict,
    a_hostile_verdict,
    a_verdict,
    forty,
)

FULL = f"""\
testkeep: head 3f2a9c1b7e, base 9d8c7b6a5f

{FULL_STAGES}
coverage:     overall 91.3%, diff n/a, service 99.99%, router 100%
conservation: 100 kept, 2 lost, 1 moved, 1 replaced, 1 retired, 1 waived
note: The policy is read from the base commit.

{FULL_FINDINGS}  passed at the base and is gone
    tests/unit/test_old.py::test_gone

FAIL: 3 errors, 1 warning, 1 note, 1 waived
"""

EMPTY = """\
testkeep: head worktree, base none

no stage ran

coverage:     not measured
conservation: not compared: there is no base

INCONCLUSIVE: no errors; not everything could be checked
"""


def plain(verdict_text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", verdict_text)


def test_render__something_of_everything__is_this_text() -> None:
    assert render(a_full_verdict(), width=100, color=False) == FULL


def test_render__nothing_at_all__says_so() -> None:
    verdict = a_verdict(decision=Decision.INCONCLUSIVE, head="worktree", base="none")
    assert render(verdict, width=100, color=False) == EMPTY


def test_render__with_color__differs_in_color_only() -> None:
    colored = render(a_full_verdict(), width=100, color=True)
    assert (plain(colored), "\x1b[1;31mFAIL" in colored) == (FULL, True)


def test_render__whatever_the_environment__is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    colored = render(a_full_verdict(), width=100, color=True)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "20", "TERM": "dumb", "TTY_COMPATIBLE": "0"}.items():
        monkeypatch.setenv(name, value)
    assert render(a_full_verdict(), width=100, color=True) == colored
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert render(a_full_verdict(), width=100, color=False) == FULL


@pytest.mark.parametrize("width", [1, 40, 60, 200])
@pytest.mark.parametrize("color", [False, True], ids=["plain", "color"])
def test_render__any_width__has_no_trailing_space_and_whole_test_ids(width: int, color: bool) -> None:
    lines = plain(render(a_full_verdict(), width=width, color=color)).split("\n")
    assert [line for line in lines if line != line.rstrip()] == []
    assert "    tests/unit/test_cart.py:20  tests/unit/test_cart.py::test_add[two words]" in lines


def test_render__message_names_a_test__is_not_wrapped() -> None:
    message = "replaced by tests/unit/test_cart.py::test_add[two words], which did not pass at the head commit"
    assert f"\n  {message}\n" in render(a_verdict(a_finding(message=message)), width=40, color=False)


def test_render__detail_names_a_test__stands_whole_in_the_table() -> None:
    detail = "killed while it ran tests/unit/test_cart.py::test_add[two words]"
    stages = (StageResult(name="unit", status=StageStatus.ERROR, detail=detail),)
    text = render(a_verdict(stages=stages), width=50, color=False)
    assert f"unit   error   -         -  {detail}\n" in text


def test_render__detail_of_two_lines__stands_whole_below_the_table() -> None:
    stages = (StageResult(name="unit", status=StageStatus.ERROR, detail="cut off\nby a signal"),)
    text = render(a_verdict(stages=stages), width=50, color=False)
    assert "unit   error   -         -  cut off\nunit: cut off\n      by a signal\n" in text


def test_render__stages_without_tests__take_one_line_for_each_reason() -> None:
    idle = {"migration": "nothing to do: no tests", "concurrency": "nothing to do: no tests", "typing": ""}
    stages = tuple(StageResult(name=name, status=StageStatus.SKIPPED, detail=why) for name, why in idle.items())
    left = StageResult(name="unit", status=StageStatus.SKIPPED, tests={"deselected": 3})
    lines = render(a_verdict(stages=(*stages, left)), width=80, color=False).splitlines()
    assert lines[3:6] == ["unit   skipped  3 deselected     -", "migration, concurrency: no tests", "typing: skipped"]


def test_render__report__is_named_before_the_verdict() -> None:
    lines = render(a_full_verdict(), width=100, color=False, report="a/report.html").splitlines()
    assert lines[-2:] == ["report: a/report.html", "FAIL: 3 errors, 1 warning, 1 note, 1 waived"]


def test_render__long_text__is_wrapped_beside_its_label() -> None:
    verdict = a_verdict(a_finding(message="one two three four five", help="six seven eight nine ten\nlast"))
    assert "  one two three four\n  five\n  help: six seven\n        eight nine\n        ten\n        last\n" in render(
        verdict, width=20, color=False
    )


def test_render__markup_and_emoji_codes__stay_as_they_are() -> None:
    text = "tests/a.py::test_a[[bold]x[/bold] [/] :smile: \\[red]]"
    verdict = a_verdict(
        a_finding(text, text, message=text, help=text, test=text, path=text),
        head=text,
        stages=(StageResult(name="[bold]unit", status=StageStatus.PASSED, tests={":smile:": 1}),),
        notes=(text,),
    )
    rendered = render(verdict, width=200, color=False)
    assert (rendered.count(text), "[bold]unit  passed  1 :smile:" in rendered) == (8, True)


@pytest.mark.parametrize("width", [30, 200])
def test_render__hostile_text__commands_neither_terminal_nor_runner(width: int) -> None:
    rendered = render(a_hostile_verdict(), width=width, color=False)
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\[|(?m:^\s*::)", rendered) == []
    rendered.encode()


def test_render__one_cause_and_several_tests__lists_them_below_one_place() -> None:
    text = render(a_verdict(forty(3, path="conftest.py", line=7)), width=100, color=False)
    assert (
        "TK201 newly-skipped: 1 error of 3 tests\n"
        "  skipped now\n"
        "    conftest.py:7  tests/test_a.py::test_0\n"
        "    tests/test_a.py::test_1\n"
        "    tests/test_a.py::test_2\n"
    ) in text


def test_render__branches_never_taken__are_listed_up_to_ten() -> None:
    coverage = CoverageResult(
        overall_percent=91.0, partial_branches={"app/a.py": dict.fromkeys(range(1, 13), ("9", "exit"))}
    )
    lines = render(a_verdict(coverage=coverage), width=80, color=False).splitlines()
    start = lines.index("changed lines that ran without taking all of their branches:")
    assert lines[start + 1] == "  app/a.py:1 never went to line 9 or exit"
    assert lines[start + 10 : start + 12] == [
        "  app/a.py:10 never went to line 9 or exit",
        "  2 more lines: verdict.json has all",
    ]


def test_render__id_that_fills_the_screen__is_cut() -> None:
    finding = a_finding(test=f"t.py::test_x[{'a' * 10_000}]", path="t.py", line=3)
    shown = render(a_verdict(finding), width=100, color=False)
    assert f"t.py:3  t.py::test_x[{'a' * 287}…\n" in shown

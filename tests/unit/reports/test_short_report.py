"""The report at the end of a run, on one page."""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec
import pytest

from testkeep.model.finding import Finding, Severity
from testkeep.model.tool_output import ToolOutput
from testkeep.model.verdict import CoverageResult, StageResult, StageStatus, Verdict
from testkeep.reports.terminal import (
    FEWEST_LINES,
    MOST_LINES,
    Setting,
    render,
    render_headline,
    render_outputs,
    render_short,
)
from unit.reports.verdicts import (
    FULL_FINDINGS,
    FULL_STAGES,
    a_finding,
    a_full_verdict,
    a_hostile_verdict,
    a_verdict,
    forty,
)

REPORT = ".testkeep/report/report.html"
NAMES = ("format", "lint", "typing", "unit", "integration", "migration", "concurrency")
SEVEN = tuple(StageResult(name=name, status=StageStatus.FAILED, tests={"failed": 9}) for name in NAMES)
HELP = "\n".join(f"help {number}" for number in range(12))

SHORT = f"""\
testkeep: head 3f2a9c1b7e, base 9d8c7b6a5f
{FULL_STAGES}coverage:     overall 91.3%, diff n/a, service 99.99%, router 100%; 'testkeep coverage' shows the gaps
conservation: 100 kept, 2 lost, 1 moved, 1 replaced, 1 retired, 1 waived

note: The policy is read from the base commit.

{FULL_FINDINGS}
report: .testkeep/report/report.html
FAIL: 3 errors, 1 warning, 1 note, 1 waived
"""


def short(verdict: Verdict, *outputs: ToolOutput, printed: int = 0) -> list[str]:
    """Render on a pipe."""
    return render_short(verdict, Setting(report=REPORT, outputs=outputs, printed=printed)).splitlines()


def many(code: str, n: int, severity: Severity = Severity.ERROR, *, helps: int = 1) -> list[Finding]:
    """Build findings of one code, of different tests; their helps may differ."""
    return [
        a_finding(
            code,
            "rule",
            severity=severity,
            message=f"said by {code}",
            help=f"{HELP} {number % helps}",
            test=f"tests/a.py::test_{number:03}",
            path="tests/a.py",
            line=number + 1,
        )
        for number in range(n)
    ]


def output(stage: str = "lint", n: int = 783, *, tool: str = "ruff", ends_with_summary: bool = False) -> ToolOutput:
    """Build what a tool printed."""
    text = "".join(f"line {number}\n\n" for number in range(1, n + 1))
    return ToolOutput(stage=stage, tool=tool, text=text, log=f"{stage}.log", ends_with_summary=ends_with_summary)


FIVE_HUNDRED = a_verdict(
    *many("TK101", 100),
    *many("TK102", 90),
    *many("TK203", 100, helps=100),
    *many("TK303", 10),
    *many("TK402", 100, Severity.WARNING),
    *many("TK405", 100, Severity.NOTE),
    stages=SEVEN,
    coverage=CoverageResult(overall_percent=80.0, partial_branches={"a.py": dict.fromkeys(range(1, 40), ("9",))}),
    notes=("first", "second", "third"),
)


def test_render_short__something_of_everything__is_this_text() -> None:
    assert render_short(a_full_verdict(), Setting(report=REPORT)) == SHORT


def test_render_short__nothing_at_all__is_short() -> None:
    assert short(a_verdict())[1:] == [
        "no stage ran",
        "coverage:     not measured",
        "conservation: 3 kept, 0 lost",
        "",
        f"report: {REPORT}",
        "FAIL: no errors",
    ]


@pytest.mark.parametrize("printed", [0, 7, MOST_LINES - FEWEST_LINES])
@pytest.mark.parametrize("n_outputs", [0, 1, 4])
def test_render_short__five_hundred_findings__fit_on_one_page(printed: int, n_outputs: int) -> None:
    outputs = [output(name) for name in NAMES[:n_outputs]]
    lines = short(FIVE_HUNDRED, *outputs, printed=printed)
    assert printed + len(lines) <= MOST_LINES
    assert lines[-2:] == [f"report: {REPORT}", "FAIL: 300 errors, 100 warnings, 100 notes"]


def test_render_short__five_hundred_findings__every_code_has_its_share_and_errors_have_more() -> None:
    lines = short(FIVE_HUNDRED)
    starts = [index for index, line in enumerate(lines) if line.startswith("TK")]
    lengths = [end - start for start, end in zip(starts, [*starts[1:], len(lines) - 3], strict=True)]
    assert [lines[start][:5] for start in starts] == ["TK101", "TK102", "TK203", "TK303", "TK402", "TK405"]
    assert (min(lengths[:4]) >= 4, lengths[4:]) == (True, [1, 1]), lines
    assert lines[starts[0] : starts[1]] == [
        "TK101 rule: 100 errors: said by TK101",
        "    tests/a.py:1  tests/a.py::test_000",
        "    tests/a.py:2  tests/a.py::test_001",
        "    tests/a.py:3  tests/a.py::test_002",
        "  help: help 0",
        f"        help 1 … 97 more, 10 more lines of help: {REPORT}",
    ]


def test_render_short__page_is_full_before_it_begins__names_what_is_left_out() -> None:
    notes = ("first", "second")
    verdict = msgspec.structs.replace(FIVE_HUNDRED, stages=(*SEVEN, *SEVEN[:4]), notes=notes)
    lines = short(verdict, *map(output, NAMES), printed=500)
    assert len(lines) == FEWEST_LINES
    said = [line.partition(":")[0] for line in lines if line.startswith("TK")]
    assert said == ["TK101 rule", "TK102 rule", "TK203 rule", "TK303 rule"]
    assert lines[-4] == f"… 2 more notes, 39 more partly run lines, TK402 (100 warnings), TK405 (100 notes): {REPORT}"


def _fitting(n: int) -> Verdict:
    """Everything but the findings takes 7 lines: the title, no stages, 2 summaries, a blank line, 2 at the end."""
    return a_verdict(*many("TK101", n))


@pytest.mark.parametrize(
    ("n", "has_blank_line", "is_whole"),
    [
        pytest.param(18, True, True, id="fits with the blank line before it"),
        pytest.param(19, False, True, id="boundary: fits exactly"),
        pytest.param(20, False, True, id="boundary: fits with the message beside the title"),
        pytest.param(21, False, False, id="boundary: one line too long"),
    ],
)
def test_render_short__boundary__is_cut_only_where_it_must(n: int, has_blank_line: bool, is_whole: bool) -> None:
    # The findings take a title, a message, a line each, and twelve lines of help.
    lines = short(_fitting(n))
    assert len(lines) == MOST_LINES
    assert (lines[4] == "", not any("…" in line for line in lines)) == (has_blank_line, is_whole)


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        pytest.param(1, ["TK101 rule: 30 errors: said by TK101"], id="one line"),
        pytest.param(
            2,
            [
                "TK101 rule: 30 errors: said by TK101",
                f"  help: help 0 … 30 more, 11 more lines of help: {REPORT}",
            ],
            id="two lines",
        ),
        pytest.param(
            5,
            [
                "TK101 rule: 30 errors: said by TK101",
                "    tests/a.py:1  tests/a.py::test_000",
                "    tests/a.py:2  tests/a.py::test_001",
                "  help: help 0",
                f"        help 1 … 28 more, 10 more lines of help: {REPORT}",
            ],
            id="five lines",
        ),
    ],
)
def test_render_short__findings_of_one_code__say_the_most_important_first(room: int, expected: list[str]) -> None:
    filling = MOST_LINES - 6 - 1 - room
    stages = tuple(StageResult(name=f"s{number}", status=StageStatus.FAILED) for number in range(filling))
    assert short(a_verdict(*many("TK101", 30), stages=stages))[-3 - room : -3] == expected


def test_render_short__branches_never_taken__take_ten_lines_at_most() -> None:
    coverage = CoverageResult(partial_branches={"a.py": dict.fromkeys(range(1, 13), ("9", "exit"))})
    lines = short(a_verdict(coverage=coverage))
    partly = [line for line in lines if "partly" in line]
    assert (partly[0], len(partly)) == ("partly run: a.py:1 never went to line 9 or exit", 10)
    assert partly[-1] == f"… 3 more partly run lines: {REPORT}"


def test_render_short__narrow_and_cut__keeps_the_message_in_one_piece() -> None:
    message = "one two three four five six seven eight nine ten"
    verdict = a_verdict(*(msgspec.structs.replace(one, message=message) for one in many("TK101", 40)))
    lines = render_short(verdict, Setting(width=30, report=REPORT)).splitlines()
    assert f"TK101 rule: 40 errors: {message}" in lines


def test_render_short__waived_findings__take_one_line() -> None:
    lines = short(a_verdict(forty(waived=True)))
    assert [line for line in lines if line.startswith(("TK", " "))] == [
        "TK201 newly-skipped: 1 error of 40 tests, waived"
    ]


def test_render_short__tests_of_one_finding__are_counted_one_by_one() -> None:
    lines = short(a_verdict(forty(), stages=SEVEN))
    shown = sum("::test_" in line for line in lines)
    assert (f"  … {40 - shown} more: {REPORT}" in lines, shown > 10) == (True, True)


def test_render_short__text_on_a_pipe__is_not_wrapped() -> None:
    words = "word " * 200
    verdict = a_verdict(a_finding(message=words, help=words), notes=(words,))
    assert sum(words.strip() in line for line in short(verdict)) == 3


# The output of tools -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Excerpt:
    first: str
    last: str
    length: int


@pytest.mark.parametrize(
    ("n", "ends_with_summary", "expected"),
    [
        pytest.param(783, False, _Excerpt("  line 1", "  … 763 more in lint.log", 21), id="static tools: the first"),
        pytest.param(783, True, _Excerpt("  … 763 more in lint.log", "  line 783", 21), id="pytest: the last"),
        pytest.param(21, False, _Excerpt("  line 1", "  … 1 more in lint.log", 21), id="boundary: one line more"),
        pytest.param(20, False, _Excerpt("  line 1", "  line 20", 20), id="boundary: as many as there is room for"),
        pytest.param(0, False, _Excerpt("  (it printed nothing)", "  (it printed nothing)", 1), id="nothing"),
    ],
)
def test_render_short__output_of_one_tool__takes_twenty_lines(
    n: int, ends_with_summary: bool, expected: _Excerpt
) -> None:
    lines = short(a_verdict(), output(n=n, ends_with_summary=ends_with_summary))
    start = lines.index("lint: output of ruff") + 1
    shown = lines[start : lines.index("", start)]
    assert _Excerpt(shown[0], shown[-1], len(shown)) == expected


def test_render_short__output_of_several_tools__shares_the_twenty_lines() -> None:
    lines = short(a_verdict(), *(output(name) for name in NAMES[:4]))
    assert sum(line.startswith("  line ") for line in lines) == 20
    assert lines.count("  line 5") == 4
    assert [line for line in lines if "778 more in" in line] == [f"  … 778 more in {name}.log" for name in NAMES[:4]]


def test_render_short__findings_say_it__names_the_output_alone() -> None:
    told = msgspec.structs.replace(output("typing", 9), is_in_findings=True)
    lines = short(a_verdict(), told)
    assert ("output of tools: typing.log (9 lines)" in lines, "  line 1" in lines) == (True, False)
    lines = short(a_verdict(), output("lint"), told)
    start = lines.index("lint: output of ruff")
    assert (lines[start + 20], lines[start + 22]) == ("  line 20", "more output of tools: typing.log (9 lines)")


def test_render_short__no_room_for_output__says_where_it_is() -> None:
    lines = short(FIVE_HUNDRED, output("lint"), output("typing", 9), printed=10)
    assert "output of tools: lint.log (783 lines), typing.log (9 lines)" in lines


def test_render_short__room_for_some_output__shows_the_first_and_says_where_the_others_are() -> None:
    verdict = a_verdict(*many("TK101", 20), *many("TK102", 20), stages=SEVEN)
    lines = short(verdict, output("lint"), output("typing"), output("unit", 5), printed=5)
    start = lines.index("lint: output of ruff")
    assert lines[start + 1 : start + 3] == ["  line 1", "  … 782 more in lint.log"]
    assert "more output of tools: unit.log (5 lines)" in lines


def test_render_short__lines_above_name_the_stages__are_not_repeated_where_room_is_short() -> None:
    setting = Setting(report=REPORT, printed=7, names_stages=True)
    idle = StageResult(name="e2e", status=StageStatus.SKIPPED, detail="nothing to do: no tests")
    stages = (*SEVEN, idle)
    lines = render_short(msgspec.structs.replace(FIVE_HUNDRED, stages=stages), setting).splitlines()
    assert (lines[1], any("failed" in line for line in lines)) == ("e2e: no tests", False)
    assert "unit         failed  9 failed     -" in render_short(a_verdict(stages=stages), setting).splitlines()


def test_render_short__output_has_colors_and_commands__has_none_any_more() -> None:
    text = "\x1b[31mred\x1b[0m\n::error::x\n##[error]y\n"
    lines = short(a_verdict(), msgspec.structs.replace(output(), text=text))
    assert lines[lines.index("  red") + 1 :][:2] == ["  : :error::x", "  # #[error]y"]


def test_render_outputs__no_verdict_follows__are_the_same_excerpts() -> None:
    lines = render_outputs([output(), output("unit", ends_with_summary=True)], color=False).splitlines()
    assert (lines[0], len(lines)) == ("lint: output of ruff", 2 * 12)


# Everything and nothing --------------------------------------------------------------------------------------------


def test_render__five_hundred_findings__says_all_of_them() -> None:
    text = render(FIVE_HUNDRED, width=100, color=False, report=REPORT)
    assert (text.count("::test_"), "…" in text) == (500, False)


def test_render_headline__any_verdict__is_one_line() -> None:
    assert render_headline(FIVE_HUNDRED, color=False) == "FAIL: 300 errors, 100 warnings, 100 notes\n"


@pytest.mark.parametrize("width", [30, 200])
def test_render_short__hostile_text__commands_neither_terminal_nor_runner(width: int) -> None:
    hostile = msgspec.structs.replace(output(), text=a_hostile_verdict().head, tool=a_hostile_verdict().head)
    rendered = render_short(a_hostile_verdict(), Setting(width=width, report=REPORT, outputs=(hostile,)))
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\[|(?m:^\s*::)", rendered) == []
    assert len(rendered.splitlines()) <= MOST_LINES

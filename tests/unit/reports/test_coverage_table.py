"""The coverage as a person at the terminal sees it."""

from __future__ import annotations

import msgspec

from builders import BASE
from testkeep.model.coverage_summary import CoverageSummary, FileSummary, Share
from testkeep.model.gap import Gap
from testkeep.reports.coverage_table import render, render_files

_FULL = FileSummary(covered=3, total=3, percent=100.0, layer="", missing=())
_API = FileSummary(covered=5, total=10, percent=50.0, layer="api", missing=((5, 9), (12, 12)), partial=(2, 3))
_OTHER = FileSummary(covered=9, total=10, percent=90.0, layer="", missing=((7, 7),))
_NEAR = "tests/test_api.py::test_get"
_GAP = Gap(path="app/api.py", function="Api.get", line=5, missing=3, ranges=((5, 9),), tests=(_NEAR,))
_SUMMARY = CoverageSummary(
    schema="testkeep.coverage/1",
    head="worktree",
    base=BASE,
    stages=("unit", "integration"),
    branch=True,
    overall=Share(covered=17, total=23, percent=73.91, minimum=87.0, needed=4, base_percent=80.0),
    layers={"api": Share(covered=5, total=10, percent=50.0, minimum=50.0)},
    diff=Share(covered=0, total=0, percent=None, minimum=90.0),
    files={"app/api.py": _API, "app/full.py": _FULL, "app/other.py": _OTHER},
    gaps={"coverage.overall": (_GAP, msgspec.structs.replace(_GAP, function="", missing=1, tests=()))},
    notes=("e2e not measured",),
)


def test_render__whole_summary__is_read_from_the_numbers_to_what_to_do() -> None:
    assert render(_SUMMARY, width=90, color=False).splitlines() == [
        "coverage of unit, integration, in lines and branches: head worktree, base 9d8c7b6a5f",
        "note: e2e not measured",
        "",
        "of             run  total  coverage  needed             at the base",
        "all files       17     23    73.91%  87%, 4 more lines  80%",
        "layer api        5     10       50%  50%                n/a",
        "changed lines    0      0       n/a  90%",
        "",
        "file          total  missing  coverage  missing lines",
        "app/api.py       10        5       50%  5-9, 12; partly 2, 3",
        "app/other.py     10        1       90%  7",
        "1 file without gaps: not shown",
        "",
        "what to write next for coverage.overall: 4 more lines must be run",
        "  app/api.py:5-9 (3 lines in Api.get)",
        "    near: tests/test_api.py::test_get",
        "  app/api.py:5-9 (1 line)",
    ]


def test_render__everything_is_run__says_so() -> None:
    whole = msgspec.structs.replace(_SUMMARY, files={"app/full.py": _FULL}, gaps={"coverage.overall": ()}, notes=())
    assert render(whole, width=90, color=False).splitlines()[-1] == "every line is run"


def test_render__nothing_is_missed__names_the_largest_gaps() -> None:
    enough = msgspec.structs.replace(_SUMMARY, overall=Share(covered=17, total=23, percent=73.91, minimum=50.0))
    assert "what to write next for coverage.overall: the largest gaps" in render(enough, width=90, color=False)


def test_render_files__more_than_shown__are_counted_and_the_worst_are_kept() -> None:
    assert render_files(_SUMMARY, width=90, color=False, most=1).splitlines() == [
        "file        total  missing  coverage  missing lines",
        "app/api.py     10        5       50%  5-9, 12; partly 2, 3",
        "1 more file with gaps: 'testkeep coverage' shows all",
    ]
    assert render_files(_SUMMARY, width=90, color=False, most=2).count("\n") == 2


def test_render_files__no_gaps__is_nothing() -> None:
    whole = msgspec.structs.replace(_SUMMARY, files={"app/full.py": _FULL})
    assert render_files(whole, width=90, color=False, most=9) == ""


def test_render__text_from_outside__cannot_move_the_cursor() -> None:
    gap = msgspec.structs.replace(_GAP, path="\x1b[1A", function="f\n::error::")
    evil = msgspec.structs.replace(_SUMMARY, files={"app/\x1b[2J.py": _API}, gaps={"coverage.overall": (gap,)})
    text = render(evil, width=90, color=False)
    assert "\x1b" not in text
    assert "\n::" not in text


def test_render__minimum_that_nobody_wrote_down__is_shown_as_the_default() -> None:
    share = Share(covered=17, total=23, percent=73.91, default=87.0)
    text = render(msgspec.structs.replace(_SUMMARY, overall=share), width=120, color=False)

    assert "87% is the default, not required" in text

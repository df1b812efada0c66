"""How much the commands print on a pipe, and what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integration.cli.covered_project import CHOOSE, IMPORTS_CHOOSE, covered_project
from repositories import GitProject

MOST_LINES = 40
FAILING = "".join(
    f"def test_failing_{number}():\n    assert {number} == -1, 'not {number}'\n\n\n" for number in range(60)
)
UNFORMATTED = "import os, sys\n" + "".join(f"x{number} = {{  'a':{number} }}\n" for number in range(150))
UNDEFINED = "".join(f"y{number} = undefined_{number}\n" for number in range(50))
TOOLS = "[tool.ruff]\n[tool.black]\n[tool.mypy]\n"
COUNTS = """stages = ["lint"]\ncommands.lint = ["sh -c 'seq 50; exit 1'"]\n"""
FATAL = """commands.lint = ["sh -c 'echo app/more.py:1:1: X1 bad; echo why; echo error: no space; exit 1'"]\n"""
MISTYPED = "".join(f"A{number}: int = 'x'\n" for number in range(50))
STATIC, TESTS = ("format", "lint", "typing"), ("unit", "integration")
LONG = "a message that is longer than the eighty columns that a terminal is taken for where there is none"


@pytest.fixture
def red(project: GitProject) -> GitProject:
    """Let everything go wrong that can: against the base there are lost tests, and three tools complain."""
    project.commit()
    project.remove("tests/unit/test_calc.py")
    project.commit(
        {
            "pyproject.toml": TOOLS,
            "app/ugly.py": UNFORMATTED + UNDEFINED,
            "app/mistyped.py": MISTYPED,
            "tests/unit/test_failing.py": FAILING,
            "tests/integration/test_also.py": FAILING,
        }
    )
    return project


def test_run__all_is_red__fits_on_forty_lines_with_the_verdict_last(red: GitProject) -> None:
    base = red.git("rev-list", "--max-parents=0", "HEAD")

    run = red.testkeep("run", "--base", base)

    lines = run.output.splitlines()
    assert run.exit_code == 1
    assert {"TK101", "TK106", "TK203"} <= set(run.codes)
    assert len(lines) <= MOST_LINES, run.output
    assert lines[-2:] == [
        "report: .testkeep/report/report.html",
        next(line for line in lines if line.startswith("FAIL: ")),
    ]
    assert [stage for stage in (*STATIC, *TESTS) if f"  {stage} " not in run.output] == []
    assert ("migration, concurrency: no tests" in lines, "'testkeep fix'" in run.output) == (True, True)
    for log in re.findall(r"\.testkeep/\S+\.log", run.output):
        assert (red.root / log).is_file()
    assert {"lint.0.log", "unit.log"} <= {
        log.rpartition("/")[2] for log in re.findall(r"\.testkeep/\S+\.log", run.output)
    }


def test_run__one_red_tool__says_each_complaint_once_and_names_its_log(project: GitProject) -> None:
    project.commit({"pyproject.toml": TOOLS, "app/ugly.py": UNDEFINED})

    run = project.testkeep("run", "lint", "--base", "none")

    lines = run.output.splitlines()
    assert [sum(f"undefined_{number}`" in line for line in lines) for number in range(3)] == [1, 1, 1]
    assert any(re.fullmatch(r"output of tools: \S+/lint\.0\.log \(\d+ lines\)", line) for line in lines)
    assert len(lines) <= MOST_LINES


def test_run__an_error_without_a_place_beside_a_complaint__output_is_shown(project: GitProject) -> None:
    project.commit({"testkeep.toml": FATAL, "app/more.py": "x = 1\n"})

    run = project.testkeep("run", "lint", "--base", "none")

    assert [line in run.output.splitlines() for line in ("lint: output of sh", "  why")] == [True, True]


def test_run__output_of_no_known_form__is_shown_in_at_most_twenty_lines(project: GitProject) -> None:
    project.commit({"testkeep.toml": COUNTS, "app/more.py": "x = 1\n"})

    lines = project.testkeep("run", "lint", "--base", "none").output.splitlines()

    start = lines.index("lint: output of sh")
    end = next(index for index, line in enumerate(lines) if re.fullmatch(r"  … \d+ more in \S+/lint\.1\.log", line))
    assert 0 < end - start - 1 <= 20


def test_run__failing_tests__shows_the_end_of_what_pytest_printed(project: GitProject) -> None:
    project.commit({"tests/unit/test_failing.py": FAILING})

    run = project.testkeep("run", "unit", "--base", "none")

    before_findings = run.output.partition("TK101")[0].rstrip().splitlines()
    assert "60 failed" in before_findings[-1]


@pytest.mark.parametrize(
    ("files", "codes", "is_shown"),
    [
        pytest.param({"pytest.ini": "[pytest]\naddopts = --assert=plain\n"}, ["TK501"], False, id="it says: passed"),
        pytest.param(
            {"conftest.py": "def pytest_sessionfinish(session):\n    session.exitstatus = 1\n    print('too few')\n"},
            ["TK101"],
            True,
            id="it may say why",
        ),
    ],
)
def test_run__stage_is_red_and_no_test_failed__shows_what_pytest_printed_if_it_can_help(
    project: GitProject, files: dict[str, str], codes: list[str], is_shown: bool
) -> None:
    project.commit(files)

    run = project.testkeep("run", "unit", "--base", "none")

    lines = run.output.splitlines()
    assert (run.codes, "unit: output of pytest" in lines) == (codes, is_shown)
    assert any(re.fullmatch(r"output of tools: \S+/unit\.log \(\d+ lines\)", line) for line in lines) is not is_shown


def test_run__verbose__says_everything(red: GitProject) -> None:
    run = red.testkeep("run", "--base", "none", "--verbose")

    lines = run.output.splitlines()
    assert all(f"not {number}" in run.output for number in range(60))
    assert re.search(r"^\S+  unit +running ", run.output, re.MULTILINE)
    assert lines[-2:] == [
        "report: .testkeep/report/report.html",
        next(line for line in lines if line.startswith("FAIL: ")),
    ]


@pytest.mark.parametrize("command", [("run", "unit"), ("gate",)], ids=["run", "gate"])
def test_quiet__any_command_that_judges__prints_the_verdict_alone(
    project: GitProject, command: tuple[str, ...]
) -> None:
    project.commit({"tests/unit/test_failing.py": "def test_failing():\n    assert 1 == 2\n"})
    project.testkeep("run", "--base", "none")

    done = project.testkeep(*command, "--base", "none", "--quiet")

    assert (done.exit_code, len(done.output.splitlines()), done.output[:6]) == (1, 1, "FAIL: "), done.output


def test_render__quiet_and_verbose__say_one_line_and_everything(red: GitProject) -> None:
    red.testkeep("run", "--base", "none")
    verdict = ".testkeep/report/verdict.json"

    quiet, short, verbose = (red.testkeep("render", *how, verdict).output for how in (["-q"], [], ["-v"]))

    lengths = [len(text.splitlines()) for text in (quiet, short, verbose)]
    assert (lengths[0], lengths[1] <= MOST_LINES, lengths[2] > 120) == (1, True, True)
    assert quiet == short.splitlines()[-1] + "\n"


def test_render__encoding_without_an_ellipsis__still_says_the_verdict(red: GitProject) -> None:
    red.testkeep("run", "--base", "none")

    done = red.testkeep("render", ".testkeep/report/verdict.json", PYTHONIOENCODING="ascii")

    assert (done.exit_code, done.output.splitlines()[-1][:6], "? " in done.output) == (0, "FAIL: ", True), done.errors


def test_run__long_lines_on_a_pipe__are_not_wrapped(project: GitProject) -> None:
    project.commit({"tests/unit/test_failing.py": f"def test_failing():\n    raise ValueError({LONG!r})\n"})

    run = project.testkeep("run", "unit", "--base", "none")

    assert LONG in run.output


@pytest.mark.parametrize(
    ("how", "has_hint", "has_table"),
    [
        pytest.param((), True, False, id="by default, one line that names the command"),
        pytest.param(("-v",), False, True, id="verbose, the table"),
    ],
)
def test_run__coverage_has_gaps__says_so_in_short_or_in_full(
    tmp_path: Path, how: tuple[str, ...], has_hint: bool, has_table: bool
) -> None:
    files = {"app/choose.py": CHOOSE, "tests/unit/test_choose.py": IMPORTS_CHOOSE}
    project = covered_project(tmp_path / "repository", files)

    run = project.testkeep("run", "--base", "none", *how)

    assert ("'testkeep coverage' shows the gaps" in run.output) is has_hint, run.output
    assert ("missing lines" in run.output) is has_table

"""TK303 to TK305 on real changes: the lines that are new, what is lower than it was, and what nobody measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from integration.cli.covered_project import (
    CALC,
    CHOOSE,
    IMPORTS_CHOOSE,
    TEST_CALC,
    covered_project,
    numbers,
    places,
)
from repositories import GitProject

SUBTRACT = "\n\ndef subtract(a, b):\n    return a - b\n"
TEST_SUBTRACT = "\n\ndef test_subtract():\n    from app.calc import subtract\n\n    assert subtract(2, 1) == 1\n"
TEMPLATE = "class {{name}}:\n    {{ fields }}\n"
TEMPLATE_FILE = "app/templates/{{name}}.py"


def _add_lines(project: GitProject) -> None:
    project.commit({"app/calc.py": CALC + SUBTRACT})


def _add_lines_with_test(project: GitProject) -> None:
    project.commit({"app/calc.py": CALC + SUBTRACT, "tests/unit/test_calc.py": TEST_CALC + TEST_SUBTRACT})


def _add_docstrings(project: GitProject) -> None:
    """Before coverage.py 7.13.5 its report has docstrings among the executed lines."""
    changed = f'"""Sums,\nand differences."""\n\n{CALC}' + SUBTRACT.replace(":\n", ':\n    """Take away."""\n')
    project.commit({"app/calc.py": changed})


def _comment(project: GitProject) -> None:
    project.commit({"app/calc.py": f"# Sums.\n{CALC}"})


def _add_untracked(project: GitProject) -> None:
    project.write({"app/choose.py": CHOOSE, "tests/unit/test_choose.py": IMPORTS_CHOOSE})


HALF = "coverage of the changed lines is 50 %, and 90 % are needed: 1 more line of 2 must be run"
QUARTER = "coverage of the changed lines is 25 %, and 90 % are needed: 3 more lines of 4 must be run"


@pytest.mark.parametrize(
    ("change", "arguments", "diff_percent", "expected"),
    [
        pytest.param(_add_lines, [], 50.0, [("TK303", HALF, "app/calc.py", 6)], id="new lines that no test runs"),
        pytest.param(_add_docstrings, [], 50.0, [("TK303", HALF, "app/calc.py", 10)], id="docstrings do not count"),
        pytest.param(_add_lines_with_test, [], 100.0, [], id="new lines with a test"),
        pytest.param(_comment, [], None, [], id="nothing that can be run"),
        pytest.param(_add_untracked, [], 25.0, [("TK303", QUARTER, "app/choose.py", 2)], id="untracked file"),
        pytest.param(_add_untracked, ["--ignore-untracked"], None, [], id="untracked file is ignored"),
    ],
)
def test_diff__change__blocks_where_too_few_of_its_lines_are_run(
    tmp_path: Path,
    change: Callable[[GitProject], None],
    arguments: list[str],
    diff_percent: float | None,
    expected: list[tuple[str, str, str, int]],
) -> None:
    project = covered_project(tmp_path / "repository", diff=90)
    base = project.git("rev-parse", "HEAD")
    change(project)

    run = project.testkeep("run", "--base", base, "--coverage-reports", *arguments)

    found = [(finding.code, finding.message, finding.path, finding.line) for finding in run.findings]
    shown = "n/a" if diff_percent is None else f"{diff_percent:g}%"
    assert (run.exit_code, found) == (1 if expected else 0, expected), run.output
    assert run.verdict.coverage.diff_percent == diff_percent
    assert f"diff {shown}" in run.output
    reports = {path.name for path in (project.root / ".testkeep" / "report").glob("diff-cover.*")}
    assert reports == (set() if diff_percent is None else {"diff-cover.html", "diff-cover.json", "diff-cover.md"})


def test_diff__project_in_a_folder_of_the_repository__names_the_line_from_the_repositorys_root(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", folder="services/billing", diff=90)
    _add_lines(project)

    run = project.testkeep("run")

    assert places(run) == [("TK303", "coverage.diff", "services/billing/app/calc.py", 6)]


@pytest.mark.parametrize(
    ("slack", "allowed", "blocks"),
    [
        pytest.param(0, "", True, id="no slack"),
        pytest.param(24.99, "; 24.99 percent points are allowed", True, id="slack is too little"),
        pytest.param(25, "", False, id="slack is enough"),
    ],
)
def test_ratchet__new_file_that_no_test_runs__blocks_with_both_numbers_unless_there_is_slack(
    tmp_path: Path, slack: float, allowed: str, blocks: bool
) -> None:
    project = covered_project(tmp_path / "repository", ratchet="true", slack_percent=slack)
    project.commit({"app/calc.py": CALC + SUBTRACT})  # 3 of 4 lines

    run = project.testkeep("run")

    message = f"coverage fell from 100 % (2 of 2) to 75 % (3 of 4){allowed}"
    found = [(finding.code, finding.message, finding.test) for finding in run.findings]
    assert (run.exit_code, found) == ((1, [("TK304", message, "coverage.ratchet")]) if blocks else (0, []))
    assert numbers(run) == (75.0, 50.0, 100.0)


def test_ratchet__is_off__measures_no_base(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", ratchet="false")
    base = project.git("rev-parse", "HEAD")
    project.commit({"app/choose.py": CHOOSE, "tests/unit/test_choose.py": IMPORTS_CHOOSE})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)) == (0, [], (50.0, 25.0, None))
    (of_base,) = (project.root / ".testkeep" / "baseline").glob(f"{base[:12]}-*")
    assert list(of_base.glob("*.json"))
    assert not list(of_base.glob("*.coverage"))


def test_ratchet__well_covered_file_is_removed_with_its_tests__does_not_block(tmp_path: Path) -> None:
    project = covered_project(
        tmp_path / "repository",
        {"app/choose.py": CHOOSE, "tests/unit/test_choose.py": IMPORTS_CHOOSE},
        overall=50,
        ratchet="true",
    )
    project.git("rm", "--quiet", "app/calc.py", "tests/unit/test_calc.py")
    project.commit()

    run = project.testkeep("run")

    assert [(finding.code, finding.severity) for finding in run.findings] == [("TK301", "warning")], run.output
    assert run.exit_code == 0
    assert run.finding("TK301").message == (
        "coverage is 25 %, and 50 % are needed: 1 more line of 4 must be run; only the removal of files has brought it "
        "down"
    )
    assert numbers(run) == (25.0, None, 25.0)


def test_ratchet__file_is_renamed__is_compared_with_itself(tmp_path: Path) -> None:
    project = covered_project(
        tmp_path / "repository",
        {"app/choose.py": CHOOSE, "tests/unit/test_choose.py": IMPORTS_CHOOSE},
        ratchet="true",
    )
    project.git("mv", "app/choose.py", "app/choice.py")
    project.commit({"tests/unit/test_choose.py": IMPORTS_CHOOSE.replace("app.choose", "app.choice")})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)) == (0, [], (50.0, None, 50.0)), run.output


_DEAD = "\n\ndef dead(a):\n    b = a + 1\n    b += 1\n    return b\n"
_LONG = "\n\ndef total(numbers):\n    found = 0\n    for one in numbers:\n        found += one\n    return found\n"
_SHORT = "\n\ndef total(numbers):\n    return sum(numbers)\n"
_TEST_TOTAL = "\n\ndef test_total():\n    from app.calc import total\n\n    assert total([2, 1]) == 3\n"


@pytest.mark.parametrize(
    ("base", "tests", "head", "tests_then", "expected"),
    [
        pytest.param(
            CALC + SUBTRACT + _DEAD, TEST_CALC + TEST_SUBTRACT, CALC + SUBTRACT, TEST_CALC, ["TK203", "TK304"],
            id="lines that no test ran go, and with them the only test of others",
        ),
        pytest.param(
            CALC + _LONG + _DEAD, TEST_CALC + _TEST_TOTAL, CALC + _SHORT + _DEAD, TEST_CALC + _TEST_TOTAL, [],
            id="covered code is written shorter",
        ),
        pytest.param(
            CALC + SUBTRACT + _DEAD, TEST_CALC + TEST_SUBTRACT, CALC + _DEAD, TEST_CALC, [],
            id="covered code goes with its test",
        ),
    ],
)  # fmt: skip
def test_ratchet__lines_are_removed__blocks_only_where_lines_that_stayed_lost_their_coverage(
    tmp_path: Path, base: str, tests: str, head: str, tests_then: str, expected: list[str]
) -> None:
    files = {"app/calc.py": base, "tests/unit/test_calc.py": tests}
    project = covered_project(tmp_path / "repository", files, ratchet="true")
    project.commit({"app/calc.py": head, "tests/unit/test_calc.py": tests_then})

    run = project.testkeep("run")

    assert (run.codes, run.exit_code) == (expected, 1 if expected else 0), run.output


def test_never_measured__new_file_that_nobody_imports__blocks(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository")
    project.commit({"app/choose.py": f"# Choices.\n{CHOOSE}"})

    run = project.testkeep("run")

    assert (run.exit_code, places(run)) == (1, [("TK305", "app/choose.py", "app/choose.py", 2)])
    assert run.finding("TK305").message == "app/choose.py was changed and never measured: no test imports it (4 lines)"


def test_never_measured__file_that_is_no_python__disturbs_nothing_until_it_is_changed(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", {TEMPLATE_FILE: TEMPLATE}, ratchet="true", diff=90)
    project.commit({"README.md": "text\n"})
    unchanged = project.testkeep("run")
    project.commit({TEMPLATE_FILE: f"{TEMPLATE}    {{{{ more }}}}\n"})

    changed = project.testkeep("run")

    assert (unchanged.exit_code, places(unchanged), numbers(unchanged)) == (0, [], (100.0, None, 100.0))
    assert (changed.exit_code, places(changed)) == (1, [("TK305", TEMPLATE_FILE, TEMPLATE_FILE, 0)])
    assert changed.finding("TK305").message == (
        f"{TEMPLATE_FILE} was changed and never measured: coverage.py cannot parse it"
    )
    assert numbers(changed) == (100.0, None, 100.0)

"""Branches, and what a change has coverage.py leave out: a change cannot make its own numbers better."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.cli.covered_project import CHOOSE, IMPORTS_CHOOSE, covered_project, numbers
from repositories import GitProject

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

POSITIVE = "def positive(a):\n    if a < 0:\n        a = -a\n    return a\n"
RUNS_POSITIVE = "from app.positive import positive\n\n\ndef test_positive():\n    assert positive(-1) == 1\n"
DRAIN = """\
def drain(stack):
    while stack:
        if stack.pop():
            if stack.pop(): continue
        stack = stack[:1]
"""
RUNS_DRAIN = "from app.drain import drain\n\n\ndef test_drain():\n    drain([0, 1, 1])\n    drain([])\n"
BRANCHES = "[tool.coverage.run]\nbranch = true\n"
PLUGIN = """\
import json
from pathlib import Path

from coverage import CoveragePlugin


def coverage_init(registry, options):
    Path("options.json").write_text(json.dumps(options))
    registry.add_configurer(Configurer())


class Configurer(CoveragePlugin):
    def configure(self, config):
        pass
"""
PLUGIN_OPTIONS = """
[tool.coverage.run]
plugins = ["cover_plugin"]
[tool.coverage.cover_plugin.rules]
py-win = ["a", 1]
"""
CHANGE = {"app/choose.py": CHOOSE, "tests/unit/test_choose.py": IMPORTS_CHOOSE}


def _configure(project: GitProject, name: str, text: str) -> None:
    """Add a text to a file of the project, which need not be there."""
    path = project.root / name
    path.write_text((path.read_text() if path.exists() else "") + text)


def test_branches__changed_line_takes_one_way_only__says_where_the_other_leads(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", branch="true", diff=100, ratchet="true")
    project.commit({"app/positive.py": POSITIVE, "tests/unit/test_positive.py": RUNS_POSITIVE})

    run = project.testkeep("run")

    # The change: 4 of 4 lines, 1 of 2 branches. All of it: 6 of 6 lines.
    assert (run.exit_code, run.codes) == (1, ["TK304"])
    assert run.verdict.coverage.partial_branches == {"app/positive.py": {2: ("4",)}}
    assert numbers(run) == (87.5, 100.0, 100.0)


def test_plugin__its_options_are_tables__are_passed_on(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository")
    project.write({"cover_plugin.py": PLUGIN})
    _configure(project, "pyproject.toml", PLUGIN_OPTIONS)
    project.commit()

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (0, []), run.output
    assert (project.root / "options.json").read_text() == '{"rules": {"py-win": ["a", 1]}}'


def test_configuration__the_project_asks_for_workers__stays_where_they_look_for_it(tmp_path: Path) -> None:
    """Files that are called as the data file and a dot are coverage.py's to combine and to delete."""
    project = covered_project(tmp_path / "repository")
    _configure(project, "pytest.ini", "[pytest]\naddopts = -p xdist -n 2\n")
    project.commit()

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (0, []), run.output


def test_plugin__is_not_installed__is_named(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository")
    _configure(project, "pyproject.toml", '[tool.coverage.run]\nplugins = ["no_such_plugin.deep"]\n')
    project.commit()

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (4, ["TK507"]), run.output
    finding = run.finding("TK507")
    assert finding.message == "stage unit: coverage.py's plugin no_such_plugin is not installed in this environment"
    assert finding.help == "Install it: pip install no-such-plugin"


def test_branches__a_loop_comes_between_two_lines__is_no_way_from_one_to_the_other(tmp_path: Path) -> None:
    """Through ``sys.monitoring``, which sees a line once, line 5 seems to follow the line that was new before it."""
    project = covered_project(tmp_path / "repository", branch="true")
    project.commit({"app/drain.py": DRAIN, "tests/unit/test_drain.py": RUNS_DRAIN})

    run = project.testkeep("run")

    assert run.verdict.coverage.partial_branches == {"app/drain.py": {4: ("5",)}}, run.output


def test_branches__lines_alone_are_measured__has_no_partial_branches(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", diff=100)
    project.commit({"app/positive.py": POSITIVE, "tests/unit/test_positive.py": RUNS_POSITIVE})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)) == (0, [], (100.0, 100.0, None))
    assert run.verdict.coverage.partial_branches == {}


def test_branches__the_change_turns_them_on__is_not_held_against_lines(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", ratchet="true")
    project.commit({"app/positive.py": POSITIVE, "tests/unit/test_positive.py": RUNS_POSITIVE})
    _configure(project, "pyproject.toml", BRANCHES)
    project.commit()

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)) == (0, [], (87.5, None, None)), run.output
    note = "coverage is held against the base's by lines alone: branches were measured with the head's tests alone"
    assert note in run.verdict.notes


def test_branches__the_change_turns_them_on_and_runs_fewer_lines__is_a_fall_of_lines(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", ratchet="true")
    project.commit(CHANGE)
    _configure(project, "pyproject.toml", BRANCHES)
    project.commit()

    run = project.testkeep("run", "--base", "HEAD^^")

    assert (run.exit_code, run.codes) == (1, ["TK304"]), run.output
    assert "coverage fell from 100 % (2 of 2) to 50 % (3 of 6)" in run.finding("TK304").message


def test_branches__the_change_turns_them_off__are_measured_all_the_same(tmp_path: Path) -> None:
    project = covered_project(
        tmp_path / "repository",
        {"app/positive.py": POSITIVE, "tests/unit/test_positive.py": RUNS_POSITIVE},
        config=BRANCHES,
        ratchet="true",
    )
    base = project.git("rev-parse", "HEAD")
    project.replace("pyproject.toml", BRANCHES, "")
    project.commit()

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)) == (0, ["TK503"], (87.5, None, 87.5)), run.output
    assert run.finding("TK503").test == "tool.coverage.run.branch"
    assert run.finding("TK503").message == (
        f"coverage.py leaves out more: run.branch is true at {base[:12]}, nothing now"
    )


@pytest.mark.parametrize(
    ("name", "text", "option", "value", "before"),
    [
        pytest.param(
            "pyproject.toml",
            '[tool.coverage.run]\nomit = ["*/choose.py"]\n',
            "run.omit",
            "*/choose.py",
            "nothing",
            id="omit",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.coverage.report]\nomit = ["app/choose.py"]\n',
            "report.omit",
            "app/choose.py",
            "nothing",
            id="omit in reports",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.coverage.report]\nexclude_also = ["def choose"]\n',
            "report.exclude_also",
            "def choose",
            "nothing",
            id="exclude_also",
        ),
        pytest.param(
            ".coveragerc",
            "[report]\nexclude_lines =\n    def choose\n    pragma: no cover\n",
            "report.exclude_lines",
            "def choose, pragma: no cover",
            "the default",
            id="exclude_lines in a new file",
        ),
    ],
)
def test_leniency__the_change_hides_its_own_code__is_stated_and_does_not_count(
    tmp_path: Path, name: str, text: str, option: str, value: str, before: str
) -> None:
    project = covered_project(tmp_path / "repository", diff=90, ratchet="true")
    base = project.git("rev-parse", "HEAD")
    project.write(CHANGE)
    _configure(project, name, text)
    project.commit()

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK303", "TK304", "TK503"]), run.output
    assert numbers(run) == (50.0, 25.0, 100.0)
    finding = run.finding("TK503")
    assert (finding.severity, finding.test) == ("warning", f"tool.coverage.{option}")
    assert finding.message == f"coverage.py leaves out more: {option} is {before} at {base[:12]}, {value} now"


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param("[coverage:report]\ninclude = app/calc.py\n", id="include in reports"),
        pytest.param("[coverage:run]\ninclude = app/calc.py\n", id="include"),
        pytest.param("[coverage:run]\nsource = tests\n", id="source"),
        pytest.param("[coverage:report]\ncontexts = nobody\n", id="contexts"),
    ],
)
def test_leniency__coverage_is_told_what_to_report__the_policy_says_what_counts(tmp_path: Path, setting: str) -> None:
    project = covered_project(tmp_path / "repository", CHANGE)
    _configure(project, "setup.cfg", setting)
    project.commit()

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes, numbers(run)) == (0, [], (50.0, None, None)), run.output


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param('[tool.coverage.run]\nomit = ["app/choose.py"]\n', id="omit"),
        pytest.param('[tool.coverage.report]\nomit = ["app/choose.py"]\n', id="omit in reports"),
        pytest.param('[tool.coverage.report]\nexclude_also = ["def choose"]\n', id="exclude_also"),
    ],
)
@pytest.mark.parametrize("test", [pytest.param(IMPORTS_CHOOSE, id="imported"), pytest.param("", id="not imported")])
def test_leniency__the_base_leaves_the_code_out__counts_nothing_of_it(tmp_path: Path, setting: str, test: str) -> None:
    project = covered_project(tmp_path / "repository", config=setting, diff=90, ratchet="true")
    project.commit({"app/choose.py": CHOOSE, "tests/unit/test_choose.py": test})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)) == (0, [], (100.0, None, 100.0)), run.output


def test_core__the_change_chooses_another__is_obeyed_and_stated(tmp_path: Path) -> None:
    project = covered_project(
        tmp_path / "repository",
        {"app/positive.py": POSITIVE, "tests/unit/test_positive.py": RUNS_POSITIVE},
        ratchet="true",
    )
    text = (project.root / "pyproject.toml").read_text()
    project.commit({"pyproject.toml": f'{text}\n[tool.coverage.run]\ncore = "pytrace"\n'})

    run = project.testkeep("run")

    assert run.exit_code == 0, run.output
    assert run.verdict is not None
    (note,) = [note for note in run.verdict.notes if "cores" in note]
    assert note.startswith("coverage was measured by different cores, which may differ in some lines: ")
    assert note.endswith("at the base, pytrace now")

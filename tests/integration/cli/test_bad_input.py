"""Bad input gets one clear message and the exit code of the table, never a traceback."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from repositories import GitProject, simple_project

SYNTAX_ERROR = "def test_broken(:\n    pass\n"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        pytest.param(
            "[tool.testkeep]\ncovrage = 1\n", "covrage: unknown key; did you mean coverage?", id="unknown key"
        ),
        pytest.param(
            "[tool.testkeep.coverage]\noveral = 80\n",
            "coverage.overal: unknown key; did you mean coverage.overall?",
            id="unknown nested key",
        ),
        pytest.param(
            '[tool.testkeep.coverage]\noverall = "80"\n', "coverage.overall: expected a percentage", id="wrong type"
        ),
        pytest.param(
            "[tool.testkeep.coverage]\noverall = 870\n", "coverage.overall: expected a percentage", id="value"
        ),
        pytest.param('[tool.testkeep]\nstages = ["unti"]\n', "stages", id="unknown stage"),
        pytest.param('[tool.testkeep]\nsource = ["ap"]\n', "source: 'ap' is not there", id="missing source"),
        pytest.param("[tool.testkeep\n", "not valid TOML", id="broken TOML"),
    ],
)
def test_run__wrong_policy__names_the_key_and_the_file(tmp_path: Path, policy: str, message: str) -> None:
    project = simple_project(tmp_path / "repository", policy=policy)

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.verdict) == (2, None)
    assert message in run.errors
    assert "pyproject.toml" in run.errors
    assert "Traceback" not in run.errors


def test_run__outside_a_repository__says_so(project: GitProject, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()

    run = project.testkeep("run", cwd=outside, GIT_CEILING_DIRECTORIES=str(tmp_path))

    assert run.exit_code == 2
    assert "not a git repository" in run.errors


def test_run__git_refuses_the_repository__shows_what_git_says(project: GitProject) -> None:
    run = project.testkeep("run", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")

    assert run.exit_code == 2
    assert "git refuses this repository" in run.errors
    assert "safe.directory" in run.errors
    assert "git init" not in run.errors


@pytest.mark.parametrize("folder", [pytest.param("a[1]b", id="bracket"), pytest.param("a$HOME", id="dollar")])
def test_run__path_has_a_special_character__is_measured_and_compared(tmp_path: Path, folder: str) -> None:
    project = simple_project(tmp_path / folder)
    project.commit({"app/more.py": "def more():\n    return 1\n"})

    run = project.testkeep("run")

    assert {"TK303", "TK304"} <= set(run.codes)
    assert run.verdict.conservation.kept == 4
    assert run.verdict.coverage.diff_percent == 0


def test_run__no_commit_yet__says_so(tmp_path: Path) -> None:
    run = GitProject(tmp_path / "repository").testkeep("run")

    assert run.exit_code == 2
    assert "no commit yet" in run.errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["unti"], "no such stage: 'unti'; did you mean unit?", id="stage"),
        pytest.param(["--base", "nowhere"], "--base nowhere: no such commit, branch or tag", id="ref"),
        pytest.param(["--jobs", "0"], "0", id="jobs"),
        pytest.param(["--nonsense"], "--nonsense", id="option"),
    ],
)
def test_run__wrong_usage__exits_with_2(project: GitProject, arguments: list[str], message: str) -> None:
    run = project.testkeep("run", *arguments)

    assert (run.exit_code, run.verdict) == (2, None)
    assert message in run.errors
    assert "Traceback" not in run.errors


def test_run__no_tests__is_inconclusive(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit({"app/__init__.py": ""})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (4, ["TK107"])
    assert run.finding("TK107").message == "nothing ran in unit: no tests found"


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        pytest.param("tests.py", "", id="pytest looks, and finds nothing"),
        pytest.param("smoke.py", "", id="pytest has nothing to look into"),
        pytest.param("smoke.py", "[tool.pytest.ini_options]\npython_files = ['check_*.py']\n", id="its own pattern"),
    ],
)
def test_run__tests_of_unittest_in_a_file_that_pytest_passes_over__says_what_to_set(
    tmp_path: Path, name: str, policy: str
) -> None:
    project = GitProject(tmp_path / "repository")
    test = "import unittest\n\n\nclass TestIt(unittest.TestCase):\n    def test_it(self):\n        assert True\n"
    project.commit({"app/__init__.py": "", "pyproject.toml": policy, name: test})

    red = project.testkeep("run", "unit", "--base", "none")
    project.commit({"pyproject.toml": f"[tool.pytest.ini_options]\npython_files = ['{name}']\n"})
    green = project.testkeep("run", "unit", "--base", "none")

    assert (red.exit_code, red.codes) == (4, ["TK107"])
    assert f" {name} has tests of unittest that pytest does not look for: add {name} to" in red.finding("TK107").help
    assert (green.exit_code, green.codes) == (0, [])


@pytest.mark.parametrize("base", [pytest.param([], id="default base"), pytest.param(["--base", "HEAD~1"], id="named")])
def test_run__shallow_clone_without_the_base__is_inconclusive(
    project: GitProject, tmp_path: Path, base: list[str]
) -> None:
    project.commit({"README.md": "text\n"})
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{project.repository}", str(tmp_path / "clone")], check=True
    )

    run = project.testkeep("run", "unit", *base, cwd=tmp_path / "clone")

    assert (run.exit_code, run.codes) == (4, ["TK506"])
    assert "shallow clone" in run.finding("TK506").message


def test_run__lost_test_with_an_id_of_ten_thousand_characters__does_not_fill_the_screen(project: GitProject) -> None:
    rows = "import pytest\n\n@pytest.mark.parametrize('n', [{}], ids=lambda n: n * 10_000)\ndef test_row(n): assert n\n"
    project.commit({"tests/unit/test_rows.py": rows.format("'a', 'b'")})
    project.commit({"tests/unit/test_rows.py": rows.format("'a'")})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (1, ["TK203"])
    assert '@pytest.mark.replaces("tests/unit/test_rows.py::test_row"' in run.output
    assert max(map(len, run.output.splitlines())) < 1_000


def test_run__test_removes_the_evidence__is_named(project: GitProject) -> None:
    test = "tests/unit/test_z.py::test_z"
    project.commit({"tests/unit/test_z.py": "import shutil\n\n\ndef test_z():\n    shutil.rmtree('.testkeep')\n"})

    run = project.testkeep("run", "unit", "--base", "none")

    assert (run.exit_code, run.finding("TK104").test) == (4, test)
    assert "a test removed the folder with the evidence" in run.finding("TK104").message


def test_run__option_of_a_plugin_that_is_not_there__is_what_it_says(project: GitProject) -> None:
    project.commit({"pytest.ini": "[pytest]\naddopts = --no-such-option\n"})

    run = project.testkeep("run", "unit", "--base", "none")

    assert run.exit_code == 4
    assert "pytest refuses to start" in run.finding("TK104").message
    assert "--no-such-option" in run.finding("TK104").message
    assert "addopts" in run.finding("TK104").help


def test_run__dirty_worktree__is_allowed_and_stated(project: GitProject) -> None:
    project.commit({"README.md": "text\n"})
    project.write({"tests/unit/test_new.py": "def test_new():\n    assert True\n"})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.verdict.head) == (0, "worktree")
    assert any("changes that are not in" in note for note in run.verdict.notes)
    assert run.verdict.stages[0].tests == {"passed": 5}


def test_run__untracked_log_file__leaves_the_tree_clean(project: GitProject) -> None:
    commit = project.commit({"README.md": "text\n"})
    (project.root / "server.log").write_text("noise")

    assert project.testkeep("run", "unit").verdict.head == commit


def test_run__syntax_error_in_a_test_file__names_the_line_and_compares_nothing(project: GitProject) -> None:
    project.commit({"tests/unit/test_broken.py": SYNTAX_ERROR})

    run = project.testkeep("run", "unit")

    finding = run.finding("TK103")
    assert (run.exit_code, run.codes) == (4, ["TK103"])
    assert (finding.path, finding.line) == ("tests/unit/test_broken.py", 1)
    assert "SyntaxError" in finding.message
    assert run.verdict.conservation.compared is False


@pytest.mark.parametrize(
    "death",
    [
        pytest.param("import os; os._exit(0)", id="exits with 0"),
        pytest.param("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", id="kills itself"),
    ],
)
def test_run__a_test_ends_the_process__is_inconclusive_and_names_the_test(project: GitProject, death: str) -> None:
    project.commit({"tests/unit/test_zz_death.py": f"def test_death():\n    {death}\n"})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (4, ["TK104"])
    assert run.finding("TK104").test == "tests/unit/test_zz_death.py::test_death"
    assert "4 of 5 tests had run" in run.finding("TK104").message


def truncate(record: Path) -> None:
    record.write_bytes(record.read_bytes()[:-50])


def unknown_schema(record: Path) -> None:
    record.write_bytes(record.read_bytes().replace(b"testkeep.evidence/1", b"testkeep.evidence/9"))


def other_commit(record: Path) -> None:
    document = json.loads(record.read_bytes())
    document["provenance"]["commit"] = "0" * 40
    record.write_text(json.dumps(document))


def other_policy(record: Path) -> None:
    document = json.loads(record.read_bytes())
    document["provenance"]["policy"] = "0" * 16
    record.write_text(json.dumps(document))


def folder_instead(record: Path) -> None:
    record.unlink()
    record.mkdir()


def not_json(record: Path) -> None:
    record.write_bytes(b"\x00\xff")


@pytest.mark.parametrize(
    ("spoil", "code", "message"),
    [
        pytest.param(truncate, "TK501", "not a complete evidence record", id="truncated"),
        pytest.param(not_json, "TK501", "not a complete evidence record", id="not JSON"),
        pytest.param(unknown_schema, "TK501", "found testkeep.evidence/9", id="unknown schema"),
        pytest.param(folder_instead, "TK501", "cannot be read", id="a folder"),
        pytest.param(Path.unlink, "TK501", "there is no record of it", id="missing"),
        pytest.param(other_commit, "TK502", "made at commit 000000000000", id="other commit"),
        pytest.param(other_policy, "TK502", "made under another policy", id="other policy"),
    ],
)
def test_gate__spoilt_evidence__is_inconclusive_and_says_what_is_wrong(
    tmp_path: Path, spoil: Callable[[Path], None], code: str, message: str
) -> None:
    project = simple_project(tmp_path / "repository", policy='[tool.testkeep]\nstages = ["unit"]\n')
    assert project.testkeep("run", "--base", "none").exit_code in (0, 1)
    spoil(project.evidence / "unit.json")

    gate = project.testkeep("gate", "--base", "none")

    assert (gate.exit_code, gate.codes) == (4, [code])
    assert message in gate.finding(code).message


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_gate__evidence_is_no_folder__is_inconclusive(project: GitProject, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "evidence"
    if kind == "file":
        place.write_text("x")

    gate = project.testkeep("gate", "--evidence", str(place))

    assert (gate.exit_code, gate.verdict) == (4, None)
    assert "expected a folder with evidence" in gate.errors


def test_run__path_with_spaces_and_other_letters__works(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "grüße aus köln 東京")
    project.commit({"tests/unit/test_grüße.py": "def test_größe():\n    assert True\n"})
    project.replace("tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip\ndef test_guard")
    project.commit()

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (1, ["TK201"])
    assert run.verdict.stages[0].tests == {"passed": 4, "skipped": 1}


def test_run__ci_without_a_terminal__prints_plain_lines(project: GitProject) -> None:
    run = project.testkeep("run", "unit", "--base", "none", CI="true")

    assert run.exit_code == 0
    assert "\x1b" not in run.output
    assert "unit" in run.output.splitlines()[0]


def test_run__evidence_folder_cannot_be_made__is_inconclusive(project: GitProject, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    run = project.testkeep("run", "unit", "--evidence", str(tmp_path / "taken"))

    assert run.exit_code == 4
    assert "cannot write evidence there" in run.errors

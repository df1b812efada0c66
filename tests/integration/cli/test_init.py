"""The starter files of a project: shown first, written once, never over another; and verdicts shown again."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import GitProject, clean_environment, simple_project
from testkeep.model.policy import CoveragePolicy
from testkeep.model.stage import Stage
from testkeep.pipeline.context import read_policy

FILES = {"github": ".github/workflows/testkeep.yml", "gitlab": ".gitlab-ci.yml"}

TESTS = (Stage.UNIT, Stage.INTEGRATION, Stage.MIGRATION, Stage.CONCURRENCY)
HOOK = """
repos:
  - repo: https://github.com/PyCQA/flake8
    rev: "7"
    hooks: [{id: flake8}]
"""


def everything(project: GitProject) -> dict[str, bytes]:
    """All files of the project that git would know, with their contents."""
    names = project.git("ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return {name: (project.repository / name).read_bytes() for name in names}


@pytest.mark.parametrize("product", FILES)
def test_init__nothing_there__writes_the_caller(project: GitProject, product: str) -> None:
    done = project.testkeep("init", "--ci", product, "--repository", "acme/kit", "--yes")

    assert done.exit_code == 0, done.errors
    assert "acme/kit" in (project.root / FILES[product]).read_text()
    assert f"wrote pyproject.toml, noxfile.py, {FILES[product]}" in done.output


@pytest.mark.parametrize("product", FILES)
def test_init__file_is_there__is_left_alone_and_says_what_to_add(project: GitProject, product: str) -> None:
    project.write({FILES[product]: "mine: true\n"})

    done = project.testkeep("init", "--ci", product, "--yes")

    assert (done.exit_code, (project.root / FILES[product]).read_text()) == (0, "mine: true\n")
    assert f"{FILES[product]}: it is there already, and is not overwritten" in done.output
    assert "testkeep/testkeep" in done.output


def test_init__no_terminal__shows_the_diff_and_writes_nothing(project: GitProject) -> None:
    before = everything(project)

    done = project.testkeep("init", "--ci", "github")

    assert done.exit_code == 0, done.errors
    assert "+++ b/pyproject.toml\n" in done.output
    assert "+[tool.testkeep]\n" in done.output
    assert "--- /dev/null\n+++ b/noxfile.py\n" in done.output
    assert "nothing was written; 'testkeep init --yes' writes pyproject.toml, noxfile.py, .github" in done.output
    assert everything(project) == before


def test_init__second_time__has_nothing_to_do(project: GitProject) -> None:
    project.testkeep("init", "--ci", "github", "--yes")
    before = everything(project)

    done = project.testkeep("init", "--ci", "github", "--yes")

    assert (done.exit_code, done.output) == (0, "there is nothing to do: every starter file is there\n")
    assert everything(project) == before


def test_init__check__fails_until_the_files_are_there(project: GitProject) -> None:
    before = everything(project)
    first = project.testkeep("init", "--check").exit_code
    after = everything(project)
    project.testkeep("init", "--yes")

    assert (first, after) == (1, before)
    assert project.testkeep("init", "--check").exit_code == 0


def test_init__check_and_yes__is_refused(project: GitProject) -> None:
    assert project.testkeep("init", "--check", "--yes").exit_code == 2


def test_init__json__lists_the_files_with_their_states(project: GitProject) -> None:
    project.write({"noxfile.py": "import nox\n"})

    shown, written = (json.loads(project.testkeep("init", "--json", *more).output) for more in ([], ["--yes"]))

    assert (shown["schema"], shown["written"], written["written"]) == ("testkeep.init/1", False, True)
    assert [(row["path"], row["state"], bool(row["advice"])) for row in shown["files"]] == [
        ("pyproject.toml", "changed", False),
        ("noxfile.py", "there", True),
    ]


@pytest.mark.parametrize(
    ("address", "options", "callers"),
    [
        pytest.param("git@github.com:acme/shop.git", [], [FILES["github"]], id="GitHub"),
        pytest.param("https://gitlab.acme.example/shop.git", [], [FILES["gitlab"]], id="GitLab"),
        pytest.param("ssh://git@code.acme.example:22/shop.git", [], [], id="another host"),
        pytest.param("git@github.com:acme/shop.git", ["--ci", "none"], [], id="none is wanted"),
        pytest.param("git@github.com:acme/shop.git", ["--ci", "gitlab"], [FILES["gitlab"]], id="another is wanted"),
    ],
)
def test_init__remote__says_which_caller(
    project: GitProject, address: str, options: list[str], callers: list[str]
) -> None:
    project.git("remote", "add", "origin", address)

    project.testkeep("init", *options, "--yes")

    assert [path for path in FILES.values() if (project.root / path).exists()] == callers


def test_init__then_a_run__is_not_red(project: GitProject) -> None:
    old = (project.root / "pyproject.toml").read_text()
    project.testkeep("init", "--yes")
    project.commit()

    done = project.testkeep("run")

    assert done.exit_code == 0, done.output + done.errors
    assert (project.root / "pyproject.toml").read_text().startswith(old)
    assert read_policy(project.root)[0].stages == TESTS


def test_init__then_the_first_test_of_another_stage__is_run(project: GitProject) -> None:
    project.testkeep("init", "--yes")
    project.commit({"tests/integration/test_all.py": "def test_all():\n    assert 1 == 2\n"})

    done = project.testkeep("run")

    assert (done.exit_code, "TK101" in done.codes) == (1, True), done.output


def test_init__tools_and_tests__are_in_the_stages(project: GitProject) -> None:
    project.replace("pyproject.toml", 'version = "1"\n', 'version = "1"\nrequires-python = ">=3.12"\n[tool.ruff]')
    project.commit({"tests/integration/test_all.py": "def test_all():\n    assert 1\n"})

    project.testkeep("init", "--yes")

    policy, file = read_policy(project.root)
    assert file == "pyproject.toml"
    assert policy.stages == (Stage.LINT, *TESTS)
    assert (policy.source, policy.python, policy.formatter) == (("app",), ("3.12",), None)
    assert policy.coverage == CoveragePolicy()


def test_init__tool_that_is_not_installed__is_said(project: GitProject) -> None:
    project.commit({".pre-commit-config.yaml": HOOK})

    done = project.testkeep("init")

    assert (done.exit_code, "# lint: flake8 (.pre-commit-config.yaml)." in done.output) == (0, True), done.errors
    assert "lint: flake8 is not installed here, and a listed stage needs it: pip install flake8" in done.output


@pytest.mark.parametrize(
    ("name", "text", "advice"),
    [
        pytest.param("noxfile.py", "import nox\n", "from testkeep.nox import register", id="nox"),
        pytest.param("tox.ini", "[tox]\nenv_list = py\n", "requires = testkeep[all]", id="tox"),
    ],
)
def test_init__runner_is_used__is_left_alone(project: GitProject, name: str, text: str, advice: str) -> None:
    project.commit({name: text})

    done = project.testkeep("init", "--yes")

    assert advice in done.output
    assert project.git("status", "--porcelain") == "M pyproject.toml"
    assert "what is said above is to be done by hand" in project.testkeep("init", "--check").output


def test_init__workflow_of_another_name__is_the_caller(project: GitProject) -> None:
    path = ".github/workflows/ci.yml"
    project.write({path: "jobs: {ci: {uses: acme/testkeep/.github/workflows/pipeline.yml@v1}}\n"})

    rows = json.loads(project.testkeep("init", "--ci", "github", "--json").output)["files"]

    assert rows[-1] == {"path": path, "state": "there", "advice": ""}


def test_init__no_pyproject__writes_testkeep_toml(project: GitProject) -> None:
    project.remove("pyproject.toml")

    project.testkeep("init", "--yes")

    assert read_policy(project.root)[1] == "testkeep.toml"
    assert not (project.root / "pyproject.toml").exists()


def test_init__windows_line_ends__stay(project: GitProject) -> None:
    (project.root / "pyproject.toml").write_bytes(b'[project]\r\nname = "simple"')

    project.testkeep("init", "--yes")

    after = (project.root / "pyproject.toml").read_bytes()
    assert after.startswith(b'[project]\r\nname = "simple"\r\n\r\n[tool.testkeep]\r\n')
    assert after.count(b"\n") == after.count(b"\r\n")


def test_init__project_in_a_folder__writes_there(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", "services/shop")

    project.testkeep("init", "--ci", "github", "--yes")

    assert read_policy(project.root)[1] == "pyproject.toml"
    assert (project.root / "noxfile.py").exists()
    assert 'working-directory: "services/shop"' in (project.repository / FILES["github"]).read_text()


def test_init__no_python__says_so(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit({"README.md": "nothing\n"})

    done = project.testkeep("init", "--yes")

    assert (done.exit_code, "git knows no Python files here" in done.errors) == (2, True)
    assert list(everything(project)) == ["README.md"]


def test_init__three_projects_in_folders__names_them(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    for name in ("billing", "shop", "users"):
        project.write({f"{name}/pyproject.toml": f'[project]\nname = "{name}"\n', f"{name}/app/__init__.py": ""})
    project.commit()
    before = everything(project)

    done = project.testkeep("init", "--yes")
    inside = project.testkeep("init", "--yes", cwd=project.root / "shop")

    assert (done.exit_code, "3 projects below it: billing, shop, users" in done.errors) == (2, True), done.errors
    assert "cd billing && testkeep init" in done.errors
    assert inside.exit_code == 0, inside.errors
    assert sorted(everything(project).keys() - before.keys()) == ["shop/noxfile.py"]


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False)])
def test_init__terminal__asks_first(project: GitProject, answer: str, written: bool) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "testkeep", "init"],
        cwd=project.root,
        env=clean_environment(),
        stdin=theirs,
        capture_output=True,
        text=True,
        check=True,
    )
    os.close(theirs)
    os.close(ours)

    assert done.stdout.index("+[tool.testkeep]") < done.stdout.index("write these files? [y/N]")
    assert (project.root / "noxfile.py").exists() is written


@pytest.mark.parametrize("repository", ["acme", "acme/kit@main", "acme kit/x", ""])
def test_init__no_repository__is_refused(project: GitProject, repository: str) -> None:
    done = project.testkeep("init", "--ci", "github", "--yes", "--repository", repository)

    assert (done.exit_code, "expected OWNER/NAME" in done.errors) == (2, True)
    assert not (project.root / FILES["github"]).exists()


def test_render__verdict_of_an_earlier_run__is_shown_again_and_decides_nothing(project: GitProject) -> None:
    project.replace("tests/unit/test_calc.py", "== 4", "== 5")
    project.testkeep("run", "unit", "--base", "none", "--report", "report")

    done = project.testkeep("render", "report/verdict.json", "--markdown", "again.md")

    assert done.exit_code == 0, done.errors
    assert (project.root / "again.md").read_text() == (project.root / "report" / "summary.md").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(None, "the verdict cannot be read", id="not there"),
        pytest.param("{", "not a complete verdict", id="truncated"),
        pytest.param('{"schema": "testkeep.verdict/9"}', "expected the schema testkeep.verdict/1", id="another schema"),
    ],
)
def test_render__no_verdict__says_what_is_wrong(project: GitProject, text: str | None, message: str) -> None:
    if text is not None:
        project.write({"verdict.json": text})

    done = project.testkeep("render", "verdict.json")

    assert (done.exit_code, message in done.errors) == (4, True), done.errors

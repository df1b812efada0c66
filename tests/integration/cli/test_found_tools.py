"""Without a policy the static stages run what the project has, and what was there at the base does not block."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import GitProject, clean_environment, simple_project

UGLY = "x = {  'a':1 }\n"
UNUSED = "import os\n\n\ndef f():\n    return 1\n"
_HOOKS = """
exclude: ^generated/
repos:
- repo: https://example.invalid/ruff
  rev: v1
  hooks:
  - id: ruff-check
    args: [--fix, --select, F401]
"""


def _statuses(run: object) -> dict[str, tuple[str, str]]:
    return {stage.name: (stage.status, stage.detail) for stage in run.verdict.stages}  # type: ignore[attr-defined]


def test_run__nothing_is_configured__static_stages_are_skipped_with_the_way_out(project: GitProject) -> None:
    project.commit({"app/ugly.py": UGLY + UNUSED})

    run = project.testkeep("run", "format", "lint", "typing")

    assert (run.exit_code, run.codes) == (0, [])
    assert _statuses(run)["lint"] == (
        "skipped",
        "nothing to do: not configured; to run it, list it in the policy's stages",
    )


def test_run__hooks_of_pre_commit__say_which_tool_with_which_arguments_on_which_files(project: GitProject) -> None:
    files = {"generated/a.py": UNUSED, ".venv/lib/b.py": UNUSED, ".gitignore": ".venv/\n.testkeep/\n__pycache__/\n"}
    project.commit({".pre-commit-config.yaml": _HOOKS, "app/ugly.py": UGLY, **files})

    clean = project.testkeep("run", "lint")
    project.write({"app/bad.py": UNUSED})
    red = project.testkeep("run", "lint")

    assert (clean.exit_code, _statuses(clean)["lint"][0]) == (0, "passed")
    assert (red.exit_code, red.codes, red.finding("TK106").path) == (1, ["TK106"], "app/bad.py")


def test_run__ruff_has_a_table_for_linting_and_a_script_formats_with_it__it_is_the_formatter(
    project: GitProject,
) -> None:
    project.commit({"ruff.toml": "line-length = 100\n", "Makefile": "check:\n\truff format --check .\n"})
    project.write({"app/ugly.py": UGLY})

    run = project.testkeep("run", "format")

    assert (run.exit_code, "ruff" in _statuses(run)["format"][1]) == (1, True)


def test_run__two_commands_of_ruff_complain__messages_and_stages_say_which(project: GitProject) -> None:
    project.commit({"pyproject.toml": '[tool.testkeep]\nformatter = "ruff"\n[tool.ruff]\n'})
    project.write({"app/ugly.py": "import sys\nimport os\n\nx = [os,sys]\n"})

    run = project.testkeep("run", "format", "--base", "none")

    assert {finding.message.partition(":")[0] for finding in run.findings} == {"ruff check", "ruff format"}
    assert _statuses(run)["format"] == ("failed", "ruff format, ruff check found problems")


def test_run__ruff_would_reformat_a_file_of_the_base__it_is_old_in_every_version_of_ruff(project: GitProject) -> None:
    project.commit({"ruff.toml": "[format]\npreview = true\n", "app/ugly.py": UGLY})
    project.commit({"app/ugly.py": UGLY + "y = 1\n"})

    run = project.testkeep("run", "format")

    assert (run.exit_code, run.codes) == (0, ["TK106"])
    assert "1 old, none new" in _statuses(run)["format"][1]


def test_run__isort_has_a_file_and_black_is_installed__both_run(project: GitProject) -> None:
    project.commit({".isort.cfg": "[settings]\nprofile = black\n", "requirements-dev.txt": "black==26.1\n"})
    project.write({"app/ugly.py": UGLY})

    run = project.testkeep("run", "format")

    assert (run.exit_code, "black" in _statuses(run)["format"][1]) == (1, True)


def test_run__two_formatters_are_installed__the_one_that_a_script_runs_is_taken(project: GitProject) -> None:
    """Documentation tools bring black, and the project formats with ruff: black's complaints are not the project's."""
    script = "#!/bin/sh -e\n${PREFIX}ruff format --check app tests\n"
    project.commit({"requirements.txt": "black\nruff\n", "scripts/check": script, "app/ugly.py": UGLY})

    run = project.testkeep("run", "format")

    assert (run.exit_code, "black" in run.output, "ruff" in _statuses(run)["format"][1]) == (1, False, True)


def test_run__scripts_run_one_of_the_installed_tools__the_others_run_too(tmp_path: Path) -> None:
    groups = '[dependency-groups]\ndev = ["black", "isort", "mypy"]\n'
    project = simple_project(tmp_path / "repository", policy=groups)
    project.commit({"Makefile": "lint:\n\tblack --check .\n", "app/fine.py": "X: int = 1\n"})

    run = project.testkeep("run", "format", "typing", "--base", "none")

    assert (run.exit_code, _tools(run)) == (0, {"format": ["black", "isort"], "typing": ["mypy"]})


def test_run__hooks_cannot_be_read__is_one_message_about_the_file(project: GitProject) -> None:
    project.commit({".pre-commit-config.yaml": "repos: ["})

    run = project.testkeep("run", "lint")

    assert run.exit_code == 2
    assert "testkeep: .pre-commit-config.yaml: not valid YAML at line 1" in run.errors
    assert "Traceback" not in run.errors


def test_run__tool_is_configured_and_not_installed__is_a_warning(project: GitProject) -> None:
    project.commit({".flake8": "[flake8]\n"})

    run = project.testkeep("run", "lint")

    assert (run.exit_code, run.codes) == (0, ["TK507"])
    assert run.finding("TK507").severity == "warning"


def test_run__the_projects_ruff_is_older_than_the_kits__is_a_warning_that_names_both(
    project: GitProject, tmp_path: Path
) -> None:
    """Its options are not known: what it says of them would be taken for what it says of the code."""
    project.commit({"ruff.toml": "", "app/bad.py": UNUSED})
    info = tmp_path / "site" / "ruff-0.1.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ruff\nVersion: 0.1.9\n")

    run = project.testkeep("run", "lint", PYTHONPATH=str(info.parent))

    assert (run.exit_code, run.codes) == (0, ["TK507"])
    assert run.finding("TK507").severity == "warning"
    assert run.finding("TK507").message == "stage lint: ruff 0.1.9 is too old for testkeep"
    assert run.finding("TK507").help == "Install it: pip install 'ruff>=0.6'"


def _hooks(*hooks: str) -> str:
    return "repos:\n- repo: https://example.invalid/tools\n  rev: v1\n  hooks:\n" + "".join(
        f"  - {{{hook}}}\n" for hook in hooks
    )


def _tools(run: object) -> dict[str, list[str]]:
    """The names of the tools that were run, by stage."""
    statuses = _statuses(run)
    return {stage: [part.split()[0] for part in said.split(", ")] for stage, (_, said) in statuses.items()}


@pytest.mark.parametrize(
    ("hooks", "tables", "expected"),
    [
        pytest.param(("id: ruff-format",), "[tool.black]\n[tool.isort]\n", {"format": ["ruff"]}, id="format"),
        pytest.param(("id: black",), "[tool.ruff.format]\n", {"format": ["black"]}, id="format the other way"),
        pytest.param(
            ("id: black", "id: isort"), "[tool.ruff]\n", {"format": ["black", "isort"], "lint": ["ruff"]}, id="lint too"
        ),
    ],
)
def test_run__hooks_and_tables_differ__the_hooks_win_in_their_stage(
    tmp_path: Path, hooks: tuple[str, ...], tables: str, expected: dict[str, list[str]]
) -> None:
    project = simple_project(tmp_path / "repository", policy=tables)
    project.commit({".pre-commit-config.yaml": _hooks(*hooks), "app/fine.py": "X = 1\n"})

    run = project.testkeep("run", *expected, "--base", "none")

    assert (run.exit_code, _tools(run)) == (0, expected)


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(
            '[dependency-groups]\ndev = ["ruff", "black>=24"]\n[project.optional-dependencies]\nlint = ["mypy"]\n',
            id="a group and an extra",
        ),
        pytest.param(
            '[tool.hatch.envs.lint]\ndependencies = ["ruff", "black>=24"]\nextra-dependencies = ["mypy"]\n',
            id="an environment of Hatch",
        ),
    ],
)
def test_run__development_dependencies_alone__say_which_tools(tmp_path: Path, tables: str) -> None:
    project = simple_project(tmp_path / "repository", policy=tables)
    project.commit({"app/wrong.py": "import os\n\nX: int = 1\n"})

    red = project.testkeep("run", "format", "lint", "typing", "--base", "none")
    project.commit({"app/wrong.py": "X: int = 1\n"})
    green = project.testkeep("run", "format", "lint", "typing", "--base", "none")

    assert (red.exit_code, red.finding("TK106").path) == (1, "app/wrong.py")
    assert (green.exit_code, _tools(green)) == (0, {"format": ["black"], "lint": ["ruff"], "typing": ["mypy"]})


@pytest.fixture(scope="module")
def flake8(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder that a real flake8 is installed in; beside this environment, in which other tests want none."""
    folder = str(tmp_path_factory.mktemp("flake8"))
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    subprocess.run([*install, "--target", folder, "flake8>=7"], env=clean_environment(), check=True)
    return folder


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({".flake8": "[flake8]\nselect = F,E7\n"}, id="a file of its own"),
        pytest.param(
            {"setup.cfg": "[flake8]\nselect = F,E7\n", ".flake8": "[flake8]\nselect = W\n"},
            id="two files: it reads setup.cfg",
        ),
        pytest.param(
            {".pre-commit-config.yaml": _hooks("id: flake8, args: ['--select=F,E7', '--format=pylint']")}, id="a hook"
        ),
    ],
)
def test_run__flake8__is_run_and_judged_against_the_base(
    project: GitProject, flake8: str, files: dict[str, str]
) -> None:
    project.commit({"app/old.py": UNUSED, **files})
    project.commit({"app/wrong.py": "l = 1\n", "app/old.py": '"""What it does."""\n\n' + UNUSED})

    red = project.testkeep("run", "lint", PYTHONPATH=flake8)
    project.commit({"app/wrong.py": "X = 1\n"})
    green = project.testkeep("run", "lint", "--base", "HEAD~1", PYTHONPATH=flake8)

    errors = [finding for finding in red.findings if finding.severity == "error"]
    assert (red.exit_code, [(one.path, one.line) for one in errors]) == (1, [("app/wrong.py", 1)])
    assert "flake8: E741" in errors[0].message
    assert (green.exit_code, _statuses(green)["lint"]) == (0, ("passed", "flake8: 1 old, none new"))


def _notes_on(run: object, tool: str) -> list[str]:
    return [note for note in run.verdict.notes if note.startswith(f"{tool} ")]  # type: ignore[attr-defined]


def test_run__mypy_has_two_files__does_what_mypy_does_and_says_so(tmp_path: Path) -> None:
    lenient = "[tool.mypy]\nfiles = ['nowhere']\nignore_errors = true\n"
    project = simple_project(tmp_path / "repository", policy=lenient)
    project.commit({"mypy.ini": "[mypy]\n", "app/wrong.py": "X: int = 'a'\n"})

    run = project.testkeep("run", "typing", "--base", "none")

    assert (run.exit_code, run.finding("TK106").path) == (1, "app/wrong.py")
    assert _notes_on(run, "mypy") == ["mypy reads mypy.ini, and nothing that pyproject.toml says of it"]
    assert _notes_on(run, "mypy")[0] in project.testkeep("doctor").output


def test_run__ruff_has_two_files__does_what_ruff_does_and_says_so(tmp_path: Path) -> None:
    strict = "[tool.ruff]\nlint.select = ['D']\nformat.quote-style = 'single'\n"
    project = simple_project(tmp_path / "repository", policy=strict)
    project.commit({"ruff.toml": "lint.select = ['F401']\n", "app/wrong.py": UNUSED})

    run = project.testkeep("run", "format", "lint", "--base", "none")

    assert (run.exit_code, run.finding("TK106").message) == (1, "ruff check: F401 `os` imported but unused")
    assert _statuses(run)["format"][0] == "skipped"
    assert _notes_on(run, "ruff") == ["ruff reads ruff.toml, and nothing that pyproject.toml says of it"]


@pytest.mark.parametrize(
    "arguments",
    [pytest.param("--config, pyproject.toml", id="two words"), pytest.param("--config=pyproject.toml", id="one word")],
)
def test_run__a_hook_says_which_of_two_files__needs_no_note(tmp_path: Path, arguments: str) -> None:
    project = simple_project(tmp_path / "repository", policy="[tool.ruff]\n")
    project.commit({"ruff.toml": "", ".pre-commit-config.yaml": _hooks(f"id: ruff-check, args: [{arguments}]")})

    run = project.testkeep("run", "lint", "--base", "none")

    assert _notes_on(run, "ruff") == []


def test_run__two_hooks_of_one_tool__runs_both_and_says_so(project: GitProject) -> None:
    hooks = _hooks("id: ruff-check, args: [--select, F401]", "id: ruff-check, args: [--select, E741]")
    project.commit({".pre-commit-config.yaml": hooks, "app/wrong.py": "import os\n\nl = 1\n"})

    run = project.testkeep("run", "lint", "--base", "none")

    assert (run.exit_code, sorted(finding.line for finding in run.findings)) == (1, [1, 3])
    assert _notes_on(run, "ruff") == [
        "ruff has 2 hooks in .pre-commit-config.yaml: each is run, with its own arguments"
    ]
    checkup = project.testkeep("doctor").output
    assert ("run with --select F401;" in checkup, "run with --select E741;" in checkup) == (True, True)


class TestWhatWasThere:
    """A base with an unused import and an unformatted file."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> GitProject:
        project = simple_project(tmp_path / "repository", policy="[tool.ruff]\n[tool.black]\n")
        project.commit({"app/old.py": UNUSED, "app/ugly.py": UGLY})
        return project

    def test_run__head_is_as_red_as_the_base__passes_with_a_note(self, project: GitProject) -> None:
        project.commit({"app/more.py": "y = 1\n"})

        run = project.testkeep("run", "format", "lint")

        assert (run.exit_code, run.codes) == (0, ["TK106"])
        assert {finding.severity for finding in run.verdict.findings} == {"note"}
        assert _statuses(run)["lint"] == ("passed", "ruff check: 1 old, none new")

    def test_run__moved_lines_and_a_renamed_file__are_not_new(self, project: GitProject) -> None:
        project.git("mv", "app/old.py", "app/new.py")
        project.commit({"app/new.py": '"""What it does."""\n\n' + UNUSED})

        assert project.testkeep("run", "lint").exit_code == 0

    def test_run__a_new_file_cannot_be_parsed__blocks_beside_what_is_old(self, project: GitProject) -> None:
        project.commit({"app/broken.py": "x = = 1\n"})

        run = project.testkeep("run", "format")

        errors = [finding for finding in run.verdict.findings if finding.severity == "error"]
        assert run.exit_code == 1
        assert [(finding.path, finding.line) for finding in errors] == [("app/broken.py", 1)]

    def test_run__one_more__blocks_at_its_line(self, project: GitProject) -> None:
        project.commit({"app/old.py": UNUSED.replace("import os", "import os\nimport sys")})

        run = project.testkeep("run", "lint")

        errors = [finding for finding in run.verdict.findings if finding.severity == "error"]
        assert run.exit_code == 1
        assert [(finding.path, finding.line) for finding in errors] == [("app/old.py", 2)]

    def test_run__the_change_turns_a_rule_on__old_code_does_not_block(self, project: GitProject) -> None:
        project.commit({"pyproject.toml": "[tool.ruff.lint]\nextend-select = ['D']\n"})

        run = project.testkeep("run", "lint")

        assert (run.exit_code, {finding.severity for finding in run.verdict.findings}) == (0, {"note"})

    @pytest.mark.parametrize(
        "files",
        [
            pytest.param({"hatch.toml": "[envs.lint]\ndependencies = ['mypy']\n"}, id="hatch.toml"),
            pytest.param({"pyproject.toml": "[tool.hatch.envs.lint]\ndependencies = ['mypy']\n"}, id="pyproject.toml"),
        ],
    )
    def test_run__the_change_installs_a_tool_with_hatch__old_code_does_not_block(
        self, project: GitProject, files: dict[str, str]
    ) -> None:
        project.commit({"app/old.py": "X: int = 'a'\n"})
        project.commit(files)

        run = project.testkeep("run", "typing")

        assert (run.exit_code, _statuses(run)["typing"]) == (0, ("passed", "mypy: 1 old, none new"))

    def test_run__the_change_turns_a_rule_on_in_a_folder__old_code_does_not_block(self, project: GitProject) -> None:
        project.commit({"app/ruff.toml": "extend = '../pyproject.toml'\n[lint]\nextend-select = ['D']\n"})

        run = project.testkeep("run", "lint")

        assert (run.exit_code, {finding.severity for finding in run.verdict.findings}) == (0, {"note"})

    def test_run__the_change_removes_a_folders_configuration__old_code_does_not_block(
        self, project: GitProject
    ) -> None:
        project.commit({"app/ruff.toml": "[lint]\nselect = []\n"})
        project.git("rm", "--quiet", "app/ruff.toml")
        project.commit({"app/more.py": "y = 1\n"})

        run = project.testkeep("run", "lint")

        assert (run.exit_code, {finding.severity for finding in run.verdict.findings}) == (0, {"note"})

    def test_run__a_folder_moves_with_its_configuration__old_code_does_not_block(self, project: GitProject) -> None:
        project.commit({"part/ruff.toml": "[lint]\nselect = ['D103']\n", "part/old.py": UNUSED})
        project.git("mv", "part", "app/part")
        project.commit({})

        run = project.testkeep("run", "lint")

        assert (run.exit_code, {finding.severity for finding in run.verdict.findings}) == (0, {"note"})

    def test_run__a_folder_has_no_name_in_unicode__does_not_matter(self, project: GitProject) -> None:
        project.commit({os.fsdecode(b"caf\xe9/ruff.toml"): "line-length = 88\n"})

        run = project.testkeep("run", "lint")

        # ruff takes the nearest file for all that is said, so that less is selected there.
        assert (run.exit_code, run.codes) == (0, ["TK106", "TK503"])

    def test_run__the_change_breaks_the_configuration__blocks(self, project: GitProject) -> None:
        project.commit({"pyproject.toml": "[tool.ruff]\nline-length = 'long'\n"})

        assert (project.testkeep("run", "lint").exit_code) == 1

    def test_run__the_change_takes_the_configuration_away__is_a_warning_for_each_stage(
        self, project: GitProject
    ) -> None:
        project.commit({"pyproject.toml": '[project]\nname = "simple"\nversion = "1"\n'})

        run = project.testkeep("run", "format", "lint")

        assert run.exit_code == 0
        assert [(finding.code, finding.severity, finding.message) for finding in run.verdict.findings] == [
            ("TK503", "warning", "stage format runs nothing any more: the base commit configures black"),
            ("TK503", "warning", "stage lint runs nothing any more: the base commit configures ruff"),
        ]

    def test_run__policy_is_strict__blocks(self, tmp_path: Path) -> None:
        policy = "[tool.testkeep]\nexisting = 'block'\n[tool.ruff]\n"
        project = simple_project(tmp_path / "strict", policy=policy)
        project.commit({"app/old.py": UNUSED})
        project.commit({"app/more.py": "y = 1\n"})

        assert (project.testkeep("run", "lint").exit_code) == 1


def test_run__the_project_moves_to_another_folder__old_code_does_not_block(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", policy="[tool.ruff.lint]\nselect = ['D103']\n")
    project.commit({"app/old.py": UNUSED})
    (project.root / "services").mkdir()
    for name in ("pyproject.toml", "app", "tests"):
        project.git("mv", name, f"services/{name}")
    project.commit({})

    run = project.testkeep("run", "lint", cwd=project.root / "services")

    assert (run.exit_code, {finding.severity for finding in run.verdict.findings}) == (0, {"note"})


def test_run__the_configuration_of_another_project_changes__what_never_ran_does_not_block(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", "backend", policy="[tool.ruff]\nline-length = 'long'\n")
    project.commit({"../other/ruff.toml": "line-length = 88\n"})

    run = project.testkeep("run", "lint")

    assert (run.exit_code, {finding.severity for finding in run.verdict.findings}) == (0, {"warning"})


@pytest.mark.parametrize(
    ("before", "after", "dropped"),
    [
        pytest.param(
            {"ruff.toml": "", "Makefile": "check:\n\truff format .\n"}, {"Makefile": ""}, "ruff format", id="a script"
        ),
        pytest.param({"requirements-dev.txt": "black\n"}, {"requirements-dev.txt": ""}, "black", id="a requirement"),
    ],
)
def test_run__nothing_asks_for_a_formatter_any_more__is_a_warning(
    project: GitProject, before: dict[str, str], after: dict[str, str], dropped: str
) -> None:
    project.commit(before)
    project.commit(after)

    run = project.testkeep("run", "format")

    assert (run.exit_code, [finding.message for finding in run.verdict.findings]) == (
        0,
        [f"stage format runs nothing any more: the base commit configures {dropped}"],
    )

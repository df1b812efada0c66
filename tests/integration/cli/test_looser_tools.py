"""A change that has static tools check less is named, with what was and what is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from integration.cli.covered_project import CALC, TEST_CALC
from repositories import GitProject

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

POLICY = '[tool.testkeep]\nsource = ["app"]\nstages = ["format", "lint", "typing", "unit"]\n'
COMMANDS = POLICY + 'commands = { lint = ["python -m compileall -q -f app tests"] }\n'


def _project(tmp_path: Path, files: Mapping[str, str] | None = None, policy: str = POLICY) -> GitProject:
    project = GitProject(tmp_path / "repository")
    base = {"pyproject.toml": policy, "app/__init__.py": "", "app/calc.py": CALC, "tests/unit/test_calc.py": TEST_CALC}
    project.commit({".gitignore": "__pycache__/\n.pytest_cache/\n.*_cache/\n", **base, **(files or {})})
    return project


@pytest.mark.parametrize(
    ("base", "head", "said"),
    [
        pytest.param(
            {}, {"pyproject.toml": POLICY + "[tool.ruff.lint]\nignore = ['F']\n"}, "ruff: ignore is nothing", id="ruff"
        ),
        pytest.param(
            {},
            {"ruff.toml": "[lint]\nselect = ['E']\n"},
            "ruff: select is the default at the base, [E] now",
            id="its own file",
        ),
        pytest.param(
            {}, {"app/ruff.toml": "[lint]\nignore = ['F']\n"}, "ruff: ignore is nothing", id="a folder's file"
        ),
        pytest.param(
            {"ruff.toml": "[lint]\nselect = ['ALL']\nignore = ['D', 'INP', 'ANN', 'S', 'COM', 'CPY']\n"},
            {"app/pyproject.toml": "[tool.ruff]\nextend = '../ruff.toml'\n[tool.ruff.lint]\nselect = ['E']\n"},
            "ruff: select is [ALL] at the base, [E] now",
            id="a folder's file that extends another",
        ),
        pytest.param(
            {"mypy.ini": "[mypy]\nstrict = True\n"}, {"mypy.ini": "[mypy]\n"}, "mypy: strict is true", id="mypy"
        ),
        pytest.param(
            {}, {"mypy.ini": "[mypy-app.*]\nignore_errors = True\n"}, "overrides.app.*.ignore_errors", id="section"
        ),
        pytest.param(
            {}, {"setup.cfg": "[isort]\nskip = app\n"}, "isort: skip is nothing at the base, app now", id="isort"
        ),
        pytest.param(
            {}, {"pyproject.toml": POLICY + "[tool.black]\nextend-exclude = 'app'\n"}, "black: extend_e", id="black"
        ),
        pytest.param({}, {"app/calc.py": "import os  # noqa\n\n\n" + CALC}, "'import os  # noqa' (line 1)", id="noqa"),
        pytest.param(
            {}, {"app/calc.py": CALC + "\n\nX = add(1, 2)  # type: ignore\n"}, "# type: ignore' (line 5)", id="types"
        ),
        pytest.param(
            {},
            {"app/calc.py": CALC + "\n\ndef late():  # pragma: no cover\n    return 1\n"},
            "'def late():  # pragma: no cover' (line 5)",
            id="coverage",
        ),
        pytest.param(
            {"pyproject.toml": COMMANDS},
            {"pyproject.toml": COMMANDS.replace(" app tests", " app")},
            'a command is given less to do: ["python -m compileall -q -f app tests"]',
            id="arguments",
        ),
    ],
)
def test_run__tools_check_less__is_a_warning(
    tmp_path: Path, base: Mapping[str, str], head: Mapping[str, str], said: str
) -> None:
    project = _project(tmp_path, base)
    project.commit(head)

    run = project.testkeep("run")

    found = run.finding("TK503")
    assert (run.exit_code, found.severity) == (0, "warning"), run.output
    assert said in found.message


@pytest.mark.parametrize(
    ("base", "head"),
    [
        pytest.param(
            {"pyproject.toml": POLICY + "[tool.ruff.lint]\nignore = ['F']\n[tool.mypy]\n"},
            {"pyproject.toml": POLICY + "[tool.mypy]\nstrict = true\nexclude = ''\n[tool.black]\nline-length = 100\n"},
            id="stricter",
        ),
        pytest.param(
            {"setup.cfg": "[mypy]\nwarn_return_any = True\n"},
            {"setup.cfg": "", "mypy.ini": "[mypy]\nwarn_return_any = True\n"},
            id="in another file",
        ),
        pytest.param(
            {"app/calc.py": CALC + "\n\nX = add(1, 2)  # noqa\n"},
            {"app/calc.py": "X = 1  # noqa\n\n\n" + CALC},
            id="a comment whose line was changed",
        ),
        pytest.param({}, {"tests/unit/test_calc.py": TEST_CALC + "X = '# noqa'\n"}, id="a text"),
        pytest.param(
            {"pyproject.toml": COMMANDS},
            {"pyproject.toml": COMMANDS.replace(" -f", " -f scripts")},
            id="more arguments",
        ),
    ],
)
def test_run__tools_check_as_much__says_nothing(
    tmp_path: Path, base: Mapping[str, str], head: Mapping[str, str]
) -> None:
    project = _project(tmp_path, {"scripts/a.py": "A = 1\n", **base})
    project.commit(head)

    run = project.testkeep("run")

    assert [finding for finding in run.findings if finding.code == "TK503"] == [], run.output


def test_run__comment_that_names_what_it_means__is_a_note(tmp_path: Path) -> None:
    project = _project(tmp_path)
    project.commit({"app/calc.py": CALC + "\n\nX = add(1, 2)  # noqa: E501\n"})

    assert project.testkeep("run").finding("TK503").severity == "note"


def test_run__program_of_a_command_is_a_module_and_another_now__the_old_one_is_run_too(tmp_path: Path) -> None:
    project = _project(tmp_path, policy=COMMANDS)
    project.commit({"pyproject.toml": COMMANDS.replace("-m compileall -q -f app tests", "--version")})

    run = project.testkeep("run")

    assert (run.exit_code, run.finding("TK503").test) == (1, "commands.lint"), run.output


@pytest.mark.parametrize(
    ("waiver", "exit_code"),
    [
        pytest.param("", 1, id="failing"),
        pytest.param(
            '[[tool.testkeep.waivers]]\nrule = "TK503"\ntest = "pyproject.toml"\nreason = "r"\nowner = "o"\n'
            "expires = 2999-01-01\n",
            0,
            id="waived",
        ),
    ],
)
def test_run__policy_says_that_it_blocks__is_an_error(tmp_path: Path, waiver: str, exit_code: int) -> None:
    policy = f'{POLICY}loosened_tools = "block"\n{waiver}'
    project = _project(tmp_path, policy=policy)
    project.commit({"pyproject.toml": f"{policy}[tool.ruff.lint]\nignore = ['F']\n"})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (exit_code, ["TK503"]), run.output

"""What no linter of the lint stage sees in GitHub's files: rules of the house, and the caller that users get."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / "github-actions").glob("*/action.yml"))
CALLER = ROOT / "ci" / "testkeep" / "templates" / "github-caller.yml"
PIPELINE = ROOT / ".github" / "workflows" / "pipeline.yml"
DOCUMENTATION = ROOT / "docs" / "github.md"
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def test_caller__actionlint__finds_nothing(tmp_path: Path) -> None:
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    actionlint = shutil.which("actionlint", path=beside)
    if actionlint is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("actionlint is not installed")
    text = CALLER.read_text().replace("@BRANCH@", "main").replace("@REPOSITORY@", "acme/kit").replace("@VERSION@", "1")
    (tmp_path / "caller.yml").write_text(text)

    done = subprocess.run([actionlint, tmp_path / "caller.yml"], capture_output=True, text=True)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("files", "schema"),
    [
        pytest.param(WORKFLOWS, "vendor.github-workflows", id="workflows"),
        pytest.param(ACTIONS, "vendor.github-actions", id="actions"),
    ],
)
def test_lint_stage__each_file__is_held_to_its_schema(files: list[Path], schema: str) -> None:
    policy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["testkeep"]
    commands = [command.split() for command in policy["commands"]["lint"]]

    names = [file.relative_to(ROOT).as_posix() for file in files]
    assert ["check-jsonschema", "--builtin-schema", schema, *names] in commands


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS], ids=lambda file: "/".join(file.parts[-2:]))
def test_uses__anything_of_others__is_pinned_by_commit_with_its_version(file: Path) -> None:
    used = re.findall(r"^ *-? *uses: (.+)$", file.read_text(), re.MULTILINE)

    assert [entry for entry in used if not _PINNED.fullmatch(entry) and not entry.startswith("$/")] == []


def test_uses__the_same_action__has_the_same_commit_everywhere() -> None:
    used = {
        entry
        for file in (*WORKFLOWS, *ACTIONS, DOCUMENTATION)
        for entry in re.findall(r"^ *-? *uses: (actions/[^$\n]+)$", file.read_text(), re.MULTILINE)
    }

    names = [entry.partition("@")[0] for entry in used]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS], ids=lambda file: "/".join(file.parts[-2:]))
def test_run__no_expression__gets_into_a_shell(file: Path) -> None:
    scripts = re.findall(r"^( *)(?:- )?run: (.*(?:\n(?:\1  .*|\s*))*)", file.read_text(), re.MULTILINE)

    assert [script for _, script in scripts if "${{" in script] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_permissions__none_by_default_and_writes_only_for_comments(file: Path) -> None:
    text = file.read_text()

    assert "\npermissions: {}\n" in text
    writes = re.findall(r"^ +([\w-]+): write", text, re.MULTILINE)
    assert writes == (["pull-requests"] if file.name == "comment.yml" else [])


def test_checkouts__all_that_need_a_plan__have_the_whole_history() -> None:
    """A job cannot fetch the base afterwards: no credentials are kept."""
    checkouts = re.findall(r"uses: actions/checkout@.*\n +with:\n((?: {10}.*\n)+)", PIPELINE.read_text())

    assert len(checkouts) == 5
    assert [options for options in checkouts if "fetch-depth: 0" not in options] == []


def test_gate__needs_every_other_job_and_always_runs() -> None:
    text = PIPELINE.read_text()
    jobs = re.findall(r"^  ([a-z]+):$", text.partition("\njobs:\n")[2], re.MULTILINE)
    gate = text.partition("\n  gate:\n")[2]

    assert f"    needs: [{', '.join(job for job in jobs if job != 'gate')}]\n" in gate
    assert "    if: always()\n" in gate


def test_inputs__each__is_used_and_documented() -> None:
    text, docs = PIPELINE.read_text(), DOCUMENTATION.read_text()
    inputs = re.findall(r"^      ([a-z-]+):$", text.partition("inputs:")[2].partition("    outputs:")[0], re.MULTILINE)

    assert [name for name in inputs if f"inputs.{name}" not in text] == []
    assert [name for name in inputs if f"`{name}`" not in docs] == []

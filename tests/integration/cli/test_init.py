"""The starter file for a CI product: written once, never over another."""

from __future__ import annotations

import pytest

from repositories import GitProject

FILES = {"github": ".github/workflows/testkeep.yml", "gitlab": ".gitlab-ci.yml"}


@pytest.mark.parametrize("product", FILES)
def test_init__nothing_there__writes_the_caller(project: GitProject, product: str) -> None:
    done = project.testkeep("init", "--ci", product, "--repository", "acme/kit")

    assert done.exit_code == 0, done.errors
    assert "acme/kit" in (project.root / FILES[product]).read_text()
    assert f"wrote {FILES[product]}" in done.output


@pytest.mark.parametrize("product", FILES)
def test_init__file_is_there__is_left_alone_and_says_what_to_add(project: GitProject, product: str) -> None:
    project.write({FILES[product]: "mine: true\n"})

    done = project.testkeep("init", "--ci", product)

    assert (done.exit_code, (project.root / FILES[product]).read_text()) == (2, "mine: true\n")
    assert f"{FILES[product]}: it is there already, and is not overwritten" in done.errors
    assert "testkeep/testkeep" in done.errors


@pytest.mark.parametrize("repository", ["acme", "acme/kit@main", "acme kit/x", ""])
def test_init__no_repository__is_refused(project: GitProject, repository: str) -> None:
    done = project.testkeep("init", "--ci", "github", "--repository", repository)

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

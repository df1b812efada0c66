"""The comment workflow, executed after the run of a fork's pull request, with a double of the program ``gh``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from github_executor.report import Report
from integration.github.callers import PYTHON, Caller, caller, kit_repository, results
from repositories import GitProject

COMMENTS = """\
name: comments
on:
  workflow_run:
    workflows: [CI]
    types: [completed]
permissions:
  actions: read
  pull-requests: write
jobs:
  comment:
    uses: acme/testkeep/.github/workflows/comment.yml@v1
    with: {kit: testkeep}
"""
# Answers as GitHub would, and writes down what it was asked to send.
GH = """\
#!/bin/sh
case "$*" in
  *"--method GET repos/acme/shop/pulls"*) echo "$*" >> "{folder}/asked"; cat "{folder}/number" ;;
  *"--paginate"*) cat "{folder}/earlier" ;;
  *) echo "$*" >> "{folder}/sent"
     for word in "$@"; do case "$word" in body=@*) cat "${{word#body=@}}" > "{folder}/body" ;; esac; done ;;
esac
"""


@dataclass
class Fork:
    """A pull request of a fork that lost a test, and GitHub as far as comments go."""

    made: Caller
    folder: Path

    def comment(self, **event: Any) -> Report:
        """Execute the pull request's run, and then the workflow that comments on it."""
        first = self.made.pull_request().run()
        assert results(first)["ci / gate"] == "failure"
        run = {"id": 1, "run_attempt": 1, "name": "CI", "event": "pull_request"}
        run |= {"head_branch": "topic", "head_sha": "0" * 40, "head_repository": {"owner": {"login": "stranger"}}}
        self.made.project.git("checkout", "--quiet", "main")
        execution = self.made.execution(
            event="workflow_run",
            ref="refs/heads/main",
            sha="main",
            run_id=2,
            payload={"action": "completed", "workflow_run": {**run, **event}},
        )
        path = f"{self.folder}:{execution.environment['PATH']}"
        workflow = ".github/workflows/comments.yml"
        return replace(execution, workflow=workflow, environment={**execution.environment, "PATH": path}).run()

    def sent(self) -> str:
        file = self.folder / "sent"
        return file.read_text() if file.exists() else ""


def kit_with_this_python(place: Path) -> Path:
    """The kit, whose workflow that comments sets up the one Python that is there."""
    project = GitProject(kit_repository(place))
    project.replace(".github/workflows/comment.yml", '"3.12"', f'"{PYTHON}"')
    project.commit()
    project.git("tag", "--force", "v1")
    return place


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    made = caller(tmp_path, kit_with_this_python(tmp_path / "kit"))
    git = made.project.git
    git("checkout", "--quiet", "main")
    path = made.project.repository / ".github" / "workflows" / "comments.yml"
    path.write_text(COMMENTS)
    made.project.commit()
    git("checkout", "--quiet", "topic")
    made.project.replace(
        "tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip(reason='<b>@all</b>')\ndef test_guard"
    )
    made.project.commit()
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "gh").write_text(GH.format(folder=folder))
    (folder / "gh").chmod(0o755)
    (folder / "number").write_text("7\n")
    (folder / "earlier").write_text("")
    return Fork(made, folder)


def test_comment__first_run__posts_the_verdict_on_the_pull_request_that_github_names(fork: Fork) -> None:
    report = fork.comment()

    body = (fork.folder / "body").read_text()
    assert results(report) == {"comment / comment": "success"}
    assert "--raw-field head=stranger:topic" in (fork.folder / "asked").read_text()
    assert "--method POST repos/acme/shop/issues/7/comments" in fork.sent()
    assert body.startswith("<!-- testkeep -->\n")
    assert "TK201" in body
    assert body.count("<b>@all</b>") == body.count('`"<b>@all</b>"`') > 0, body


def test_comment__there_is_one_already__is_replaced(fork: Fork) -> None:
    (fork.folder / "earlier").write_text("42\n43\n")

    assert results(fork.comment()) == {"comment / comment": "success"}
    assert "--method PATCH repos/acme/shop/issues/comments/42" in fork.sent()


def test_comment__pull_request_has_another_head_by_now__says_nothing(fork: Fork) -> None:
    (fork.folder / "number").write_text("")

    report = fork.comment()

    assert (results(report), fork.sent()) == ({"comment / comment": "success"}, "")
    assert "no open pull request has 000000" in report.job("comment / comment").log


def test_comment__run_was_no_pull_requests__does_nothing(fork: Fork) -> None:
    assert (results(fork.comment(event="push")), fork.sent()) == ({"comment / comment": "skipped"}, "")

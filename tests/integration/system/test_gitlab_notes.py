"""Notes of a merge request, against a server that behaves like GitLab's API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from fake_gitlab import ME, SOMEBODY, TOKEN, FakeGitLab
from repositories import GitProject
from testkeep.system.gitlab_notes import MergeRequestNotes

MARKER = "<!-- testkeep gate -->"


@pytest.fixture
def gitlab() -> Iterator[FakeGitLab]:
    with FakeGitLab() as fake:
        yield fake


@pytest.fixture
def put(gitlab: FakeGitLab) -> Callable[..., str]:
    def call(text: str = "text", token: str = TOKEN, api: str = "", project: str = "12") -> str:
        return MergeRequestNotes(api or gitlab.api, project, "3", token).put(MARKER, text)

    return call


def test_put__no_note_yet__writes_one(gitlab: FakeGitLab, put: Callable[..., str]) -> None:
    gitlab.add(SOMEBODY, "looks good")

    assert put() == ""
    assert [note["body"] for note in gitlab.notes] == ["looks good", f"{MARKER}\ntext"]


def test_put__own_note_on_a_later_page__is_replaced(gitlab: FakeGitLab, put: Callable[..., str]) -> None:
    for number in range(150):
        gitlab.add(SOMEBODY, f"note {number}")
    own = gitlab.add(ME, f"{MARKER}\nold")

    assert put("new") == ""
    assert [(note["id"], note["body"]) for note in gitlab.notes[150:]] == [(own, f"{MARKER}\nnew")]


def test_put__somebody_elses_note_with_the_marker__is_left_alone(gitlab: FakeGitLab, put: Callable[..., str]) -> None:
    gitlab.add(SOMEBODY, f"{MARKER}\nall is well")

    assert put() == ""
    assert [note["body"] for note in gitlab.notes] == [f"{MARKER}\nall is well", f"{MARKER}\ntext"]


def test_put__wrong_token__says_what_gitlab_says(put: Callable[..., str]) -> None:
    assert put(token="wrong") == "GitLab answered 401 Unauthorized"


def test_put__redirect__is_not_followed(gitlab: FakeGitLab, put: Callable[..., str]) -> None:
    gitlab.refuses = 302
    assert put() == "GitLab answered 302 Found"


@pytest.mark.parametrize(
    ("api", "problem"),
    [
        pytest.param("http://127.0.0.1:9/api/v4", "GitLab cannot be reached", id="nobody there"),
        pytest.param("file:///etc/passwd", "what answered is not GitLab's API", id="a file"),
        pytest.param("no address", "what answered is not GitLab's API", id="no address"),
    ],
)
def test_put__no_gitlab__says_so(put: Callable[..., str], api: str, problem: str) -> None:
    assert problem in put(api=api)


def test_put__id_with_a_slash__is_one_word_of_the_address(put: Callable[..., str]) -> None:
    assert put(project="../../12") == "GitLab answered 404 Not Found"


def test_notes__shown__without_the_token(gitlab: FakeGitLab) -> None:
    assert TOKEN not in repr(MergeRequestNotes(gitlab.api, "12", "3", TOKEN))


@pytest.fixture
def gate(project: GitProject, gitlab: FakeGitLab) -> Callable[..., tuple[int, str]]:
    """Judge in a merge request's pipeline, with what the pipeline's file hands on for a token."""
    (project.root / ".testkeep/evidence").mkdir(parents=True)

    def judge(token: str, variable: str = "NOTE_TOKEN") -> tuple[int, str]:
        variables = {"CI_API_V4_URL": gitlab.api, "CI_MERGE_REQUEST_PROJECT_ID": "12", "CI_MERGE_REQUEST_IID": "3"}
        variables |= {"CI_JOB_NAME": "gate", "TESTKEEP_NOTE_TOKEN": token, "TESTKEEP_NOTE_TOKEN_FROM": variable}
        done = project.testkeep("gate", "--base", "none", "--gitlab-note", **variables)
        return done.exit_code, done.output

    return judge


def test_gate__token__leaves_its_verdict_as_a_note(gate: Callable[..., tuple[int, str]], gitlab: FakeGitLab) -> None:
    code, output = gate(TOKEN)

    assert (code, "the verdict is a note of merge request !3" in output) == (4, True)
    (note,) = gitlab.notes
    assert note["body"].startswith(f"{MARKER}\n## ⚠️ testkeep: INCONCLUSIVE")


def test_gate__bad_token__says_so_and_decides_the_same(gate: Callable[..., tuple[int, str]]) -> None:
    code, output = gate("wrong")
    assert (code, "no note was written: GitLab answered 401 Unauthorized" in output) == (4, True)


def test_gate__empty_token__says_so(gate: Callable[..., tuple[int, str]]) -> None:
    assert "no note was written: the variable for its token is empty here" in gate("")[1]


@pytest.mark.parametrize("token", ["", "${}"])
def test_gate__no_variable_named__leaves_no_note(
    gate: Callable[..., tuple[int, str]], gitlab: FakeGitLab, token: str
) -> None:
    _, output = gate(token, variable="")

    assert ("note of merge request" in output, "no note" in output) == (False, False)
    assert gitlab.notes == []

"""What GitHub and GitLab say of a pipeline."""

from __future__ import annotations

import json

import pytest

from testkeep.formats.ci_event import read_event
from testkeep.model.change_event import ChangeEvent, Occasion, Provider

_SHA, _BASE, _NONE = "a" * 40, "b" * 40, "0" * 40
_GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_SHA": _SHA}
_GITLAB = {"GITLAB_CI": "true", "CI_COMMIT_SHA": _SHA, "CI_DEFAULT_BRANCH": "main"}
_MERGE_REQUEST = {
    **_GITLAB,
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release/1.0",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": _BASE,
}
_OF_MAIN = {"repository": {"default_branch": "main"}}


def _event(
    provider: Provider, occasion: Occasion, base: str = "", target: str = "main", attempt: int = 1, merged: bool = False
) -> ChangeEvent:
    return ChangeEvent(
        provider=provider, occasion=occasion, head=_SHA, base=base, target=target, attempt=attempt, merged=merged
    )


@pytest.mark.parametrize(
    ("environment", "payload", "expected"),
    [
        pytest.param({}, {}, ChangeEvent(), id="a laptop"),
        pytest.param({"CI": "true"}, {}, ChangeEvent(), id="another product"),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_RUN_ATTEMPT": "3"},
            {"pull_request": {"base": {"sha": _BASE, "ref": "main"}}},
            _event(Provider.GITHUB, Occasion.CHANGE, _BASE, attempt=3, merged=True),
            id="GitHub, pull request, third attempt",
        ),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "merge_group"},
            {"merge_group": {"base_sha": _BASE, "base_ref": "refs/heads/main"}},
            _event(Provider.GITHUB, Occasion.QUEUE, _BASE),
            id="GitHub, merge queue",
        ),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"},
            {"before": _BASE, **_OF_MAIN},
            _event(Provider.GITHUB, Occasion.PUSH, _BASE),
            id="GitHub, push to the default branch",
        ),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"},
            {"before": _NONE, **_OF_MAIN},
            _event(Provider.GITHUB, Occasion.PUSH),
            id="GitHub, push of a new branch",
        ),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/topic"},
            {"before": _BASE, **_OF_MAIN},
            _event(Provider.GITHUB, Occasion.OTHER),
            id="GitHub, push to another branch: its last push is not what it is merged into",
        ),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "schedule"},
            _OF_MAIN,
            _event(Provider.GITHUB, Occasion.OTHER),
            id="GitHub, schedule",
        ),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "pull_request"},
            {"pull_request": {"base": {"sha": "--upload-pack=x", "ref": 5}}},
            _event(Provider.GITHUB, Occasion.CHANGE, target="", merged=True),
            id="GitHub, a payload with something else than a commit",
        ),
        pytest.param(
            {**_GITHUB, "GITHUB_EVENT_NAME": "pull_request_target"},
            {"pull_request": {"base": {"sha": _BASE, "ref": "main"}}},
            _event(Provider.GITHUB, Occasion.CHANGE, _BASE),
            id="GitHub, pull request target: the commit is the target's own",
        ),
        pytest.param(
            _MERGE_REQUEST,
            {},
            _event(Provider.GITLAB, Occasion.CHANGE, _BASE, "release/1.0"),
            id="GitLab, merge request",
        ),
        pytest.param(
            {**_MERGE_REQUEST, "CI_MERGE_REQUEST_EVENT_TYPE": "merged_result"},
            {},
            _event(Provider.GITLAB, Occasion.CHANGE, _BASE, "release/1.0", merged=True),
            id="GitLab, merged result",
        ),
        pytest.param(
            {**_MERGE_REQUEST, "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"},
            {},
            _event(Provider.GITLAB, Occasion.QUEUE, "", "release/1.0"),
            id="GitLab, merge train: what the merge request was based on is not what the train builds on",
        ),
        pytest.param(
            {
                **_MERGE_REQUEST,
                "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train",
                "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "c" * 40,
            },
            {},
            _event(Provider.GITLAB, Occasion.QUEUE, "c" * 40, "release/1.0"),
            id="GitLab, merge train: its own target",
        ),
        pytest.param(
            {**_GITLAB, "CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": _BASE},
            {},
            _event(Provider.GITLAB, Occasion.PUSH, _BASE),
            id="GitLab, default branch",
        ),
        pytest.param(
            {**_GITLAB, "CI_COMMIT_BRANCH": "topic", "CI_COMMIT_BEFORE_SHA": _BASE},
            {},
            _event(Provider.GITLAB, Occasion.OTHER),
            id="GitLab, another branch",
        ),
    ],
)
def test_read_event(environment: dict[str, str], payload: dict[str, object], expected: ChangeEvent) -> None:
    assert read_event(environment, json.dumps(payload)) == expected


@pytest.mark.parametrize("payload", ["", "{", "[]", "null"])
def test_read_event__payload_that_is_none__is_not_believed(payload: str) -> None:
    environment = {**_GITHUB, "GITHUB_EVENT_NAME": "merge_group"}

    assert read_event(environment, payload) == _event(Provider.GITHUB, Occasion.QUEUE, target="")


@pytest.mark.parametrize("attempt", ["", "0", "x", "-1"])
def test_read_event__no_number_of_an_attempt__is_the_first(attempt: str) -> None:
    assert read_event({**_GITHUB, "GITHUB_RUN_ATTEMPT": attempt}, "").attempt == 1

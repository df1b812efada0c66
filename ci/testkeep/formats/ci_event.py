"""The variables and event payloads of CI products to a ``ChangeEvent``.

Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows and
https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from testkeep.model.change_event import ChangeEvent, Occasion, Provider

# What both products give for the commit before the first one of a branch.
_NO_COMMIT = "0" * 40


def read_event(environment: Mapping[str, str], payload: str) -> ChangeEvent:
    """Read what started the pipeline. ``payload`` is the text of GitHub's event file; empty if there is none."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return _of_github(environment, _table(payload))
    if environment.get("GITLAB_CI"):
        return _of_gitlab(environment)
    return ChangeEvent()


def _of_github(environment: Mapping[str, str], payload: Mapping[str, Any]) -> ChangeEvent:
    occasion, base = Occasion.OTHER, ""
    default = _text(payload, "repository", "default_branch")
    target = default
    match environment.get("GITHUB_EVENT_NAME", ""):
        case "pull_request" | "pull_request_target":
            occasion = Occasion.CHANGE
            base = _text(payload, "pull_request", "base", "sha")
            target = _text(payload, "pull_request", "base", "ref") or environment.get("GITHUB_BASE_REF", "")
        case "merge_group":
            occasion, base = Occasion.QUEUE, _text(payload, "merge_group", "base_sha")
            target = _text(payload, "merge_group", "base_ref").removeprefix("refs/heads/")
        case "push" if default and environment.get("GITHUB_REF") == f"refs/heads/{default}":
            occasion, base = Occasion.PUSH, _text(payload, "before")
    return ChangeEvent(
        provider=Provider.GITHUB,
        occasion=occasion,
        head=environment.get("GITHUB_SHA", ""),
        base=_commit(base),
        target=target,
        merged=environment.get("GITHUB_EVENT_NAME") == "pull_request",
        attempt=_number(environment.get("GITHUB_RUN_ATTEMPT", "")),
    )


def _of_gitlab(environment: Mapping[str, str]) -> ChangeEvent:
    occasion, base, target = Occasion.OTHER, "", environment.get("CI_DEFAULT_BRANCH", "")
    if environment.get("CI_PIPELINE_SOURCE") == "merge_request_event":
        is_train = environment.get("CI_MERGE_REQUEST_EVENT_TYPE") == "merge_train"
        occasion = Occasion.QUEUE if is_train else Occasion.CHANGE
        # A train has its own target: what the changes ahead of this one make of the branch. With fast-forward merges
        # the commit that is tested is no merge, and nothing else names it.
        name = "CI_MERGE_REQUEST_TARGET_BRANCH_SHA" if is_train else "CI_MERGE_REQUEST_DIFF_BASE_SHA"
        base = environment.get(name, "")
        target = environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
    elif target and environment.get("CI_COMMIT_BRANCH") == target:
        occasion, base = Occasion.PUSH, environment.get("CI_COMMIT_BEFORE_SHA", "")
    return ChangeEvent(
        provider=Provider.GITLAB,
        occasion=occasion,
        head=environment.get("CI_COMMIT_SHA", ""),
        base=_commit(base),
        target=target,
        merged=occasion is Occasion.CHANGE and environment.get("CI_MERGE_REQUEST_EVENT_TYPE") == "merged_result",
    )


def _table(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(payload: Mapping[str, Any], *keys: str) -> str:
    value: Any = payload
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _commit(text: str) -> str:
    """A commit's full name; empty for anything else, which git might take for an option or a range."""
    is_one = len(text) in (40, 64) and all(character in "0123456789abcdef" for character in text)
    return text if is_one and text != _NO_COMMIT else ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) > 0 else 1

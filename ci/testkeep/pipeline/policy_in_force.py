"""The policy that a change is judged by: the base commit's, where the change would loosen it."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from testkeep.errors import BaselineError, PolicyError
from testkeep.model.layout import find_source
from testkeep.model.policy import Policy
from testkeep.model.policy_change import PolicyChange
from testkeep.pipeline.base_tree import folder_at
from testkeep.pipeline.context import POLICY_FILES, Project, policy_of, with_ignored
from testkeep.pipeline.left_code import with_left_code
from testkeep.pipeline.users_coverage import loosened_coverage
from testkeep.rules.policy_changes import honoured, tightened
from testkeep.rules.policy_history import DAYS, strictest
from testkeep.rules.waived_keys import loosenable


def under_base(project: Project, commit: str) -> Project:
    """Put a project under the policy that is in force when it is judged against a base commit.

    Without a base commit, or with one that is not in the repository, it is the project's own. A policy that cannot be
    read at the base (an older kit's, say) is no reason to stop: the change may be the one that mends it. A project that
    was moved into another folder has its policy where it was.
    """
    if not commit or project.repository.resolve(commit) is None:
        return project
    place = _folder_at(project, commit)
    kept: tuple[str, ...] = ()
    change = PolicyChange(commit=commit, base=None, head=project.policy, file=project.policy_file, folder=place)
    try:
        base = policy_of(project, commit, place)
    except PolicyError as error:
        base = None
        change = msgspec.structs.replace(change, problem="; ".join(error.problems))
    if base is None and project.policy_file:
        base, remembered = _remembered(project, commit, place)
        change = msgspec.structs.replace(change, remembered=remembered)
    if base is not None or not change.problem:
        change = msgspec.structs.replace(change, base=base)
        if base is not None and (base.source or project.policy.source):
            change = _with_sources(project, change, base, place)
        change, kept = with_left_code(project, change)
    if change.base is not None:
        change = msgspec.structs.replace(change, coverage=tuple(loosened_coverage(project, change)))
    under = replace(project, policy=_in_force(project, change), policy_change=change, code=(*project.code, *kept))
    return with_ignored(under) if under.policy.base_files != project.policy.base_files else under


def _folder_at(project: Project, commit: str) -> str:
    try:
        found = folder_at(project, commit)
    except BaselineError:  # nothing can be compared then, which is said elsewhere
        found = None
    return project.folder if found is None else found


def _remembered(project: Project, commit: str, folder: str) -> tuple[Policy | None, str]:
    """The policy that the branch had a short time before, and the last commit that had one; empty if there is none."""
    names = [_below(folder, name) for name in POLICY_FILES]
    versions: list[Policy | None] = []
    last = ""
    for version in project.repository.versions(commit, names, DAYS):
        try:
            versions.append(policy_of(project, version, folder))
        except PolicyError:
            continue
        last = version if versions[-1] is not None else last
    return strictest(versions, project.repository.latest_day(commit)), last


def _below(folder: str, file: str) -> str:
    return f"{folder}/{file}" if folder else file


def _in_force(project: Project, change: PolicyChange) -> Policy:
    if change.base is None:
        return msgspec.structs.replace(change.head, waivers=(), failures="all")  # to which nobody has agreed yet
    waivers = honoured(change.base, change.head)
    today = project.repository.latest_day(project.provenance.commit)
    return tightened(change.base, change.head, loosenable(waivers, today))


def _with_sources(project: Project, change: PolicyChange, base: Policy, folder: str) -> PolicyChange:
    """Put the real sources into the policies: one that nobody wrote down is found in the files."""
    source = base.source or find_source(project.repository.files_at(change.commit, folder))
    return msgspec.structs.replace(
        change,
        base=msgspec.structs.replace(base, source=source),
        head=msgspec.structs.replace(change.head, source=project.source),
    )

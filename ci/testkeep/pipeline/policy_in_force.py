"""The policy that a change is judged by: the base commit's, where the change would loosen it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from testkeep.errors import BaselineError, PolicyError
from testkeep.model.counting import production_files
from testkeep.model.layout import TEST_FILES, find_source
from testkeep.model.patterns import matches
from testkeep.model.policy import Policy
from testkeep.model.policy_change import PolicyChange
from testkeep.pipeline.base_tree import folder_at
from testkeep.pipeline.context import Project, policy_of, with_ignored
from testkeep.pipeline.users_coverage import loosened_coverage
from testkeep.rules.policy import loosenable
from testkeep.rules.policy_changes import honoured, tightened


def under_base(project: Project, commit: str) -> Project:
    """Put a project under the policy that is in force when it is judged against a base commit.

    Without a base commit, or with one that is not in the repository, it is the project's own. A policy that cannot be
    read at the base (an older kit's, say) is no reason to stop: the change may be the one that mends it. A project that
    was moved into another folder has its policy where it was.
    """
    if not commit or project.repository.resolve(commit) is None:
        return project
    place = _folder_at(project, commit)
    change = PolicyChange(commit=commit, base=None, head=project.policy, file=project.policy_file, folder=place)
    try:
        base = policy_of(project, commit, place)
    except PolicyError as error:
        change = msgspec.structs.replace(change, problem="; ".join(error.problems))
    else:
        change = msgspec.structs.replace(change, base=base)
        if base is not None and (base.source or project.policy.source):
            change = _with_sources(project, change, base, place)
        change = msgspec.structs.replace(
            change, unmeasured=tuple(_unmeasured(project, commit, base or Policy(), place))
        )
    if change.base is not None:
        change = msgspec.structs.replace(change, coverage=tuple(loosened_coverage(project, change)))
    under = replace(project, policy=_in_force(project, change), policy_change=change)
    return with_ignored(under) if under.policy.base_files != project.policy.base_files else under


def _folder_at(project: Project, commit: str) -> str:
    try:
        found = folder_at(project, commit)
    except BaselineError:  # nothing can be compared then, which is said elsewhere
        found = None
    return project.folder if found is None else found


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


def _unmeasured(project: Project, commit: str, base: Policy, folder: str) -> Iterator[str]:
    """The files that counted at the base, by the names that they have now, and that the head's source does not have.

    A file that became a test, or a test's helper, is meant to count no more.
    """
    files = project.repository.files_at(commit, folder)
    source = base.source or find_source(files)
    counted = {_below(folder, file) for file in production_files(source, files, base.coverage)}
    now = set(production_files(project.source, project.files, base.coverage))
    old_names = {change.new: change.old for change in project.repository.changes_since(commit)}
    for file in project.files:
        old = old_names.get(_below(project.folder, file), _below(folder, file))
        if old in counted and file.endswith(".py") and file not in now and not matches(file, TEST_FILES):
            yield file


def _below(folder: str, file: str) -> str:
    return f"{folder}/{file}" if folder else file

"""What static tools complain of at the base commit, where they complain at the head."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

import msgspec

from testkeep.errors import BaselineError, EvidenceError, UsageError
from testkeep.model.evidence import Evidence
from testkeep.model.stage import Stage
from testkeep.pipeline.base_store import store_folder
from testkeep.pipeline.base_tree import check_out, folder_then
from testkeep.pipeline.context import Project
from testkeep.pipeline.gather import read_usable
from testkeep.pipeline.plans import NOT_CONFIGURED, RunOptions
from testkeep.pipeline.progress import Labelled, Watcher
from testkeep.pipeline.run import run_stages
from testkeep.pipeline.static_tools import CONFIG_FILES, asks_for_tools, tools_of
from testkeep.rules.static_complaints import failed_tools
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import read_bytes, write_file
from testkeep.system.git import Change, Repository


def base_tools(project: Project, commit: str, head: Iterable[Evidence], watcher: Watcher) -> dict[Stage, Evidence]:
    """Run the static stages that are red at the head on the base's files, or take what is stored.

    The tools and their configuration are the head's: a rule that the change turns on finds what is old in old code.

    Raises:
        BaselineError: the base commit cannot be checked out.
    """
    red = tuple(dict.fromkeys(record.job.stages[0] for record, _ in failed_tools(head)))
    if not red or not commit:
        return {}
    config = _by_names_then(project.repository, commit, _configuration(project.repository))
    folder = _folder(project, commit, config)
    try:
        have = _stored(folder)
        missing = tuple(stage for stage in red if stage not in have)
        if missing:
            have |= _make(project, commit, missing, config, folder, watcher)
    except (EvidenceError, UsageError) as error:
        raise BaselineError(error.message) from error
    changes = project.repository.changes_since(commit)
    # A configuration with which a tool checks nothing is excused only if it was there before.
    folders = (project.folder, folder_then(project.repository, commit, project.folder) or "")
    paths = {path for change in changes for path in (change.old, change.new) if _configures(path)}
    as_before = not any(_may_be_read(path, folder) for path in paths for folder in folders)
    names = _names_now(project, changes)
    return {stage: _as_at_head(have[stage], names, as_before=as_before) for stage in red if stage in have}


def dropped_tools(project: Project, commit: str, head: Iterable[Evidence]) -> dict[Stage, tuple[str, ...]]:
    """The tools of static stages for which the base configures some, and the head none.

    Raises:
        BaselineError: the base commit cannot be checked out.
    """
    idle = [record.job.stages[0] for record in head if record.idle == NOT_CONFIGURED]
    if not idle or not any(_configures(path) or asks_for_tools(path) for path in _changed(project, commit)):
        return {}
    with check_out(project, commit) as base:
        if base is None:
            return {}
        before = replace(base.project, policy=project.policy)
        found = {stage: tuple(str(use.tool) for use in tools_of(before, stage)) for stage in idle}
    return {stage: tools for stage, tools in found.items() if tools}


def _changed(project: Project, commit: str) -> list[str]:
    """The files that were there at the base and are not as they were, by path from what was the project's folder."""
    then = folder_then(project.repository, commit, project.folder)
    return [change.old.removeprefix(f"{then}/") for change in project.repository.changes_since(commit)]


def _folder(project: Project, commit: str, config: Mapping[str, bytes]) -> EvidenceFolder:
    stored = store_folder(project, commit).path
    named = b"\0".join(part for name, text in config.items() for part in (name.encode(errors="surrogateescape"), text))
    return EvidenceFolder(stored.with_name(f"{stored.name}-static-{hashlib.sha256(named).hexdigest()[:12]}"))


def _stored(folder: EvidenceFolder) -> dict[Stage, Evidence]:
    evidence, _ = read_usable(folder)
    return {record.job.stages[0]: record for record in evidence}


def _make(
    project: Project,
    commit: str,
    stages: tuple[Stage, ...],
    config: Mapping[str, bytes],
    folder: EvidenceFolder,
    watcher: Watcher,
) -> dict[Stage, Evidence]:
    with check_out(project, commit) as base:
        if base is None:
            return {}  # the project did not exist yet: everything is new
        _configure(base.project, config)
        made = EvidenceFolder(base.scratch / "static")
        made.prepare()
        options = RunOptions(stages=stages, folder=made, measure=False, environment=base.environment)
        run_stages(replace(base.project, policy=project.policy), options, Labelled(watcher, "base: "))
        found = _stored(made)
        folder.path.mkdir(parents=True, exist_ok=True)
        for stage in found:
            folder.write_record(stage, made.read_record(stage) or b"")
    return found


def _configures(path: str) -> bool:
    """Whether a file may configure a tool: in any folder, as ruff takes the nearest one above a file."""
    return path.rpartition("/")[2] in CONFIG_FILES


def _may_be_read(path: str, folder: str) -> bool:
    """Whether tools that run in a folder may read a file: it lies somewhere in that folder, or in one above it."""
    place, run_in = PurePosixPath(_parent(path)), PurePosixPath(folder)
    return place.is_relative_to(run_in) or run_in.is_relative_to(place)


def _configuration(repository: Repository) -> dict[str, bytes]:
    """The texts of all files that may configure a tool, by path from the repository's root."""
    found = {name: repository.root / name for name in repository.files() if _configures(name)}
    return {name: read_bytes(path) for name, path in found.items() if path.is_file()}


def _by_names_then(repository: Repository, commit: str, config: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give configuration also the place that its folder had at the base, if it was moved since."""
    then = dict(config)
    for folder, names in groupby(sorted(config, key=_parent), _parent):
        moved = folder_then(repository, commit, folder)
        if moved not in (None, folder):
            then |= {f"{moved}{name.removeprefix(folder)}".lstrip("/"): config[name] for name in names}
    return then


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _configure(base: Project, config: Mapping[str, bytes]) -> None:
    """Give the base's files the head's configuration of tools."""
    for name in _configuration(base.repository).keys() - config.keys():
        (base.repository.root / name).unlink()
    for name, text in config.items():
        write_file(base.repository.root / name, text)


def _names_now(project: Project, changes: Iterable[Change]) -> dict[str, str]:
    """The files of the project that have another name now, by the name that they had."""
    folder = f"{project.folder}/" if project.folder else ""
    return {
        change.old.removeprefix(folder): change.new.removeprefix(folder)
        for change in changes
        if change.old and change.new and change.old != change.new
    }


def _as_at_head(record: Evidence, names: Mapping[str, str], *, as_before: bool) -> Evidence:
    return msgspec.structs.replace(
        record,
        tools=tuple(
            msgspec.structs.replace(
                tool,
                complaints=tuple(
                    msgspec.structs.replace(complaint, path=names.get(complaint.path, complaint.path))
                    for complaint in tool.complaints
                    if complaint.is_about_code or as_before
                ),
            )
            for tool in record.tools
        ),
    )

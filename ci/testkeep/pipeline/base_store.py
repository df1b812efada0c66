"""The store of baselines: what was recorded of commits, kept in ``.testkeep/baseline`` until it is asked for again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import msgspec

from testkeep import __version__
from testkeep.formats.unreadable import UNREADABLE
from testkeep.model.evidence import Evidence
from testkeep.model.stage import Stage
from testkeep.pipeline.context import STATE_FOLDER, Project
from testkeep.pipeline.gather import read_usable
from testkeep.rules.base import Baseline
from testkeep.system import interpreter
from testkeep.system.coverage_data import is_whole
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import keep_out_of_git

# Part of the name of a commit's folder: a record that lacks something of this is no baseline.
_WHAT_IS_RECORDED = "outcomes, assertions"


@dataclass(frozen=True)
class Stored:
    """The records of a commit that can be used, and why each of the others cannot, by the stems of their names."""

    evidence: tuple[Evidence, ...] = ()
    damaged: tuple[tuple[str, str], ...] = ()


def state_folder(project: Project) -> Path:
    """The folder ``.testkeep`` of a project, which git ignores by itself."""
    folder = project.root / STATE_FOLDER
    keep_out_of_git(folder)
    return folder


def lock_folder(project: Project) -> Path:
    """Where the locks of jobs that are being run are."""
    return state_folder(project) / "locks"


def store_folder(project: Project, commit: str) -> EvidenceFolder:
    """Where the evidence of a commit is kept.

    There is one folder for each commit, project, environment, and what the ignored files say that the base is given.
    """
    facts = [
        commit,
        project.folder,
        __version__,
        _WHAT_IS_RECORDED,
        interpreter.environment_digest(),
        project.ignored.digest,
    ]
    key = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]
    return EvidenceFolder(state_folder(project) / "baseline" / f"{commit[:12]}-{key}")


def read_store(project: Project, commit: str) -> Stored:
    """Read all records of a commit in the store. What is damaged there, or is of something else, is made again."""
    evidence, unusable = read_usable(store_folder(project, commit))
    damaged = dict(unusable)
    for record in evidence:
        if record.provenance.commit != commit or record.provenance.dirty:
            damaged[record.job.stem] = f"{record.job.stem}.json: a record of other files"
    return Stored(
        evidence=tuple(record for record in evidence if record.job.stem not in damaged),
        damaged=tuple(sorted(damaged.items())),
    )


def clear_damaged(project: Project, commit: str, stored: Stored) -> tuple[str, ...]:
    """Take what cannot be used out of the store; returns what is to be said of it, with the names of the files."""
    folder = store_folder(project, commit)
    for stem, _ in stored.damaged:
        folder.discard(stem)
    place = folder.path.relative_to(project.root).as_posix()
    return tuple(f"{place}/{why}; the evidence is made again" for _, why in stored.damaged)


def digests(project: Project, commit: str) -> dict[str, str]:
    """What the files say that are kept of a commit, by their names."""
    folder = store_folder(project, commit).path
    files = sorted(file for file in folder.glob("*") if file.is_file()) if commit else []
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def clear_changed(project: Project, commit: str, before: Mapping[str, str], stages: Iterable[str]) -> tuple[str, ...]:
    """Take out of the store what was written there of some stages while the head's tests ran: it is not believed.

    Another run may have made the evidence of other stages meanwhile. Returns what is to be said of it.
    """
    now, own = digests(project, commit), set(stages)
    names = sorted(now.keys() | before.keys())
    changed = [name for name in names if name.partition(".")[0] in own and now.get(name) != before.get(name)]
    folder = store_folder(project, commit)
    for name in changed:
        folder.discard(name.partition(".")[0])
    place = folder.path.relative_to(project.root).as_posix()
    return tuple(f"{place}/{name} was changed while the stages ran; the evidence is made again" for name in changed)


def stored_baseline(project: Project, commit: str, stages: Set[Stage]) -> tuple[Baseline, EvidenceFolder] | None:
    """The evidence of some stages at the base commit as it lies in the store, and where; None if any is not there."""
    evidence = [record for record in read_store(project, commit).evidence if stages >= set(record.job.stages)]
    if stages != {stage for record in evidence for stage in record.job.stages}:
        return None
    return Baseline(commit=commit, evidence=tuple(evidence)), store_folder(project, commit)


def known_red(project: Project, commit: str) -> frozenset[str]:
    """The tests that failed in the last whole run of a commit's own working tree, which was kept for that alone."""
    data = store_folder(project, commit).read_red()
    try:
        return frozenset(msgspec.json.decode(data, type=list[str])) if data is not None else frozenset()
    except UNREADABLE:
        return frozenset()


def keep_red(project: Project, commit: str, tests: Iterable[str]) -> None:
    """Remember which tests failed in a whole run of a commit's own working tree: they are not missed later."""
    store_folder(project, commit).write_red(msgspec.json.encode(sorted(set(tests))))


def is_measured(project: Project, commit: str, record: Evidence) -> bool:
    """Whether the coverage data of a stored record are there, too, and whole."""
    return not record.ran_tests or is_whole(store_folder(project, commit).coverage_path(record.job.stem))


def store(project: Project, commit: str, made: EvidenceFolder, record: Evidence) -> None:
    """Keep a job's record and its coverage data as a part of a commit's baseline.

    Raises:
        EvidenceError: the store cannot be written.
    """
    data = made.read_record(record.job.stem)
    if data is not None:
        target = store_folder(project, commit)
        target.path.mkdir(parents=True, exist_ok=True)
        target.copy_coverage(record.job.stem, made)
        target.write_record(record.job.stem, data)

"""Collects a project's tests without running them, and sees what that changes in the working tree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import msgspec

from testkeep.errors import EvidenceError
from testkeep.formats import evidence_json
from testkeep.model.evidence import Job, JobContext, Suite
from testkeep.model.stage import TEST_STAGES, Stage
from testkeep.pipeline.commands import collection_arguments
from testkeep.pipeline.context import STATE_FOLDER, Project
from testkeep.pipeline.environments import test_environment
from testkeep.pipeline.gather import read_all
from testkeep.system import interpreter
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import read_output, scratch_folder
from testkeep.system.process import Task, Tasks

# Nothing is lost when it is ended.
_GRACE_S = 0.5
_JOB = Job(id="collection", stages=TEST_STAGES)


@dataclass(frozen=True)
class Collection:
    """How a collection ended: with what pytest found, or (``suite`` is None) with a reason why it found nothing.

    ``changed`` are the files of the repository that git sees as changed by it.
    """

    suite: Suite | None
    duration_s: float
    timed_out: bool = False
    trouble: str = ""
    changed: tuple[str, ...] = ()


def collection_context(project: Project) -> JobContext:
    """What the collecting process is told: all stages are one job."""
    return project.context(_JOB)


def collect(project: Project, seed: int, limit_s: float) -> Collection:
    """Collect all tests in a process of its own; ``seed`` is that of its hashes."""
    before = _changes(project)
    with scratch_folder() as scratch:
        folder = EvidenceFolder(scratch.resolve() / "evidence")
        folder.prepare([_JOB.id])
        folder.context_path(_JOB.id).write_bytes(msgspec.json.encode(collection_context(project)))
        paths = (str(folder.path), str(folder.context_path(_JOB.id)))
        task = Task(
            name=_JOB.id,
            argv=(interpreter.executable(), "-m", "pytest", *collection_arguments(*paths)),
            cwd=project.root,
            env=test_environment(project, {"PYTHONHASHSEED": str(seed)}),
            log=folder.log_path(_JOB.id),
            timeout_s=limit_s,
        )
        ended = Tasks(1, _GRACE_S).run([task], lambda: None, lambda: False)[task.name]
        suite = None if ended.timed_out else _suite(folder)
        trouble = "" if suite is not None else _trouble(task.log)
    after = _changes(project)
    changed = tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))
    return Collection(suite, ended.duration_s, timed_out=ended.timed_out, trouble=trouble, changed=changed)


def _suite(folder: EvidenceFolder) -> Suite | None:
    try:
        data = folder.read_record(_JOB.id)
        return None if data is None else evidence_json.loads(data, _JOB.id).suite
    except EvidenceError:
        return None  # the process' last line says more


def last_numbers(project: Project) -> dict[Stage, int]:
    """How many tests of each stage the records of the last run have; they may be of other code."""
    try:
        records, _ = read_all(EvidenceFolder(project.root / STATE_FOLDER / "evidence"))
    except EvidenceError:
        return {}
    found = Counter(test.item.stage for record in records for test in record.tests)
    return {stage: found[stage] for stage in TEST_STAGES if found[stage]}


def _trouble(log: Path) -> str:
    """The last line that speaks of an error, else the last one: pytest goes on to say where it was started."""
    lines = [line.strip() for line in read_output(log).splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it printed nothing"])[-1]


def _changes(project: Project) -> dict[str, tuple[int, int]]:
    """The files that differ from HEAD, with their size and time; Python's caches are its own business."""
    changes = project.repository.changes_since(project.provenance.commit)
    names = {name for change in changes for name in (change.old, change.new) if name and not name.endswith(".pyc")}
    return {name: _stamp(project.repository.root / name) for name in names}


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.lstat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)

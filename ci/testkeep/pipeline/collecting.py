"""Collects a project's tests without running them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from testkeep.errors import EvidenceError
from testkeep.formats import evidence_json
from testkeep.model.duration import parse_duration
from testkeep.model.evidence import Job, JobContext, Suite
from testkeep.model.stage import TEST_STAGES, Stage
from testkeep.pipeline.commands import collection_arguments
from testkeep.pipeline.context import STATE_FOLDER, Project
from testkeep.pipeline.environments import test_environment
from testkeep.pipeline.gather import read_all
from testkeep.system import interpreter
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import read_output, scratch_folder
from testkeep.system.process import Ended, Task, Tasks

# Nothing is lost when it is ended.
_GRACE_S = 0.1
_NO_TIME = Ended(0, 0.0, timed_out=True)
_JOB = Job(id="collection", stages=TEST_STAGES)


@dataclass(frozen=True)
class Collection:
    """How a collection ended: with what pytest found, or (``suite`` is None) with a reason why it found nothing."""

    suite: Suite | None
    duration_s: float
    timed_out: bool = False
    trouble: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether everything could be collected."""
        return self.suite is not None and all(report.outcome != "failed" for report in self.suite.collectors)

    @property
    def has_failed(self) -> bool:
        """Whether something could not be collected, however much time there was."""
        return not self.is_whole and not self.timed_out


def collection_context(project: Project) -> JobContext:
    """What the collecting process is told: all stages are one job."""
    return project.context(_JOB)


def collect_twice(project: Project, patience_s: float, meanwhile: Callable[[], None]) -> tuple[Collection, Collection]:
    """Collect all tests with two seeds of hashes, in ``patience_s`` seconds all in all: a whole one is the first.

    ``meanwhile`` is called while they run, more than once.
    """
    deadline = time.monotonic() + patience_s
    first, second = _collect(project, (1, 2), deadline, meanwhile)
    # Alone: what both want at the same time (a port, a database) is no reason for either to fail.
    if first.has_failed and not second.timed_out:
        (again,) = _collect(project, (1,), deadline, meanwhile)
        first = again if second.is_whole or not again.timed_out else first
    if first.is_whole and second.has_failed:
        (second,) = _collect(project, (2,), deadline, meanwhile)
    return (second, first) if first.timed_out and second.is_whole else (first, second)


def collect_files(
    project: Project, files: Sequence[str], environment: Mapping[str, str], meanwhile: Callable[[], None]
) -> Collection:
    """Collect the tests of some files (none given: of all), as a stage of the policy would, and as long."""
    with scratch_folder() as scratch:
        folder = EvidenceFolder(scratch.resolve())
        task = _task(project, folder, test_environment(project, environment), parse_duration(project.policy.timeout))
        task = replace(task, argv=(*task.argv, *files))
        return _collection(task, Tasks(1, _GRACE_S).run([task], meanwhile, lambda: False)[task.name])


def _collect(
    project: Project, seeds: Sequence[int], deadline: float, meanwhile: Callable[[], None]
) -> list[Collection]:
    """Collect once for each seed, each time in a process of its own, as many at a time as there are processors."""
    found: list[Collection] = []
    at_once = interpreter.processors()
    with scratch_folder() as scratch:
        for start in range(0, len(seeds), at_once):
            chosen, left_s = seeds[start : start + at_once], max(0.0, deadline - time.monotonic())
            tasks = [
                _task(
                    project,
                    EvidenceFolder(scratch.resolve() / str(seed)),
                    test_environment(project, {"PYTHONHASHSEED": str(seed)}),
                    left_s,
                )
                for seed in chosen
            ]
            ended = Tasks(at_once, _GRACE_S).run(tasks if left_s else [], meanwhile, lambda: False)
            found += [_collection(task, ended.get(task.name, _NO_TIME)) for task in tasks]
    return found


def _task(project: Project, folder: EvidenceFolder, environment: dict[str, str], limit_s: float) -> Task:
    folder.prepare([_JOB.id])
    folder.context_path(_JOB.id).write_bytes(msgspec.json.encode(collection_context(project)))
    paths = (str(folder.path), str(folder.context_path(_JOB.id)))
    return Task(
        name=folder.path.name,
        argv=(interpreter.executable(), "-m", "pytest", *collection_arguments(*paths)),
        cwd=project.root,
        env=environment,
        log=folder.log_path(_JOB.id),
        timeout_s=limit_s,
    )


def _collection(task: Task, ended: Ended) -> Collection:
    suite = None if ended.timed_out else _suite(EvidenceFolder(task.log.parent))
    trouble = "" if suite is not None else _trouble(task.log)
    return Collection(suite, ended.duration_s, timed_out=ended.timed_out, trouble=trouble)


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

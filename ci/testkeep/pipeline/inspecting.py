"""Runs chosen tests again and watches them line by line: at the base, in a worktree, or at the head."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from testkeep.errors import Undecided
from testkeep.formats import evidence_json
from testkeep.model.duration import parse_duration
from testkeep.model.evidence import Evidence, Job, JobContext
from testkeep.model.stage import TEST_STAGES
from testkeep.pipeline.commands import inspection_arguments
from testkeep.pipeline.context import Project
from testkeep.pipeline.environments import test_environment
from testkeep.pipeline.progress import Phase, StageProgress, Watcher
from testkeep.system import interpreter
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import read_output
from testkeep.system.process import Task, Tasks

JOB = "inspection"
# More files on a command line take longer to name than to collect the whole suite.
_MOST_FILES = 100


@dataclass(frozen=True)
class Site:
    """Where tests are inspected: a project in its working tree, and a folder for what the run leaves.

    ``environment`` is added to the process' own; ``label`` is what people see: base or head.
    """

    project: Project
    folder: EvidenceFolder
    environment: Mapping[str, str]
    label: str


def inspect(site: Site, tests: Collection[str], watcher: Watcher) -> Evidence:
    """Run some tests, all stages in one process, and watch what they assert and which production code they run.

    Raises:
        Undecided: the run left no usable record.
    """
    job = Job(id=JOB, stages=TEST_STAGES)
    context = msgspec.structs.replace(
        site.project.context(job), run_stages=TEST_STAGES, leave_out=(), only=tuple(tests), inspect=site.project.code
    )
    files = sorted({test.partition("::")[0] for test in tests})
    evidence = _run(site, context, files if len(files) <= _MOST_FILES else [], watcher)
    if evidence.suite is None:
        raise Undecided(f"the inspection at the {site.label} has no record of a test run")
    return evidence


def _run(site: Site, context: JobContext, files: list[str], watcher: Watcher) -> Evidence:
    site.folder.prepare([JOB])
    site.folder.context_path(JOB).write_bytes(msgspec.json.encode(context))
    paths = (str(site.folder.path), str(site.folder.context_path(JOB)))
    project = site.project
    task = Task(
        name=JOB,
        argv=(interpreter.executable(), "-m", "pytest", *inspection_arguments(*paths), *files),
        cwd=project.root,
        env=test_environment(project, site.environment),
        log=site.folder.log_path(JOB),
        timeout_s=parse_duration(project.policy.timeout),
    )
    number = len(context.only or ())
    progress = StageProgress(
        f"{site.label}: {'inspect':<12}",
        Phase.RUNNING,
        detail=f"{number} {'test' if number == 1 else 'tests'} line by line",
    )
    began = time.monotonic()

    def show(phase: Phase) -> None:
        watcher.show((replace(progress, phase=phase, duration_s=time.monotonic() - began),))

    Tasks(1).run([task], lambda: show(Phase.RUNNING), lambda: False)
    data = site.folder.read_record(JOB)
    show(Phase.ERROR if data is None else Phase.PASSED)
    if data is None:
        raise Undecided(f"the inspection at the {site.label} did not finish: {_last_line(site.folder.log_path(JOB))}")
    return evidence_json.loads(data, JOB)


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in read_output(log).splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"

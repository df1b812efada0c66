"""The record that one job leaves, and where it came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct

from testkeep.model.assertion_site import SharedAssertions
from testkeep.model.partition import Partition
from testkeep.model.stage import Stage
from testkeep.model.static_tool import Complaint, called
from testkeep.model.tests import RecordedTest
from testkeep.model.worktree import Worktree

EVIDENCE_SCHEMA: Final = "testkeep.evidence/1"


class Side(StrEnum):
    """The commit whose code a job runs: the one that is judged, or its base."""

    HEAD = "head"
    BASE = "base"


class Job(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stage run in one environment, on one shard, leaving one record.

    A bare ``pytest --testkeep-evidence`` runs the tests of all stages in one job: then ``stages`` has several.

    ``python`` is the interpreter that was planned (``3.12``; empty: any), ``shard`` the slice of the stage's tests, of
    ``of``, ``side`` the commit whose code is run. ``plan`` is the digest of the plan that the job is of, and
    ``attempt`` counts from 1 how often it was tried; 0 if nobody planned it.
    """

    id: str
    stages: tuple[Stage, ...]
    python: str = ""
    shard: int = 1
    of: int = 1
    side: Side = Side.HEAD
    attempt: int = 0
    plan: str = ""

    @property
    def stem(self) -> str:
        """The stem of the names of the job's files: attempts do not overwrite each other."""
        return f"{self.id}-a{self.attempt}" if self.attempt else self.id

    @property
    def shown_shard(self) -> str:
        """The shard as people write it: ``1/3``."""
        return f"{self.shard}/{self.of}"


class Provenance(Struct, frozen=True, kw_only=True):
    """What exactly was examined.

    ``tree`` is the git tree of the files as they were, so that equal trees mean equal code; ``policy`` is the digest
    of the project's own policy (not of the one in force, which depends on the base: a job need not know of one);
    ``project`` is the project's folder in the repository (empty for its root). ``run`` is the name of the one 'testkeep
    run' that made the record and judges it; empty for one that another command judges, or that a plan belongs to.
    """

    commit: str
    tree: str
    dirty: bool
    policy: str
    project: str
    testkeep: str
    run: str = ""


class ToolRun(Struct, frozen=True, kw_only=True):
    """One run of a static tool. ``exit_code`` is None if the tool could not be started.

    ``install`` is the command that would provide it, where the reason is that it is not installed; nobody misses it
    then unless it is ``required``. ``complaints`` are what it found, if it did not succeed.
    """

    tool: str
    version: str
    command: tuple[str, ...]
    exit_code: int | None
    duration_s: float
    output: str
    install: str = ""
    required: bool = True
    complaints: tuple[Complaint, ...] = ()

    @property
    def called(self) -> str:
        """What people call it: the tool, and which of its commands was run."""
        return called(self.command) or self.tool


class CollectorReport(Struct, frozen=True, kw_only=True):
    """A file, class or package that could not be collected (``failed``) or was skipped whole (``skipped``)."""

    id: str
    outcome: Literal["failed", "skipped"]
    reason: str
    path: str = ""
    line: int = 0


class Settings(Struct, frozen=True, kw_only=True):
    """The effective settings of one test run: everything outside the code that decides what runs and what counts.

    ``versions`` has pytest and its plugins; ``options`` only what differs from pytest's defaults; ``environment`` the
    variables that pytest and Python obey; ``variables`` the names of all variables, whose values may be secrets.
    """

    python: str
    platform: str
    versions: dict[str, str]
    optimize: int
    ini: dict[str, str]
    options: dict[str, str]
    environment: dict[str, str]
    variables: tuple[str, ...] = ()

    @property
    def interpreter(self) -> str:
        """The environment that a test must guard in, in words: ``Python 3.12 on linux-x86_64``."""
        return f"Python {'.'.join(self.python.split('.')[:2])} on {self.platform}"


class Measurement(Struct, frozen=True, kw_only=True):
    """How coverage was measured: by which core of coverage.py (``ctrace``, ``sysmon``, ``pytrace``), and of what."""

    core: str
    branch: bool
    concurrency: tuple[str, ...]
    coverage: str


RECORDED = "recorded"
"""What a suite says of assertions where it is known which of them each test executed."""


class Suite(Struct, frozen=True, kw_only=True):
    """What one pytest run found and did.

    ``elsewhere`` has the ids of collected tests that belong to other stages, by stage, and ``other_shards`` those of
    this stage that belong to other shards; ``imports`` maps the names of
    imported top-level modules to the folders that they came from, leaving out installed packages that are not the
    project's own. ``foreign_code`` are the files that were imported as the project's production code and are neither
    the project's own files nor equal to them: of a stale installed copy, say. ``measurements`` are the ways in which
    the processes measured coverage: one, unless they differ; none if nothing was measured. ``footprints`` says in which
    way they were taken, and why in that one, where it is not the first choice; empty if they were not asked for.

    ``assertions`` is "recorded" if it is known of each test which ``sites`` (``AssertionSite.text``) it executed, else
    why it is not (empty: an older record); ``shared`` is what fixtures of a wider scope asserted.
    """

    settings: Settings
    tests: tuple[RecordedTest, ...]
    elsewhere: dict[Stage, tuple[str, ...]]
    collectors: tuple[CollectorReport, ...]
    ignored_paths: tuple[str, ...]
    imports: dict[str, tuple[str, ...]]
    lost_workers: tuple[str, ...]
    exit_status: int
    foreign_code: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    footprints: str = ""
    other_shards: tuple[str, ...] = ()
    assertions: str = ""
    sites: tuple[str, ...] = ()
    shared: tuple[SharedAssertions, ...] = ()


class FirstTry(Struct, frozen=True, kw_only=True):
    """How a stage failed while others ran ``beside`` it, so that it was run again alone.

    ``tests`` are those that failed; ``cause`` is what ended the stage, or kept it from running any test.
    """

    beside: tuple[Stage, ...]
    tests: tuple[str, ...] = ()
    cause: str = ""


class Evidence(Struct, frozen=True, kw_only=True):
    """The complete record of one job: either static tool runs or a suite. Times are UTC, in seconds.

    ``idle`` says why the job had nothing to do; empty if it had. Everything is of one run: ``first_try`` alone tells of
    an earlier one, which does not count. ``worktree`` is there if it was made in a worktree of a base commit, not in
    the commit's own working tree: then a test may have failed for want of what git does not have.
    """

    schema: Literal["testkeep.evidence/1"]
    job: Job
    provenance: Provenance
    started_at: float
    duration_s: float
    tools: tuple[ToolRun, ...] = ()
    suite: Suite | None = None
    idle: str = ""
    first_try: FirstTry | None = None
    worktree: Worktree | None = None

    @property
    def tests(self) -> tuple[RecordedTest, ...]:
        """What was recorded of each test."""
        return self.suite.tests if self.suite is not None else ()

    @property
    def ran_tests(self) -> bool:
        """Whether it is of a run that executed a test."""
        return any(test.execution for test in self.tests)


REFUSED = "pytest refuses to start"
"""How the cause begins of a job that did not because of its options."""


class Unfinished(Struct, frozen=True, kw_only=True):
    """What a job left that never finished: a crash, a kill, a timeout, or a run that is still going on.

    ``running`` are the tests that had started and not ended; ``cause`` is what ended the job, where that is known.
    """

    job: Job
    cause: str
    n_collected: int
    n_run: int
    running: tuple[str, ...]


class JobContext(Struct, frozen=True, kw_only=True):
    """What a test process needs to know of the job that it does.

    ``packages`` are the top-level modules of the project, and ``roots`` the folder from which each should be imported,
    relative to the project's root. ``run_stages`` and ``leave_out`` are of the policy: the
    stages that are run at all, and the marks that take a test out. Not the policy itself: when testkeep's own base
    commit is run, an older plugin reads this, and passes over what it does not know.

    ``only`` and ``without`` are ids of the tests to which a run is limited (None: no limit), and of those that it
    leaves out; ``partition`` says which of a stage's tests are this job's (None: all); ``inspect`` is the production
    code (folders and modules, relative to the project's root) that an inspection watches, None if the run is none.
    ``footprints`` asks for those of all tests, of the production code ``source``.
    """

    job: Job
    provenance: Provenance
    packages: tuple[str, ...]
    run_stages: tuple[Stage, ...]
    leave_out: tuple[str, ...]
    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    inspect: tuple[str, ...] | None = None
    roots: dict[str, str] = {}
    source: tuple[str, ...] = ()
    footprints: bool = False
    partition: Partition | None = None

    def leaves_out(self, stage: Stage, marks: tuple[str, ...]) -> str:
        """Say why a test is left out of the run; empty if it is not."""
        mark = next((mark for mark in marks if mark in self.leave_out and mark != stage), None)
        if mark is not None:
            return f"mark {mark}"
        return "" if stage in self.run_stages else f"stage {stage}, which the policy does not run"

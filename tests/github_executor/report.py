"""What an execution of a workflow left behind, as a test reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Annotation:
    """What a step, or the runner for it, points out."""

    level: str
    message: str
    title: str | None
    path: str | None
    line: int | None
    end_line: int | None
    column: int | None
    end_column: int | None


@dataclass(frozen=True)
class Step:
    """What one step did; a composite action's own steps are in ``steps``."""

    name: str
    id: str | None
    outcome: str
    conclusion: str
    outputs: Mapping[str, str]
    log: str
    annotations: tuple[Annotation, ...]
    summary: str
    steps: tuple[Step, ...]

    def everything(self) -> tuple[Step, ...]:
        """This step and all inside it."""
        return (self, *(inner for step in self.steps for inner in step.everything()))


@dataclass(frozen=True)
class Job:
    """One job, or one leg of a matrix job. ``name`` is its check's name, ``key`` its ids: ``ci/tests#0``.

    ``outcome`` is what it did, ``result`` what its dependants see: they differ where ``continue-on-error`` is set.
    ``ran`` is false for a job that "re-run failed jobs" kept from an earlier ``attempt``.
    """

    key: str
    id: str
    name: str
    matrix: Mapping[str, Any] | None
    outcome: str
    result: str
    outputs: Mapping[str, str]
    steps: tuple[Step, ...]
    own_annotations: tuple[Annotation, ...]
    attempt: int
    ran: bool

    def step(self, name: str) -> Step:
        """The step of this name or id, of the job itself or of an action in it."""
        return _only([step for step in self._everything() if name in (step.name, step.id)], "step", name, self._names())

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """All annotations, the job's own first."""
        return (*self.own_annotations, *(found for step in self._everything() for found in step.annotations))

    @property
    def summary(self) -> str:
        """The job's summary page: the summaries of its steps."""
        return "".join(step.summary for step in self._everything())

    @property
    def log(self) -> str:
        """What all steps printed."""
        return "".join(step.log for step in self._everything())

    def _everything(self) -> list[Step]:
        return [inner for step in self.steps for inner in step.everything()]

    def _names(self) -> list[str]:
        return [step.name for step in self._everything()]


@dataclass(frozen=True)
class Artifact:
    """An uploaded artifact; ``files`` are relative to ``folder``."""

    id: int
    name: str
    attempt: int
    job: str
    files: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Needed:
    """What a dependant of a top-level job sees."""

    result: str
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """How an attempt ended.

    ``conclusion`` is success, failure, cancelled or skipped; or, with exit code 2 and an ``error``, startup_failure
    (GitHub would not start it), unmodelled (the executor does not know how) or bad_input (the test asks for the
    impossible).
    """

    exit_code: int
    conclusion: str
    error: str | None
    results: Mapping[str, Needed]
    jobs: tuple[Job, ...]
    artifacts: tuple[Artifact, ...]

    def job(self, name: str) -> Job:
        """The job whose check has this name."""
        return _only([job for job in self.jobs if job.name == name], "job", name, [job.name for job in self.jobs])

    def artifact(self, name: str, attempt: int | None = None) -> Artifact:
        """The artifact of this name, of one attempt if several left one."""
        found = [one for one in self.artifacts if one.name == name and attempt in (None, one.attempt)]
        return _only(found, "artifact", name, [one.name for one in self.artifacts])

    @property
    def outcomes(self) -> dict[str, str]:
        """The results of all jobs by the names of their checks."""
        return {job.name: job.result for job in self.jobs}


def read_report(exit_code: int, data: Mapping[str, Any]) -> Report:
    """Read what the executor wrote."""
    return Report(
        exit_code=exit_code,
        conclusion=data["conclusion"],
        error=data["error"],
        results={name: Needed(**needed) for name, needed in data["results"].items()},
        jobs=tuple(map(_job, data["jobs"])),
        artifacts=tuple(
            Artifact(**artifact | {"files": tuple(artifact["files"]), "folder": Path(artifact["folder"])})
            for artifact in data["artifacts"]
        ),
    )


def _job(data: Mapping[str, Any]) -> Job:
    rest = {name: value for name, value in data.items() if name not in ("steps", "annotations")}
    return Job(**rest, steps=tuple(map(_step, data["steps"])), own_annotations=_annotations(data))


def _step(data: Mapping[str, Any]) -> Step:
    rest = {name: value for name, value in data.items() if name not in ("steps", "annotations")}
    return Step(**rest, steps=tuple(map(_step, data["steps"])), annotations=_annotations(data))


def _annotations(data: Mapping[str, Any]) -> tuple[Annotation, ...]:
    return tuple(Annotation(**annotation) for annotation in data["annotations"])


def _only(found: list[_T], kind: str, name: str, known: list[str]) -> _T:
    if len(found) != 1:
        raise AssertionError(f"{len(found)} {kind}s are called {name!r}; there are {known}")
    return found[0]

"""What a run consists of, decided before it starts: its jobs, the split of their tests, and the base commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from msgspec import Struct

from testkeep.model.evidence import Job, Provenance, Side
from testkeep.model.partition import Partition
from testkeep.model.stage import Stage

PLAN_SCHEMA: Final = "testkeep.plan/1"
NO_JOB: Final = "none"
"""Stands in a CI product's matrix, which cannot be empty, where the plan has no jobs."""


class Plan(Struct, frozen=True, kw_only=True):
    """The jobs that a run needs, and what they are to be judged as.

    ``provenance`` is what was planned for; ``base`` the commit to compare with (empty: none), and
    ``base_reason`` how it was found or why there is none. ``attempt`` is the one of the CI product's run that planned.
    ``partitions`` are those of the stages with several shards. The ``digest`` names all of it: evidence carries it.
    """

    schema: Literal["testkeep.plan/1"]
    provenance: Provenance
    base: str
    base_reason: str
    attempt: int = 1
    jobs: tuple[Job, ...]
    partitions: dict[Stage, Partition]
    digest: str = ""

    def job(self, job_id: str) -> Job | None:
        """Find a job by its id."""
        return next((job for job in self.jobs if job.id == job_id), None)

    def of_side(self, side: Side) -> Iterator[Job]:
        """The jobs that run the head's or the base's code."""
        return (job for job in self.jobs if job.side is side)


def job_id(stage: Stage, python: str, shard: int, of: int, side: Side) -> str:
    """Name a job; the name is part of file names, and has no dot.

    >>> job_id(Stage.UNIT, "3.12", 1, 2, Side.BASE)
    'base-unit-py312-1of2'
    """
    parts = [
        "base" if side is Side.BASE else "",
        stage.value,
        f"py{python.replace('.', '')}" if python and not stage.is_static else "",
        f"{shard}of{of}" if of > 1 else "",
    ]
    return "-".join(filter(None, parts))


def groups(plan: Plan) -> dict[str, tuple[Job, ...]]:
    """A plan's jobs by what CI makes one matrix of: ``static``, ``tests`` and ``base``."""
    return grouped(plan.jobs)


def grouped(jobs: Iterable[Job]) -> dict[str, tuple[Job, ...]]:
    """Any jobs by what CI makes one matrix of."""
    everything = tuple(jobs)
    head = tuple(job for job in everything if job.side is Side.HEAD)
    return {
        "static": tuple(job for job in head if job.stages[0].is_static),
        "tests": tuple(job for job in head if not job.stages[0].is_static),
        "base": tuple(job for job in everything if job.side is Side.BASE),
    }

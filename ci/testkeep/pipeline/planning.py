"""Makes the plan of a run: which jobs it has, how tests are split among them, and what they are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from testkeep.errors import EvidenceError, UsageError
from testkeep.formats import plan_json
from testkeep.model.evidence import Evidence, Job, Side
from testkeep.model.partition import Partition, balance
from testkeep.model.plan import PLAN_SCHEMA, Plan, job_id
from testkeep.model.policy import Policy
from testkeep.model.stage import Stage
from testkeep.pipeline.base_store import read_store
from testkeep.pipeline.base_tree import check_out
from testkeep.pipeline.baseline import Base, baseline_from
from testkeep.pipeline.change_base import current_event
from testkeep.pipeline.context import Project
from testkeep.pipeline.gather import foreign
from testkeep.pipeline.plans import stages_with_tests
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.interpreter import python_version


@dataclass(frozen=True)
class PlanOptions:
    """What is planned beside what the policy says.

    ``stages`` (none: the policy's), ``pythons`` (none: the policy's, else the one that runs now) and ``shards`` (by
    stage; the policy's for the others) win over the policy; what they leave out of it, the gate will miss.
    ``baseline`` is a folder with the base's evidence, which need not be made then; with ``base_jobs`` it is made by
    jobs of its own, else by the gate.
    """

    stages: tuple[Stage, ...] = ()
    pythons: tuple[str, ...] = ()
    shards: Mapping[Stage, int] = field(default_factory=dict)
    baseline: EvidenceFolder | None = None
    base_jobs: bool = True


def make_plan(project: Project, base: Base, options: PlanOptions) -> Plan:
    """Plan the jobs of a run. The project is under the policy that is in force against the base.

    A stage of which no file may have a test has no job, unless it was asked for by name.

    Raises:
        UsageError: shards were asked for of a stage that is not run, or that has no tests; or the gate is to make the
            base's evidence, which it cannot do for several versions.
        BaselineError: git cannot check the base commit out.
    """
    stages = options.stages or project.policy.run_stages
    shards = {**project.policy.suites.shards, **options.shards}
    for stage in options.shards:
        if stage not in stages or stage.is_static:
            why = "it runs no tests" if stage.is_static else "it is not among the stages of the plan"
            raise UsageError(f"--shards {stage}={options.shards[stage]}: {stage} cannot be split: {why}")
    pythons = options.pythons or planned_pythons(project.policy)
    tests = [stage for stage in stages if not stage.is_static]
    with_tests = stages_with_tests(project, tests)
    here = [stage for stage in stages if stage.is_static or stage in options.stages or stage in with_tests]
    before = _Before(
        stages=_stages_at_base(project, base.commit, tests) if base.commit else (),
        pythons=_pythons_at_base(project, pythons),
    )
    made = before.evidence_in(options.baseline, base)
    if before.stages and not made and not options.base_jobs and len(before.pythons) > 1:
        raise UsageError(
            f"--no-base-jobs: the gate would run the base's tests with one Python, and here are {len(before.pythons)}",
            hint="Let jobs of their own run them, or plan for one version.",
        )
    records = made or (read_store(project, base.commit).evidence if base.commit else ())
    sides: list[tuple[Side, Sequence[Stage], Sequence[str]]] = [(Side.HEAD, here, pythons)]
    if options.base_jobs and not made:
        sides.append((Side.BASE, before.stages, before.pythons))
    jobs = [
        job
        for side, wanted, versions in sides
        for stage in wanted
        for job in _jobs(stage, versions, shards.get(stage, 1), side)
    ]
    return plan_json.sealed(
        Plan(
            schema=PLAN_SCHEMA,
            provenance=project.provenance,
            base=base.commit,
            base_reason=base.how or base.reason,
            attempt=current_event().attempt,
            jobs=tuple(jobs),
            partitions={
                stage: _partition(records, stage, shards[stage]) for stage in tests if shards.get(stage, 1) > 1
            },
        )
    )


@dataclass(frozen=True)
class _Before:
    """What the base commit's evidence has to be of: the stages that may have tests there, and the versions."""

    stages: Sequence[Stage]
    pythons: Sequence[str]

    def evidence_in(self, folder: EvidenceFolder | None, base: Base) -> Sequence[Evidence]:
        """The base's evidence in the folder that was given; none if it cannot be used, so that it is made."""
        if folder is None or not base.commit or not self.stages or not folder.path.is_dir():
            return ()
        found, baseline = baseline_from(folder, self.stages)
        if baseline is None or baseline.problem or found.commit != base.commit:
            return ()
        have = {
            (stage, record.suite.settings.python.rpartition(".")[0])
            for record in baseline.evidence
            for stage in record.job.stages
            if record.suite is not None
        }
        return baseline.evidence if have.issuperset(product(self.stages, self.pythons)) else ()


def _pythons_at_base(project: Project, pythons: Sequence[str]) -> Sequence[str]:
    """The versions with which the base's tests guard: one that the change adds may not even collect them."""
    before = project.policy_change.base if project.policy_change is not None else None
    if before is None or not before.python:
        return pythons
    return [python for python in pythons if python in before.python] or pythons


def _stages_at_base(project: Project, commit: str, stages: Sequence[Stage]) -> Sequence[Stage]:
    """The stages that may have tests at the base commit."""
    with check_out(project, commit) as tree:
        return stages_with_tests(tree.project, stages) if tree is not None else ()


def all_jobs(project: Project, options: PlanOptions) -> tuple[Job, ...]:
    """The jobs that plans may have under the present policy, whatever tests there are, and a base commit or not."""
    stages = options.stages or project.policy.run_stages
    pythons = options.pythons or planned_pythons(project.policy)
    shards = {**project.policy.suites.shards, **options.shards}
    sides = (Side.HEAD, Side.BASE) if options.base_jobs else (Side.HEAD,)
    return tuple(
        job
        for side in sides
        for stage in stages
        if side is Side.HEAD or not stage.is_static
        for job in _jobs(stage, pythons, shards.get(stage, 1), side)
    )


def planned_pythons(policy: Policy) -> tuple[str, ...]:
    """The versions that the policy asks for; the one that runs now if it asks for none."""
    return policy.python or (".".join(map(str, python_version())),)


def _jobs(stage: Stage, pythons: Sequence[str], of: int, side: Side) -> Iterable[Job]:
    if stage.is_static:
        yield Job(id=job_id(stage, "", 1, 1, side), stages=(stage,), python=pythons[0], side=side)
        return
    for python in pythons:
        for shard in range(1, of + 1):
            name = job_id(stage, python, shard, of, side)
            yield Job(id=name, stages=(stage,), python=python, shard=shard, of=of, side=side)


def _partition(records: Iterable[Evidence], stage: Stage, of: int) -> Partition:
    durations: dict[str, float] = {}
    for record in records:
        for test in record.tests:
            if test.item.stage is stage and test.execution is not None:
                took_s = sum(phase.duration_s for phase in test.execution.phases)
                durations[test.item.id] = max(durations.get(test.item.id, 0.0), took_s)
    return balance(durations, of)


def check_job(plan: Plan, project: Project, name: str) -> Job:
    """Find a job of a plan, and see that it can be done here: in these files, with this interpreter.

    Raises:
        UsageError: the plan has no such job.
        EvidenceError: the plan is of something else, or another interpreter was planned.
    """
    job = plan.job(name)
    if job is None:
        known = ", ".join(each.id for each in plan.jobs)
        raise UsageError(f"--job {name}: the plan has no such job; it has {known}")
    reason = foreign(plan.provenance, project.provenance)
    if reason:
        raise EvidenceError(f"the plan is of something else: {reason}", hint="Plan and run at the same commit.")
    here = ".".join(map(str, python_version()))
    if job.python and job.python != here:
        raise EvidenceError(
            f"job {name} was planned for Python {job.python}, and this is Python {here}",
            hint="Run testkeep with that interpreter.",
        )
    return job

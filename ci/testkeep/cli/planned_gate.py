"""``testkeep gate --plan``: judge the evidence of a plan's jobs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from testkeep.cli.github_outputs import add_outputs
from testkeep.cli.job import evidence_of, read_plan
from testkeep.cli.options import raised, screen_of
from testkeep.cli.screen import Screen
from testkeep.cli.session import exit_code_of, folder_or_default, make_baseline, reach_verdict
from testkeep.errors import EvidenceError, UsageError
from testkeep.formats.needs_json import read_needs
from testkeep.model.change_event import Provider
from testkeep.model.plan import Plan
from testkeep.model.verdict import Decision
from testkeep.pipeline.base_store import state_folder, store_folder
from testkeep.pipeline.baseline import Base, baseline_from, save_as_baseline
from testkeep.pipeline.change_base import current_event
from testkeep.pipeline.context import Project, load_project
from testkeep.pipeline.gather import foreign
from testkeep.pipeline.judge import Case
from testkeep.pipeline.planned import PlannedEvidence
from testkeep.pipeline.policy_in_force import under_base
from testkeep.pipeline.scheduled import have_base
from testkeep.rules.base import Baseline
from testkeep.system.evidence_folder import EvidenceFolder, flattened
from testkeep.system.interpreter import processors


def judge_plan(options: dict[str, Any]) -> int:
    """Judge exactly the jobs of a plan, against the base that it names."""
    if options["base_ref"]:
        raise UsageError("--base and --plan: the plan names the commit to compare with")
    project = load_project(Path.cwd())
    plan = read_plan(options["plan_file"])
    needs = read_needs(options["needs"] or "")
    _check(plan, project)
    project = under_base(project, plan.base)
    project = replace(project, policy=raised(project.policy, options))
    source = folder_or_default(project, options["evidence_folder"], evidence_of(plan))
    folder, doubled = flattened(source, state_folder(project) / "gathered")
    event = current_event()
    attempt = None if event.provider is Provider.LOCAL else event.attempt
    planned = PlannedEvidence(plan, folder, doubled, attempt=attempt)
    screen = screen_of(options)
    baseline, base_folder = _baseline(project, planned, options["baseline_folder"], screen)
    stages = tuple(dict.fromkeys((*project.policy.run_stages, *(stage for job in plan.jobs for stage in job.stages))))
    case = Case(
        project=project,
        stages=stages,
        folder=folder,
        base=Base(plan.base, how=plan.base_reason) if plan.base else Base(reason=plan.base_reason),
        baseline=baseline,
        report=folder_or_default(project, options["report_folder"], "report"),
        base_folder=base_folder,
        untracked=options["include_untracked"],
        planned=planned,
        needs=needs,
    )
    judgement = reach_verdict(case, options, screen)
    if options["saved_folder"] and judgement.verdict.verdict is not Decision.INCONCLUSIVE:
        save_as_baseline(judgement.evidence, folder, EvidenceFolder(options["saved_folder"].absolute()))
        if options["github"]:
            add_outputs({"baseline": project.provenance.commit})
    return exit_code_of(judgement)


def _check(plan: Plan, project: Project) -> None:
    reason = foreign(plan.provenance, project.provenance)
    if reason:
        raise EvidenceError(f"the plan is of something else: {reason}", hint="Plan and judge at the same commit.")
    have_base(plan, project)


def _baseline(
    project: Project, planned: PlannedEvidence, given: Path | None, screen: Screen
) -> tuple[Baseline | None, EvidenceFolder]:
    """The base's evidence: of the plan's own jobs, of the folder that was given, or made now."""
    base = Base(commit=planned.plan.base)
    of_jobs = planned.baseline(project)
    if of_jobs is not None:
        return of_jobs, planned.folder
    if base.commit and given is not None and given.is_dir():
        folder = EvidenceFolder(given.absolute())
        found, baseline = baseline_from(folder, project.policy.run_stages)
        if found.commit == base.commit:
            return baseline, folder
    return make_baseline(project, base, project.policy.run_stages, processors(), screen), store_folder(
        project, base.commit
    )

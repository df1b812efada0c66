"""Brings the facts together, applies the rules, and makes the verdict."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from testkeep.errors import BaselineError, UsageError
from testkeep.model.comparison import Comparison, LostTest
from testkeep.model.coverage import Coverage
from testkeep.model.coverage_summary import CoverageSummary
from testkeep.model.evidence import Evidence
from testkeep.model.finding import Finding
from testkeep.model.stage import Stage
from testkeep.model.verdict import (
    VERDICT_SCHEMA,
    Conservation,
    CoverageResult,
    Likely,
    Lost,
    Moved,
    Replaced,
    Verdict,
)
from testkeep.pipeline.base_tools import base_tools, dropped_tools
from testkeep.pipeline.baseline import Base
from testkeep.pipeline.comparing import Sides, compared
from testkeep.pipeline.context import Project
from testkeep.pipeline.coverage_reports import MeasuredChange
from testkeep.pipeline.covered import Subject, with_coverage
from testkeep.pipeline.gather import Gathered, gather
from testkeep.pipeline.leniencies import leniencies
from testkeep.pipeline.planned import PlannedEvidence, unmet_needs
from testkeep.pipeline.progress import Watcher
from testkeep.pipeline.sources import Texts, unittest_files
from testkeep.pipeline.stage_results import stage_results
from testkeep.pipeline.static_tools import repeated_hooks, unread_configuration
from testkeep.rules.base import FILES, Baseline, Facts, Rejection, RejectionKind
from testkeep.rules.coverage_notes import coverage_notes
from testkeep.rules.coverage_summary import summarize
from testkeep.rules.doubts import doubt_notes
from testkeep.rules.judgement import decide, find
from testkeep.rules.policy_history import DAYS
from testkeep.rules.quarantine import quarantine_notes
from testkeep.rules.thresholds import missed, unwritten
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.settled import SettledRepository

NO_COMMIT = "none"
WORKTREE = "worktree"


@dataclass(frozen=True)
class Case:
    """What is to be judged: evidence of some stages of a project, against a base.

    ``report`` is the folder that coverage's own reports go to; ``conserve`` is False where only the stages' own
    outcomes are asked for (``--no-gate``). ``base_folder`` is where the base's evidence lies; ``untracked`` says
    whether files that git does not know yet are part of the change. ``planned`` has the evidence of a plan's jobs, and
    ``needs`` how the provider says that its jobs ended, by name.
    """

    project: Project
    stages: tuple[Stage, ...]
    folder: EvidenceFolder
    base: Base
    baseline: Baseline | None
    report: Path
    conserve: bool = True
    base_folder: EvidenceFolder | None = None
    untracked: bool = True
    planned: PlannedEvidence | None = None
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """A verdict, the evidence and the coverage that it rests on, in short and whole (None: nothing was measured)."""

    verdict: Verdict
    evidence: tuple[Evidence, ...]
    coverage: CoverageSummary | None
    measured: Coverage | None
    change: MeasuredChange | None


def judge(case: Case, watcher: Watcher) -> Judgement:
    """Reach a verdict from the evidence; lost and changed tests are looked at more closely, which runs them again.

    Raises:
        UsageError: a file with coverage's configuration cannot be read.
    """
    repository = case.project.repository
    project = replace(case.project, repository=SettledRepository(repository.root, repository.known_commits))
    case = replace(case, project=project)
    gathered = _gathered(case)
    written = _written_to(project)
    notes = list(_notes(case))
    facts = Facts(
        policy=project.policy,
        provenance=project.provenance,
        stages=case.stages,
        evidence=gathered.evidence,
        unfinished=gathered.unfinished,
        rejections=(*gathered.rejections, *written),
        baseline=case.baseline,
        today=project.repository.latest_day(project.provenance.commit, case.base.commit),
        clock_day=datetime.datetime.now(tz=datetime.UTC).date(),
        policy_change=project.policy_change,
        is_one_job=case.planned is not None and case.planned.job is not None,
    )
    facts = replace(facts, unittest_files=unittest_files(project, facts))
    facts, trouble = _with_base_tools(case, facts, watcher)
    notes += trouble
    if case.conserve:
        facts = with_coverage(_subject(case), facts)
        notes += coverage_notes(facts, project.source)
        facts = compared(Sides(project, case.baseline, case.folder), facts, watcher)
        if case.baseline is not None and facts.comparison.obstacle:
            notes.append(f"not compared with the base: {facts.comparison.obstacle}")
        notes += [*_version_notes(facts), *doubt_notes(facts)]
    # Without a base nobody has agreed to a waiver.
    waivers = project.policy.waivers if project.policy_change is not None else ()
    notes += quarantine_notes(waivers, facts.today)
    findings = find(facts, waivers)
    head = WORKTREE if project.provenance.dirty else project.provenance.commit
    base = case.base.commit or NO_COMMIT
    verdict = Verdict(
        schema=VERDICT_SCHEMA,
        verdict=decide(facts, findings),
        head=head,
        base=base,
        base_reason=case.base.how,
        stages=stage_results(facts),
        coverage=_coverage_result(facts),
        conservation=_conservation(facts.comparison, findings),
        findings=findings,
        notes=tuple(notes),
    )
    change = MeasuredChange(base, facts.changed_lines, facts.diff) if facts.diff is not None else None
    return Judgement(verdict, gathered.evidence, summarize(facts, head, base), facts.coverage, change)


def _with_base_tools(case: Case, facts: Facts, watcher: Watcher) -> tuple[Facts, list[str]]:
    """Add what static tools complained of at the base, also where one job of a plan is judged alone."""
    commit = case.planned.plan.base if case.planned is not None else case.base.commit
    if case.project.repository.resolve(commit or "HEAD") is None or not commit:
        return facts, []
    try:
        known = base_tools(case.project, commit, facts.evidence, watcher)
        dropped = dropped_tools(case.project, commit, facts.evidence)
        looser = leniencies(Texts.of(case.project, commit))
        return replace(facts, base_tools=known, dropped_tools=dropped, leniencies=looser), []
    except BaselineError as error:
        return facts, [f"what static tools complained of at the base is not known: {error.message}"]


def _gathered(case: Case) -> Gathered:
    if case.planned is None:
        return gather(case.folder, case.project.provenance, case.stages)
    found = case.planned.head(case.project)
    return replace(found, rejections=(*found.rejections, *unmet_needs(case.planned.plan, found, case.needs)))


def _written_to(project: Project) -> Iterable[Rejection]:
    """See that the code is still what the run began with: else what was measured would say nothing of it.

    A new file that a test left behind is no part of what is judged.
    """
    if project.repository.tree_state(project.untracked).tree != project.provenance.tree:
        yield Rejection(
            job=FILES,
            kind=RejectionKind.FOREIGN,
            reason="they were changed while the stages ran",
            help="No test and no tool may write to the code that is judged. See 'git status', and run again.",
        )


def _notes(case: Case) -> Iterable[str]:
    if case.base.reason:
        yield case.base.reason
    if case.project.provenance.dirty:
        yield f"the working tree has changes that are not in {case.project.provenance.commit[:12]}"
    left = [stage for stage in case.project.policy.run_stages if stage not in case.stages]
    if left and (case.planned is None or case.planned.job is None):
        yield f"a partial run: {', '.join(left)} not judged"
    yield from case.baseline.notes if case.baseline is not None else ()
    yield from _policy_notes(case)
    with contextlib.suppress(UsageError):  # hooks that nobody can read: the stages are not run then
        for stage in (stage for stage in case.stages if stage.is_static):
            yield from (*unread_configuration(case.project, stage), *repeated_hooks(case.project, stage))


def _policy_notes(case: Case) -> Iterable[str]:
    """Say by which policy the case is judged, where that is not plain."""
    change, base = case.project.policy_change, case.base.commit[:12]
    has_own = bool(case.project.policy_file)
    if change is None and case.base.commit:
        yield f"the base commit {base} is not in this repository: the policy of the head is in force, without waivers"
    if change is not None and change.base is None and not change.problem and has_own:
        yield f"first adoption of a policy: there is none at {base}"
    if change is not None and change.remembered and not change.problem:
        last = change.remembered[:12]
        yield f"no policy at {base}: the strictest of the {DAYS} days before counts as its own; {last} had the last"
    if change is not None and change.base is not None and not has_own:
        yield f"no [tool.testkeep] in this project any more: the default policy is held against that of {base}"
    elif not has_own:
        yield "no [tool.testkeep] in this project: the default policy is in force"


def _version_notes(facts: Facts) -> Iterable[str]:
    """Test ids are pytest's: another version may write some of them in another way."""
    before = {suite.settings.versions.get("pytest", "") for suite in facts.base_suites()}
    now = {suite.settings.versions.get("pytest", "") for _, suite in facts.suites()}
    if before and now and before != now:
        yield f"the base was recorded with pytest {', '.join(sorted(before))}, the head with {', '.join(sorted(now))}"


def _coverage_result(facts: Facts) -> CoverageResult:
    if facts.coverage is None:
        return CoverageResult()
    totals, diff = facts.coverage.totals, facts.diff
    before = facts.base_coverage.shown if facts.base_coverage is not None else None
    changed = diff.files.items() if diff is not None else ()
    return CoverageResult(
        overall_percent=totals.overall.shown,
        diff_percent=diff.ratio.shown if diff is not None and diff.ratio.total else None,
        layers={
            name: ratio.shown
            for name, ratio in totals.by_layer(facts.policy.coverage.layers, facts.inherited_layers).items()
        },
        base_percent=before.overall.shown if before is not None and before.overall.total else None,
        needed={threshold.key: threshold.missing for threshold in missed(facts)},
        gaps=dict(facts.gaps),
        defaults={threshold.key: threshold.minimum for threshold in unwritten(facts)},
        partial_branches={path: file.partial for path, file in changed if file.partial},
    )


def _subject(case: Case) -> Subject:
    return Subject(
        project=case.project,
        folder=case.folder,
        report=case.report,
        base=case.base.commit,
        base_evidence=case.base_folder,
        untracked=case.untracked,
    )


def _conservation(comparison: Comparison, findings: Sequence[Finding]) -> Conservation:
    waived = {test for finding in findings if finding.waived for test in finding.about}
    accounted = (*comparison.moved, *comparison.replaced)
    return Conservation(
        compared=not comparison.obstacle,
        kept=len(comparison.kept),
        moved=tuple(Moved(from_=one.lost, to=one.by[0]) for one in comparison.moved),
        replaced=tuple(Replaced(lost=one.lost, by=one.by) for one in comparison.replaced),
        retired=tuple(one.test for one in comparison.retired),
        waived=tuple(loss.id for loss in comparison.lost if loss.id in waived),
        lost=tuple(Lost(test=loss.id, how=loss.how) for loss in comparison.lost if loss.id not in waived),
        reasons={one.lost: one.why for one in accounted}
        | {one.test: one.why for one in comparison.retired}
        | {loss.id: loss.why for loss in comparison.lost},
        candidates={loss.id: _likely(loss) for loss in comparison.lost if loss.candidates},
    )


def _likely(loss: LostTest) -> tuple[Likely, ...]:
    return tuple(
        Likely(test=one.test, likeness_percent=int(one.likeness * 100), misses=one.misses) for one in loss.candidates
    )

"""Brings together all that rules see of coverage: of the head, of the base commit, and of the lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from testkeep.errors import BaselineError, EvidenceError, Undecided, UsageError
from testkeep.model.coverage import BaseCoverage, Coverage
from testkeep.model.diff_coverage import cover_changes
from testkeep.model.evidence import Evidence
from testkeep.model.inherited_layers import inherited_layers
from testkeep.model.kept_coverage import Untested, newly_untested
from testkeep.pipeline import measuring
from testkeep.pipeline.base_coverage import base_coverage
from testkeep.pipeline.changed_lines import changed_lines
from testkeep.pipeline.coming_near import Gaps, with_nearest_tests
from testkeep.pipeline.context import Project
from testkeep.pipeline.sources import Texts, read_production
from testkeep.rules.base import FOOTPRINTS, OF_BASE, OF_DIFF, OF_HEAD, Facts, Rejection, RejectionKind
from testkeep.rules.gaps import gaps_of_missed
from testkeep.rules.validity import doubts
from testkeep.system.coverage_data import clear
from testkeep.system.evidence_folder import EvidenceFolder


@dataclass(frozen=True)
class Subject:
    """What was measured, where, and what it is held against: the evidence of a project, and a base commit.

    ``report`` is the folder for coverage's reports; ``base`` is empty if there is no base commit, and ``base_evidence``
    is where its evidence lies. ``untracked`` says whether the lines of files that git does not know yet count as
    changed, and ``partial`` that some test stages may be missing from the sum.
    """

    project: Project
    folder: EvidenceFolder
    report: Path
    base: str = ""
    base_evidence: EvidenceFolder | None = None
    untracked: bool = True
    partial: bool = False


def with_coverage(subject: Subject, facts: Facts) -> Facts:
    """Add what was measured to the facts; what should be there and is not, becomes a rejection.

    Only where all test stages were judged: a number that leaves one out would be a wrong one, and what a run that is no
    evidence measured is none.
    """
    clear(subject.report)
    project = subject.project
    wanted = set(project.policy.test_stages)
    runs = [record for record in facts.evidence if record.suite is None or not any(doubts(record.suite))]
    judged = {stage for record in runs for stage in record.job.stages} - facts.incomplete_stages
    if not wanted or not project.source or not (subject.partial or wanted <= judged):
        return facts
    try:
        coverage = _of_head(subject, runs)
    except Undecided as error:
        return _rejecting(facts, OF_HEAD, error)
    if coverage is None:
        return facts
    facts = replace(facts, coverage=coverage)
    if subject.base:
        facts = _against_base(subject, facts)
    return with_gaps(subject, facts, gaps_of_missed(facts))


def with_gaps(subject: Subject, facts: Facts, gaps: Gaps) -> Facts:
    """Add places to win coverage to the facts, with the tests that come nearest to them."""
    if facts.coverage is None:
        return facts
    jobs = [record.job.stem for record in facts.evidence if record.ran_tests]
    try:
        found = with_nearest_tests(subject.project, subject.folder, jobs, facts.coverage, gaps)
    except EvidenceError as error:
        facts = _rejecting(facts, FOOTPRINTS, error)
        found = {key: tuple(some) for key, some in gaps.items()}
    return replace(facts, gaps=found)


def _of_head(subject: Subject, evidence: Sequence[Evidence]) -> Coverage | None:
    """Add up the coverage of all test stages; None if no test ran."""
    project, folder = subject.project, subject.folder
    jobs = [record.job.stem for record in evidence if record.ran_tests]
    without = [job for job in jobs if not folder.coverage_path(job).exists()]
    if without:
        raise EvidenceError(f"there is no coverage data of {', '.join(without)}; was --no-cov given?")
    if not jobs:
        return None
    coverage = measuring.combine(project, folder, jobs, subject.report)
    if coverage is None or not coverage.files:
        raise EvidenceError(f"not one line of {', '.join(project.source)} was measured")
    return coverage


def _against_base(subject: Subject, facts: Facts) -> Facts:
    project, commit = subject.project, subject.base
    try:
        facts = _with_inherited_layers(project, commit, _of_diff(subject, facts))
    except BaselineError as error:  # the commit is not there
        return _rejecting(facts, OF_DIFF, error)
    baseline, evidence = facts.baseline, subject.base_evidence
    if not project.policy.coverage.ratchet or baseline is None or baseline.problem or evidence is None:
        return facts
    try:
        branch = facts.coverage is not None and facts.coverage.branch
        found = base_coverage(project, commit, evidence, baseline.evidence, branch=branch)
        return replace(facts, base_coverage=found, untested=_untested(project, commit, found, facts.coverage))
    except (Undecided, UsageError) as error:
        return _rejecting(facts, OF_BASE, error)


def _untested(project: Project, commit: str, before: BaseCoverage | None, now: Coverage | None) -> dict[str, Untested]:
    if before is None or before.obstacle or now is None or not any(file.ratio.uncovered for file in now.files.values()):
        return {}
    production, branch = read_production(Texts.of(project, commit)), now.branch and not before.lines_only
    return newly_untested(before.files, now, production, folder=project.folder, branch=branch)


def _with_inherited_layers(project: Project, commit: str, facts: Facts) -> Facts:
    """Add the layers that files keep although they have other names; only where somebody wrote a minimum down."""
    layers = project.policy.coverage.layers
    if facts.coverage is None or all(layer.minimum is None for layer in layers.values()):
        return facts
    texts = Texts.of(project, commit)
    new = {change.new for change in texts.python_changes if change.new and change.new != change.old}
    if not new:
        return facts
    found = inherited_layers(read_production(texts), facts.coverage, layers, new=new, folder=project.folder)
    return replace(facts, inherited_layers=found)


def _of_diff(subject: Subject, facts: Facts) -> Facts:
    project = subject.project
    changed = changed_lines(project.repository, subject.base, include_untracked=subject.untracked)
    diff = cover_changes(facts.coverage, project.folder, changed) if facts.coverage is not None else None
    return replace(facts, changed_lines=changed, diff=diff)


def _rejecting(facts: Facts, job: str, error: Undecided | UsageError) -> Facts:
    kind = RejectionKind.UNREADABLE if "cannot be read" in error.message else RejectionKind.MISSING
    return replace(
        facts, rejections=(*facts.rejections, Rejection(job=job, kind=kind, reason=error.message, help=error.hint))
    )

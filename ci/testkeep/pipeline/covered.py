"""Brings together all that rules see of coverage: of the head, of the base commit, and of the lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from testkeep.errors import BaselineError, EvidenceError, ToolError, Undecided, UsageError
from testkeep.formats import cobertura, diff_cover_json, unified_diff
from testkeep.model.coverage import Coverage
from testkeep.model.diff_coverage import DiffCoverage
from testkeep.model.evidence import Evidence
from testkeep.pipeline import measuring
from testkeep.pipeline.base_coverage import base_coverage
from testkeep.pipeline.context import Project
from testkeep.rules.base import Facts, Rejection, RejectionKind
from testkeep.rules.gaps import gaps_of_missed
from testkeep.system.diff_coverage import write_diff_coverage
from testkeep.system.evidence_folder import EvidenceFolder, write_atomically
from testkeep.system.git_diff import diff_since

_HEAD, _BASE, _DIFF = "coverage", "coverage of the base", "coverage of the diff"


@dataclass(frozen=True)
class Measurement:
    """What was measured, where, and what it is held against: the evidence of a project, and a base commit.

    ``report`` is the folder for coverage's reports; ``base`` is empty if there is no base commit, and ``base_evidence``
    is where its evidence lies. ``untracked`` says whether the lines of files that git does not know yet count as
    changed.
    """

    project: Project
    folder: EvidenceFolder
    report: Path
    base: str = ""
    base_evidence: EvidenceFolder | None = None
    untracked: bool = True


def with_coverage(measurement: Measurement, facts: Facts) -> Facts:
    """Add what was measured to the facts; what should be there and is not, becomes a rejection.

    Only where all test stages were judged: a number that leaves one out would be a wrong one.
    """
    project = measurement.project
    wanted = set(project.policy.test_stages)
    judged = {stage for record in facts.evidence for stage in record.job.stages}
    if not wanted or not wanted <= judged or not project.source:
        return facts
    try:
        coverage = _of_head(measurement, facts.evidence)
    except Undecided as error:
        return _rejecting(facts, _HEAD, error)
    if coverage is None:
        return facts
    facts = replace(facts, coverage=coverage)
    if measurement.base:
        facts = _against_base(measurement, facts)
    return replace(facts, gaps=gaps_of_missed(facts))


def _of_head(measurement: Measurement, evidence: Sequence[Evidence]) -> Coverage | None:
    """Add up the coverage of all test stages; None if no test ran."""
    project, folder = measurement.project, measurement.folder
    jobs = [record.job.id for record in evidence if record.ran_tests]
    without = [job for job in jobs if not folder.coverage_path(job).exists()]
    if without:
        raise EvidenceError(f"there is no coverage data of {', '.join(without)}; was --no-cov given?")
    if not jobs:
        return None
    coverage = measuring.combine(project, folder, jobs, measurement.report)
    if coverage is None or not coverage.files:
        raise EvidenceError(f"not one line of {', '.join(project.source)} was measured")
    xml = measurement.report / "coverage.xml"
    write_atomically(xml, cobertura.repository_relative(xml.read_bytes(), project.folder))
    return coverage


def _against_base(measurement: Measurement, facts: Facts) -> Facts:
    project, commit = measurement.project, measurement.base
    try:
        changed = _changed_lines(measurement)
        facts = replace(facts, changed_lines=changed, diff=_of_diff(measurement, changed))
    except (BaselineError, EvidenceError, ToolError) as error:
        facts = _rejecting(facts, _DIFF, error)
    baseline = facts.baseline
    if not project.policy.coverage.ratchet or baseline is None or baseline.problem or measurement.base_evidence is None:
        return facts
    try:
        return replace(
            facts, base_coverage=base_coverage(project, commit, measurement.base_evidence, baseline.evidence)
        )
    except (Undecided, UsageError) as error:
        return _rejecting(facts, _BASE, error)


def _changed_lines(measurement: Measurement) -> dict[str, tuple[int, ...]]:
    """The lines of production code that differ from the base commit, as Python counts them, by file."""
    repository = measurement.project.repository
    diff = diff_since(repository, measurement.base, include_untracked=measurement.untracked)
    found = {}
    for path, lines in unified_diff.changed_lines(diff).items():
        if path.endswith(".py"):
            found[path] = unified_diff.as_python_counts(lines, (repository.root / path).read_bytes())
    return found


def _of_diff(measurement: Measurement, changed: dict[str, tuple[int, ...]]) -> DiffCoverage:
    xml = (measurement.report / "coverage.xml").read_bytes()
    report = write_diff_coverage(
        measurement.project.repository.root,
        measurement.report,
        xml=xml,
        diff=unified_diff.dumps(changed),
        base=measurement.base,
    )
    return diff_cover_json.loads(report).with_partial(cobertura.partial_branches(xml))


def _rejecting(facts: Facts, job: str, error: Undecided | UsageError) -> Facts:
    kind = RejectionKind.UNREADABLE if "cannot be read" in error.message else RejectionKind.MISSING
    return replace(facts, rejections=(*facts.rejections, Rejection(job=job, kind=kind, reason=error.message)))

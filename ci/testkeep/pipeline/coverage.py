"""Sums up the coverage of the last run, without running or judging anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from testkeep.errors import EvidenceError
from testkeep.model.coverage_summary import CoverageSummary
from testkeep.model.stage import Stage
from testkeep.pipeline.base_store import stored_baseline
from testkeep.pipeline.context import Project
from testkeep.pipeline.covered import Subject, with_coverage, with_gaps
from testkeep.pipeline.gather import gather
from testkeep.pipeline.judge import NO_COMMIT, WORKTREE
from testkeep.rules.base import Facts
from testkeep.rules.coverage_summary import summarize
from testkeep.rules.gaps import all_gaps
from testkeep.rules.thresholds import OVERALL
from testkeep.system.evidence_folder import EvidenceFolder

_MOST_GAPS = 10
_FIRST = "Run the tests: 'testkeep run'."


def measure(project: Project, folder: EvidenceFolder, base: str, report: Path, *, untracked: bool) -> CoverageSummary:
    """Sum up what the test stages measured that left evidence; coverage's own reports go to ``report``.

    The base commit's coverage is taken from the store, where it is there.

    Raises:
        EvidenceError: there is no usable evidence, or its coverage data cannot be read.
    """
    stages = project.policy.test_stages
    gathered = gather(folder, project.provenance, stages)
    judged = {stage for record in gathered.evidence for stage in record.job.stages}
    if not judged:
        reasons = dict.fromkeys(rejection.reason for rejection in gathered.rejections)
        raise EvidenceError(f"{folder.path}: no evidence of a test run: {'; '.join(reasons)}", hint=_FIRST)
    kept = stored_baseline(project, base, judged.intersection(stages)) if base else None
    baseline, base_evidence = kept or (None, None)
    facts = Facts(
        policy=project.policy,
        provenance=project.provenance,
        stages=stages,
        evidence=gathered.evidence,
        baseline=baseline,
    )
    subject = Subject(project, folder, report, base, base_evidence, untracked, partial=True)
    facts = with_coverage(subject, facts)
    if facts.coverage is not None and not facts.gaps:
        facts = with_gaps(subject, facts, {OVERALL: all_gaps(facts)[:_MOST_GAPS]})
    head = WORKTREE if project.provenance.dirty else project.provenance.commit
    summary = summarize(facts, head, base or NO_COMMIT)
    if summary is None:
        reasons = dict.fromkeys(rejection.reason for rejection in facts.rejections)
        raise EvidenceError("; ".join(reasons) or "no test ran", hint="Run the tests again: 'testkeep run'.")
    return msgspec.structs.replace(summary, notes=(*summary.notes, *_notes(facts, judged)))


def _notes(facts: Facts, judged: Collection[Stage]) -> Iterator[str]:
    missing = [stage for stage in facts.stages if stage not in judged]
    if missing:
        yield f"{', '.join(missing)} not measured: the numbers are of the other stages"
    yield from (f"{rejection.job}: {rejection.reason}" for rejection in facts.rejections)

"""Sums up the coverage of the last run, without running or judging anything."""

from __future__ import annotations

from pathlib import Path

import msgspec

from testkeep.errors import EvidenceError
from testkeep.model.coverage_summary import CoverageSummary
from testkeep.pipeline.baseline import stored
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


def measure(project: Project, folder: EvidenceFolder, base: str, report: Path, untracked: bool) -> CoverageSummary:
    """Sum up what the test stages measured that left evidence; coverage's own reports go to ``report``.

    Raises:
        EvidenceError: there is no usable evidence, or its coverage data cannot be read.
    """
    stages = project.policy.test_stages
    gathered = gather(folder, project.provenance, stages)
    if not gathered.evidence:
        reasons = [f"{rejection.job}: {rejection.reason}" for rejection in gathered.rejections]
        raise EvidenceError(
            f"{folder.path} has no evidence of a test run ({'; '.join(dict.fromkeys(reasons)) or 'it is empty'})",
            hint="Run the tests first: 'testkeep run'.",
        )
    kept = stored(project, base) if base else None
    facts = Facts(
        policy=project.policy,
        provenance=project.provenance,
        stages=stages,
        evidence=gathered.evidence,
        baseline=kept[0] if kept else None,
    )
    subject = Subject(
        project=project,
        folder=folder,
        report=report,
        base=base,
        base_evidence=kept[1] if kept else None,
        untracked=untracked,
        partial=True,
    )
    facts = with_coverage(subject, facts)
    if facts.coverage is None:
        reasons = [rejection.reason for rejection in facts.rejections]
        raise EvidenceError("; ".join(reasons) or "no test ran", hint="Run the tests again: 'testkeep run'.")
    if not facts.gaps:
        facts = with_gaps(subject, facts, {OVERALL: all_gaps(facts)[:_MOST_GAPS]})
    summary = summarize(facts, WORKTREE if project.provenance.dirty else project.provenance.commit, base or NO_COMMIT)
    if summary is None:
        raise EvidenceError("nothing was measured", hint="Run the tests again: 'testkeep run'.")
    missing = [stage for stage in stages if str(stage) not in summary.stages]
    notes = [
        *summary.notes,
        *([f"{', '.join(missing)} not measured: the numbers are of the other stages"] if missing else []),
        *(f"{rejection.job}: {rejection.reason}" for rejection in facts.rejections),
    ]
    return msgspec.structs.replace(summary, notes=tuple(notes))

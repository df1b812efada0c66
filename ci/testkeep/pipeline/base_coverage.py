"""What the tests of the base commit covered, for the ratchet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import msgspec

from testkeep.errors import EvidenceError
from testkeep.formats.text_json import encode
from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals
from testkeep.model.evidence import Evidence
from testkeep.pipeline import measuring
from testkeep.pipeline.base_tree import check_out
from testkeep.pipeline.context import Project
from testkeep.system.evidence_folder import EvidenceFolder

_AGAIN = "Make the baseline again: 'testkeep baseline' measures it."


def base_coverage(
    project: Project, commit: str, folder: EvidenceFolder, evidence: Sequence[Evidence]
) -> BaseCoverage | None:
    """Add up the coverage of the base commit, under the policy that is in force; None if no test ran there.

    What counts as a line is read from the base's files, in a worktree of it; the sums are kept beside the evidence.

    Raises:
        EvidenceError: a job left no coverage data, or its data cannot be read.
        BaselineError: git cannot check the commit out.
    """
    jobs = sorted(record.job.id for record in evidence if record.ran_tests)
    without = [job for job in jobs if not folder.coverage_path(job).exists()]
    if without:
        raise EvidenceError(f"there is no coverage data of {', '.join(without)} at {commit[:12]}", hint=_AGAIN)
    if not jobs:
        return None
    name = _name(project, folder, jobs)
    sums = folder.read_sums(name)
    whole = _decode(sums) if sums is not None else None
    if whole is None:
        whole = _measure(project, commit, folder, jobs)
        folder.write_sums(name, encode(whole))
    return BaseCoverage(whole=whole, kept=_kept(project, commit, whole))


def _measure(project: Project, commit: str, folder: EvidenceFolder, jobs: Sequence[str]) -> CoverageTotals:
    with check_out(project, commit) as tree:
        if tree is None:
            return CoverageTotals(files={})
        # The head's idea of what counts, so that the same is compared with the same.
        policy = msgspec.structs.replace(tree.project.policy, coverage=project.policy.coverage)
        base = replace(tree.project, policy=policy)
        coverage: Coverage | None = measuring.combine_quietly(base, folder, jobs, tree.scratch / "coverage")
    return coverage.totals if coverage is not None else CoverageTotals(files={})


def _kept(project: Project, commit: str, whole: CoverageTotals) -> CoverageTotals:
    """The files that are still there, under the names that they have now."""
    names = {change.old: change.new for change in project.repository.changes_since(commit) if change.old}
    prefix = f"{project.folder}/" if project.folder else ""
    present = set(project.files)

    def new_path(path: str) -> str:
        new = names.get(f"{prefix}{path}", f"{prefix}{path}")
        inside = str(PurePosixPath(new).relative_to(project.folder)) if new.startswith(prefix) and new else ""
        return inside if inside in present else ""

    return whole.renamed(new_path)


def _name(project: Project, folder: EvidenceFolder, jobs: Sequence[str]) -> str:
    """Name the sums by all that they depend on: the data, and what counts."""
    policy = project.policy.coverage
    facts = [encode(policy), *(folder.coverage_path(job).read_bytes() for job in jobs)]
    return hashlib.sha256(b"\n".join(hashlib.sha256(fact).digest() for fact in facts)).hexdigest()[:16]


def _decode(data: bytes) -> CoverageTotals | None:
    try:
        return msgspec.json.decode(data, type=CoverageTotals)
    except ValueError:
        return None

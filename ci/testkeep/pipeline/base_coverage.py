"""What the tests of the base commit covered, for the ratchet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import msgspec
from msgspec import Struct

from testkeep.errors import EvidenceError
from testkeep.formats import coverage_config
from testkeep.formats.text_json import encode
from testkeep.formats.unreadable import UNREADABLE
from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, FileCoverage
from testkeep.model.evidence import Evidence
from testkeep.pipeline import measuring
from testkeep.pipeline.base_tree import check_out
from testkeep.pipeline.context import Project
from testkeep.pipeline.users_coverage import config_in_force
from testkeep.system.evidence_folder import EvidenceFolder

_AGAIN = "Make the baseline again: 'testkeep baseline' measures it."


def base_coverage(
    project: Project, commit: str, folder: EvidenceFolder, evidence: Sequence[Evidence], *, branch: bool
) -> BaseCoverage | None:
    """Add up the coverage of the base commit, under the policy that is in force; None if no test ran there.

    What counts as a line is read from the base's files, in a worktree of it; the sums are kept beside the evidence.
    ``branch`` says whether branches were measured at the head: lines alone are nothing to compare them with.

    Raises:
        EvidenceError: a job left no coverage data, or its data cannot be read.
        BaselineError: git cannot check the commit out.
    """
    jobs = sorted(record.job.stem for record in evidence if record.ran_tests)
    without = [job for job in jobs if not folder.coverage_path(job).exists()]
    if without:
        raise EvidenceError(f"there is no coverage data of {', '.join(without)} at {commit[:12]}", hint=_AGAIN)
    if not jobs:
        return None
    name = _name(project, folder, jobs)
    sums = folder.read_sums(name)
    kept = _decode(sums) if sums is not None else None
    if kept is None:
        kept = _measure(project, commit, folder, jobs)
        folder.write_sums(name, encode(kept))
    if kept.totals.files and kept.branch and not branch:
        nothing = CoverageTotals(files={})
        return BaseCoverage(whole=nothing, kept=nothing, obstacle="branches were measured with the base's tests alone")
    lines_only = bool(kept.totals.files) and branch and not kept.branch
    totals = kept.totals
    return BaseCoverage(whole=totals, kept=_kept(project, commit, totals), files=kept.files, lines_only=lines_only)


class _Sums(Struct, frozen=True, kw_only=True):
    """What is kept beside the evidence."""

    branch: bool
    files: dict[str, FileCoverage]

    @property
    def totals(self) -> CoverageTotals:
        return CoverageTotals(files={path: file.ratio for path, file in self.files.items()})


def _measure(project: Project, commit: str, folder: EvidenceFolder, jobs: Sequence[str]) -> _Sums:
    coverage: Coverage | None = None
    with check_out(project, commit) as tree:
        if tree is None:
            return _sums(None)
        # The head's idea of what counts, so that the same is compared with the same.
        policy = msgspec.structs.replace(tree.project.policy, coverage=project.policy.coverage)
        source, known = _source_at_base(project, tree.project), tree.project.source
        own = (name for name in tree.project.code if name not in known)
        base = replace(tree.project, policy=policy, source=source, code=(*source, *own))
        coverage = measuring.combine(base, folder, jobs, tree.scratch / "coverage", config_in_force(project))
    return _sums(coverage)


def _source_at_base(project: Project, base: Project) -> tuple[str, ...]:
    """The head's source, as far as it was there; what was moved since is in the base's own."""
    here = [entry for entry in project.source if (base.root / entry).exists()]
    moved = [entry for entry in base.source if not (project.root / entry).exists()]
    return (*here, *moved)


def _sums(coverage: Coverage | None) -> _Sums:
    if coverage is None:
        return _Sums(branch=False, files={})
    # Which functions the lines are in is not asked of the base.
    files = {path: msgspec.structs.replace(file, functions=()) for path, file in coverage.files.items()}
    return _Sums(branch=coverage.branch, files=files)


def _kept(project: Project, commit: str, whole: CoverageTotals) -> CoverageTotals:
    """The files that are still there, under the names that they have now."""
    names = {change.old: change.new for change in project.repository.changes_since(commit) if change.old}
    prefix = f"{project.folder}/" if project.folder else ""
    present = set(measuring.counted_files(project))

    def new_path(path: str) -> str:
        new = names.get(f"{prefix}{path}", f"{prefix}{path}")
        inside = str(PurePosixPath(new).relative_to(project.folder)) if new.startswith(prefix) and new else ""
        return inside if inside in present else ""

    return whole.renamed(new_path)


def _name(project: Project, folder: EvidenceFolder, jobs: Sequence[str]) -> str:
    """Name the sums by all that they depend on: the data, and what counts."""
    policy = project.policy.coverage
    counted = coverage_config.dumps(config_in_force(project)), *project.code
    facts = [encode(policy), "\n".join(counted).encode(), *(folder.coverage_path(job).read_bytes() for job in jobs)]
    return hashlib.sha256(b"\n".join(hashlib.sha256(fact).digest() for fact in facts)).hexdigest()[:16]


def _decode(data: bytes) -> _Sums | None:
    try:
        return msgspec.json.decode(data, type=_Sums)
    except UNREADABLE:
        return None

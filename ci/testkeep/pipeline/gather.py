"""Reads an evidence folder and sorts what is in it: usable, unfinished, or no evidence of what is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from testkeep.errors import EvidenceError
from testkeep.formats import evidence_json, journal
from testkeep.model.evidence import Evidence, Provenance, Unfinished
from testkeep.model.stage import Stage
from testkeep.rules.base import Rejection, RejectionKind
from testkeep.rules.services import outages
from testkeep.system.evidence_folder import EvidenceFolder


@dataclass(frozen=True)
class Gathered:
    """The content of an evidence folder, as far as it concerns the stages that are judged."""

    evidence: tuple[Evidence, ...]
    unfinished: tuple[Unfinished, ...]
    rejections: tuple[Rejection, ...]


def gather(folder: EvidenceFolder, wanted: Provenance, stages: Sequence[Stage]) -> Gathered:
    """Read the records of all jobs that belong to the stages; a stage that no record covers is a missing one.

    Never raises for what is in the folder: what cannot be used becomes a rejection that says why.
    """
    evidence: list[Evidence] = []
    unfinished: list[Unfinished] = []
    rejections: list[Rejection] = []
    for job_id in sorted(folder.job_ids()):
        try:
            found = read_job(folder, job_id)
        except EvidenceError as error:
            rejections.append(Rejection(job=job_id, kind=RejectionKind.UNREADABLE, reason=error.message))
            continue
        if isinstance(found, Unfinished):
            if job_id in stages or set(found.job.stages) & set(stages):
                unfinished.append(found)
        elif set(found.job.stages) & set(stages):
            reason = foreign(found.provenance, wanted)
            if reason:
                rejections.append(Rejection(job=job_id, kind=RejectionKind.FOREIGN, reason=reason))
            else:
                evidence.append(found)
    seen: set[str] = {stage for record in evidence for stage in record.job.stages}
    seen.update(str(name) for left in unfinished for name in (*left.job.stages, left.job.id))
    seen.update(rejection.job for rejection in rejections)
    rejections += [
        Rejection(job=stage, kind=RejectionKind.MISSING, reason="there is no record of it")
        for stage in stages
        if stage not in seen
    ]
    relevant = tuple(entry for entry in rejections if entry.job in stages or entry.job not in list(Stage))
    return Gathered(tuple(evidence), tuple(unfinished), relevant)


def without_outages(folder: EvidenceFolder, wanted: Provenance, stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages whose tests had what they need here: there is no point in running the others' at the base, too."""
    records = gather(folder, wanted, stages).evidence
    out = {outage.stage for outage in outages(test for record in records for test in record.tests)}
    return tuple(stage for stage in stages if stage not in out)


def read_all(folder: EvidenceFolder) -> tuple[list[Evidence], list[Unfinished]]:
    """Read every record of a folder.

    Raises:
        EvidenceError: a record cannot be read.
    """
    found = [read_job(folder, job_id) for job_id in sorted(folder.job_ids())]
    return (
        [entry for entry in found if isinstance(entry, Evidence)],
        [entry for entry in found if isinstance(entry, Unfinished)],
    )


def read_usable(folder: EvidenceFolder) -> tuple[list[Evidence], dict[str, str]]:
    """Read the records of a folder whose content can be made again; what is no record is passed over.

    Returns the records, and why the others cannot be used, by the stems of their names.
    """
    evidence: list[Evidence] = []
    damaged: dict[str, str] = {}
    for stem in sorted(folder.job_ids()):
        try:
            found = read_job(folder, stem)
        except EvidenceError as error:
            damaged[stem] = error.message.partition("\n")[0]
            continue
        if isinstance(found, Evidence) and found.job.stem == stem:
            evidence.append(found)
        else:
            damaged[stem] = f"{stem}: not the record of a job of that name"
    return evidence, damaged


def read_job(folder: EvidenceFolder, job_id: str) -> Evidence | Unfinished:
    data = folder.read_record(job_id)
    if data is not None:
        return evidence_json.loads(data, f"{job_id}.json")
    return journal.unfinished(job_id, [journal.decode(lines) for lines in folder.read_journals(job_id)])


def foreign(found: Provenance, wanted: Provenance) -> str:
    """Say what makes a record one of something else; empty if it is of what is judged."""
    if found.commit != wanted.commit:
        return f"made at commit {found.commit[:12]}, and {wanted.commit[:12]} is judged"
    if found.tree != wanted.tree:
        return "the evidence is of other files: code or configuration was changed since it was made"
    if found.project != wanted.project:
        return f"made for the project in {found.project or 'the root'}, not in {wanted.project or 'the root'}"
    if found.policy != wanted.policy:
        return "made under another policy"
    if wanted.run and found.run != wanted.run:
        return "made by another run, while this one was at work"
    return ""

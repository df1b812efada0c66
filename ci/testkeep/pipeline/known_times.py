"""How long a base run will take, from the newest evidence in the store, which may be of the head just tested."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from testkeep.errors import EvidenceError
from testkeep.formats import evidence_json
from testkeep.model.duration import about
from testkeep.model.stage import Stage
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import newest_folders

_SHORT = 10


def announcement(commit: str, store: Path, stages: Sequence[Stage], jobs: int) -> str:
    """Say that a base run begins, and how long it will take; ``store`` is the folder of all baselines."""
    folders = [EvidenceFolder(folder) for folder in newest_folders(store)]
    known = [duration for stage in stages if (duration := _last_duration(folders, stage)) is not None]
    if not known:
        return f"base {commit[:_SHORT]}: running its tests now (no time known yet)"
    # The stages run together, as far as there are processes for them.
    expected = max(*known, sum(known) / jobs)
    return f"base {commit[:_SHORT]}: running its tests now, about {about(expected)} (as the last run)"


def _last_duration(folders: Sequence[EvidenceFolder], stage: Stage) -> float | None:
    for folder in folders:
        try:
            data = folder.read_record(stage)
            if data is not None:
                return evidence_json.duration_in(data, stage)
        except EvidenceError:
            continue  # another may be known
    return None

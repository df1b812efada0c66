"""How far each stage is, read from the journals while they are written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

import msgspec

from testkeep.errors import EvidenceError
from testkeep.formats import journal
from testkeep.model.tool_output import ToolOutput
from testkeep.system.evidence_folder import EvidenceFolder


class Phase(StrEnum):
    """Where a stage stands in this run."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class StageProgress:
    """A snapshot of one stage: ``counts`` are tests by outcome, ``total`` is 0 as long as it is unknown."""

    name: str
    phase: Phase = Phase.WAITING
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    duration_s: float = 0.0
    detail: str = ""


class Watcher(Protocol):
    """Whoever wants to see the run while it goes on."""

    def show(self, stages: tuple[StageProgress, ...]) -> None:
        """Take a new snapshot; called some times a second."""
        ...

    def output(self, output: ToolOutput) -> None:
        """Take the whole output of a tool that complained."""
        ...

    def say(self, text: str) -> None:
        """Take a line that is worth knowing before the run goes on."""
        ...

    def again(self, stage: str, text: str) -> None:
        """Take that a stage runs again, and why: what its tools printed counts no more."""
        ...


class Labelled:
    """Shows a run to a watcher of several runs: each stage's name has a label before it."""

    def __init__(self, watcher: Watcher, label: str) -> None:
        self._watcher = watcher
        self._label = label

    def show(self, stages: tuple[StageProgress, ...]) -> None:
        """Pass a snapshot on."""
        self._watcher.show(tuple(replace(stage, name=f"{self._label}{stage.name}") for stage in stages))

    def output(self, output: ToolOutput) -> None:
        """Pass a tool's output on."""
        self._watcher.output(msgspec.structs.replace(output, stage=f"{self._label}{output.stage}"))

    def say(self, text: str) -> None:
        """Pass a line on."""
        self._watcher.say(text)

    def again(self, stage: str, text: str) -> None:
        """Pass on that a stage runs again."""
        self._watcher.again(f"{self._label}{stage}", text)


class JournalReader:
    """Counts what the processes of one job have written since the last look."""

    def __init__(self, folder: EvidenceFolder, job_id: str) -> None:
        self._folder = folder
        self._job_id = job_id
        self._offsets: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self.total = 0

    def look(self) -> None:
        """Read the lines that are complete and new."""
        for name, data in self._folder.new_journal_lines(self._job_id, self._offsets):
            self._offsets[name] = self._offsets.get(name, 0) + len(data)
            try:
                lines = journal.decode(data)
            except EvidenceError:
                continue  # judged when the job is over
            for line in lines:
                if isinstance(line, journal.Ended):
                    self.counts[line.execution.outcome or "not run"] += 1
                elif isinstance(line, journal.Collected):
                    self.total = line.n_selected

"""The lines that a test process writes while it works, and how the lines of all processes make one record.

Each process of a job appends to a journal of its own, one JSON object a line, so that a crash leaves what was finished.
A job whose main journal has no ``closed`` line never finished.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from testkeep.errors import EvidenceError
from testkeep.formats import text_json
from testkeep.formats.unreadable import UNREADABLE
from testkeep.model.assertion_site import SharedAssertions
from testkeep.model.evidence import (
    EVIDENCE_SCHEMA,
    CollectorReport,
    Evidence,
    Job,
    Measurement,
    Provenance,
    Settings,
    Suite,
    Unfinished,
)
from testkeep.model.stage import Stage
from testkeep.model.tests import Execution, Item, Phase, RecordedTest


class Opened(Struct, frozen=True, kw_only=True, tag="opened"):
    """The process began to work; only the main process writes one."""

    job: Job
    provenance: Provenance
    settings: Settings
    at: float


class Collected(Struct, frozen=True, kw_only=True, tag="collected"):
    """Collection ended. ``n_selected`` of the items are to be run; tests of other stages and shards are not."""

    items: tuple[Item, ...]
    elsewhere: dict[Stage, tuple[str, ...]]
    n_selected: int
    other_shards: tuple[str, ...] = ()


class Collector(Struct, frozen=True, kw_only=True, tag="collector"):
    """A collector failed or was skipped."""

    report: CollectorReport


class Ignored(Struct, frozen=True, kw_only=True, tag="ignored"):
    """A path was left out of the collection."""

    path: str


class Started(Struct, frozen=True, kw_only=True, tag="started"):
    """A test is about to run."""

    id: str


class Ended(Struct, frozen=True, kw_only=True, tag="ended"):
    """A test's last phase is over."""

    id: str
    execution: Execution


class Sited(Struct, frozen=True, kw_only=True, tag="sited"):
    """The next sites of assertions that this process saw: their numbers go on from those of the lines before."""

    sites: tuple[str, ...]


class Shared(Struct, frozen=True, kw_only=True, tag="shared"):
    """What fixtures of a wider scope asserted in this process; ``state`` says whether assertions were recorded."""

    state: str
    fixtures: tuple[SharedAssertions, ...] = ()


class WorkerLost(Struct, frozen=True, kw_only=True, tag="worker-lost"):
    """A worker process died."""

    worker: str
    error: str


class Imports(Struct, frozen=True, kw_only=True, tag="imports"):
    """Where the top-level modules of this process came from, and which files stood in for the project's own.

    It is written at the end, and so says also in which way footprints were taken.
    """

    origins: dict[str, tuple[str, ...]]
    foreign: tuple[str, ...] = ()
    footprints: str = ""


class Measuring(Struct, frozen=True, kw_only=True, tag="measuring"):
    """How this process measures coverage."""

    measurement: Measurement


class Stopped(Struct, frozen=True, kw_only=True, tag="stopped"):
    """Written by whoever started the job: the process is gone, and this is why."""

    cause: str


class Closed(Struct, frozen=True, kw_only=True, tag="closed"):
    """The finish marker: the session is over and everything before this line is complete."""

    exit_status: int
    at: float


T = TypeVar("T")
Line = (
    Opened | Collected | Collector | Ignored | Started | Ended | Sited | Shared | WorkerLost | Imports | Measuring
    | Stopped | Closed
)  # fmt: skip

_decoder = msgspec.json.Decoder(Line)


def encode(line: Line) -> bytes:
    """Write one line, with its end."""
    return text_json.encode(line) + b"\n"


def decode(data: bytes) -> list[Line]:
    """Read a journal. A last line that was cut off is passed over: that is what a crash leaves.

    Raises:
        EvidenceError: a line that has its end is damaged.
    """
    *whole, _cut_off = data.split(b"\n")
    decoded: list[Line] = []
    for number, text in enumerate(whole, 1):
        try:
            decoded.append(_decoder.decode(text))
        except UNREADABLE as error:
            raise EvidenceError(f"line {number} of the journal is damaged: {error}") from error
    return decoded


def assemble(journals: Sequence[Sequence[Line]]) -> Evidence:
    """Make the record of a job from the journals of all its processes, the main process' first.

    Raises:
        EvidenceError: the main journal has no beginning or no finish marker.
    """
    main = journals[0] if journals else ()
    opened = _first(main, Opened)
    closed = _first(main, Closed)
    if opened is None or closed is None:
        raise EvidenceError("the job has no finish marker")
    numbered = _Numbering()
    every = [line for journal in journals for line in numbered.renumbered(journal)]
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        job=opened.job,
        provenance=opened.provenance,
        started_at=opened.at,
        duration_s=max(0.0, closed.at - opened.at),
        suite=_suite(opened, closed, every, _killed(journals), numbered.sites),
    )


def unfinished(job_id: str, journals: Sequence[Sequence[Line]]) -> Unfinished:
    """Say how far a job came that has no record."""
    every = [line for journal in journals for line in journal]
    opened = _first(every, Opened)
    ended = {line.id for line in every if isinstance(line, Ended)}
    collected = _first(every, Collected)
    return Unfinished(
        job=opened.job if opened else Job(id=job_id, stages=()),
        cause=" and ".join(line.cause for line in every if isinstance(line, Stopped)),
        n_collected=collected.n_selected if collected else 0,
        n_run=len(ended),
        running=tuple(line.id for line in every if isinstance(line, Started) and line.id not in ended),
    )


def _suite(
    opened: Opened,
    closed: Closed,
    every: Sequence[Line],
    killed: dict[str, Execution],
    sites: Iterable[str],
) -> Suite:
    collected = _first(every, Collected) or Collected(items=(), elsewhere={}, n_selected=0)
    executions = killed | {line.id: line.execution for line in every if isinstance(line, Ended)}
    return Suite(
        settings=opened.settings,
        tests=tuple(RecordedTest(item=item, execution=executions.get(item.id)) for item in collected.items),
        elsewhere=collected.elsewhere,
        other_shards=collected.other_shards,
        collectors=_unique(line.report for line in every if isinstance(line, Collector)),
        ignored_paths=tuple(sorted({line.path for line in every if isinstance(line, Ignored)})),
        imports=_origins(every),
        lost_workers=tuple(f"{line.worker}: {line.error}" for line in every if isinstance(line, WorkerLost)),
        exit_status=closed.exit_status,
        foreign_code=tuple(sorted({file for line in every if isinstance(line, Imports) for file in line.foreign})),
        measurements=tuple(dict.fromkeys(line.measurement for line in every if isinstance(line, Measuring))),
        footprints=" and ".join(sorted({line.footprints for line in every if isinstance(line, Imports)} - {""})),
        assertions=" and ".join(sorted({line.state for line in every if isinstance(line, Shared)})),
        sites=tuple(sites),
        shared=tuple(one for line in every if isinstance(line, Shared) for one in line.fixtures),
    )


_NO_SITE = "a journal has the number of an assertion, and not its site"


class _Numbering:
    """Gives each site one number in all journals; each process has numbers of its own."""

    def __init__(self) -> None:
        self.sites: dict[str, int] = {}

    def renumbered(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines of one journal, with the numbers of all."""
        own: list[int] = []
        is_first = not self.sites
        for line in lines:
            match line:
                case Sited(sites=sites):
                    own += (self.sites.setdefault(site, len(self.sites)) for site in sites)
                case Ended(execution=execution) if is_first and len(own) == len(self.sites):
                    # Its numbers are those of all: there is no need to write thousands of executions anew.
                    numbers = (*execution.held, *execution.failed)
                    if numbers and not 0 <= min(numbers) <= max(numbers) < len(own):
                        raise EvidenceError(_NO_SITE)
                    yield line
                case Ended(id=test, execution=execution) if execution.held or execution.failed:
                    held = dict(zip(_numbers(own, execution.held), execution.held.values(), strict=True))
                    failed = _numbers(own, execution.failed)
                    yield Ended(id=test, execution=msgspec.structs.replace(execution, held=held, failed=failed))
                case Shared(state=state, fixtures=fixtures):
                    yield Shared(state=state, fixtures=tuple(_shared(one, own) for one in fixtures))
                case _:
                    yield line


def _shared(one: SharedAssertions, own: Sequence[int]) -> SharedAssertions:
    return msgspec.structs.replace(one, held=_numbers(own, one.held), failed=_numbers(own, one.failed))


def _numbers(own: Sequence[int], numbers: Collection[int]) -> tuple[int, ...]:
    """The numbers of all journals for those of one."""
    found = tuple(own[number] for number in numbers if 0 <= number < len(own))
    if len(found) < len(numbers):
        raise EvidenceError(_NO_SITE)
    return found


def _killed(journals: Sequence[Sequence[Line]]) -> dict[str, Execution]:
    """The tests during which a worker died: its journal has their start, not their end, and no finish marker."""
    died = Phase(when="call", outcome="failed", reason="the worker process died while the test ran")
    return {
        line.id: Execution(phases=(died,))
        for journal in journals[1:]
        if _first(journal, Closed) is None
        for line in journal
        if isinstance(line, Started)
    }


def _origins(every: Sequence[Line]) -> dict[str, tuple[str, ...]]:
    origins: dict[str, set[str]] = {}
    for line in every:
        if isinstance(line, Imports):
            for name, roots in line.origins.items():
                origins.setdefault(name, set()).update(roots)
    return {name: tuple(sorted(roots)) for name, roots in sorted(origins.items())}


def _unique(reports: Iterable[CollectorReport]) -> tuple[CollectorReport, ...]:
    return tuple({report.id: report for report in reports}.values())


def _first(lines: Iterable[Line], kind: type[T]) -> T | None:
    return next((line for line in lines if isinstance(line, kind)), None)

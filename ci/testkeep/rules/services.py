"""TK510: all tests of a stage fail in setup for one reason, most likely a service that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, RecordedTest
from testkeep.rules.base import Facts, Problem

_ADDRESS = re.compile(r"0x[0-9a-f]+")
# "connection to server at "localhost" (127.0.0.1), port 5432 failed", "Error 111 connecting to localhost:6379."
_PORT = re.compile(
    r"(?:server at |to |host |://|@|\(')\"?(?P<host>[A-Za-z0-9_.-]+?)\"?(?: \([^)]*\))?"
    r"(?::|,? port |', (?:port=)?)(?P<port>\d{2,5})\b"
)
_NOBODY_LISTENS = re.compile(r"refused|connect call failed", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outage:
    """One reason for which no test of a stage got past its setup; ``place`` is ``host:port``, if it names one."""

    stage: Stage
    tests: tuple[str, ...]
    reason: str
    place: str

    @property
    def is_refused(self) -> bool:
        """Whether it is plain that nothing listens there, which is nobody's doing who runs beside the stage."""
        return bool(self.place) and _NOBODY_LISTENS.search(self.reason) is not None


def service_unavailable(facts: Facts) -> Iterator[Problem]:
    """All tests of a stage fail in setup for one and the same reason.

    Mostly a service is missing on this machine: a database, a cache, a broker. The tests said nothing of the code, so
    the verdict is inconclusive, and the base's tests are not run. Start the service that the message names, and run the
    stage again. If it is a fixture that is broken, fix it.

    Example: 60 tests could not connect to localhost:5432.
    """
    for outage in outages(facts.tests()):
        said = f"{len(outage.tests)} tests of stage {outage.stage} could not connect to {outage.place}"
        broken = f"all {len(outage.tests)} tests of stage {outage.stage} fail in setup for one reason"
        yield Problem(
            message=f"{said if outage.place else broken}: {outage.reason}",
            help=(
                f"Start what listens on {outage.place}, and run 'testkeep run {outage.stage}' again."
                if outage.place
                else f"Start the service that the tests need, or fix the fixture: 'testkeep run {outage.stage}'."
            ),
            tests=outage.tests,
        )


def outages(tests: Iterable[RecordedTest]) -> tuple[Outage, ...]:
    """Find the stages in which every test that ran failed in setup for one reason. One test alone is no sign of it."""
    by_stage: dict[Stage, list[RecordedTest]] = {}
    for test in tests:
        if test.outcome not in (None, Outcome.SKIPPED):
            by_stage.setdefault(test.item.stage, []).append(test)
    found = (_outage(stage, ran) for stage, ran in by_stage.items() if len(ran) > 1)
    return tuple(outage for outage in found if outage is not None)


def _outage(stage: Stage, tests: Sequence[RecordedTest]) -> Outage | None:
    reasons = {_setup_reason(test) for test in tests}
    reason = next(iter(reasons))
    if len(reasons) > 1 or not reason:
        return None
    place = _PORT.search(reason)
    return Outage(
        stage=stage,
        tests=tuple(test.item.id for test in tests),
        reason=reason[:200],
        place=f"{place['host']}:{place['port']}" if place else "",
    )


def _setup_reason(test: RecordedTest) -> str:
    """Why the test failed in setup; empty if it did not."""
    phase = test.execution.phase("setup") if test.execution is not None else None
    if phase is None or phase.outcome != "failed":
        return ""
    return _ADDRESS.sub("0x…", next((line.strip() for line in phase.reason.splitlines() if line.strip()), ""))

"""TK511: a stage failed beside others and passes alone. What may have been the neighbours' doing, and what not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from testkeep.model.evidence import Evidence, FirstTry, Suite, Unfinished
from testkeep.model.finding import Severity
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, names_of
from testkeep.rules.base import Facts, Problem
from testkeep.rules.services import outages
from testkeep.rules.validity import broken_off, doubts, is_comparable, unexplained_failure

_BAD = (Outcome.FAILED, Outcome.ERROR)
Found = Evidence | Unfinished


def passes_alone(facts: Facts) -> Iterator[Problem]:
    """A stage failed while others ran, and passes alone.

    Test stages run at the same time. A stage that fails beside another is run again alone, and that run counts: all of
    its evidence is judged, and nothing of the first try. So the verdict is not worse for it, but the stage ran twice.
    Mostly its tests share something with those of the stages that the message names: a port, a file, a database. If
    they do not, a test fails now and then: put it in quarantine (see TK101).

    Give each stage its own: a free port, a file in `tmp_path`, a database with the stage's name in its name. Until then
    `suites.alone = ["integration"]` in the policy runs that stage when the other test stages have ended;
    `testkeep run --jobs 1` runs one stage after the other. The output of the first try is kept beside the other logs.

    Example: stage integration failed beside unit, and passes alone: both listen on port 8000.
    """
    for record, suite in facts.suites():
        first = record.first_try
        if first is not None and _passed(suite):
            yield Problem(
                message=f"stage {record.job.id} failed beside {join(first.beside)}, and passes alone: {_what(first)}",
                help=(
                    "If they share a port, a file or a database, give each its own, or set "
                    f'suites.alone = ["{record.job.stages[0]}"] in the policy. '
                    f"{record.job.stem}.first.log in the evidence folder has the first try."
                ),
                tests=first.tests,
                severity=Severity.WARNING,
            )


def join(names: Collection[str]) -> str:
    """Name several things in a sentence: ``unit, migration and e2e``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def disturbed(
    found: Mapping[Stage, Found], beside: Mapping[Stage, Collection[Stage]], excused: Collection[str]
) -> dict[Stage, FirstTry]:
    """Find the stages whose failure may be the doing of the stages that ran ``beside`` them.

    ``found`` is what each stage left. Not among them is a stage whose failure others have no part in: of tests that are
    ``excused``, for want of a service, for settings that make any run invalid, or in the way in which all others broke,
    too, before any test ran. A neighbour that had no tests is none.
    """
    ran = {stage for stage, left in found.items() if isinstance(left, Unfinished) or left.ran_tests or _broke(left)}
    tries: dict[Stage, FirstTry] = {}
    for stage, left in found.items():
        others = tuple(other for other in found if other in ran and other in beside.get(stage, ()))
        first = _try(left, others)
        all_broke = first is not None and first.cause and all(_broke(found[other]) == first.cause for other in others)
        if first is not None and others and not all_broke and not _is_its_own_fault(left, first, excused):
            tries[stage] = first
    return tries


def _try(left: Found, beside: tuple[Stage, ...]) -> FirstTry | None:
    """How a stage failed; None if it did not."""
    if isinstance(left, Unfinished):
        return FirstTry(beside=beside, tests=left.running, cause=_broke(left) or left.cause or "it did not finish")
    if left.suite is None or _passed(left.suite):
        return None
    failed = tuple(test.item.id for test in left.tests if test.outcome in _BAD)
    return FirstTry(beside=beside, tests=failed, cause=_cause(left.suite))


def _broke(left: Found) -> str:
    """What kept a stage from running any test; empty if it ran some, or had none."""
    if isinstance(left, Unfinished):
        return (left.cause or "it did not finish") if not left.n_run and not left.running else ""
    return "" if left.suite is None or left.ran_tests else _cause(left.suite)


def _cause(suite: Suite) -> str:
    """What broke a run beside its tests; empty if nothing did."""
    uncollected = [report for report in suite.collectors if report.outcome == "failed"]
    reasons = [f"{report.id} could not be collected: {_first_line(report.reason)}" for report in uncollected]
    return "; ".join(reasons) or broken_off(suite)


def _is_its_own_fault(left: Found, first: FirstTry, excused: Collection[str]) -> bool:
    if isinstance(left, Unfinished) or left.suite is None:
        return False
    names = frozenset(excused)
    harmless = not first.cause and bool(first.tests) and all(not names.isdisjoint(names_of(t)) for t in first.tests)
    return harmless or any(doubts(left.suite)) or any(outage.is_refused for outage in outages(left.tests))


def _passed(suite: Suite) -> bool:
    bad = any(test.outcome in _BAD for test in suite.tests)
    return is_comparable(suite) and not bad and not unexplained_failure(suite)


def _what(first: FirstTry) -> str:
    number = "1 test" if len(first.tests) == 1 else f"{len(first.tests)} tests"
    if first.cause:
        return first.cause
    return f"{number} failed" if first.tests else "pytest reported failure"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()

"""What a reader of the coverage should know, and no rule says. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testkeep.model.layout import lies_in, may_be_production
from testkeep.rules.base import Facts, in_project, in_repository
from testkeep.rules.thresholds import in_lines


def coverage_notes(facts: Facts, source: Sequence[str]) -> Iterator[str]:
    """Say what was not measured, or not compared, and why. ``source`` is relative to the project's root."""
    if not source and any(record.ran_tests for record in facts.evidence):
        yield "coverage is not measured: no production code was found; name its folders with source in [tool.testkeep]"
    if facts.base_coverage is not None and facts.base_coverage.obstacle:
        yield f"coverage is not held against the base's: {facts.base_coverage.obstacle}"
    if facts.base_coverage is not None and facts.base_coverage.lines_only:
        yield "coverage is held against the base's by lines alone: branches were measured with the head's tests alone"
    yield from _cores(facts)
    if source:
        yield from _outside(facts, source)
    yield from _excluded(facts)


def _cores(facts: Facts) -> Iterator[str]:
    """The C tracer loses lines that sys.monitoring sees, as after a test that sets a trace function of its own."""
    before = {measurement.core for suite in facts.base_suites() for measurement in suite.measurements}
    now = {measurement.core for _, suite in facts.suites() for measurement in suite.measurements}
    if facts.base_coverage is not None and before and now and before != now:
        cores = f"{', '.join(sorted(before))} at the base, {', '.join(sorted(now))} now"
        yield f"coverage was measured by different cores, which may differ in some lines: {cores}"


def _outside(facts: Facts, source: Sequence[str]) -> Iterator[str]:
    folder = facts.provenance.project
    changed = (in_project(facts, path) for path in facts.changed_lines if not folder or lies_in(path, [folder]))
    counted = facts.coverage.files if facts.coverage is not None else {}
    uncounted = (path for path in changed if not lies_in(path, source) and path not in counted)
    outside = sorted(filter(may_be_production, uncounted))
    if outside:
        more = f" and {len(outside) - 1} more" if len(outside) > 1 else ""
        yield f"changed, and not measured, because it is outside of source ({', '.join(source)}): {outside[0]}{more}"


def _excluded(facts: Facts) -> Iterator[str]:
    files = facts.coverage.files if facts.coverage is not None else {}
    changed = {path: facts.changed_lines.get(in_repository(facts, path), ()) for path in files}
    number = sum(len(file.excluded.intersection(changed[path])) for path, file in files.items())
    if number:
        yield f"excluded from coverage (pragma: no cover, exclude_also): {in_lines(number)} of the change"

"""What became of each stage, in the shape of the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from testkeep.model.evidence import Evidence, Suite
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, RecordedTest
from testkeep.model.verdict import StageResult, StageStatus
from testkeep.rules.base import Facts
from testkeep.rules.static_complaints import failed_tools, sort_complaints
from testkeep.rules.validity import is_comparable, unexplained_failure

_BAD = frozenset({Outcome.FAILED, Outcome.ERROR})


def stage_results(facts: Facts) -> tuple[StageResult, ...]:
    """One result for each stage that the run was asked for, in their order."""
    return tuple(_of_stage(facts, stage) for stage in facts.stages)


def result_of(record: Evidence, stage: Stage) -> StageResult:
    """What one record says of a stage."""
    if record.suite is None:
        return _of_tools(record, stage)
    return _of_suite(record.suite, record.duration_s, stage)


def _of_stage(facts: Facts, stage: Stage) -> StageResult:
    results = [_judged(facts, record, stage) for record in facts.evidence if stage in record.job.stages]
    results += [
        StageResult(name=stage, status=StageStatus.ERROR, detail="did not finish")
        for left in facts.unfinished
        if stage in left.job.stages or left.job.id == stage
    ]
    results += [
        StageResult(name=stage, status=StageStatus.ERROR, detail=rejection.reason)
        for rejection in facts.rejections
        if rejection.job == stage or stage in rejection.stages
    ]
    if not results:
        return StageResult(name=stage, status=StageStatus.ERROR, detail="no evidence")
    if len(results) == 1:
        return results[0]
    worst = max(results, key=lambda result: _BADNESS.index(result.status))
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.tests)
    longest = max(result.duration_s for result in results)
    return StageResult(name=stage, status=worst.status, tests=dict(counts), duration_s=longest, detail=worst.detail)


def _judged(facts: Facts, record: Evidence, stage: Stage) -> StageResult:
    """What a record says of a stage, complaints set aside that were there at the base."""
    result = result_of(record, stage)
    failed = [(tool.called, *sort_complaints(facts, record, tool)) for _, tool in failed_tools([record])]
    if result.status is not StageStatus.FAILED or not failed or any(new for _, new, _ in failed):
        return result
    detail = ", ".join(f"{tool}: {len(old)} old, none new" for tool, _, old in failed)
    return msgspec.structs.replace(result, status=StageStatus.PASSED, detail=detail)


_BADNESS = (StageStatus.SKIPPED, StageStatus.PASSED, StageStatus.FAILED, StageStatus.ERROR)


def _of_tools(record: Evidence, stage: Stage) -> StageResult:
    absent = [tool for tool in record.tools if tool.exit_code is None]
    missing = [tool.tool for tool in absent if tool.required]
    complaining = [tool.called for tool in record.tools if tool.exit_code]
    if missing:
        status, detail = StageStatus.ERROR, f"{', '.join(missing)} not installed"
    elif complaining:
        status, detail = StageStatus.FAILED, f"{', '.join(complaining)} found problems"
    elif absent and len(absent) == len(record.tools):
        status, detail = StageStatus.SKIPPED, f"{', '.join(tool.tool for tool in absent)} not available"
    elif record.idle:
        status, detail = StageStatus.SKIPPED, f"nothing to do: {record.idle}"
    elif not record.tools:
        status, detail = StageStatus.ERROR, "not a valid run"
    else:
        status, detail = StageStatus.PASSED, ", ".join(f"{tool.tool} {tool.version}".rstrip() for tool in record.tools)
    return StageResult(name=stage, status=status, duration_s=round(record.duration_s, 3), detail=detail)


def _of_suite(suite: Suite, duration_s: float, stage: Stage) -> StageResult:
    tests = [test for test in suite.tests if test.item.stage is stage]
    counts = count(tests)
    failed_collectors = sum(report.outcome == "failed" for report in suite.collectors)
    if not is_comparable(suite):
        status = StageStatus.ERROR
        files = "file" if failed_collectors == 1 else "files"
        detail = f"{failed_collectors} {files} could not be collected" if failed_collectors else "not a valid run"
    elif any(counts.get(outcome) for outcome in _BAD) or unexplained_failure(suite):
        status, detail = StageStatus.FAILED, ""
    elif not any(test.execution for test in tests):
        status = StageStatus.SKIPPED
        detail = "nothing to do: no tests" if not tests else "nothing to do: no test is to be run"
    else:
        status, detail = StageStatus.PASSED, ""
    return StageResult(name=stage, status=status, tests=counts, duration_s=round(duration_s, 3), detail=detail)


def count(tests: Iterable[RecordedTest]) -> dict[str, int]:
    """Count tests by outcome; those that were not run by the way in which they were taken out."""
    counts: Counter[str] = Counter()
    for test in tests:
        counts[test.outcome or (test.item.selection if test.execution is None else "not run")] += 1
    return dict(sorted(counts.items(), key=lambda item: _COUNT_ORDER.index(item[0])))


_COUNT_ORDER: Sequence[str] = (*Outcome, "not run", "selected", "deselected", "dropped", "left-out")

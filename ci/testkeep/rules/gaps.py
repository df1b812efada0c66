"""What to write next: the functions where the lines that a threshold is short of are cheapest to win."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from testkeep.model.coverage import FileCoverage, FunctionCoverage
from testkeep.model.gap import Gap, ranges
from testkeep.rules.base import Facts, in_repository
from testkeep.rules.thresholds import DIFF, missed

MOST = 5


def gaps_of_missed(facts: Facts, most: int = MOST) -> dict[str, tuple[Gap, ...]]:
    """The places to win coverage, by the key of each threshold that is missed."""
    found = {}
    for threshold in missed(facts):
        gaps = changed_gaps(facts) if threshold.key == DIFF else all_gaps(facts, threshold.counts)
        found[threshold.key] = gaps[:most]
    return found


def all_gaps(facts: Facts, counts: Callable[[str], bool] = lambda _path: True) -> tuple[Gap, ...]:
    """The functions of some files with lines that no test runs, those with the most of them first."""
    files = facts.coverage.files.items() if facts.coverage is not None else ()
    return _ranked(
        _gap(in_repository(facts, path), file, function, function.missing)
        for path, file in files
        if counts(path)
        for function in _functions(file)
    )


def changed_gaps(facts: Facts) -> tuple[Gap, ...]:
    """The functions with changed lines that no test runs, those with the most of them first."""
    if facts.coverage is None or facts.diff is None:
        return ()
    by_path = {in_repository(facts, path): file for path, file in facts.coverage.files.items()}
    return _ranked(
        _gap(path, by_path[path], function, lines)
        for path, changed in facts.diff.files.items()
        if path in by_path
        for function in _functions(by_path[path])
        if (lines := tuple(line for line in function.missing if line in changed.missing))
    )


def _functions(file: FileCoverage) -> Iterator[FunctionCoverage]:
    """The functions with gaps; the whole file, where nobody knows its functions."""
    if file.functions:
        yield from file.functions
    elif file.missing:
        yield FunctionCoverage("", file.missing[0], file.missing)


def _gap(path: str, file: FileCoverage, function: FunctionCoverage, lines: tuple[int, ...]) -> Gap:
    return Gap(
        path=path,
        function=function.name,
        line=min(lines),
        missing=len(lines),
        ranges=ranges(lines, others={*file.executed, *file.missing} - set(lines)),
    )


def _ranked(gaps: Iterator[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: (-gap.missing, gap.path, gap.line)))

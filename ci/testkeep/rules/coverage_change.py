"""TK303 to TK305: what a change does to coverage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, Ratio, layer_of
from testkeep.model.gap import ranges, shown_ranges
from testkeep.model.kept_coverage import Untested
from testkeep.rules.base import Facts, Problem, in_project, in_repository
from testkeep.rules.thresholds import cheapest, diff_of, in_lines, shortfall

_RATCHET = "coverage.ratchet"
_MOST_FILES = 3
_MOST_RANGES = 8
_HELP = "'testkeep gate --coverage-reports' writes diff-cover.html, which shows them."


def diff(facts: Facts) -> Iterator[Problem]:
    """Too few of the changed lines were executed: less than the policy's `coverage.diff`.

    The changed lines are those of production code that differ from the base commit. Lines that cannot be covered
    (comments, blank lines) do not count, and a change without any that can is not judged. In CI, and after
    `testkeep gate --coverage-reports`, the report folder has `diff-cover.html`, which shows them. Write a test that
    runs the lines that the finding names.

    A waiver of this rule names `coverage.diff` as its test.
    """
    for threshold in diff_of(facts):
        if threshold.missing:
            gaps = facts.gaps.get(threshold.key, ())
            yield Problem(
                message=f"coverage of the changed lines is {shortfall(threshold)}",
                help="\n".join(
                    [_HELP, *cheapest(facts, threshold)],
                ),
                test=threshold.key,
                path=gaps[0].path if gaps else "",
                line=gaps[0].line if gaps else 0,
            )


def ratchet(facts: Facts) -> Iterator[Problem]:
    """Coverage is lower than at the base commit: lines that stayed as they were lost it, or new ones lack it.

    Applied where the policy's `coverage.ratchet` is true; overall and for each layer, line by line. A line that stands
    as it did at the base, ran there and is run by no test now is an error, however many other lines were won or taken
    away; `coverage.slack_percent` says how many there may be, in percent of all. Lines that are new or were changed are
    an error where the percentage falls by more than that and they miss `coverage.diff`, too (0 is no minimum: then they
    must not make it fall). What was removed counts on neither side, and what was moved or renamed is compared with
    itself: a change that takes away tested code, or writes it shorter, is not blocked for it. Run the lines that the
    finding names.

    Example: `test_refund` was deleted, and no other test calls `refund`, which is still there.

    A waiver of this rule names `coverage.ratchet` as its test; for a layer, `coverage.ratchet.service`.
    """
    policy = facts.policy.coverage
    if not policy.ratchet or facts.coverage is None or facts.base_coverage is None:
        return
    now, before = _as_at_base(facts.coverage, facts.base_coverage), facts.base_coverage.kept
    sums = {"": (before.overall, now.overall)}
    old_layers = before.by_layer(policy.layers)
    sums |= {name: (old_layers.get(name, Ratio()), ratio) for name, ratio in now.by_layer(policy.layers).items()}
    for name, (old, ratio) in sums.items():
        untested = _untested(facts, name)
        lost = sum(one.fallen for one in untested.values())
        is_new = any(one.new or one.new_branches for one in untested.values()) and not _is_tested(facts, name)
        if Ratio(ratio.total - lost, ratio.total).falls_below(Ratio(1, 1), policy.slack_percent):
            yield _fall(facts, name, old, ratio, lost)
        elif is_new and ratio.falls_below(old, policy.slack_percent):
            yield _fall(facts, name, old, ratio, 0)


def _as_at_base(coverage: Coverage, base: BaseCoverage) -> CoverageTotals:
    """The head's numbers of what was measured at the base, too."""
    return coverage.line_totals if base.lines_only else coverage.totals


def never_measured(facts: Facts) -> Iterator[Problem]:
    """A changed file of production code was never measured: no test imports it, or coverage.py cannot read it.

    Nobody knows whether the change works at all. Write a test that imports the file, or leave it out in the policy's
    `coverage.omit` if it is no production code.

    A waiver of this rule names the file's path as its test.
    """
    if facts.coverage is None or facts.diff is None:
        return
    for path, changed in sorted(facts.diff.files.items()):
        file = facts.coverage.files.get(in_project(facts, path))
        if file is not None and not file.executed and changed.missing:
            yield _unmeasured(path, f"no test imports it ({in_lines(file.ratio.total)})", changed.missing[0])
    for name in facts.coverage.unreadable:
        path = in_repository(facts, name)
        if path in facts.changed_lines:
            yield _unmeasured(path, "coverage.py cannot parse it", 0)


def _unmeasured(path: str, why: str, line: int) -> Problem:
    return Problem(
        message=f"{path} was changed and never measured: {why}",
        help="Write a test that imports it, or name it in coverage.omit if it is no production code.",
        test=path,
        path=path,
        line=line,
    )


def _is_tested(facts: Facts, layer: str) -> bool:
    """Whether the changed lines of a layer (empty: all) meet the minimum that is set for them, with their branches."""
    minimum = facts.policy.coverage.diff
    files = facts.diff.files.items() if facts.diff is not None else ()
    ratio = sum((file.ratio for path, file in files if _is_of(facts, in_project(facts, path), layer)), Ratio())
    ratio += Ratio(0, sum(one.new_branches for one in _untested(facts, layer).values()))
    return minimum > 0 and ratio.covered > 0 and ratio.reaches(minimum)


def _untested(facts: Facts, layer: str) -> dict[str, Untested]:
    return {path: one for path, one in facts.untested.items() if _is_of(facts, path, layer)}


def _is_of(facts: Facts, path: str, layer: str) -> bool:
    return not layer or layer_of(path, facts.policy.coverage.layers) == layer


def _fall(facts: Facts, layer: str, old: Ratio, now: Ratio, lost: int) -> Problem:
    what = f"coverage of the {layer} layer" if layer else "coverage"
    slack = facts.policy.coverage.slack_percent
    allowed = f"; {slack:g} percent points are allowed" if slack else ""
    numbers = f"{now.shown:g} % ({now.covered} of {now.total})"
    if now.falls_below(old):
        numbers = f"{what} fell from {old.shown:g} % ({old.covered} of {old.total}) to {numbers}"
    else:
        numbers = f"{what} is {numbers}"
    kept = f"; {_counted(lost)} as at the base, where a test ran them, and none does now" if lost else ""
    return Problem(
        message=f"{numbers}{kept}{allowed}",
        help="\n".join(["Run the lines that are new, or those that removed tests ran.", *_worst(facts, layer)]),
        test=f"{_RATCHET}.{layer}" if layer else _RATCHET,
    )


def _counted(lost: int) -> str:
    return "1 line or branch is" if lost == 1 else f"{lost} lines or branches are"


def _worst(facts: Facts, layer: str) -> Iterator[str]:
    """The files with the most lines that no test runs any more, or that came without a test, a line for each."""
    grown = sorted(_untested(facts, layer).items(), key=lambda entry: (-entry[1].fallen, -len(entry[1].new), entry[0]))
    for path, one in grown[:_MOST_FILES]:
        parts = [f"{in_lines(len(one.lost))} no longer run ({_places(facts, path, one.lost)})"] if one.lost else []
        parts += [f"branches no longer taken: {one.branches}"] if one.branches else []
        parts += [f"{in_lines(len(one.new))} new and not run ({_places(facts, path, one.new)})"] if one.new else []
        parts += [f"new branches not taken: {one.new_branches}"] if one.new_branches else []
        yield f"{in_repository(facts, path)}: {', '.join(parts)}"


def _places(facts: Facts, path: str, lines: Sequence[int]) -> str:
    """Some lines of a file of the head, as coverage.py writes them."""
    file = facts.coverage.files.get(path) if facts.coverage is not None else None
    found = ranges(lines, frozenset(file.executed) if file is not None else ())
    return shown_ranges(found[:_MOST_RANGES]) + (", …" if found[_MOST_RANGES:] else "")

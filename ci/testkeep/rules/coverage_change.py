"""TK303 to TK305: what a change does to coverage."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, Ratio, layer_of
from testkeep.rules.base import Facts, Problem, in_project, in_repository
from testkeep.rules.thresholds import cheapest, diff_of, in_lines, shortfall

_RATCHET = "coverage.ratchet"
_MOST_FILES = 3
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
    """Coverage is lower than at the base commit, overall or in a layer.

    Applied where the policy's `coverage.ratchet` is true; `coverage.slack_percent` says how many percent points it may
    fall. Files that were removed since count on neither side, and renamed files are compared with themselves. A lower
    number is no finding where no file has more lines than before that no test runs: a change that takes away tested
    code is not blocked for it. Run the lines that are new, or those that removed tests ran.

    A waiver of this rule names `coverage.ratchet` as its test; for a layer, `coverage.ratchet.service`.
    """
    policy = facts.policy.coverage
    if not policy.ratchet or facts.coverage is None or facts.base_coverage is None:
        return
    now, before = _as_at_base(facts.coverage, facts.base_coverage), facts.base_coverage.kept
    old_layers = before.by_layer(policy.layers)
    if now.overall.falls_below(before.overall, policy.slack_percent) and _grown(facts, ""):
        yield _fall(facts, "", before.overall, now.overall)
    for name, ratio in now.by_layer(policy.layers).items():
        old = old_layers.get(name, Ratio())
        if ratio.falls_below(old, policy.slack_percent) and _grown(facts, name):
            yield _fall(facts, name, old, ratio)


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


def _fall(facts: Facts, layer: str, old: Ratio, now: Ratio) -> Problem:
    what = f"coverage of the {layer} layer" if layer else "coverage"
    slack = facts.policy.coverage.slack_percent
    allowed = f"; {slack:g} percent points are allowed" if slack else ""
    return Problem(
        message=f"{what} fell from {old.shown:g} % ({old.covered} of {old.total}) to {now.shown:g} % "
        f"({now.covered} of {now.total}){allowed}",
        help="\n".join(["Run the lines that are new, or those that removed tests ran.", *_worst(facts, layer)]),
        test=f"{_RATCHET}.{layer}" if layer else _RATCHET,
    )


def _worst(facts: Facts, layer: str) -> Iterator[str]:
    """The files with the most lines that no test runs any more, or that came without a test, a line for each."""
    grown = sorted(_grown(facts, layer).items(), key=lambda entry: (-entry[1], entry[0]))
    for path, more in grown[:_MOST_FILES]:
        yield f"{in_repository(facts, path)}: {in_lines(more)} more that no test runs"


def _grown(facts: Facts, layer: str) -> dict[str, int]:
    """The files of a layer (empty: all) with more lines than at the base that no test runs, and how many more."""
    if facts.coverage is None or facts.base_coverage is None:
        return {}
    before = facts.base_coverage.kept
    growth = {
        path: _uncovered(ratio) - _uncovered(before.files.get(path, Ratio()))
        for path, ratio in _as_at_base(facts.coverage, facts.base_coverage).files.items()
        if not layer or layer_of(path, facts.policy.coverage.layers) == layer
    }
    return {path: more for path, more in growth.items() if more > 0}


def _uncovered(ratio: Ratio) -> int:
    return ratio.total - ratio.covered

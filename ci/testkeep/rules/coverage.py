"""TK301 and TK302: enough of the production code was executed by the tests."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.coverage import CoverageTotals, Ratio
from testkeep.model.finding import Severity
from testkeep.model.policy import DEFAULT_LAYERS
from testkeep.rules.base import Facts, Problem, in_repository
from testkeep.rules.layer_patterns import idle_patterns, shared_files
from testkeep.rules.thresholds import Threshold, cheapest, layers_of, overall_of, shortfall

_HELP = "'testkeep coverage' lists the lines that no test runs."


def overall(facts: Facts) -> Iterator[Problem]:
    """The overall coverage is below the policy's `coverage.overall`.

    Judged only where the policy has the number: one that nobody wrote down is shown beside its default and required of
    nobody. The changed lines (TK303) and the ratchet (TK304) are judged all the same.

    All test stages count together. A percentage is never rounded up: 86.996 is not 87. The finding says how many more
    lines must be run, and where they are cheapest: the functions with the most lines that no test runs. Not applied
    when only some of the test stages were run.

    If only the removal of better covered files has brought the number down, this is a warning. To allow a lower number
    for some time, merge a waiver of this rule for the test `coverage.overall`.
    """
    for threshold in overall_of(facts):
        if threshold.missing:
            yield _missed(facts, threshold, "coverage")


def layers(facts: Facts) -> Iterator[Problem]:
    """A layer's coverage is below its `minimum`.

    Layers are the folders and files that `[tool.testkeep.coverage.layers]` names; a file belongs to the first layer
    with a matching pattern. What leaves a layer by a new name, a whole file or most of one, stays in it for that
    change. A layer without files is not judged: that its patterns match nothing is a warning. That one of several
    patterns matches nothing, or that two layers match a file, is a note. Not applied when only some of the test stages
    were run. The layers that are known by default have no minimum until one is written down.

    A waiver of this rule names the layer's key as its test: `coverage.layers.service`.
    """
    for threshold in layers_of(facts):
        if threshold.missing:
            yield _missed(facts, threshold, f"coverage of the {threshold.layer} layer")
    # The defaults are a guess at what a project may have; what it has not is no mistake.
    if facts.coverage is not None and facts.policy.coverage.layers != DEFAULT_LAYERS:
        yield from idle_patterns(facts, facts.coverage)
        yield from shared_files(facts, facts.coverage)


def _missed(facts: Facts, threshold: Threshold, what: str) -> Problem:
    only_removed = _is_by_removal(facts, threshold)
    why = "; only the removal of files has brought it down" if only_removed else ""
    return Problem(
        message=f"{what} is {shortfall(threshold)}{why}",
        help="\n".join([_HELP, *_joined(facts, threshold), *cheapest(facts, threshold)]),
        test=threshold.key,
        severity=Severity.WARNING if only_removed else Severity.ERROR,
    )


def _joined(facts: Facts, threshold: Threshold) -> Iterator[str]:
    """The files that count for a layer because they became of its files, in a line."""
    files = sorted(
        in_repository(facts, path) for path, name in facts.inherited_layers.items() if name == threshold.layer
    )
    if files:
        yield f"What was in the layer is in {', '.join(files)} now, and its minimum holds there for this change."


def _is_by_removal(facts: Facts, threshold: Threshold) -> bool:
    """Whether it was reached at the base, the files that are left are covered no worse, and new ones reach it, too."""
    if facts.base_coverage is None or facts.base_coverage.lines_only or facts.coverage is None:
        return False
    whole, kept = (_of(facts, threshold, totals) for totals in (facts.base_coverage.whole, facts.base_coverage.kept))
    totals = facts.coverage.totals.files
    old = facts.base_coverage.kept.files
    new = _of(facts, threshold, CoverageTotals(files={path: totals[path] for path in totals.keys() - old.keys()}))
    worse = threshold.ratio.falls_below(kept) or not new.reaches(threshold.minimum)
    return bool(kept.total) and whole.reaches(threshold.minimum) and not worse


def _of(facts: Facts, threshold: Threshold, totals: CoverageTotals) -> Ratio:
    if not threshold.layer:
        return totals.overall
    return totals.by_layer(facts.policy.coverage.layers, facts.inherited_layers).get(threshold.layer, Ratio())

"""The thresholds of the policy, and by how many lines each of them is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from testkeep.model.coverage import Ratio, layer_of
from testkeep.model.policy import DEFAULT_MINIMA, DEFAULT_OVERALL
from testkeep.rules.base import Facts

OVERALL = "coverage.overall"
DIFF = "coverage.diff"
_LAYERS = "coverage.layers."


@dataclass(frozen=True, slots=True)
class Threshold:
    """One threshold: its key in the policy, the least percentage, and what it is held against.

    ``counts`` says whether a file, whose path is relative to the project's root, belongs to what is measured. One that
    is not required has the default as its minimum, because nobody has written a number down: it cannot be missed.
    """

    key: str
    minimum: float
    ratio: Ratio
    counts: Callable[[str], bool]
    is_required: bool = True

    @property
    def layer(self) -> str:
        """The layer's name; empty if it is not that of a layer."""
        return self.key.removeprefix(_LAYERS) if self.key.startswith(_LAYERS) else ""

    @property
    def missing(self) -> int:
        """How many more lines must be run to reach it; 0 if it is reached, or not required."""
        return self.ratio.missing(self.minimum) if self.is_required else 0


def overall_of(facts: Facts) -> Iterator[Threshold]:
    """The threshold of all files together; none if nothing was measured."""
    if facts.coverage is not None:
        chosen = facts.policy.coverage.overall
        yield Threshold(
            OVERALL,
            DEFAULT_OVERALL if chosen is None else chosen,
            facts.coverage.totals.overall,
            lambda _path: True,
            is_required=chosen is not None,
        )


def layers_of(facts: Facts) -> Iterator[Threshold]:
    """The thresholds of the layers that have files, in the policy's order."""
    layers = facts.policy.coverage.layers
    inherited = facts.inherited_layers
    totals = facts.coverage.totals.by_layer(layers, inherited) if facts.coverage is not None else {}
    for name, ratio in totals.items():
        chosen = layers[name].minimum
        yield Threshold(
            layer_key(name),
            DEFAULT_MINIMA.get(name, 0.0) if chosen is None else chosen,
            ratio,
            lambda path, name=name: (inherited.get(path) or layer_of(path, layers)) == name,  # type: ignore[misc]
            is_required=chosen is not None,
        )


def diff_of(facts: Facts) -> Iterator[Threshold]:
    """The threshold of the changed lines; none if not one of them can be covered."""
    if facts.diff is not None and facts.diff.ratio.total:
        yield Threshold(DIFF, facts.policy.coverage.diff, facts.diff.ratio, lambda _path: True)


def unwritten(facts: Facts) -> Iterator[Threshold]:
    """The thresholds that nobody has written down, with their defaults."""
    for threshold in (*overall_of(facts), *layers_of(facts)):
        if not threshold.is_required:
            yield threshold


def missed(facts: Facts) -> Iterator[Threshold]:
    """Every threshold that is missed, the overall one first."""
    for threshold in (*overall_of(facts), *layers_of(facts), *diff_of(facts)):
        if threshold.missing:
            yield threshold


def layer_key(name: str) -> str:
    """The key of a layer's threshold."""
    return f"{_LAYERS}{name}"


def shortfall(threshold: Threshold) -> str:
    """Put in words how far a threshold is missed."""
    ratio, minimum = threshold.ratio, threshold.minimum
    lines = "line" if threshold.missing == 1 else "lines"
    needed = f"{threshold.missing} more {lines} of {ratio.total} must be run"
    return f"{ratio.shown:g} %, and {minimum:g} % are needed: {needed}"


def cheapest(facts: Facts, threshold: Threshold) -> Iterator[str]:
    """Say where the lines that are missing are cheapest to win, a line for each place."""
    for gap in facts.gaps.get(threshold.key, ()):
        function = f" in {gap.function}" if gap.function else ""
        near = f"; nearest tests: {', '.join(gap.tests)}" if gap.tests else ""
        yield f"{gap.path}:{gap.shown_ranges} ({in_lines(gap.missing)}{function}){near}"


def in_lines(number: int) -> str:
    """Count lines.

    >>> in_lines(1), in_lines(3)
    ('1 line', '3 lines')
    """
    return f"{number} {'line' if number == 1 else 'lines'}"

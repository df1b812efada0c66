"""TK3xx: enough of the production code was executed by the tests."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.coverage import Ratio
from testkeep.rules.base import Facts, Problem


def overall(facts: Facts) -> Iterator[Problem]:
    """The overall coverage is below the policy's `coverage.overall`.

    All test stages count together. A percentage is never rounded up: 86.996 is not 87. The report folder has the
    uncovered lines (`htmlcov/index.html`). Not applied when only some of the test stages were run.
    """
    minimum = facts.policy.coverage.overall
    if facts.coverage is not None and not facts.coverage.overall.reaches(minimum):
        yield Problem(
            message=f"coverage is {_shortfall(facts.coverage.overall, minimum)}",
            help="htmlcov/index.html in the report folder shows the lines that no test runs.",
        )


def layers(facts: Facts) -> Iterator[Problem]:
    """A layer's coverage is below its `minimum`.

    Layers are the folders and files that `[tool.testkeep.coverage.layers]` names; a file belongs to the first layer
    with a matching pattern. A layer without files is not judged. Not applied when only some test stages were run.
    """
    if facts.coverage is None:
        return
    for name, ratio in facts.coverage.by_layer(facts.policy.coverage.layers).items():
        minimum = facts.policy.coverage.layers[name].minimum
        if not ratio.reaches(minimum):
            yield Problem(
                message=f"coverage of the {name} layer is {_shortfall(ratio, minimum)}",
                help="htmlcov/index.html in the report folder shows the lines that no test runs.",
            )


def _shortfall(ratio: Ratio, minimum: float) -> str:
    missing = ratio.missing(minimum)
    lines = "line" if missing == 1 else "lines"
    return f"{ratio.shown:g} %, and {minimum:g} % are needed: {missing} more {lines} of {ratio.total} must be run"

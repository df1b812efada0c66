"""The names of stages on a command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from testkeep.errors import UsageError
from testkeep.model.stage import Stage


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Take values apart that hold several, with spaces or commas between them.

    >>> words(["unit, lint", "", "e2e"])
    ('unit', 'lint', 'e2e')
    """
    return tuple(word for value in values for word in value.replace(",", " ").split())


def stages_named(names: Sequence[str]) -> tuple[Stage, ...]:
    """Turn names into stages, in the pipeline's order.

    Raises:
        UsageError: there is no such stage.
    """
    for name in names:
        if name not in list(Stage):
            nearest = difflib.get_close_matches(name, list(Stage), n=1)
            advice = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(Stage)}"
            raise UsageError(f"no such stage: {name!r}; {advice}")
    return tuple(stage for stage in Stage if stage in names)

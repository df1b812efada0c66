"""What nox and tox end with when the kit has a problem."""

from __future__ import annotations

import pytest

from testkeep.errors import EXIT_INCONCLUSIVE, EXIT_USAGE, KitError, ToolError, UsageError
from testkeep.plugins.problems import problems_reported


@pytest.mark.parametrize(
    ("error", "code", "printed"),
    [
        pytest.param(UsageError("No."), EXIT_USAGE, "testkeep: No.\n", id="without a hint"),
        pytest.param(ToolError("No.", hint="Do."), EXIT_INCONCLUSIVE, "testkeep: No.\nDo.\n", id="with a hint"),
    ],
)
def test_problems_reported__problem__is_printed_and_ends_with_its_code(
    capsys: pytest.CaptureFixture[str], error: KitError, code: int, printed: str
) -> None:
    with pytest.raises(SystemExit) as caught, problems_reported():
        raise error

    assert (caught.value.code, caught.value.__cause__, capsys.readouterr().err) == (code, error, printed)


def test_problems_reported__any_other_exception__is_nothing_that_the_kit_knows() -> None:
    with pytest.raises(KeyError), problems_reported():
        raise KeyError

"""TK2xx: every test that guarded at the base commit still guards, or is accounted for."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.comparison import Loss
from testkeep.rules.base import Facts, Problem


def newly_skipped(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is skipped now.

    A skipped test guards nothing, and a skip is as green as a pass. Remove the skip; if the test must wait, record a
    waiver with a reason, an owner and an expiry date in `[[tool.testkeep.waivers]]` on the base branch.

    Example: `@pytest.mark.skip(reason="broken")` was added above `test_login`, which passed before.
    """
    return _problems(facts, Loss.SKIPPED, "Remove the skip, or record a waiver on the base branch.")


def newly_xfailed(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is marked xfail now.

    An expected failure lets the code break unnoticed, and so does an xfail that still passes: it may fail from now on.
    Remove the mark and mend the code; if it must wait, record a waiver.

    Example: `@pytest.mark.xfail` was added above `test_total`, which passed before.
    """
    return _problems(facts, Loss.XFAILED, "Remove the xfail mark, or record a waiver on the base branch.")


def removed(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is gone.

    Its function, its file or its parameter set does not exist any more, and no new test has the same body and the same
    values: a test that was renamed, moved, or whose parameters were named anew is found and is not lost. Put it back.

    Example: `tests/test_invoice.py` was deleted together with `test_rounding`, which passed before.
    """
    return _problems(facts, Loss.REMOVED, "Put the test back, or record a waiver on the base branch.")


def deselected(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is collected, but not run now.

    Somebody took it out: `-k` or `-m` in `addopts` or PYTEST_ADDOPTS, `--deselect`, a hook in a conftest.py, a mark
    such as `slow` that the policy leaves out, or a session that stopped before it. The message says who, if that can
    be known. Take the selection back.

    Example: `addopts = "-k 'not login'"` was added to the pytest configuration.
    """
    return _problems(facts, Loss.DESELECTED, "Take the selection back, or record a waiver on the base branch.")


def not_collected(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is still in the source, and pytest does not collect it any more.

    Its name lost the `test` prefix, its class gained an `__init__`, its file is ignored or skipped as a whole, or the
    configuration looks elsewhere. Make pytest see it again: `pytest --collect-only -q <file>` shows what it finds.

    Example: `class TestLogin` gained an `__init__`, and pytest passes over its tests.
    """
    return _problems(facts, Loss.NOT_COLLECTED, "Make pytest collect the test again, or record a waiver.")


def _problems(facts: Facts, how: Loss, help_text: str) -> Iterator[Problem]:
    base = facts.baseline.commit[:12] if facts.baseline else ""
    for loss in facts.comparison.lost:
        if loss.how is how:
            yield Problem(
                message=f"passed at {base}, {how} now: {loss.why}" if loss.why else f"passed at {base}, {how} now",
                help=help_text,
                test=loss.base.item.id,
                path=loss.path,
                line=loss.line,
            )

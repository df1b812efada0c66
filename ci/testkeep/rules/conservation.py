"""TK201 to TK206: every test that guarded at the base commit still guards, or is accounted for."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.comparison import Loss, LostTest
from testkeep.model.finding import Severity
from testkeep.rules.advice import advise
from testkeep.rules.base import Facts, Problem


def newly_skipped(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is skipped now.

    A skipped test guards nothing, and a skip is as green as a pass. Remove the skip; if another test stands for it,
    declare that with `@pytest.mark.replaces`; if it must wait, record a waiver with a reason, an owner and an expiry
    date in `[[tool.testkeep.waivers]]` on the base branch.

    Example: `@pytest.mark.skip(reason="broken")` was added above `test_login`, which passed before:

        TK201 newly-skipped: 1 error
          passed at 3f2a9c1b7e00, skipped now: "broken"
            tests/unit/test_login.py:12  tests/unit/test_login.py::test_login

    One of three things settles it: the line with the skip goes; or a new test stands for it, which testkeep verifies:

        @pytest.mark.replaces("tests/unit/test_login.py::test_login", reason="says the same without the old server")
        def test_login_by_token(): ...

    or the base branch has a waiver, merged before:

        [[tool.testkeep.waivers]]
        test = "tests/unit/test_login.py::test_login"
        rule = "TK201"
        reason = "the login server is being replaced, ticket 4711"
        owner = "identity-team"
        expires = 2027-01-31
    """
    return _problems(facts, Loss.SKIPPED, "TK201")


def newly_xfailed(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is marked xfail now.

    An expected failure lets the code break unnoticed, and so does an xfail that still passes: it may fail from now on.
    Remove the mark and mend the code; if it must wait, record a waiver.

    Example: `@pytest.mark.xfail` was added above `test_total`, which passed before.
    """
    return _problems(facts, Loss.XFAILED, "TK202")


def removed(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is gone.

    Its function, its file or its parameter set does not exist any more, and nothing accounts for it. These are
    accounted for by themselves: a test that was renamed or moved with the same body, or the same parameter values; a
    row of which only the expected result was changed; one whose statements all stand in another test, with its values
    as a row, or with other names, as in production code; an exact duplicate, whose twin stays as it was (the same
    statements, values and marks, in which every helper, fixture and constant is the same); one whose every assertion is
    found in other tests (split, merged into parameters or a loop, rewritten in pytest's style); one that was renamed or
    moved and edited, if it is far more like one new test than like any other and has the same assertions, or all of its
    statements are there, or its name is, and the same lines of production code run; and one whose production code was
    deleted with it, or replaced by other code under another name. A test of two things is not: the one that is still
    there needs a test. Put the test back, or declare what stands for it:
    `@pytest.mark.replaces("tests/test_invoice.py::test_rounding", reason="…")`. The mark may name a function, a class
    or a file (`"tests/test_invoice.py"`) for all tests that are lost there.

    Example: `tests/test_invoice.py` was deleted together with `test_rounding`, which passed before.
    """
    return _problems(facts, Loss.REMOVED, "TK203")


def deselected(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is collected, but not run now.

    Somebody took it out: `-k` or `-m` in `addopts` or PYTEST_ADDOPTS, `--deselect`, a hook in a conftest.py, a mark
    such as `slow` that the policy leaves out, or a session that stopped before it. The message says who, if that can
    be known. Take the selection back.

    Example: `addopts = "-k 'not login'"` was added to the pytest configuration.
    """
    return _problems(facts, Loss.DESELECTED, "TK204")


def not_collected(facts: Facts) -> Iterator[Problem]:
    """A test that passed at the base commit is still in the source, and pytest does not collect it any more.

    Its name lost the `test` prefix, its class gained an `__init__`, a second definition of its name hides it, its file
    is ignored or skipped as a whole, or the configuration looks elsewhere. Make pytest see it again: `pytest
    --collect-only -q <file>` shows what it finds.

    Example: `class TestLogin` gained an `__init__`, and pytest passes over its tests.
    """
    return _problems(facts, Loss.NOT_COLLECTED, "TK205")


def weakened(facts: Facts) -> Iterator[Problem]:
    """A test kept its name and lost its strength.

    It passes on both sides, and asserts less than it did. Every recorded run knows for each test which assertions it
    executed and which of them held: `assert` statements in tests, fixtures and helpers, `raises` and `warns`, and the
    assertions of libraries. An error is: none held any more where one did; an assertion fails and the failure is
    swallowed; its own are gone and only helpers assert; a test without assertions came through calls, and comes through
    none; its subtests are gone. A warning is: fewer held than did; it does not come to an assertion that is still
    there; `total == 3` became `total is not None`; `raises` takes more exceptions; a loop asserts half as often or
    less; its parameters have other values under the same ids; it runs nothing of the production code that it ran. What
    cannot be false (`assert (x, "message")`, `or True`, `send.called_once_with(3)` of a mock) does not count.

    Example: `assert total == 3` in `test_total` became `total == 3`.
    """
    for one in facts.comparison.weakened:
        yield Problem(
            message=f"weaker than at {_base(facts)}: {one.why}",
            help="Let it assert again what it asserted, or remove it and declare what stands for it.",
            test=one.head.item.id,
            path=one.head.item.path,
            line=one.head.item.line,
            severity=Severity.ERROR if one.to_nothing else Severity.WARNING,
        )


CONSERVATION = (newly_skipped, newly_xfailed, removed, deselected, not_collected)
"""The checks that a loss must trip."""


def _base(facts: Facts) -> str:
    return facts.baseline.commit[:12] if facts.baseline else "the base"


def _problems(facts: Facts, how: Loss, code: str) -> Iterator[Problem]:
    """One problem for each cause, with all tests that it took."""
    causes: dict[tuple[str, str], list[LostTest]] = {}
    for loss in facts.comparison.lost:
        if loss.how is how:
            # The places differ where pytest blames each test for a skip; the cause is the same.
            is_of_a_file = how in (Loss.REMOVED, Loss.NOT_COLLECTED) or not loss.why
            causes.setdefault((loss.why, loss.path if is_of_a_file else ""), []).append(loss)
    for (why, _), losses in causes.items():
        lines = {loss.line for loss in losses}
        paths = {loss.path for loss in losses}
        yield Problem(
            message=f"passed at {_base(facts)}, {how} now: {why}" if why else f"passed at {_base(facts)}, {how} now",
            help=advise(losses, code, facts.proposal_day),
            tests=tuple(loss.id for loss in losses),
            path=losses[0].path if len(paths) == 1 else "",
            line=losses[0].line if len(lines) == 1 and len(paths) == 1 else 0,
        )

"""TK210 to TK214: a declared replacement is believed when it is proven."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.model.comparison import Flaw
from testkeep.rules.base import Facts, Problem


def does_not_guard(facts: Facts) -> Iterator[Problem]:
    """A declared replacement did not pass.

    A test with `@pytest.mark.replaces(…)` must run and pass in every environment, without xfail, to stand for a lost
    one. Mend it, or put the lost test back.

    Example: `test_refunds` replaces `test_refund`, and is marked `skip`.
    """
    return _problems(facts, Flaw.DOES_NOT_GUARD)


def does_not_cover(facts: Facts) -> Iterator[Problem]:
    """A declared replacement does not cover what was lost.

    The lost test is run again at the base commit and the replacement at the head, and the production lines that each
    runs are compared: what only the lost test ran, its replacements together must run, and everything else that it
    ran, some test must still run. Lines that were deleted do not count; for a line that was changed, running the
    function that it is in will do. The message names the lines. A declaration that names a function, a class or a file
    is for all tests that this change loses there: the replacements must run what these ran together. What stands for a
    test that asserted nothing must itself run all that the lost test ran.

    Example: `test_refund` ran `app/tax.py:3`, and no replacement does.
    """
    return _problems(facts, Flaw.DOES_NOT_COVER)


def not_new(facts: Facts) -> Iterator[Problem]:
    """A declared replacement is neither new nor stronger than it was.

    A test that guarded at the base already stood beside the lost one; pointing at it gives nothing back. Write a new
    test, or add to this one what the lost test asserted: it must assert more than it did at the base commit. An exact
    duplicate of the lost test stands for it as it is, and need not say so.

    Example: `@pytest.mark.replaces("…::test_refund")` was put on `test_tax`, which did not change.
    """
    return _problems(facts, Flaw.NOT_NEW)


def not_lost(facts: Facts) -> Iterator[Problem]:
    """A replacement names a test that this change does not lose.

    The id has a typing error, names the test itself, or a test that still guards. Ids are those that pytest shows:
    `tests/test_a.py::TestB::test_c[param]`. Without the brackets, all parameter sets of the function are meant;
    `tests/test_a.py::TestB` means all lost tests of the class, and `tests/test_a.py` all of the file.
    A declaration that was merged by an earlier change is history, and is left alone.

    Example: `@pytest.mark.replaces("tests/test_tax.py::test_refnud")`.
    """
    return _problems(facts, Flaw.NOT_LOST)


def cannot_fail(facts: Facts) -> Iterator[Problem]:
    """A declared replacement asserts nothing that could be false.

    It ran the code and no assertion of it held that might have failed: there is none, it is never reached, it failed
    and was swallowed, it is always true (a constant, a tuple, `or True`, a comparison with itself), or any exception
    will do (`pytest.raises(Exception)`). It need not be stronger than what it stands for: of a test that asserted
    nothing (it only had to run) nothing is asked but to run the same code, and to swallow no failure of it. What stands
    for several tests must assert if one of them did.

    Example: `assert amounts == amounts`.
    """
    return _problems(facts, Flaw.CANNOT_FAIL)


def _problems(facts: Facts, flaw: Flaw) -> Iterator[Problem]:
    for refusal in facts.comparison.refused:
        if refusal.flaw is not flaw:
            continue
        item = refusal.declared_by.item
        yield Problem(
            message=f"{item.id} does not stand for {refusal.target}: {refusal.why}",
            help=refusal.help,
            test=item.id,
            path=item.path,
            line=item.line,
        )

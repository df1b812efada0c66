"""Every error on purpose, and its exit code."""

from __future__ import annotations

import pytest

from testkeep import errors
from testkeep.errors import (
    BaselineError,
    EvidenceError,
    Interrupted,
    KitError,
    PolicyError,
    ToolError,
    Undecided,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "parent", "exit_code"),
    [
        (KitError, Exception, 3),
        (UsageError, KitError, 2),
        (PolicyError, UsageError, 2),
        (Undecided, KitError, 4),
        (EvidenceError, Undecided, 4),
        (BaselineError, Undecided, 4),
        (ToolError, Undecided, 4),
        (Interrupted, KitError, 130),
    ],
)
def test_errors__tree_and_exit_codes__are_the_contract(
    error: type[KitError], parent: type[Exception], exit_code: int
) -> None:
    assert error.__base__ is parent
    assert error.exit_code == exit_code


def test_errors__every_error_of_the_module__is_in_the_docstrings_tree() -> None:
    names = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, KitError)}
    drawn = {
        line.strip("│├└─ ").split(" ")[0] for line in (errors.__doc__ or "").splitlines() if line.startswith("    ")
    }
    assert names == drawn


def test_exit_codes__are_the_contract() -> None:
    codes = {name: value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert codes == {
        "EXIT_PASS": 0,
        "EXIT_FAIL": 1,
        "EXIT_USAGE": 2,
        "EXIT_BUG": 3,
        "EXIT_INCONCLUSIVE": 4,
        "EXIT_INTERRUPTED": 130,
    }


def test_kit_error__message_and_hint__are_kept_apart() -> None:
    error = EvidenceError("unit.json is cut off", hint="Run the job again.")
    assert (str(error), error.message, error.hint) == ("unit.json is cut off",) * 2 + ("Run the job again.",)
    assert EvidenceError("gone").hint == ""


def test_policy_error__all_problems__are_in_the_message_in_their_order() -> None:
    error = PolicyError("pyproject.toml", ["b: wrong", "a: wrong, too"])
    assert error.problems == ("b: wrong", "a: wrong, too")
    assert error.message == "pyproject.toml: the policy has 2 problem(s):\n  b: wrong\n  a: wrong, too"

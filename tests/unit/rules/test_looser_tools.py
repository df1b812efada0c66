"""TK503, of static tools: one finding for each file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import a_record, a_test, a_waiver, findings_of, the_facts
from testkeep.model.finding import Finding, Severity
from testkeep.model.leniency import Leniency, LooserOption, Suppression
from testkeep.model.policy import Policy

OPTION = LooserOption("ruff: ignore", "nothing", "[E]")
BLUNT = Suppression(3, "noqa", "x = 1  # noqa", is_blunt=True)
NAMED = Suppression(2, "noqa: E501", "y = 1  # noqa: E501", is_blunt=False)
FINE = "If it is meant, nothing needs to be done."


def _found(*leniencies: Leniency, policy: Policy | None = None, waivers: Any = ()) -> tuple[Finding, ...]:
    facts = replace(the_facts(a_record(a_test()), policy=policy), leniencies=leniencies)
    return findings_of("TK503", facts, *waivers)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(
            Leniency(path="pyproject.toml", options=(OPTION,)),
            (Severity.WARNING, "tools check less: ruff: ignore is nothing at the base, [E] now", FINE, 0),
            id="failing: an option",
        ),
        pytest.param(
            Leniency(path="a.py", suppressions=(NAMED, BLUNT)),
            (
                Severity.WARNING,
                "what tools are told to pass over: 'x = 1  # noqa' (line 3), 'y = 1  # noqa: E501' (line 2)",
                FINE,
                3,
            ),
            id="failing: comments, the blunt ones first",
        ),
        pytest.param(
            Leniency(path="a.py", suppressions=(NAMED,)),
            (Severity.NOTE, "what tools are told to pass over: 'y = 1  # noqa: E501' (line 2)", FINE, 2),
            id="boundary: a comment that says what it means",
        ),
        pytest.param(
            Leniency(path="ruff.toml", options=(OPTION,) * 5),
            (
                Severity.WARNING,
                "tools check less: ruff: ignore is nothing at the base, [E] now",
                "ruff: ignore is nothing at the base, [E] now\nruff: ignore is nothing at the base, [E] now\n"
                f"2 more options\n{FINE}".replace("\\\n", "\n"),
                0,
            ),
            id="boundary: more than a few",
        ),
    ],
)
def test_tk503__tools_check_less__table(one: Leniency, expected: tuple[Severity, str, str, int]) -> None:
    (found,) = _found(one)

    assert (found.severity, found.message, found.help, found.line) == expected
    assert (found.path, found.test) == (one.path, "")


@pytest.mark.parametrize("leniencies", [(), None], ids=["passing", "missing evidence: there is no base"])
def test_tk503__tools_check_as_much__says_nothing(leniencies: tuple[Leniency, ...] | None) -> None:
    assert _found(*(leniencies or ())) == ()


@pytest.mark.parametrize(
    ("one", "severity"),
    [
        pytest.param(Leniency(path="ruff.toml", options=(OPTION,)), Severity.ERROR, id="an option"),
        pytest.param(Leniency(path="a.py", suppressions=(BLUNT,)), Severity.ERROR, id="a comment"),
        pytest.param(Leniency(path="a.py", suppressions=(NAMED,)), Severity.NOTE, id="boundary: one that is narrow"),
    ],
)
def test_tk503__policy_blocks_looser_tools__is_an_error(one: Leniency, severity: Severity) -> None:
    (found,) = _found(one, policy=Policy(loosened_tools="block"))

    assert (found.severity, found.test) == (severity, one.path)


def test_tk503__looser_tools__are_waived_by_the_file() -> None:
    waiver = a_waiver("ruff.toml", "TK503")
    one = Leniency(path="ruff.toml", options=(OPTION,))

    (found,) = _found(one, policy=Policy(loosened_tools="block"), waivers=(waiver,))

    assert found.waived

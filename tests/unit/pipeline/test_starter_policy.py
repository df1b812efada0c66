"""The text of a first policy: what testkeep itself reads, with a comment for each key."""

from __future__ import annotations

import tomllib

import pytest

from testkeep.formats import policy_toml
from testkeep.formats.python_versions import NamedVersions
from testkeep.model.policy import CoveragePolicy, Policy
from testkeep.model.stage import Stage
from testkeep.pipeline.starter_policy import Found, add_policy, compose, policy_in

FOUND = Found(
    source=("src", 'odd "name"', "käse"),
    tools={Stage.LINT: ("ruff (pyproject.toml)",), Stage.TYPING: ("mypy (mypy.ini)",)},
    tests=(Stage.UNIT, Stage.E2E),
    pythons=NamedVersions(("3.11", "3.13"), "the classifiers"),
)
TESTS = (Stage.UNIT, Stage.INTEGRATION, Stage.MIGRATION, Stage.CONCURRENCY)
POLICY = Policy(
    source=FOUND.source,
    stages=(Stage.LINT, Stage.TYPING, *TESTS),
    python=("3.11", "3.13"),
)


@pytest.mark.parametrize("table", ["tool.testkeep", ""], ids=["pyproject.toml", "testkeep.toml"])
@pytest.mark.parametrize(
    ("found", "policy"), [(FOUND, POLICY), (Found(), Policy(stages=TESTS))], ids=["much", "nothing"]
)
def test_compose__found__is_the_policy_that_was_meant(found: Found, policy: Policy, table: str) -> None:
    text = compose(found, table)

    assert policy_toml.loads(text, "pyproject.toml" if table else "testkeep.toml") == policy


def test_compose__each_key__has_a_comment_above_it() -> None:
    lines = compose(FOUND, "tool.testkeep").splitlines()

    keys = [number for number, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert all(lines[number - 1].startswith("# ") for number in keys)
    assert len(keys) == 5
    assert "# lint: ruff (pyproject.toml)." in lines


def test_compose__opt_in_stage_with_tests__is_named_and_not_listed() -> None:
    lines = compose(FOUND, "tool.testkeep").splitlines()

    assert "# e2e: there are tests, too, which run only if they are listed here." in lines
    assert not any("e2e" in line for line in lines if line.startswith("stages"))


def test_compose__minima__are_the_defaults_and_the_overall_one_is_left_to_people() -> None:
    text = compose(Found(), "")

    defaults = CoveragePolicy()
    assert tomllib.loads(text)["coverage"] == {"diff": defaults.diff, "ratchet": defaults.ratchet}
    assert "# overall = 87" in text.splitlines()


@pytest.mark.parametrize(
    ("tools", "is_there"),
    [({}, True), ({Stage.FORMAT: ("black (pyproject.toml)",)}, False)],
    ids=["nothing formats", "black is found"],
)
def test_compose__formatter__is_a_proposal_where_none_is_found(
    tools: dict[Stage, tuple[str, ...]], is_there: bool
) -> None:
    text = compose(Found(tools=tools), "")

    assert ('# formatter = "black"' in text) is is_there
    assert policy_in(text).formatter is None


@pytest.mark.parametrize(
    ("before", "between"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("[project]\n", "\n", id="complete line"),
        pytest.param("[project]", "\n\n", id="incomplete line"),
        pytest.param("[project]\r\n", "\r\n", id="line ends of Windows"),
        pytest.param("[[tool.mypy.overrides]]\nmodule = 'x'\n", "\n", id="list of tables"),
    ],
)
def test_add_policy__text__stays_as_it_was(before: str, between: str) -> None:
    text = add_policy(before, FOUND)

    assert text is not None
    assert text.startswith(f"{before}{between}[tool.testkeep]")
    assert policy_toml.loads(text, "pyproject.toml") == POLICY


@pytest.mark.parametrize("before", ["tool = {black = {}}\n", "["], ids=["tool in one line", "not TOML"])
def test_add_policy__no_place_for_a_table__is_none(before: str) -> None:
    assert add_policy(before, FOUND) is None

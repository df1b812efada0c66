"""Which runner a command line chooses, and what is left of it."""

from __future__ import annotations

import pytest

from testkeep.cli.runner import chosen


@pytest.mark.parametrize(
    ("argv", "runner", "rest"),
    [
        pytest.param(["run"], "direct", ["run"], id="none"),
        pytest.param(["run", "--runner", "nox", "unit"], "nox", ["run", "unit"], id="two words"),
        pytest.param(["gate", "--plan", "p", "--runner=tox"], "tox", ["gate", "--plan", "p"], id="one word"),
        pytest.param(["run", "--runner", "direct"], "direct", ["run", "--runner", "direct"], id="direct is click's"),
        pytest.param(["run", "--runner", "make"], "direct", ["run", "--runner", "make"], id="unknown is click's"),
        pytest.param(["run", "--runner"], "direct", ["run", "--runner"], id="without a value"),
        pytest.param(["run", "--", "--runner", "nox"], "direct", ["run", "--", "--runner", "nox"], id="for pytest"),
        pytest.param(["run", "--runner", "nox", "--", "-x"], "nox", ["run", "--", "-x"], id="beside pytest's"),
        pytest.param(["plan", "--runner", "nox"], "direct", ["plan", "--runner", "nox"], id="another command"),
        pytest.param([], "direct", [], id="nothing"),
    ],
)
def test_chosen__table(argv: list[str], runner: str, rest: list[str]) -> None:
    assert chosen(argv) == (runner, rest)

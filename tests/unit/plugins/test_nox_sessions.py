"""What nox installs where the resolver refuses something; a stand-in for nox's session answers as a resolver would."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import nox
import pytest
from nox.command import CommandFailed

from testkeep.plugins.installing import Plan
from testkeep.plugins.nox_sessions import _install_packages

PLAN = Plan(files=("requirements.txt",), own="testkeep[tools]==1.0")
WITH_TOOLS = ("uv", "pip", "install", "-r", "requirements.txt", "testkeep[tools]==1.0")
WITHOUT_TOOLS = (*WITH_TOOLS[:-1], "testkeep==1.0")


@dataclass
class Session:
    """Refuses commands that have a certain word; with ``installs`` off it leaves installations out, as nox -R does."""

    refused: str = "nothing"
    installs: bool = True
    commands: list[tuple[str, ...]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def run_install(self, *command: str, **_options: Any) -> bool | None:
        self.commands.append(command)
        if any(self.refused in word for word in command):
            raise CommandFailed("Returned code 1")
        return True if self.installs else None

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def install(session: Session, plan: Plan = PLAN) -> bool:
    return _install_packages(cast("nox.Session", session), plan, "uv")


@pytest.mark.parametrize(
    ("session", "expected", "commands"),
    [
        pytest.param(Session(), True, [WITH_TOOLS], id="all fits"),
        pytest.param(Session(refused="[tools]"), False, [WITH_TOOLS, WITHOUT_TOOLS], id="the extra is refused"),
        pytest.param(Session(installs=False), False, [WITH_TOOLS], id="nox -R"),
    ],
)
def test_install_packages__as_the_resolver_answers__is_complete_or_not(
    session: Session, expected: bool, commands: list[tuple[str, ...]]
) -> None:
    """What of the kit's own does not fit is left out and said; the next run tries again."""
    assert (install(session), session.commands) == (expected, commands)
    assert len(session.warnings) == len(commands) - 1
    assert all("without testkeep's extra tools" in text for text in session.warnings)


@pytest.mark.parametrize(
    ("plan", "attempts"),
    [
        pytest.param(PLAN, 2, id="with extras"),
        pytest.param(Plan(files=("requirements.txt",), own="testkeep==1.0"), 1, id="without extras"),
    ],
)
def test_install_packages__the_project_itself_is_refused__fails(plan: Plan, attempts: int) -> None:
    """Where it is not the kit's extras that do not fit, nothing is made and nothing is said of them."""
    session = Session(refused="requirements.txt")
    with pytest.raises(CommandFailed):
        install(session, plan)
    assert (len(session.commands), session.warnings) == (attempts, [])

"""What testkeep itself needs in its environment, and whether that is the project's."""

from __future__ import annotations

from pathlib import Path

from testkeep import __version__
from testkeep.errors import ToolError
from testkeep.formats.requirement_floors import Unmet, unmet
from testkeep.system.interpreter import environment_beside, executable, requirements_of, version_in, version_of

_NAME = "testkeep"


def check_own_requirements() -> None:
    """See that nothing that testkeep is built on is older than what it was tested with, before anything runs on it.

    Raises:
        ToolError: something is older, or missing.
    """
    problems = list(unmet(requirements_of(_NAME), version_of))
    if not problems:
        return
    said = "; ".join(f"{each.name}>={each.floor} ({_found(each)})" for each in problems)
    wanted = " ".join(f"'{each.name}>={each.floor}'" for each in problems)
    raise ToolError(
        f"TK507: testkeep {__version__} needs {said}",
        hint=f"Install it: {executable()} -m pip install {wanted}; where the project pins it lower, raise the pin.",
    )


def other_environment(root: Path) -> str:
    """Say that the project has another environment than the one that testkeep is in; empty if it has not."""
    other = environment_beside(root)
    if not other:
        return ""
    version = ".".join(map(str, version_in(Path(other)) or ()))
    python = f" (Python {version})" if version else ""
    return f"testkeep runs with {executable()}, and the project's environment is {other}{python}"


IN_THE_PROJECTS = "Install it there, if tests miss modules: activate it, and pip install 'testkeep[all]'."


def _found(each: Unmet) -> str:
    return f"{each.found} is installed in this environment" if each.found else "it is not installed"

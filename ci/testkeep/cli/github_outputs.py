"""The outputs of a step of a GitHub workflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from testkeep.errors import UsageError
from testkeep.system.files import append_text
from testkeep.system.interpreter import environment_variables

_FILE = "GITHUB_OUTPUT"


def add_outputs(outputs: Mapping[str, str]) -> None:
    """Add outputs to the step that this process runs in; no value may have several lines.

    Raises:
        UsageError: it runs in none, or the file cannot be written.
    """
    file = environment_variables().get(_FILE)
    if not file:
        raise UsageError(f"--github: {_FILE} is not set", hint="It is set in the steps of a GitHub workflow.")
    append_text(Path(file), "".join(f"{name}={value}\n" for name, value in outputs.items()))

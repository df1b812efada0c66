"""Environment variables for the tests that a CI product's configuration hands on as one JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from testkeep.errors import UsageError

VARIABLE = "TESTKEEP_EXTRA_ENV"
_PORT = "TESTKEEP_POSTGRES_PORT"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What the CI product and the pipeline say, nobody else should. What pytest is told here, the base's would be told, too.
_NOT_OURS = ("GITHUB_", "RUNNER_", "CI_", "GITLAB_", "ACTIONS_", "TESTKEEP_", "PYTEST_", "COVERAGE_")


def read_extra_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Read the variables in ``TESTKEEP_EXTRA_ENV``; none if it is not set or empty.

    ``${TESTKEEP_POSTGRES_PORT}`` in a value stands for that variable.

    Raises:
        UsageError: it is not a JSON object of texts, or names what is not a variable or the CI product's own.
    """
    text = environment.get(VARIABLE, "").strip()
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{VARIABLE}: not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise UsageError(f'{VARIABLE}: expected a JSON object of texts, such as {{"TZ": "UTC"}}')
    for name, value in found.items():
        if "\0" in value or value != value.encode(errors="replace").decode():
            raise UsageError(f"{VARIABLE}: the value of {name!r} cannot be a variable's")
        if not _NAME.fullmatch(name) or name.startswith(_NOT_OURS):
            raise UsageError(f"{VARIABLE}: {name!r} is no variable that can be set here")
    # CI products choose the port when the job starts.
    port = environment.get(_PORT, "")
    return {name: value.replace(f"${{{_PORT}}}", port) for name, value in found.items()}

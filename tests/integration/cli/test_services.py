"""A service that is not there: said once, and the base is not run."""

from __future__ import annotations

from repositories import GitProject

_NEEDS_A_SERVICE = """
import socket

import pytest


@pytest.fixture
def connection():
    raise ConnectionRefusedError("[Errno 111] Connect call failed ('127.0.0.1', 5432)")


@pytest.mark.integration
@pytest.mark.parametrize("row", range(3))
def test_row(connection, row):
    assert row
"""


def test_run__service_is_missing__is_said_once_and_the_base_of_that_stage_is_not_run(project: GitProject) -> None:
    project.commit({"tests/test_rows.py": _NEEDS_A_SERVICE})
    project.commit({"app/more.py": "X = 1\n"})

    run = project.testkeep("run", "unit", "integration")

    assert (run.exit_code, run.codes) == (4, ["TK510"])
    assert run.finding("TK510").message.startswith(
        "3 tests of stage integration could not connect to 127.0.0.1:5432: ConnectionRefusedError: "
    )
    assert "base: unit" in run.output
    assert "base: integration" not in run.output
    assert "runs again" not in run.output

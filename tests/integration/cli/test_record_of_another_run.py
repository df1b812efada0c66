"""A record that somebody else wrote while a run was at work is no evidence of what this run did."""

from __future__ import annotations

from repositories import GitProject

_FAILS = """
import os


def test_total() -> None:
    assert "FAILS" not in os.environ
"""
# It stands for a second, narrower run that has another idea of who may write here: a folder on a share, say.
_WRITES_THE_RECORD_OF_BEFORE = """
import os
import time
from pathlib import Path


def test_waits_for_the_other_stage() -> None:
    record = Path(".testkeep/evidence/unit.json")
    for _ in range(600 if "FAILS" in os.environ else 0):
        if record.exists():
            record.write_bytes(Path(os.environ["FAILS"]).read_bytes())
            break
        time.sleep(0.1)
    assert True
"""


def test_run__record_was_replaced_by_that_of_another_run__is_undecided_and_says_so(project: GitProject) -> None:
    project.commit(
        {
            "tests/unit/test_total.py": _FAILS,
            "tests/integration/test_other.py": _WRITES_THE_RECORD_OF_BEFORE,
        }
    )
    before = project.testkeep("run", "unit", "integration")
    kept = project.repository.parent / "unit.json"
    kept.write_bytes((project.evidence / "unit.json").read_bytes())

    outcome = project.testkeep("run", "unit", "integration", FAILS=str(kept))

    assert (before.exit_code, outcome.exit_code) == (0, 4)
    assert "made by another run, while this one was at work" in outcome.finding("TK502").message

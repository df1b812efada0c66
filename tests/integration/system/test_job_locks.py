"""Two runs of one job in one folder; others may go on beside them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from testkeep.errors import EvidenceError
from testkeep.system.job_locks import jobs_locked

_HOLD = """
import sys
from pathlib import Path
from testkeep.system.job_locks import jobs_locked
with jobs_locked(Path(sys.argv[1]) / "locks", Path(sys.argv[1]), ["unit"]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_jobs_locked__another_process_has_one__is_named_with_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        with pytest.raises(EvidenceError) as caught, jobs_locked(tmp_path / "locks", tmp_path, ["lint", "unit"]):
            pytest.fail("it was not locked")
        with jobs_locked(tmp_path / "locks", tmp_path, ["lint", "integration"]):
            pass
        other.kill()

    assert caught.value.message == (
        f"unit is being run by another testkeep (process {other.pid}), which writes its evidence to {tmp_path}"
    )
    assert caught.value.hint == "Wait until it is done, or name another place: --evidence DIR."
    # Whatever became of the other process.
    with jobs_locked(tmp_path / "locks", tmp_path, ["unit"]):
        pass


def test_jobs_locked__another_folder__is_another_job(tmp_path: Path) -> None:
    with (
        jobs_locked(tmp_path / "locks", tmp_path / "one", ["unit"]),
        jobs_locked(tmp_path / "locks", tmp_path / "other", ["unit"]),
    ):
        assert len(list((tmp_path / "locks").iterdir())) == 2


def test_jobs_locked__place_cannot_be_written__says_so(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file")

    with pytest.raises(EvidenceError, match="cannot be written"), jobs_locked(tmp_path / "locks", tmp_path, ["unit"]):
        pytest.fail("there is no place")

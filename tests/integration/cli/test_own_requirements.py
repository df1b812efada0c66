"""The commands in an environment that lacks what testkeep itself needs."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import GitProject
from testkeep.formats.requirement_floors import unmet
from testkeep.system.interpreter import requirements_of


def run_testkeep(project: GitProject, *arguments: str, site: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with one more folder of installed distributions, which is looked at first."""
    argv = [sys.executable, "-m", "testkeep", *arguments]
    env = os.environ | {"PYTHONPATH": str(site)}
    return subprocess.run(argv, cwd=project.root, env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def old_rich(tmp_path: Path) -> Path:
    """A folder that says that an old rich is installed."""
    info = tmp_path / "site" / "rich-9.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rich\nVersion: 9.1\n")
    return info.parent


@pytest.mark.parametrize("command", ["run", "gate", "plan", "baseline"])
def test_command__a_requirement_is_below_its_floor__is_inconclusive_and_says_what_to_do(
    project: GitProject, old_rich: Path, command: str
) -> None:
    """Nothing runs on what testkeep was not tested with."""
    done = run_testkeep(project, command, site=old_rich)
    assert (done.returncode, done.stdout) == (4, "")
    assert "TK507: testkeep" in done.stderr
    assert "rich>=13.0 (9.1 is installed in this environment)" in done.stderr
    assert f"{sys.executable} -m pip install 'rich>=13.0'" in done.stderr
    assert not (project.root / ".testkeep").exists()


def test_command__that_needs_no_environment__works(project: GitProject, old_rich: Path) -> None:
    """What only explains does so."""
    for arguments in (["run", "--help"], ["explain", "TK507"]):
        assert run_testkeep(project, *arguments, site=old_rich).returncode == 0


def test_requirements__of_the_package__all_have_a_floor_that_is_read() -> None:
    """A requirement in another form would be passed over in silence."""
    own = [line for line in importlib.metadata.requires("testkeep") or () if "extra ==" not in line]
    assert len(list(unmet(own, lambda name: ""))) == len(own) > 5
    assert requirements_of("no-such-distribution") == []

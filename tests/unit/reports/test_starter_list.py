"""Starter files for a terminal, and for programs."""

from __future__ import annotations

from pathlib import PurePosixPath

from testkeep.model.starter import FileState, StarterFile
from testkeep.reports.starter_list import advice, diff, listed

NEW = StarterFile(path=PurePosixPath("noxfile.py"), text="register()\n")
CHANGED = StarterFile(
    path=PurePosixPath("pyproject.toml"), text="a\nb\n", before="a", state=FileState.CHANGED, advice="install it"
)
THERE = StarterFile(path=PurePosixPath("tox.ini"), text="x\n", before="", state=FileState.THERE)


def test_diff__files__shows_those_that_are_written() -> None:
    assert diff([NEW, CHANGED, THERE]) == (
        "--- /dev/null\n+++ b/noxfile.py\n@@ -0,0 +1 @@\n+register()\n"
        "--- a/pyproject.toml\n+++ b/pyproject.toml\n@@ -1 +1,2 @@\n"
        "-a\n\\ No newline at end of file\n+a\n+b\n"
    )


def test_listed__files__have_their_states() -> None:
    assert advice([NEW, CHANGED, THERE]) == ["install it"]
    assert listed([CHANGED, THERE], written=True) == {
        "schema": "testkeep.init/1",
        "written": True,
        "files": [
            {"path": "pyproject.toml", "state": "changed", "advice": "install it"},
            {"path": "tox.ini", "state": "there", "advice": ""},
        ],
    }

"""The starter files of a project for a terminal, and for programs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from testkeep.model.starter import FileState, StarterFile

SCHEMA = "testkeep.init/1"


def diff(files: Iterable[StarterFile]) -> str:
    """Show what would be written as a unified diff; empty if nothing would be."""
    return "".join(line for file in files if file.is_to_do for line in _diff(file))


def advice(files: Iterable[StarterFile]) -> list[str]:
    """What is left to the user, one text for each file."""
    return [file.advice for file in files if file.advice]


def listed(files: Sequence[StarterFile], written: bool) -> dict[str, Any]:
    """The files with their states, and whether those to do were written (schema testkeep.init/1)."""
    rows = [{"path": str(file.path), "state": file.state.value, "advice": file.advice} for file in files]
    return {"schema": SCHEMA, "written": written, "files": rows}


def _diff(file: StarterFile) -> Iterator[str]:
    old = "/dev/null" if file.state is FileState.NEW else f"a/{file.path}"
    before, text = (side.splitlines(keepends=True) for side in (file.before, file.text))
    for line in difflib.unified_diff(before, text, old, f"b/{file.path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

"""The starter files of a project: what ``testkeep init`` writes, and what it leaves to the user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath


class FileState(StrEnum):
    """What becomes of a starter file."""

    NEW = "new"
    """It is not there, and is written."""
    CHANGED = "changed"
    """It is there, and lines are added to its end."""
    THERE = "there"
    """It is there, and is left alone."""


@dataclass(frozen=True, kw_only=True)
class StarterFile:
    """A file that a project needs for testkeep.

    ``path`` is relative to the repository's root, ``text`` the whole file as it is to be, ``before`` as it is now.
    ``advice`` is what the user has to do by hand in a file that is left alone (empty: nothing).
    """

    path: PurePosixPath
    text: str
    state: FileState = FileState.NEW
    before: str = ""
    advice: str = ""

    @property
    def is_to_do(self) -> bool:
        """Whether the file is to be written."""
        return self.state is not FileState.THERE

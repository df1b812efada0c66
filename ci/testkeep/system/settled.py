"""A repository of which nothing changes any more while it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from testkeep.system.git import Change, Repository


@dataclass(frozen=True)
class SettledRepository(Repository):
    """A repository whose stages have run: how its files differ from a commit is found once, and stays what it was."""

    _changes: dict[str, tuple[Change, ...]] = field(default_factory=dict, compare=False, repr=False)

    def changes_since(self, commit: str) -> list[Change]:
        """The files that differed between a commit and the working tree when this was first asked."""
        if commit not in self._changes:
            self._changes[commit] = tuple(super().changes_since(commit))
        return list(self._changes[commit])

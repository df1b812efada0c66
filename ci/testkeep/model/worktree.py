"""The worktree of the base commit: what was brought into it, and what it lacks beside the head's working tree."""

from __future__ import annotations

from msgspec import Struct


class EmptySubmodule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A submodule that could not be filled; ``path`` is relative to the top of the repository.

    ``is_known`` says that it is checked out in the clone, or was taken out of it by the change: only the commit that is
    wanted is not there. Else nobody has it here, at the head neither.
    """

    path: str
    commit: str
    is_known: bool = False


class Worktree(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the worktree was in which a base's tests ran.

    ``brought`` are the names of files that git ignores and that were copied into it; ``empty`` the submodules that
    could not be filled. Where a test failed there, ``missed`` are some of the files and folders (with a slash) that git
    does not have and that lay beside it where it was made, ``pointers`` files that git-lfs has not fetched, and
    ``is_sparse`` says whether a sparse check-out left files out.
    """

    brought: tuple[str, ...] = ()
    empty: tuple[EmptySubmodule, ...] = ()
    missed: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()
    is_sparse: bool = False

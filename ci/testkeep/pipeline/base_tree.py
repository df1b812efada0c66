"""The base commit, checked out beside the working tree, and how its own code is made to win there."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testkeep.errors import BaselineError, PolicyError
from testkeep.model.policy import Policy
from testkeep.model.worktree import EmptySubmodule
from testkeep.pipeline.context import Project, project_at
from testkeep.system import interpreter
from testkeep.system.git import Repository
from testkeep.system.submodules import fill_submodules
from testkeep.system.worktrees import worktree


@dataclass(frozen=True)
class BaseTree:
    """The project as it was at the base commit; ``scratch`` is a folder beside it, which goes with it.

    ``empty`` are the submodules that could not be filled; ``brought`` the files that git ignores and that were copied,
    and ``missed`` what else it ignores in the head's working tree.
    """

    project: Project
    scratch: Path
    environment: dict[str, str]
    empty: tuple[EmptySubmodule, ...] = ()
    brought: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@contextlib.contextmanager
def check_out(project: Project, commit: str, *, for_tests: bool = False) -> Iterator[BaseTree | None]:
    """Check the base commit out for the length of a ``with`` block; None if the project did not exist there.

    Its submodules are filled, as far as the clone has them. Where tests are to run there, the files that git ignores
    and that the policy names as ``base_files`` are copied, too; they go with it.

    Raises:
        BaselineError: git cannot check the commit out.
        UsageError: the project cannot be read there.
    """
    with worktree(project.repository.root, commit) as top:
        folder = folder_at(project, commit)
        if folder is None:
            yield None
            return
        empty = fill_submodules(project.repository.root, top)
        base = _project_of_base(top / folder, Repository(top))
        # Not before the project is read: what is brought is no part of what the commit has.
        brought = _bring(project, top, folder) if for_tests else ()
        yield BaseTree(
            base, top.parent, {"PYTHONPATH": _python_path(project, base)}, empty, brought, project.ignored.missed
        )


def _bring(project: Project, top: Path, folder: str) -> tuple[str, ...]:
    own = f"{project.folder}/" if project.folder else ""

    def place(name: str) -> str:
        inside = bool(own) and name.startswith(own)
        return f"{folder}/{name.removeprefix(own)}".lstrip("/") if inside else name

    return project.ignored.copy_to(top, place)


def _project_of_base(root: Path, repository: Repository) -> Project:
    """Read the base's project, under the default policy if its own cannot be read: the change may be what mends it."""
    try:
        return project_at(root, repository)
    except PolicyError:
        return project_at(root, repository, Policy())


def folder_at(project: Project, commit: str) -> str | None:
    """Find the project's folder in the repository at a commit: where it is now, or where it was moved from.

    None if the project did not exist.

    Raises:
        BaselineError: code was moved here from several places, so nobody can say where its tests were.
    """
    found = folder_then(project.repository, commit, project.folder)
    if found is not None:
        return found
    inside = f"{project.folder}/"
    moved = [change for change in project.repository.changes_since(commit) if change.new.startswith(inside)]
    code = [change for change in moved if change.old and change.new.endswith(".py")]
    if code:
        raise BaselineError(
            f"the project was moved into {project.folder}/ since ({code[0].old} became {code[0].new}, and "
            f"{len(code) - 1} more), and its folders changed with it, so its tests of that commit are not found; move "
            "it in a change of its own"
        )
    return None


def folder_then(repository: Repository, commit: str, folder: str) -> str | None:
    """Find a folder of the repository at a commit: where it is now, or where most of its files were moved from.

    None if it was not there, or if its own folders changed with it.
    """
    if not folder or repository.has_folder(commit, folder):
        return folder
    inside = f"{folder}/"
    came_from: Counter[str] = Counter()
    for change in repository.changes_since(commit):
        rest = change.new.removeprefix(inside)
        if change.new.startswith(inside) and (change.old == rest or change.old.endswith(f"/{rest}")):
            came_from[change.old.removesuffix(rest).rstrip("/")] += 1
    return came_from.most_common(1)[0][0] if came_from else None


def _python_path(project: Project, base: Project) -> str:
    """Let the worktree's modules win over an editable install of the head, and over the user's own PYTHONPATH."""
    own = interpreter.environment_variables().get("PYTHONPATH", "")
    mapped = [_mapped(entry, project.root, base.root) for entry in own.split(":") if entry]
    roots = dict.fromkeys(str((base.root / root).resolve()) for root in base.roots.values())
    return ":".join([*roots, *mapped])


def _mapped(entry: str, head: Path, base: Path) -> str:
    path = Path(entry)
    return str(base / path.relative_to(head)) if path.is_absolute() and path.is_relative_to(head) else entry

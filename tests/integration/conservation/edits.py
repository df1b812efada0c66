"""Changes of a project's files, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from repositories import GitProject


@dataclass(frozen=True)
class Edit:
    """One change of a project's files, as a value: pairs with equal edits share their base."""

    make: Callable[..., None]
    arguments: tuple[str, ...]

    def __call__(self, project: GitProject) -> None:
        self.make(project, *self.arguments)


def write(name: str, text: str) -> Edit:
    """Write a file; the text is dedented."""
    return Edit(_write, (name, text))


def append(name: str, text: str) -> Edit:
    """Add text at the end of a file; it is taken as it is."""
    return Edit(_append, (name, text))


def replace(name: str, old: str, new: str) -> Edit:
    """Replace the only occurrence of a text in a file."""
    return Edit(_replace, (name, old, new))


def delete(name: str) -> Edit:
    """Delete a file."""
    return Edit(_delete, (name,))


def rename(old: str, new: str) -> Edit:
    """Move a file or a folder."""
    return Edit(_rename, (old, new))


def git(*arguments: str) -> Edit:
    """Run git in the repository."""
    return Edit(_git, arguments)


def _write(project: GitProject, name: str, text: str) -> None:
    project.write({name: text})


def _append(project: GitProject, name: str, text: str) -> None:
    path = project.root / name
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def _replace(project: GitProject, name: str, old: str, new: str) -> None:
    text = (project.root / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
    (project.root / name).write_text(text.replace(old, new), encoding="utf-8")


def _delete(project: GitProject, name: str) -> None:
    (project.root / name).unlink()


def _rename(project: GitProject, old: str, new: str) -> None:
    target = project.root / new
    target.parent.mkdir(parents=True, exist_ok=True)
    (project.root / old).rename(target)


def _git(project: GitProject, *arguments: str) -> None:
    project.git(*arguments)

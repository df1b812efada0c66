"""What the base's worktree lacked beside the working tree of the commit itself, and the command that gets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from testkeep.model.worktree import EmptySubmodule, Worktree
from testkeep.rules.base import Facts

Lack = tuple[str, str]
"""What is missing, in words, and the command that gets it."""
_SHORT = 12


def worktrees_of(facts: Facts) -> tuple[Worktree, ...]:
    """The worktrees in which the base's tests ran."""
    records = facts.baseline.evidence if facts.baseline is not None else ()
    return tuple(record.worktree for record in records if record.worktree is not None)


def lacks(worktrees: Iterable[Worktree], commit: str) -> Iterator[Lack]:
    """What the worktrees of a commit lacked in which tests failed."""
    worktrees = tuple(worktrees)
    yield from empty_submodules(worktrees)
    pointers = tuple(dict.fromkeys(name for one in worktrees for name in one.pointers))
    if pointers:
        more = f" and {len(pointers) - 1} more" if len(pointers) > 1 else ""
        was = "were pointers of git-lfs, not the files" if more else "was a pointer of git-lfs, not the file"
        yield f"{pointers[0]}{more} {was}", f"git lfs fetch origin {commit}"
    if any(one.is_sparse for one in worktrees):
        yield "the check-out is sparse, so files were left out", "git sparse-checkout disable"


def may_lack(facts: Facts) -> bool:
    """Whether there is anything here that the base's worktree was without: else what fails there fails here, too."""
    seen = worktrees_of(facts)
    unlike = any(one.pointers or one.is_sparse or any(each.is_known for each in one.empty) for one in seen)
    return unlike or bool(not_given(facts))


def not_given(facts: Facts) -> tuple[str, ...]:
    """What git does not have and the base was not given: here, and where its tests ran."""
    there = (name for one in worktrees_of(facts) for name in one.missed)
    return tuple(dict.fromkeys((*facts.not_given, *there)))


def empty_submodules(worktrees: Iterable[Worktree]) -> Iterator[Lack]:
    """The submodules that had nothing in them."""
    yield from map(_lack, _empty(worktrees))


def unknown_suites(facts: Facts) -> Iterator[tuple[Lack, tuple[str, ...]]]:
    """The submodules that were empty at the base for want of a commit, with the tests that the head has in each."""
    for submodule in _empty(worktrees_of(facts)):
        tests = tuple(test.item.id for test in facts.tests() if test.item.path.startswith(f"{submodule.path}/"))
        if tests and submodule.is_known:
            yield _lack(submodule), tests


def name_in(text: str, names: Iterable[str]) -> str:
    """The first of some files and folders (with a slash) that a text names; empty if it names none."""
    for name in names:
        last = name.rstrip("/").rpartition("/")[2]
        # A folder's name is a common word: it must stand as one in a path or a text.
        forms = (f"/{last}/", f'"{last}"', f"'{last}'", f'"{last}/', f"'{last}/")
        if any(form in text for form in forms) if name.endswith("/") else _names_file(text, last):
            return name
    return ""


def module_named(text: str, names: Iterable[str]) -> str:
    """The first of some files that a text names, or names as a Python module; empty if it names none."""
    names = list(names)
    modules = {
        name: name.rpartition("/")[2].partition(".")[0] for name in names if name.endswith((".py", ".so", ".pyd"))
    }
    found = (name for name, module in modules.items() if len(module) > 2 and _names_file(text, module))
    return name_in(text, names) or next(found, "")


def _names_file(text: str, last: str) -> bool:
    """Whether a text has the name of a file as a whole, not as a part of a longer one."""
    at = text.find(last)
    while at >= 0:
        before, after = text[max(at - 1, 0) : at], text[at + len(last) : at + len(last) + 1]
        if not (before.isalnum() or before in ("_", "-")) and not (after.isalnum() or after == "_"):
            return True
        at = text.find(last, at + 1)
    return False


def _empty(worktrees: Iterable[Worktree]) -> Iterable[EmptySubmodule]:
    return dict.fromkeys(submodule for one in worktrees for submodule in one.empty)


def _lack(submodule: EmptySubmodule) -> Lack:
    path, commit = submodule.path, submodule.commit
    if not submodule.is_known:
        return f"submodule {path} is not checked out here", f"git submodule update --init {path}"
    said = f"submodule {path} was empty at the base: its commit {commit[:_SHORT]} is not in this clone"
    return said, f"git -C {path} fetch origin {commit}"

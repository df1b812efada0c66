"""The lines that a change touches, as coverage.py counts them."""

from __future__ import annotations

from collections.abc import Sequence

from testkeep.formats import unified_diff
from testkeep.formats.logical_lines import with_first_lines
from testkeep.system.files import read_bytes
from testkeep.system.git import Repository
from testkeep.system.git_diff import diff_since


def changed_lines(repository: Repository, base: str, *, include_untracked: bool) -> dict[str, tuple[int, ...]]:
    """The lines that differ between a commit and the working tree, as Python and coverage.py count them.

    A statement of several lines is measured at its first one, which is changed if any of them is. A link's text is no
    code. The keys are paths relative to the repository's root.

    Raises:
        BaselineError: the commit is not there.
    """
    counted = unified_diff.changed_lines(diff_since(repository, base, include_untracked=include_untracked))
    return {
        path: _of_python(lines, read_bytes(repository.root / path)) if path.endswith(".py") else lines
        for path, lines in counted.items()
        if not (repository.root / path).is_symlink()
    }


def _of_python(lines: Sequence[int], source: bytes) -> tuple[int, ...]:
    return with_first_lines(unified_diff.as_python_counts(lines, source), source)

"""Static tools as a project uses them: which, on which files, and what they complain of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from testkeep.model.stage import Stage


class Tool(StrEnum):
    """A static tool that testkeep can run; the values are what people call them."""

    BLACK = "black"
    ISORT = "isort"
    RUFF_FORMAT = "ruff format"
    RUFF_IMPORTS = "ruff imports"
    RUFF = "ruff"
    FLAKE8 = "flake8"
    IMPORT_LINTER = "import-linter"
    MYPY = "mypy"

    @property
    def stage(self) -> Stage:
        """The stage that the tool runs in."""
        return _STAGES[self]


_STAGES = {
    Tool.BLACK: Stage.FORMAT,
    Tool.ISORT: Stage.FORMAT,
    Tool.RUFF_FORMAT: Stage.FORMAT,
    Tool.RUFF_IMPORTS: Stage.FORMAT,
    Tool.RUFF: Stage.LINT,
    Tool.FLAKE8: Stage.LINT,
    Tool.IMPORT_LINTER: Stage.LINT,
    Tool.MYPY: Stage.TYPING,
}


_SUBCOMMAND = re.compile(r"[a-z][a-z-]*")


def called(command: Sequence[str]) -> str:
    """What people call a command: the program, and which of the program's own commands it is if it has several.

    >>> called(["ruff", "format", "--check", "."]), called(["black", "--check", "."])
    ('ruff format', 'black')
    """
    has_several = len(command) > 1 and _SUBCOMMAND.fullmatch(command[1])
    return " ".join(command[: 2 if has_several else 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """One tool as a project uses it, and ``where`` that is written.

    ``arguments`` come before the files. ``only`` and ``never`` are regular expressions that are searched for in a
    file's path from the repository's root (empty: all, none), as pre-commit has them; ``skip`` are black's, which are
    searched for in the path and in each of its folders, with a slash before and, for a folder, after it. With
    ``names_targets`` the arguments or the tool's own configuration say what to check, and no files are handed over.
    ``unread`` are files that configure the tool, too, and that it passes over for one that it reads first.
    """

    tool: Tool
    where: str
    arguments: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    names_targets: bool = False
    unread: tuple[str, ...] = ()

    def checks(self, path: str) -> bool:
        """Whether the tool is handed a file; ``path`` is relative to the repository's root."""
        if not all(re.search(pattern, path) for pattern in self.only):
            return False
        if any(re.search(pattern, path) for pattern in self.never):
            return False
        parts = path.split("/")
        folders = ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts))]
        return not any(re.search(pattern, place) for pattern in self.skip for place in (*folders, f"/{path}"))


class Complaint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a static tool found.

    ``path`` is relative to the project's root (empty: no file is to blame alone), ``line`` counts from 1 (0: the whole
    file), ``function`` is the qualified name of the function or class around it (empty: none).
    """

    message: str
    code: str = ""
    path: str = ""
    line: int = 0
    function: str = ""

    @property
    def is_about_code(self) -> bool:
        """Whether the tool got as far as checking; else it says why it did not."""
        return bool(self.path or self.code)

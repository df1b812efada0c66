"""Text for a terminal, the same wherever it is made, and harmless in the log of a CI job."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import StringIO

from rich.console import Console, RenderableType
from rich.text import Text

_PADDING = re.compile(r"(?: |\x1b\[[0-9;]*m)+$", re.MULTILINE)
_COMMAND_AT_START = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def printed(parts: Iterable[RenderableType], *, width: int, color: bool) -> str:
    """Print parts below each other. ``width`` is in columns; text is left to the terminal to wrap.

    Colors are the terminal's own sixteen.
    """
    target = StringIO()
    # Everything that rich would otherwise take from the environment is said here.
    console = Console(
        file=target,
        width=width,
        height=25,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        force_interactive=False,
        force_jupyter=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text))
    unpadded = _PADDING.sub(lambda padding: padding[0].replace(" ", ""), target.getvalue())
    return _without_commands(unpadded)


def _without_commands(text: str) -> str:
    # In the log of a GitHub job, the runner obeys "::" at the start of a line and "##[" anywhere in it.
    return _COMMAND_AT_START.sub(r"\1: ", text).replace("##[", "# #[")

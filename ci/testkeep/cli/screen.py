"""What a command has to write on: how wide it is, how much is wanted on it, and how much stands there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec
from rich.console import Console

from testkeep.model.tool_output import ToolOutput
from testkeep.reports.terminal import WIDTH_OF_A_PIPE, Setting


class Loudness(StrEnum):
    """How much a command prints."""

    QUIET = "quiet"
    SHORT = "short"
    VERBOSE = "verbose"


def width_of(console: Console) -> int:
    """The columns of a terminal. On a pipe nothing is wrapped: whoever reads it has a width of their own."""
    return console.width if console.is_terminal else WIDTH_OF_A_PIPE


@dataclass
class Screen:
    """The terminal or the pipe of one command.

    ``printed`` counts the lines on it, and ``names_stages`` says whether they tell how each stage ended; ``outputs``
    are those of tools that complained, held back for the report.
    """

    loudness: Loudness
    console: Console = field(default_factory=Console)
    printed: int = 0
    names_stages: bool = False
    outputs: list[ToolOutput] = field(default_factory=list)

    @property
    def is_verbose(self) -> bool:
        """Whether everything is to be said."""
        return self.loudness is Loudness.VERBOSE

    @property
    def is_quiet(self) -> bool:
        """Whether the verdict alone is to be said."""
        return self.loudness is Loudness.QUIET

    @property
    def width(self) -> int:
        """In columns."""
        return width_of(self.console)

    @property
    def color(self) -> bool:
        """Whether colors are seen here."""
        return self.console.is_terminal

    def write(self, text: str) -> None:
        """Print text as it is; a character that the encoding of this place does not have becomes a question mark."""
        encoding = self.console.encoding
        self.console.file.write(text.encode(encoding, "replace").decode(encoding))
        self.console.file.flush()

    def hold(self, output: ToolOutput) -> None:
        """Keep a tool's output for the report."""
        self.outputs.append(msgspec.structs.replace(output, log=str(shown_path(Path(output.log)))))

    def setting(self, report: str) -> Setting:
        """How a report is to be shown here; ``report`` is the file that has everything."""
        return Setting(
            width=self.width,
            color=self.color,
            report=report,
            outputs=tuple(self.outputs),
            printed=self.printed,
            names_stages=self.names_stages,
        )


def shown_path(path: Path) -> Path:
    """A path the way a person at this place would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path

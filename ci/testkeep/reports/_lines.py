"""Lines of which the terminal's report is made."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from rich.text import Text

from testkeep.model.finding import Finding, Severity
from testkeep.reports import _wording as wording

# On a pipe nothing is wrapped: whoever reads it has a width of their own.
ENDLESS = 1_000_000
_MOST_OF_AN_ID = 300
_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def severity_style(severity: Severity) -> str:
    """How a severity looks."""
    return _SEVERITY_STYLES[severity]


def places_of(finding: Finding) -> Iterator[Text]:
    """Where a finding is, a line for each test; an id that would fill the screen is cut."""
    for place, test in wording.places(finding):
        shown = test if len(test) <= _MOST_OF_AN_ID else f"{test[:_MOST_OF_AN_ID]}…"
        yield Text("    " + "  ".join(filter(None, (place, shown))))


def labelled(label: str, text: str, width: int) -> Iterator[Text]:
    """Wrap text beside its label; the second line and the later ones begin where the first one does.

    A line that names a test stays whole, so that its id can be copied.
    """
    room = max(width - len(label), 1)
    margin = label
    for line in wording.several_lines(text):
        wrapped = wrap(line, room, break_long_words=False, break_on_hyphens=False)
        for piece in [line] if "::" in line else wrapped or [""]:
            yield Text(margin + piece)
            margin = " " * len(label)

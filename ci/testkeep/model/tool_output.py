"""What the tools of a stage that did not pass have printed."""

from __future__ import annotations

from msgspec import Struct


class ToolOutput(Struct, frozen=True, kw_only=True):
    """The output of one tool.

    ``log`` is the file that has it, ``ends_with_summary`` says where its reader looks.

    ``is_in_findings``: the verdict has a finding for each of its complaints, with the place, or for what makes the
    stage worthless although it complains of nothing.
    """

    stage: str
    tool: str
    text: str
    log: str
    ends_with_summary: bool = False
    is_in_findings: bool = False

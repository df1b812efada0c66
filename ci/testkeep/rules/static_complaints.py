"""Which complaints of static tools are new, and which were there at the base commit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from testkeep.model.evidence import Evidence, ToolRun
from testkeep.model.static_tool import Complaint
from testkeep.rules.base import Facts

# "already defined on line 12": moved lines change nothing.
_LINE = re.compile(r"\bline \d+")


def failed_tools(evidence: Iterable[Evidence]) -> Iterator[tuple[Evidence, ToolRun]]:
    """The runs of static tools that found something, each with its record."""
    return ((record, tool) for record in evidence for tool in record.tools if tool.exit_code)


def sort_complaints(facts: Facts, record: Evidence, tool: ToolRun) -> tuple[list[Complaint], list[Complaint]]:
    """The complaints of a tool that are new, and those that were there at the base commit.

    All are new if the base's are not known, or if the policy says that they block. A tool that was killed, or that did
    not get as far as checking although its stage is required, is never excused.
    """
    before = facts.base_tools.get(record.job.stages[0])
    runs = before.tools if before is not None and facts.policy.existing == "allow" else ()
    known = Counter(_what(complaint) for run in runs if run.command == tool.command for complaint in run.complaints)
    found = tool.complaints or (Complaint(message=f"exited with {tool.exit_code} and said nothing"),)
    if (tool.exit_code or 0) < 0:
        return list(found), []
    new: list[Complaint] = []
    old: list[Complaint] = []
    for complaint in found:
        what = _what(complaint)
        excused = known[what] > 0 and (complaint.is_about_code or not tool.required)
        known[what] -= excused
        (old if excused else new).append(complaint)
    return new, old


def _what(complaint: Complaint) -> tuple[str, str, str, str]:
    return (complaint.path, complaint.code, _LINE.sub("line", complaint.message), complaint.function)

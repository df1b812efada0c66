"""What a change of pre-commit's hooks loosens: tools that are gone, arguments, and files that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testkeep.formats.pre_commit import loads
from testkeep.model.commands import is_loosened
from testkeep.model.static_tool import Tool, ToolUse

_NOTHING = "nothing"


def loosened_hooks(base: str, head: str) -> Iterator[tuple[str, str, str]]:
    """Find what the head's hooks check less of: names, and the values of both sides. Empty texts have no hooks.

    Raises:
        UsageError: one of the texts is no configuration of pre-commit's.
    """
    before, now = (_by_tool(loads(text) if text else ()) for text in (base, head))
    for tool, uses in before.items():
        here = now.get(tool)
        if here is None:
            yield f"hook {tool}", "there", "gone"
            continue
        old, new = (sum((use.arguments for use in side), ()) for side in (uses, here))
        if is_loosened(old, new):
            yield f"hook {tool}: args", " ".join(old) or _NOTHING, " ".join(new) or _NOTHING
        old, new = (tuple(dict.fromkeys(one for use in side for one in use.never)) for side in (uses, here))
        if not set(new) <= set(old):
            yield f"hook {tool}: exclude", " ".join(old) or _NOTHING, " ".join(new)
        old, new = (tuple(dict.fromkeys(one for use in side for one in use.only)) for side in (uses, here))
        if new and not set(new) <= set(old):
            yield f"hook {tool}: files", " ".join(old) or "all", " ".join(new)


def _by_tool(uses: Sequence[ToolUse]) -> dict[Tool, list[ToolUse]]:
    found: dict[Tool, list[ToolUse]] = {}
    for use in uses:
        found.setdefault(use.tool, []).append(use)
    return found

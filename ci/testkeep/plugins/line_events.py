"""Footprints from the interpreter's own line events (``sys.monitoring``, Python 3.12 and later).

Only the project's production code has line events, so libraries cost nothing, and each line reports itself once a test.
Nothing here knows a thread or a frame: threads, greenlets, generators and coroutines that outlive a test are no
different from other code. One thing differs from trace functions: from Python 3.13 on, these are told the line of an
``await`` once more when an exception ends it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from types import CodeType
from typing import Any

from testkeep.plugins.footprint_way import PROBE, FootprintWay, Taken, walk_through

_NAME = "testkeep footprints"
_TOOL_IDS = (3, 4)  # 0 to 2 and 5 are for debuggers, coverage, profilers and optimisers


class LineEvents:
    """Takes footprints of the code that ``is_wanted`` wants, which is given a file's and a module's name.

    Raises:
        LookupError: the interpreter has nothing to offer.
    """

    name = "line events"

    def __init__(self, is_wanted: Callable[[str, str], bool], tool_ids: Sequence[int] = _TOOL_IDS) -> None:
        self.trouble = ""
        self._is_wanted = is_wanted
        monitoring: Any = getattr(sys, "monitoring", None)
        self._tool_id = _free_tool_id(monitoring, tool_ids)
        self._monitoring = monitoring
        self._line: int = self._monitoring.events.LINE
        self._disable: Any = self._monitoring.DISABLE
        # By identity: the hash of a code object is not cheap, and equal functions of two files have equal code.
        self._codes: dict[int, CodeType] = {}
        self._seen: list[tuple[CodeType, int]] = []
        self._test = ""
        self._taken: dict[str, dict[str, frozenset[int]]] = {}
        self._known: dict[frozenset[int], frozenset[int]] = {}
        self._start()

    def _start(self) -> None:
        monitoring, events = self._monitoring, self._monitoring.events
        monitoring.use_tool_id(self._tool_id, _NAME)
        # What began before this and is suspended goes on with PY_RESUME.
        for event in (events.PY_START, events.PY_RESUME):
            monitoring.register_callback(self._tool_id, event, self._on_start)
        monitoring.register_callback(self._tool_id, events.LINE, self._on_line)
        monitoring.set_events(self._tool_id, events.PY_START | events.PY_RESUME)

    def _on_start(self, code: CodeType, _offset: int) -> Any:
        if id(code) not in self._codes:
            module = sys._getframe(1).f_globals.get("__name__")  # noqa: SLF001  (public in all but its name)
            if self._is_wanted(code.co_filename, str(module)):
                self._codes[id(code)] = code
                self._monitoring.set_local_events(self._tool_id, code, self._line)
        return self._disable

    def _on_line(self, code: CodeType, line: int) -> Any:
        self._seen.append((code, line))
        return self._disable

    def begin(self, test: str) -> None:
        """Start a test's footprint: what ran since the last one ended belongs to none."""
        self._take()
        self._test = test

    def end(self) -> None:
        """End the footprint of the test that was begun."""
        lines_by_file = self._take()
        if self.trouble:
            return
        found = self._taken.setdefault(self._test, {})
        for file, lines in lines_by_file.items():
            kept = frozenset(lines | found.get(file, frozenset()))
            found[file] = self._known.setdefault(kept, kept)

    def _take(self) -> dict[str, set[int]]:
        seen, self._seen = self._seen, []
        codes: dict[int, CodeType] = {}
        lines: dict[str, set[int]] = {}
        for code, line in seen:
            codes[id(code)] = code
            lines.setdefault(code.co_filename, set()).add(line)
        if not self.trouble and not self._is_ours():
            self.trouble = f"nothing is known from {self._test} on, which took the tool id away"
        if not self.trouble:
            self._rearm(codes.values())
        return lines

    def _rearm(self, codes: Iterable[CodeType]) -> None:
        """Let the lines that reported themselves do it again.

        ``restart_events`` would do that for all code and all tools: coverage would be told each line again, and every
        function of every library that it starts.
        """
        set_local_events, tool_id, line_events = self._monitoring.set_local_events, self._tool_id, self._line
        for code in codes:
            set_local_events(tool_id, code, 0)
            set_local_events(tool_id, code, line_events)

    def _is_ours(self) -> bool:
        return bool(self._monitoring.get_tool(self._tool_id) == _NAME)

    def finish(self) -> Taken:
        """Free the tool id and all of its events, and hand over what was found."""
        if self._is_ours():
            for code in self._codes.values():
                self._monitoring.set_local_events(self._tool_id, code, 0)
            self._monitoring.set_events(self._tool_id, 0)
            self._monitoring.free_tool_id(self._tool_id)
        return self._taken


def _free_tool_id(monitoring: Any, tool_ids: Sequence[int]) -> int:
    if monitoring is None:
        raise LookupError("this interpreter has no sys.monitoring")
    for tool_id in tool_ids:
        if monitoring.get_tool(tool_id) is None:
            return tool_id
    raise LookupError("others use the tool ids of sys.monitoring")


def why_not(make: Callable[[Callable[[str, str], bool]], FootprintWay] = LineEvents) -> str:
    """Try it out on known code, before it is relied upon; ``make`` is what makes the way that is tried.

    Returns why it cannot be used; empty if it can.
    """
    try:
        return walk_through(make(lambda file, _module: file == PROBE))
    except LookupError as error:
        return str(error)

"""Who else sets trace functions while we do.

A test that sets and restores one leaves no trace in the end, and coverage does it in C: only the interpreter's audit
events tell of all of them. An audit hook cannot be taken out, so there is one for the life of the process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from testkeep.plugins.watched_code import Tracer

# They set what was set before: threads what ``threading.settrace`` asks for, doctests what they found.
_HARMLESS = {(__name__, "settrace"), ("threading", "_bootstrap_inner"), ("doctest", "run")}

_LISTENERS: list[list[str]] = []
_HOOKS: list[object] = []


def settrace(tracer: Tracer | None) -> None:
    """Set a trace function that is not a stranger's."""
    sys.settrace(tracer)


@contextmanager
def strangers() -> Iterator[list[str]]:
    """Collect the functions that set a trace function, in any thread."""
    if not _HOOKS:
        _HOOKS.append(_listen)
        sys.addaudithook(_listen)
    found: list[str] = []
    _LISTENERS.append(found)
    try:
        yield found
    finally:
        _LISTENERS[:] = [listener for listener in _LISTENERS if listener is not found]


def _listen(event: str, _arguments: object) -> None:
    if event != "sys.settrace" or not _LISTENERS:
        return
    try:
        frame = sys._getframe(1)  # noqa: SLF001  (public in all but its name)
    except ValueError:  # called from C, below everything
        caller = ("", "")
    else:
        caller = (str(frame.f_globals.get("__name__")), frame.f_code.co_name)
    if caller not in _HARMLESS:
        for listener in _LISTENERS:
            listener.append(".".join(caller))

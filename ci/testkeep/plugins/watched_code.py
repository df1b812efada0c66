"""What a trace function does in the frames of one function of production code: it notes their lines.

A trace function is called again when a generator or a coroutine goes on, and its frame keeps what it returned: nothing
here needs to know the call stack, which greenlets and threads would mix up.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeAlias

Tracer: TypeAlias = Callable[[FrameType, str, Any], Any]
"""A local trace function: gets the frame, the event and its argument, and returns what is to be called next."""

Seen: TypeAlias = dict[str, set[int]]
"""The lines of production code that one test executed, by path."""

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def is_function(code: CodeType) -> bool:
    """Whether code is that of a function, and not of a module or of a class."""
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


class ProductionCode:
    """Notes the executed lines of one function, and asks for no more events once it has seen all of them."""

    def __init__(self, code: CodeType, path: str) -> None:
        self._path = path
        self._lines = frozenset(line for *_, line in code.co_lines() if line is not None)
        # The line of ``def`` has the instructions that start a function, but no event unless the body stands there too.
        is_silent = code.co_name != "<lambda>" and len(self._lines) > 1
        self._silent = frozenset({code.co_firstlineno} if is_silent else ())
        self._is_comprehension = code.co_name in _COMPREHENSIONS
        self._of_test: Seen | None = None
        self._seen: set[int] = set()
        self._left: set[int] = set()
        self._hook: Tracer = self._trace  # made once: this is where the time goes

    def __call__(self, frame: FrameType, seen: Seen) -> Tracer | None:
        """Watch a frame; None if nothing else of it is of interest."""
        if seen is not self._of_test:
            self._seen = seen.setdefault(self._path, set())
            self._left = set(self._lines)
            self._of_test = seen
        if self._left <= self._silent or (self._is_comprehension and not _is_called_by_function(frame)):
            return None
        frame.f_trace_lines = True  # a generator that goes on may have switched it off in an earlier test
        return self._hook

    def _trace(self, frame: FrameType, event: str, _argument: object) -> Tracer:
        line = frame.f_lineno
        if line in self._left and event == "line":
            self._seen.add(line)
            self._left.discard(line)
            if self._left <= self._silent:
                frame.f_trace_lines = False
        return self._hook


def _is_called_by_function(frame: FrameType) -> bool:
    return frame.f_back is not None and is_function(frame.f_back.f_code)

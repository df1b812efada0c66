"""What a trace function does in the frames of one code object: note its lines, or its assert statements.

A trace function is called again when a generator or a coroutine goes on, and its frame keeps what it returned: nothing
here needs to know the call stack, which greenlets and threads would mix up.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeAlias

from testkeep.formats.assertion_source import Line, Place
from testkeep.plugins.tally import Tally

Tracer: TypeAlias = Callable[[FrameType, str, Any], Any]
"""A local trace function: gets the frame, the event and its argument, and returns what is to be called next."""

Watcher: TypeAlias = Callable[[FrameType, Tally], Tracer | None]
"""Called when a frame is entered; None if nothing else of it is of interest."""

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def is_function(code: CodeType) -> bool:
    """Whether code is that of a function, and not of a module or of a class."""
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def how_it_ends(frame: FrameType) -> str:
    """Say what a "return" event is: ``return``, ``yield``, or ``raise`` if an exception leaves the frame.

    The event's argument is None for an exception as for ``return None``; the instruction tells one from the other.
    From Python 3.13 on, a frame that yields stands already where it goes on.
    """
    name = _instruction(frame)
    return "return" if name.startswith("RETURN") else "yield" if name in ("YIELD_VALUE", "RESUME") else "raise"


def _instruction(frame: FrameType) -> str:
    return dis.opname[frame.f_code.co_code[frame.f_lasti]] if frame.f_lasti >= 0 else ""


class ProductionCode:
    """Notes the executed lines of one function, and asks for no more events once it has seen all of them."""

    def __init__(self, code: CodeType, path: str) -> None:
        self._path = path
        self._lines = frozenset(line for *_, line in code.co_lines() if line is not None)
        # The line of ``def`` has the instructions that start a function, but no event unless the body stands there too.
        is_silent = code.co_name != "<lambda>" and len(self._lines) > 1
        self._silent = frozenset({code.co_firstlineno} if is_silent else ())
        self._is_comprehension = code.co_name in _COMPREHENSIONS
        self._tally: Tally | None = None
        self._seen: set[int] = set()
        self._left: set[int] = set()
        self._hook: Tracer = self._trace  # made once: this is where the time goes

    def __call__(self, frame: FrameType, tally: Tally) -> Tracer | None:
        """Watch a frame."""
        if tally is not self._tally:
            self._seen = tally.lines.setdefault(self._path, set())
            self._left = set(self._lines)
            self._tally = tally
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


class AssertingCode:
    """Counts the assert statements that one code object executes."""

    def __init__(self, path: str, lines: tuple[Line, ...]) -> None:
        self.path = path
        self.at_line = {number: line for line in lines for number in range(line.first, line.last + 1)}

    def __call__(self, frame: FrameType, tally: Tally) -> Tracer:
        """Watch a frame; one that goes on may be in the middle of a statement (``assert await …``)."""
        owner = getattr(frame.f_trace, "__self__", None)
        if isinstance(owner, _Asserting) and owner.tally is tally:
            return owner.trace
        return _Asserting(self, tally).trace


class _Asserting:
    """One frame with assert statements, and the one that it is in."""

    __slots__ = ("_code", "_line", "_start", "tally")

    def __init__(self, code: AssertingCode, tally: Tally) -> None:
        self.tally = tally
        self._code = code
        self._line: Line | None = None
        self._start = -1

    @property
    def is_within(self) -> bool:
        """Whether an assert statement is being executed."""
        return self._line is not None

    def trace(self, frame: FrameType, event: str, argument: Any) -> Tracer:
        """Follow the frame from line to line."""
        if event == "line":
            line = self._code.at_line.get(frame.f_lineno or 0)
            # An assert statement of several lines goes back and forth in them; a loop begins it anew.
            if line is not self._line or frame.f_lasti == self._start:
                self._leave()
                self._line, self._start = line, frame.f_lasti
        elif self._line is not None:
            if event == "exception" and not _is_end_of_loop(frame, argument[0]):
                self._break(self._line, frame)
            elif event == "return" and how_it_ends(frame) != "yield":
                self._leave()
        return self.trace

    def _leave(self) -> None:
        line, self._line = self._line, None
        for assertion in line.assertions if line is not None else ():
            self.tally.hold_statement(self._code.path, assertion)

    def _break(self, line: Line, frame: FrameType) -> None:
        """Find the statement that failed: those before it on its line held, those after it were not executed."""
        self._line = None
        if line.is_single:
            self.tally.breaks()
            return
        place = _place(frame)
        for assertion in line.assertions:
            if assertion.end <= place:
                self.tally.hold_statement(self._code.path, assertion)
            elif assertion.start <= place:
                self.tally.breaks()


def is_asserting(frame: FrameType) -> bool:
    """Whether a frame is in the middle of an assert statement."""
    owner = getattr(frame.f_trace, "__self__", None)
    return isinstance(owner, _Asserting) and owner.is_within


def _is_end_of_loop(frame: FrameType, exception: type[BaseException]) -> bool:
    """Whether an exception only ends a comprehension or an ``await`` inside the statement, which goes on."""
    if issubclass(exception, StopIteration):
        return _instruction(frame) in ("FOR_ITER", "SEND", "END_SEND")
    return issubclass(exception, StopAsyncIteration)


def _place(frame: FrameType) -> Place:
    line, _, column, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    return line or 0, column or 0

"""Did the code that a test's source defines really start?

A hook can report a pass without calling the test; only the interpreter knows whether the function was entered.
"""

from __future__ import annotations

import functools
import inspect
import sys
import threading
from types import CodeType, FrameType
from typing import Any, Protocol

import pytest

_NAME = "testkeep"


class CodeWatcher(Protocol):
    """A way to learn whether a code object is entered between two moments."""

    def begin(self, code: CodeType | None) -> None:
        """Start to watch one code object (None: there is nothing to watch)."""
        ...

    def end(self) -> bool | None:
        """Say whether it was entered since; None where that cannot be known."""
        ...

    def close(self) -> None:
        """Give back what was taken from the interpreter."""
        ...


def own_code(item: pytest.Item) -> CodeType | None:
    """Find the code object that the test's source defines, under decorators that say what they wrap."""
    if not isinstance(item, pytest.Function):
        return None
    function: Any = item.obj
    if hasattr(function, "hypothesis"):
        function = getattr(function.hypothesis, "inner_test", function)
    try:
        function = inspect.unwrap(function)
        while isinstance(function, functools.partial):
            function = inspect.unwrap(function.func)
    except ValueError:  # it says that it wraps itself
        return None
    code = getattr(function, "__code__", None)  # a method passes on its function's
    return code if isinstance(code, CodeType) else None


class MonitoringWatcher:
    """Uses ``sys.monitoring`` (Python 3.12 and later): events for the tests' own code objects only, in any thread."""

    def __init__(self, tool_id: int) -> None:
        self._tool_id = tool_id
        # By identity: equal tests at the same line of two files have equal code objects.
        self._watched: dict[int, CodeType] = {}
        self._code: CodeType | None = None
        self._started = False
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        self._events: int = self._monitoring.events.PY_START
        self._monitoring.use_tool_id(tool_id, _NAME)
        self._monitoring.register_callback(tool_id, self._events, self._on_start)

    def begin(self, code: CodeType | None) -> None:
        """Start to watch one code object (None: there is nothing to watch)."""
        self._code, self._started = code, False
        if code is not None and id(code) not in self._watched and self._is_ours():
            self._watched[id(code)] = code
            self._monitoring.set_local_events(self._tool_id, code, self._events)

    def end(self) -> bool | None:
        """Say whether it was entered since; None if the test took the interpreter's events away."""
        code, self._code = self._code, None
        if code is None or self._started:
            return self._started or None
        if not self._is_ours() or not self._monitoring.get_local_events(self._tool_id, code) & self._events:
            return None
        return False

    def close(self) -> None:
        """Free the tool id and all of its events."""
        if self._is_ours():
            self._monitoring.free_tool_id(self._tool_id)

    def _is_ours(self) -> bool:
        return bool(self._monitoring.get_tool(self._tool_id) == _NAME)

    def _on_start(self, code: CodeType, _offset: int) -> None:
        if code is self._code:
            self._started = True


class ProfileWatcher:
    """Uses ``sys.setprofile`` (Python 3.11), only from the start of the call to the moment the test is entered."""

    def __init__(self) -> None:
        self._code: CodeType | None = None
        self._started: bool | None = None
        self._hook = self._look  # one object, so that it can be recognised

    def begin(self, code: CodeType | None) -> None:
        """Start to watch one code object (None: there is nothing to watch)."""
        self._code, self._started = code, None
        # Somebody else profiles: leave them alone.
        if code is not None and sys.getprofile() is None and threading.getprofile() is None:
            self._started = False
            threading.setprofile(self._hook)
            sys.setprofile(self._hook)

    def end(self) -> bool | None:
        """Say whether it was entered since; None if a thread may have entered it that could not be watched."""
        self._code = None
        self._stop()
        if self._started is False and threading.active_count() > 1:
            return None
        return self._started

    def close(self) -> None:
        """Nothing is held between tests."""

    def _look(self, frame: FrameType, event: str, _argument: object) -> None:
        if frame.f_code is self._code and event == "call":
            self._started = True
            self._stop()
        elif self._code is None or self._started:  # a thread that began while we watched
            sys.setprofile(None)

    def _stop(self) -> None:
        if sys.getprofile() is self._hook:
            sys.setprofile(None)
        if threading.getprofile() is self._hook:
            threading.setprofile(None)  # type: ignore[arg-type,unused-ignore]


def make_watcher() -> CodeWatcher:
    """Choose the cheapest way that this interpreter offers."""
    if sys.version_info >= (3, 12) and hasattr(sys, "monitoring"):
        # 0 to 2 and 5 are for debuggers, coverage, profilers and optimisers.
        free = [tool_id for tool_id in (4, 3) if sys.monitoring.get_tool(tool_id) is None]
        if free:
            return MonitoringWatcher(free[0])
    return ProfileWatcher()

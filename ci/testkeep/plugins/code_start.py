"""Did the code that a test's source defines really start?

A hook can report a pass without calling the test; only the interpreter knows whether the function was entered.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, Protocol

import pytest


class Watch(Protocol):
    """One watched call. ``started`` is None where the interpreter could not be asked."""

    started: bool | None


class CodeWatcher(Protocol):
    """A way to learn whether a code object was entered while a block ran."""

    def watching(self, code: CodeType | None) -> contextlib.AbstractContextManager[Watch]:
        """Watch one code object for the length of a ``with`` block."""
        ...

    def close(self) -> None:
        """Give back what was taken from the interpreter."""
        ...


def own_code(item: pytest.Item) -> CodeType | None:
    """Find the code object that the test's source defines, under decorators that say what they wrap."""
    if not isinstance(item, pytest.Function):
        return None
    function: Any = getattr(item.obj, "__func__", item.obj)
    if hasattr(function, "hypothesis"):
        function = getattr(function.hypothesis, "inner_test", function)
    function = inspect.unwrap(function)
    while isinstance(function, functools.partial):
        function = function.func
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


class _Seen:
    def __init__(self, started: bool | None) -> None:
        self.started = started


class MonitoringWatcher:
    """Uses ``sys.monitoring`` (Python 3.12 and later): events for the tests' own code objects only."""

    def __init__(self, tool_id: int) -> None:
        self._tool_id = tool_id
        self._watched: set[CodeType] = set()
        self._now: tuple[CodeType, _Seen] | None = None
        monitoring = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        monitoring.use_tool_id(tool_id, "testkeep")
        monitoring.register_callback(tool_id, monitoring.events.PY_START, self._on_start)

    @contextlib.contextmanager
    def watching(self, code: CodeType | None) -> Iterator[Watch]:
        """Watch one code object for the length of a ``with`` block."""
        seen = _Seen(None if code is None else False)
        if code is not None:
            if code not in self._watched:
                self._watched.add(code)
                monitoring = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
                monitoring.set_local_events(self._tool_id, code, monitoring.events.PY_START)
            self._now = (code, seen)
        try:
            yield seen
        finally:
            self._now = None

    def close(self) -> None:
        """Free the tool id and all of its events."""
        sys.monitoring.free_tool_id(self._tool_id)  # type: ignore[attr-defined,unused-ignore]

    def _on_start(self, code: CodeType, _offset: int) -> None:
        if self._now is not None and self._now[0] is code:
            self._now[1].started = True


class ProfileWatcher:
    """Uses ``sys.setprofile`` (Python 3.11), only from the start of the call to the moment the test is entered."""

    @contextlib.contextmanager
    def watching(self, code: CodeType | None) -> Iterator[Watch]:
        """Watch one code object for the length of a ``with`` block."""
        if code is None or sys.getprofile() is not None:  # somebody else profiles: leave them alone
            yield _Seen(None)
            return
        seen = _Seen(False)  # noqa: FBT003
        sys.setprofile(_stop_at(code, seen))
        try:
            yield seen
        finally:
            sys.setprofile(None)

    def close(self) -> None:
        """Nothing is held between tests."""


def _stop_at(code: CodeType, seen: _Seen) -> Callable[[FrameType, str, object], None]:
    def profile(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is code:
            seen.started = True
            sys.setprofile(None)

    return profile


def make_watcher() -> CodeWatcher:
    """Choose the cheapest way that this interpreter offers."""
    if sys.version_info >= (3, 12):
        # 0 to 2 and 5 are for debuggers, coverage, profilers and optimisers.
        free = [tool_id for tool_id in (4, 3) if sys.monitoring.get_tool(tool_id) is None]
        if free:
            return MonitoringWatcher(free[0])
    return ProfileWatcher()

"""Watches one test at a time, line by line: which production code it executes.

``sys.settrace`` calls a function for every Python function that is entered; for those of libraries and tests that is
all, and only the project's production code is followed further.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from testkeep.plugins import tracing
from testkeep.plugins.code_places import CodePlaces
from testkeep.plugins.watched_code import ProductionCode, Seen, Tracer, is_function


class Inspector:
    """Inspects test after test: ``begin``, then each phase within ``watching``, then ``footprint``.

    Threads are watched from their start on, also those that outlive a test: what they do counts for the test that is
    running then. A test during which somebody else traced is one of which nothing is known.
    """

    def __init__(self, places: CodePlaces) -> None:
        self._places = places
        # By identity, which is cheap (the hash of a code object is not); the objects are held so that it stays theirs.
        self._watched: dict[int, ProductionCode | None] = {}
        self._codes: list[CodeType] = []
        self._seen: Seen | None = None  # where the trace function notes lines right now
        self._current: Seen = {}
        self._paused = 0
        self._is_watching = False
        self._is_spoilt = False
        self._hook: Tracer = self._enter  # one object, so that it can be recognised
        self._before = threading.gettrace()
        threading.settrace(self._hook)

    def begin(self) -> None:
        """Begin a test, or another attempt of it."""
        self._current = {}
        self._paused = 0
        self._is_spoilt = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what this thread does, and all that it starts."""
        if threading.gettrace() is not self._hook:
            threading.settrace(self._hook)
        with tracing.strangers() as strangers:
            before: Any = sys.gettrace()
            tracing.settrace(self._hook)
            self._is_watching = True
            self._aim()
            try:
                yield
            finally:
                self._is_watching = False
                self._aim()
                is_ours = sys.gettrace() is self._hook and threading.gettrace() is self._hook
                self._is_spoilt = self._is_spoilt or bool(strangers) or not is_ours
                if sys.gettrace() is self._hook:
                    tracing.settrace(before)

    def pause(self) -> None:
        """Look away while code runs that several tests share."""
        self._paused += 1
        self._aim()

    def resume(self) -> None:
        """Undo one ``pause``."""
        self._paused = max(0, self._paused - 1)
        self._aim()

    def _aim(self) -> None:
        self._seen = self._current if self._is_watching and not self._paused else None

    def close(self) -> None:
        """Leave new threads alone."""
        if threading.gettrace() is self._hook:
            threading.settrace(self._before)  # type: ignore[arg-type,unused-ignore]

    @property
    def footprint(self) -> dict[str, tuple[int, ...]] | None:
        """The lines of production code that the test executed, by path; None if they are not known."""
        if self._is_spoilt:
            return None
        return {path: tuple(sorted(lines)) for path, lines in sorted(self._current.items()) if lines}

    def _enter(self, frame: FrameType, _event: str, _argument: Any) -> Tracer | None:
        """The trace function: called for every Python function of every library, so it does little."""
        seen = self._seen
        if seen is None:
            return None
        code = frame.f_code
        try:
            watched = self._watched[id(code)]
        except KeyError:
            watched = self._watched[id(code)] = self._watch(code, frame)
            self._codes.append(code)
        return None if watched is None else watched(frame, seen)

    def _watch(self, code: CodeType, frame: FrameType) -> ProductionCode | None:
        path = self._places.of(code.co_filename, str(frame.f_globals.get("__name__")))
        return ProductionCode(code, path) if path and is_function(code) else None

"""Watches one test at a time, line by line: what it asserts, and which production code it executes.

``sys.settrace`` calls a function for every Python function that is entered; for those of libraries that is all, and
only the project's own code is followed further.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from testkeep.formats.assertion_source import Line, Scope, read_assertions
from testkeep.model.tests import Strength
from testkeep.plugins import tracing
from testkeep.plugins.assertion_calls import watcher_of
from testkeep.plugins.code_places import CodePlace, CodePlaces, Kind
from testkeep.plugins.tally import NOWHERE, OwnLines, Tally
from testkeep.plugins.watched_code import AssertingCode, ProductionCode, Tracer, Watcher, is_function


class Inspector:
    """Inspects test after test: ``begin``, then each phase within ``watching``, then ``strength`` and ``footprint``.

    Threads are watched from their start on, also those that outlive a test: what they do counts for the test that is
    running then. A test during which somebody else traced is one of which nothing is known.
    """

    def __init__(self, places: CodePlaces) -> None:
        self._places = places
        self._assertions: dict[str, dict[Scope, tuple[Line, ...]]] = {}
        # By identity, which is cheap (the hash of a code object is not); the objects are held so that it stays theirs.
        self._watchers: dict[int, Watcher | None] = {}
        self._codes: list[CodeType] = []
        self._tally: Tally | None = None  # where the trace function counts right now
        self._current = Tally()
        self._paused = 0
        self._is_watching = False
        self._is_spoilt = False
        self._hook: Tracer = self._enter  # one object, so that it can be recognised
        self._before = threading.gettrace()
        threading.settrace(self._hook)

    def begin(self, code: CodeType | None, module: str) -> None:
        """Begin a test, or another attempt of it; ``code`` is its own, of a function of ``module``."""
        self._current = Tally(NOWHERE if code is None else self._lines_of(code, module))
        self._paused = 0
        self._is_spoilt = False

    def _lines_of(self, code: CodeType, module: str) -> OwnLines:
        path = self._places.of(code.co_filename, module).path
        return OwnLines(path, code.co_firstlineno, max(_lines(code), default=code.co_firstlineno))

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
        self._tally = self._current if self._is_watching and not self._paused else None

    def close(self) -> None:
        """Leave new threads alone."""
        if threading.gettrace() is self._hook:
            threading.settrace(self._before)  # type: ignore[arg-type,unused-ignore]

    @property
    def strength(self) -> Strength | None:
        """What the test asserted; None if that is not known."""
        return None if self._is_spoilt else self._current.strength

    @property
    def footprint(self) -> dict[str, tuple[int, ...]]:
        """The lines of production code that the test executed; none if they are not known."""
        return {} if self._is_spoilt else self._current.footprint

    def _enter(self, frame: FrameType, _event: str, _argument: Any) -> Tracer | None:
        """The trace function: called for every Python function of every library, so it does little."""
        tally = self._tally
        if tally is None:
            return None
        code = frame.f_code
        try:
            watcher = self._watchers[id(code)]
        except KeyError:
            watcher = self._watchers[id(code)] = self._watcher_of(code, frame)
            self._codes.append(code)
        return None if watcher is None else watcher(frame, tally)

    def _watcher_of(self, code: CodeType, frame: FrameType) -> Watcher | None:
        place = self._locate(frame)
        if place.kind is Kind.FOREIGN:
            return watcher_of(code, self._locate)
        if place.kind is Kind.PRODUCTION:
            return ProductionCode(code, place.path) if is_function(code) else None
        lines = self._assertions_in(code.co_filename).get((code.co_name, code.co_firstlineno))
        return AssertingCode(place.path, lines) if lines else None

    def _locate(self, frame: FrameType) -> CodePlace:
        return self._places.of(frame.f_code.co_filename, str(frame.f_globals.get("__name__")))

    def _assertions_in(self, filename: str) -> dict[Scope, tuple[Line, ...]]:
        found = self._assertions.get(filename)
        if found is None:
            try:
                found = read_assertions(Path(filename).read_bytes())
            except OSError:  # the test wrote the module and took it away
                found = {}
            self._assertions[filename] = found
        return found


def _lines(code: CodeType) -> Iterator[int]:
    """The lines of a function and of all that is defined in it."""
    yield from (line for _, _, line in code.co_lines() if line is not None)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _lines(constant)

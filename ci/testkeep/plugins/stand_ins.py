"""Notes which production code a test replaces while it runs, through ``unittest.mock`` and pytest's ``monkeypatch``."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any
from unittest import mock

import pytest

from testkeep.plugins.code_places import CodePlaces


class StandIns:
    """From ``install`` to ``close``, notes the lines of the code in whose place a patch puts something."""

    def __init__(self, places: CodePlaces) -> None:
        self._places = places
        self._replaced: dict[str, set[int]] = {}
        self._undo: list[tuple[type, str, Any]] = []

    def install(self) -> None:
        """Watch both ways to patch; with a library that has neither, nothing is noted."""
        self._wrap(getattr(mock, "_patch", None), "__enter__", lambda patcher: getattr(patcher, "temp_original", None))
        self._wrap(pytest.MonkeyPatch, "setattr", _original_of)

    def _wrap(self, owner: Any, name: str, original_of: Any) -> None:
        function = getattr(owner, name, None)
        if function is None:
            return

        def wrapped(patcher: Any, *arguments: Any, **named: Any) -> Any:
            result = function(patcher, *arguments, **named)
            self._note(original_of(patcher))
            return result

        self._undo.append((owner, name, function))
        setattr(owner, name, wrapped)

    def close(self) -> None:
        """Patch without being watched."""
        while self._undo:
            owner, name, function = self._undo.pop()
            setattr(owner, name, function)

    def begin(self) -> None:
        """Begin a test."""
        self._replaced.clear()

    @property
    def replaced(self) -> dict[str, tuple[int, ...]]:
        """The lines of production code that the test replaced."""
        return {path: tuple(sorted(lines)) for path, lines in self._replaced.items()}

    def _note(self, original: Any) -> None:
        for code, module in _codes(original):
            path = self._places.of(code.co_filename, module)
            if path:
                lines = {line for _, _, line in code.co_lines() if line is not None and line > code.co_firstlineno}
                self._replaced.setdefault(path, set()).update(lines or {code.co_firstlineno})


def _original_of(patcher: Any) -> Any:
    """What ``monkeypatch.setattr`` has just replaced: it keeps that to put it back."""
    kept = getattr(patcher, "_setattr", None)
    return kept[-1][2] if kept else None


def _codes(original: Any) -> Iterator[tuple[CodeType, str]]:
    """The code of a function, or of all methods of a class."""
    members = vars(original).values() if isinstance(original, type) else (original,)
    for member in members:
        function = inspect.unwrap(getattr(member, "__func__", getattr(member, "fget", member)))
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType):
            yield code, str(getattr(function, "__module__", ""))

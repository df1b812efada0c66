"""Footprints from coverage.py's public contexts: right everywhere, and slow, so only where nothing else is."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from testkeep.plugins.footprint_way import Taken

if TYPE_CHECKING:
    from coverage import Coverage

_PREFIX = "testkeep "
_PHASES = ("setup", "run", "teardown")


class OwnContexts:
    """Switches to a context for each test; they stay in the data that coverage saves."""

    name = "contexts"

    def __init__(self, coverage: Coverage) -> None:
        self.trouble = ""
        self._coverage = coverage
        self._tests: list[str] = []

    def begin(self, test: str) -> None:
        """Start a test's footprint: what ran since the last one ended belongs to none."""
        self._switch(f"{_PREFIX}{len(self._tests)}")
        self._tests.append(test)

    def end(self) -> None:
        """End the footprint of the test that was begun."""
        self._switch("")

    def _switch(self, context: str) -> None:
        from coverage.exceptions import CoverageException

        # A core that disables each line after its first hit warns that it is not made for this. It is, once the
        # interpreter reports all lines again. A test may have stopped coverage: then there is nothing to switch.
        with warnings.catch_warnings(), contextlib.suppress(CoverageException):
            warnings.simplefilter("ignore")
            self._coverage.switch_context(context)
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is not None:
            monitoring.restart_events()

    def finish(self) -> Taken:
        """Read what was found."""
        contexts = {f"{_PREFIX}{number}": test for number, test in enumerate(self._tests)}
        return _read(self._coverage, self._tests, contexts.get)


class UsersContexts:
    """Reads the contexts that pytest-cov makes for the user (``--cov-context=test``), three for each test.

    ``node_ids`` maps the node ids to those under which the tests were collected.
    """

    name = "contexts"

    def __init__(self, coverage: Coverage, node_ids: dict[str, str]) -> None:
        self.trouble = ""
        self._coverage = coverage
        self._node_ids = node_ids
        self._tests: list[str] = []

    def begin(self, test: str) -> None:
        """Note that it ran."""
        self._tests.append(test)

    def end(self) -> None:
        """There is nothing to do."""

    def finish(self) -> Taken:
        """Read what was found."""
        contexts = {f"{node_id}|{phase}": test for node_id, test in self._node_ids.items() for phase in _PHASES}
        return _read(self._coverage, self._tests, contexts.get)


def _read(coverage: Coverage, tests: list[str], test_of: Callable[[str], str | None]) -> Taken:
    data = coverage.get_data()
    static = coverage.get_option("run:context")
    prefix = f"{static}|" if static else ""
    taken: dict[str, dict[str, set[int]]] = {test: {} for test in tests}
    for file in data.measured_files():
        for line, contexts in data.contexts_by_lineno(file).items():
            for test in map(test_of, (context.removeprefix(prefix) for context in contexts)):
                if test is not None:
                    taken[test].setdefault(file, set()).add(line)
    return {test: {file: frozenset(lines) for file, lines in files.items()} for test, files in taken.items()}

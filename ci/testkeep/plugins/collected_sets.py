"""Footprints from the sets in which coverage.py's tracers collect: all that leans on its internals is in this module.

What it relies on: ``Coverage._collector.data`` maps each measured file to a set; tracers add lines to it, or arcs where
branches are measured (the C tracer packs them into integers); the sets are emptied in place and never exchanged; and
what is in them when coverage saves is what it saves. ``why_not`` finds out whether that holds.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from testkeep.plugins.footprint_way import PROBE, PROBE_LINES, FootprintWay, Taken, walk_through

if TYPE_CHECKING:
    from coverage import Coverage

TRACER = "CTracer"
"""The only tracer for which it is done: the Python tracer takes an empty set for none, and stops adding to it."""

_FIELD_BITS, _OLD_FIELD_BITS = 28, 20
"""The C tracer packs both ends of an arc into fields of so many bits, and their signs into the two bits above."""
_NEW_FIELDS = (7, 13, 2)
"""The release of coverage.py from which on the fields are the wider ones."""
# "multiprocessing" is about child processes, and patches that module whenever a coverage object starts.
_CONCURRENCY = frozenset({"thread", "greenlet", "gevent", "eventlet"})


def tracer_name(coverage: Coverage) -> str:
    """The class of the tracer that a running coverage object uses; empty if that cannot be found out."""
    try:
        return str(_collector(coverage).tracer_name())
    except (AttributeError, TypeError):
        return ""


def has_contexts(coverage: Coverage) -> bool:
    """Whether the configuration has coverage.py switch contexts while it measures."""
    return getattr(_collector(coverage), "should_start_context", None) is not None


def measured_by(coverage: Coverage) -> Callable[[str], bool]:
    """Tell the files that were measured from those that the user's configuration leaves out (``omit``, say)."""
    try:
        known = _collector(coverage).should_trace_cache
        return lambda file: file not in known or bool(getattr(known[file], "trace", False))
    except (AttributeError, TypeError):
        return lambda _file: True


def _collector(coverage: Coverage) -> Any:
    return getattr(coverage, "_collector", None)


class CollectedSets:
    """Takes what was collected at the end of each test, and gives all of it back before coverage saves."""

    name = "harvest"

    def __init__(self, coverage: Coverage) -> None:
        self.trouble = ""
        self._collector = _collector(coverage)
        # Each distinct set of a file is held once: it is what most tests of a module have in common.
        self._known: dict[str, dict[frozenset[Any], frozenset[Any]]] = {}
        self._taken: dict[str, list[tuple[str, frozenset[Any]]]] = {}
        self._test = ""

    def begin(self, test: str) -> None:
        """Start a test's footprint: what ran since the last one ended belongs to none."""
        self._take()
        self._test = test

    def end(self) -> None:
        """End the footprint of the test that was begun."""
        self._taken.setdefault(self._test, []).extend(self._take())

    def _take(self) -> list[tuple[str, frozenset[Any]]]:
        taken = []
        for file, live in list(self._collector.data.items()):
            if live:
                found = frozenset(live)
                # Not clear(): another thread may have added a line since.
                live.difference_update(found)
                taken.append((file, self._known.setdefault(file, {}).setdefault(found, found)))
        return taken

    def finish(self) -> Taken:
        """Give everything back to coverage, and hand over what was found."""
        data = self._collector.data
        for file, sets in self._known.items():
            data.setdefault(file, set()).update(*sets)
        lines: dict[frozenset[Any], frozenset[int]] = {}
        taken: dict[str, dict[str, frozenset[int]]] = {}
        for test, found in self._taken.items():
            files = taken[test] = {}
            for file, collected in found:
                if collected not in lines:
                    lines[collected] = _lines(collected) if self._collector.branch else collected
                files[file] = files[file] | lines[collected] if file in files else lines[collected]
        return taken


def _lines(arcs: frozenset[Any]) -> frozenset[int]:
    """Both ends of all arcs, except where one is the way into a code object or out of it."""
    import coverage

    bits = _FIELD_BITS if coverage.version_info >= _NEW_FIELDS else _OLD_FIELD_BITS
    ends = (end for arc in arcs for end in _unpacked(arc, bits))
    return frozenset(end for end in ends if end > 0)


def _unpacked(arc: int, bits: int) -> tuple[int, int]:
    field = (1 << bits) - 1
    start, end = arc & field, arc >> bits & field
    return -start if arc >> 2 * bits & 1 else start, -end if arc >> 2 * bits & 2 else end


def why_not(running: Coverage, make: Callable[[Coverage], FootprintWay] = CollectedSets) -> str:
    """Try it out on known code, in a coverage object like the running one, before it is relied upon.

    ``make`` is what makes the way that is tried. Returns why it cannot be used; empty if it can.
    """
    from coverage.exceptions import CoverageException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what there is to warn of, the running one has
            return _try(_like(running), tracer_name(running), make)
    except (CoverageException, AttributeError, KeyError, TypeError, ValueError) as error:
        return f"coverage.py cannot be tried out: {type(error).__name__}: {error}"


def _like(running: Coverage) -> Coverage:
    import coverage

    probe = coverage.Coverage(data_file=None, config_file=False, include=[PROBE])
    for name in ("run:branch", "run:timid", "run:core"):
        probe.set_option(name, running.get_option(name))
    concurrency: Any = running.get_option("run:concurrency")
    probe.set_option("run:concurrency", sorted(_CONCURRENCY.intersection(concurrency)))
    return probe


def _try(probe: Coverage, tracer: str, make: Callable[[Coverage], FootprintWay]) -> str:
    probe.start()
    try:
        if tracer_name(probe) != tracer:
            return f"coverage.py cannot be tried out: it would use {tracer_name(probe)}, not {tracer}"
        problem = walk_through(make(probe))
    finally:
        probe.stop()
    data = probe.get_data()
    saved = set(data.lines(PROBE) or ())
    data.close(force=True)
    if not problem and saved != PROBE_LINES:
        problem = f"coverage.py would not save what it got back: {sorted(saved)}"
    return problem

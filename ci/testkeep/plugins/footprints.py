"""The hooks that take the footprint of every test of a run, in the cheapest way that works in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING

import pytest

from testkeep.errors import EvidenceError
from testkeep.model.evidence import JobContext
from testkeep.model.footprint import Footprints, bits_of
from testkeep.plugins import collected_sets, line_events
from testkeep.plugins.code_places import CodePlaces
from testkeep.plugins.collected_sets import CollectedSets
from testkeep.plugins.coverage_contexts import OwnContexts, UsersContexts
from testkeep.plugins.footprint_way import FootprintWay, Taken
from testkeep.plugins.line_events import LineEvents
from testkeep.plugins.selection import StageSelection
from testkeep.system import footprint_file
from testkeep.system.evidence_folder import MAIN, EvidenceFolder

if TYPE_CHECKING:
    from coverage import Coverage


class TakenFootprints:
    """Takes the footprints of the tests that one process runs: set-up, call and tear-down, all attempts together.

    ``way`` says afterwards how they were taken, and what there is to know of that; empty if no test was run here.
    """

    def __init__(
        self, config: pytest.Config, folder: EvidenceFolder, context: JobContext, selection: StageSelection
    ) -> None:
        self.way = ""
        self._config = config
        self._folder = folder
        self._job_id = context.job.stem
        self._selection = selection
        self._packages = frozenset(context.packages)
        self._places = CodePlaces(config.rootpath, "", context.source, context.packages)
        self._process = os.getpid()
        self._coverage: Coverage | None = None
        self._taking: FootprintWay | None = None
        self._node_ids: dict[str, str] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Choose the way: coverage measures by now, and most production code is not yet imported."""
        if self._config.pluginmanager.has_plugin("dsession"):
            return
        coverage = sys.modules.get("coverage")
        self._coverage = coverage.Coverage.current() if coverage is not None else None
        self._taking, note = self._choose(self._coverage)
        self.way = f"{self._taking.name if self._taking else 'none'}: {note}".removesuffix(": ")

    def _choose(self, coverage: Coverage | None) -> tuple[FootprintWay | None, str]:
        """Choose a way; with it, or instead of it, comes what there is to know of the choice."""
        if coverage is not None and not collected_sets.has_contexts(coverage):
            users = self._config.getoption("cov_context", None) == "test"
            if collected_sets.tracer_name(coverage) == collected_sets.TRACER:
                problem = "--cov-context=test was asked for" if users else collected_sets.why_not(coverage)
                if not problem:
                    return CollectedSets(coverage), ""
            else:
                problem = line_events.why_not()
                if not problem:
                    return LineEvents(self._is_production), ""
            return (UsersContexts(coverage, self._node_ids) if users else OwnContexts(coverage)), problem
        problem = line_events.why_not()
        if not problem:
            return LineEvents(self._is_production), ""
        return None, f"coverage {'does not measure' if coverage is None else 'switches contexts itself'}, and {problem}"

    def _is_production(self, file: str, module: str) -> bool:
        return bool(self._places.of(file, module))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Take the footprint of one test."""
        # A test that forks and does not end its child leaves a second pytest behind, which is not ours.
        if self._taking is None or os.getpid() != self._process:
            return (yield)
        test = self._selection.id_of(item)
        self._node_ids[item.nodeid] = test
        self._taking.begin(test)
        try:
            return (yield)
        finally:
            if os.getpid() == self._process:
                self._taking.end()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Write down what was found; innermost, because pytest-cov saves when its own wrapper goes on."""
        try:
            return (yield)
        finally:
            if self._taking is not None and os.getpid() == self._process:
                self._finish(self._taking)

    def _finish(self, taking: FootprintWay) -> None:
        footprints = self._footprints(taking.finish(), isinstance(taking, LineEvents))
        self.way = ": ".join(filter(None, (self.way, taking.trouble)))
        writer = getattr(self._config, "workerinput", {}).get("workerid", MAIN)
        try:
            footprint_file.write(self._folder.footprints_path(self._job_id, writer), footprints)
        except EvidenceError as error:
            self.way = f"none: {error.message}"

    def _footprints(self, taken: Taken, asks_coverage: bool) -> Footprints:
        """Keep production code only, of which the user's configuration of coverage may leave out some."""
        files = {file for found in taken.values() for file in found}
        if asks_coverage and self._coverage is not None:
            files = set(filter(collected_sets.measured_by(self._coverage), files))
        paths = self._paths(files)
        bits = {lines: bits_of(lines) for found in taken.values() for lines in found.values()}
        executed: dict[str, dict[str, int]] = {}
        for test, found in taken.items():
            mine = executed[test] = {}
            for file, lines in found.items():
                if file in paths:
                    mine[paths[file]] = mine.get(paths[file], 0) | bits[lines]
        return Footprints(executed)

    def _paths(self, files: Iterable[str]) -> dict[str, str]:
        modules = {
            os.path.realpath(str(getattr(module, "__file__", ""))): name
            for name, module in list(sys.modules.items())
            if name.partition(".")[0] in self._packages
        }
        places = {file: self._places.of(file, modules.get(os.path.realpath(file), "")) for file in files}
        return {file: path for file, path in places.items() if path}

    def merge(self) -> None:
        """Put together what all processes of the job found.

        Raises:
            EvidenceError: it cannot be read or written.
        """
        parts = self._folder.footprint_parts(self._job_id)
        if parts:
            footprint_file.write(self._folder.footprints_path(self._job_id), footprint_file.read_all(parts))
            for part in parts:
                part.unlink()

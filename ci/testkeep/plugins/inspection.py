"""The hooks of an inspection: a run of a few chosen tests that is watched line by line."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from testkeep.model.evidence import JobContext
from testkeep.plugins.code_places import CodePlaces
from testkeep.plugins.inspector import Inspector
from testkeep.plugins.stand_ins import StandIns


class Inspection:
    """Inspects the last attempt of each test, in all of its phases.

    Fixtures of a higher scope are left out, when they are set up as when they are torn down: that happens in whichever
    test is the first or the last, and would make equal tests differ.
    """

    def __init__(self, config: pytest.Config, context: JobContext) -> None:
        places = CodePlaces(config.rootpath, context.provenance.project, context.inspect or (), context.packages)
        self._inspector = Inspector(places)
        self._stand_ins = StandIns(places)
        self._stand_ins.install()
        self._imported: dict[Path, dict[str, tuple[int, ...]]] = {}
        self._file = Path()

    @property
    def footprint(self) -> dict[str, tuple[int, ...]] | None:
        """The lines of production code that the last test executed; None if they are not known."""
        return self._inspector.footprint

    @property
    def replaced(self) -> dict[str, tuple[int, ...]]:
        """The lines of production code in whose place the last test put something else."""
        return self._stand_ins.replaced

    @property
    def imported(self) -> dict[str, tuple[int, ...]]:
        """The lines of production code that ran while the last test's file was imported; none if they are not known."""
        return self._imported.get(self._file, {})

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Watch a file while it is imported: what makes the rows of its tables runs then."""
        if not isinstance(collector, pytest.Module):
            return (yield)
        self._inspector.begin()
        try:
            with self._inspector.watching():
                return (yield)
        finally:
            self._imported[collector.path] = self._inspector.footprint or {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Begin."""
        self._file = item.path
        self._stand_ins.begin()
        self._inspector.begin()
        with self._inspector.watching():
            yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """Go on."""
        with self._inspector.watching():
            yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, None, None]:
        """Go on."""
        with self._inspector.watching():
            yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """Look away while a fixture is set up that tests share; its finalizers run last in, first out."""
        if fixturedef.scope == "function":
            return (yield)
        fixturedef.addfinalizer(self._inspector.resume)
        self._inspector.pause()
        try:
            return (yield)
        finally:
            self._inspector.resume()
            fixturedef.addfinalizer(self._inspector.pause)

    def pytest_unconfigure(self) -> None:
        """Leave new threads alone."""
        self._inspector.close()
        self._stand_ins.close()

"""Runs a small project with footprints, without, and with coverage's own contexts."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from coverage import CoverageData

from integration.plugins.recording import Recorded, SmallProject, make_project
from testkeep.model.footprint import Footprints
from testkeep.system import footprint_file
from testkeep.system.evidence_folder import EvidenceFolder

TESTS = ("src/shop/tests/__init__.py", "src/shop/tests/test_inside.py")


HAS_MONITORING = sys.version_info >= (3, 12)
needs_monitoring = pytest.mark.skipif(not HAS_MONITORING, reason="sys.monitoring came with Python 3.12")
TRACED, BRANCHES, IN_PYTHON, MONITORED = (
    "core = ctrace",
    "core = ctrace\nbranch = true",
    "core = pytrace",
    "core = sysmon",
)
_OUTER_COVERAGE = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
TWO_WORKERS = ("-n", "2", "--dist=loadfile")
SHOP = textwrap.dedent("""\
    def tax(amount):
        if amount < 0:
            return 0
        return amount // 10
    """)
TEST_SHOP = textwrap.dedent("""\
    from app.shop import tax

    def test_positive():
        assert tax(10) == 1

    def test_negative():
        assert tax(-1) == 0

    def test_none():
        assert True
    """)
EXPECTED = {
    "tests/test_shop.py::test_positive": {"app/shop.py": [2, 4]},
    "tests/test_shop.py::test_negative": {"app/shop.py": [2, 3]},
    "tests/test_shop.py::test_none": {},
}


@dataclass(frozen=True)
class Run:
    """What one run of pytest left."""

    recorded: Recorded
    evidence: Path
    footprints: Footprints | None
    saved: dict[str, tuple[list[int], list[tuple[int, int]]]]

    @property
    def lines(self) -> dict[str, dict[str, list[int]]]:
        """The lines by test and path."""
        assert self.footprints is not None, self.recorded.output
        found = {test: self.footprints.lines_of(test) for test in self.footprints.tests}
        return {test: {path: sorted(lines) for path, lines in sorted(files.items())} for test, files in found.items()}

    @property
    def some_lines(self) -> dict[str, dict[str, list[int]]]:
        """Those of the tests that executed production code."""
        return {test: files for test, files in self.lines.items() if files}

    @property
    def left(self) -> set[str]:
        """The files of the job in the evidence folder."""
        return {file.name for file in self.evidence.iterdir()}


class FootprintProject:
    """A project to run with footprints, without, and with coverage's own contexts."""

    def __init__(self, folder: Path, files: Mapping[str, str], source: str = "src/shop") -> None:
        self.project: SmallProject = make_project(folder / "repository", files, "services/shop")
        self._folder = folder
        self._source = source

    def run(self, *arguments: str, config: str, footprints: bool = True, alone: bool = False) -> Run:
        """Run with the recorder; ``config`` are settings of coverage.py.

        ``alone`` keeps a coverage.py out that measures these tests themselves, where it would be taken for the run's.
        """
        (self._folder / "data").unlink(missing_ok=True)
        environment = dict.fromkeys(_OUTER_COVERAGE if alone else (), "")
        recorded = self.project.limited(
            *self._measure(config), *arguments, environment=environment, footprints=footprints
        )
        file = EvidenceFolder(self.project.evidence).footprints_path("tests")
        return Run(recorded, self.project.evidence, footprint_file.read(file) if file.exists() else None, self._saved())

    def _measure(self, config: str) -> tuple[str, ...]:
        file = self._folder / "coverage.rc"
        options = "\n".join(["[run]", "relative_files = true", f"data_file = {self._folder / 'data'}", config])
        file.write_text(options)
        return ("-p", "pytest_cov", f"--cov={self._source}", f"--cov-config={file}", "--cov-report=")

    def _saved(self) -> dict[str, tuple[list[int], list[tuple[int, int]]]]:
        data = self._data()
        return {file: (sorted(data.lines(file) or ()), sorted(data.arcs(file) or ())) for file in data.measured_files()}

    def _data(self) -> CoverageData:
        data = CoverageData(basename=str(self._folder / "data"))
        data.read()  # nothing if there is none
        return data

    def contexts(self, *arguments: str, config: str) -> dict[str, dict[str, list[int]]]:
        """What coverage's public contexts say of each test that ran production code."""
        run = self.run(*arguments, "--cov-context=test", config=config, footprints=False)
        assert run.footprints is None
        data = self._data()
        found: dict[str, dict[str, set[int]]] = {}
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                for context in filter(None, contexts):
                    test = context.rpartition("|")[0]
                    found.setdefault(test, {}).setdefault(file, set()).add(line)
        kept = {
            test: {path: sorted(lines) for path, lines in sorted(files.items()) if path not in TESTS}
            for test, files in found.items()
        }
        return {test: files for test, files in kept.items() if files}


def small_project(folder: Path, *, conftest: str = "", tests: str = TEST_SHOP) -> FootprintProject:
    pyproject = '[tool.pytest.ini_options]\npythonpath = ["."]\n'
    files = {
        "pyproject.toml": pyproject,
        "app/__init__.py": "",
        "app/shop.py": SHOP,
        "conftest.py": textwrap.dedent(conftest),
        "tests/test_shop.py": textwrap.dedent(tests),
    }
    return FootprintProject(folder, files, "app")

"""coverage.py at work on the data of all jobs together."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from testkeep.errors import EvidenceError


def combine(files: Sequence[Path], config: Path, root: Path, out: Path) -> bytes | None:
    """Combine data files without touching them, and write ``coverage.xml`` and ``htmlcov`` to a folder.

    Returns coverage's JSON report; None if no line was measured. ``root`` is the project's root, to which the paths in
    the data are relative.

    Raises:
        EvidenceError: the data cannot be read.
    """
    # Imported here: it costs more than most commands need to start.
    import coverage
    from coverage.exceptions import CoverageException, NoDataError

    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    report = out / "coverage.json"
    try:
        with contextlib.chdir(root):  # coverage.py reads relative paths from where it is
            measured = coverage.Coverage(data_file=str(out / "combined.coverage"), config_file=str(config.resolve()))
            measured.combine([str(file.resolve()) for file in files], keep=True)
            measured.save()
            measured.json_report(outfile=str(report))
            measured.xml_report(outfile=str(out / "coverage.xml"))
            measured.html_report(directory=str(out / "htmlcov"))
    except NoDataError:
        return None
    except CoverageException as error:
        raise EvidenceError(f"the coverage data cannot be read: {error}", hint="Run the stages again.") from error
    return report.read_bytes()


def executed_lines(files: Sequence[Path]) -> dict[str, frozenset[int]]:
    """The lines that some jobs executed, together, by path as the data has it (relative to the project's root).

    Raises:
        EvidenceError: the data cannot be read.
    """
    from coverage import CoverageData
    from coverage.exceptions import CoverageException

    lines: dict[str, frozenset[int]] = {}
    try:
        for file in files:
            data = CoverageData(basename=str(file.resolve()))
            data.read()
            for path in data.measured_files():
                name = path.replace("\\", "/")
                lines[name] = lines.get(name, frozenset()) | frozenset(data.lines(path) or ())
    except CoverageException as error:
        raise EvidenceError(f"the coverage data cannot be read: {error}", hint="Run the stages again.") from error
    return lines

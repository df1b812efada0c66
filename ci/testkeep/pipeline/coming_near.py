"""Adds to gaps the tests that come nearest to them, where it is known what each test runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from testkeep.formats.calls import Call, find_calls
from testkeep.model.coverage import Coverage, FileCoverage
from testkeep.model.gap import Gap
from testkeep.pipeline.context import Project
from testkeep.rules.nearness import Lines, nearest_tests
from testkeep.system import footprint_file
from testkeep.system.evidence_folder import EvidenceFolder

Gaps = Mapping[str, Sequence[Gap]]
"""Gaps by the key of the threshold that was missed."""


def with_nearest_tests(
    project: Project, folder: EvidenceFolder, jobs: Iterable[str], coverage: Coverage, gaps: Gaps
) -> dict[str, tuple[Gap, ...]]:
    """Add the nearest tests to gaps; they stay as they are where no footprints were taken.

    Raises:
        EvidenceError: footprints are there, and cannot be read.
    """
    files = [path for path in map(folder.footprints_path, jobs) if path.exists()]
    if not files:
        return {key: tuple(found) for key, found in gaps.items()}
    surroundings = _Surroundings(project, coverage, [gap for found in gaps.values() for gap in found])
    footprints = footprint_file.read_all(files)
    return {
        key: tuple(
            msgspec.structs.replace(gap, tests=nearest_tests(footprints, surroundings.circles(gap))) for gap in found
        )
        for key, found in gaps.items()
    }


@dataclass(frozen=True)
class _Caller:
    path: str
    call: Call


class _Surroundings:
    """The code around gaps: the function itself, its callers, its file."""

    def __init__(self, project: Project, coverage: Coverage, gaps: Iterable[Gap]) -> None:
        self._prefix = f"{project.folder}/" if project.folder else ""
        self._coverage = coverage
        self._callers: dict[str, list[_Caller]] = {}
        names = {_called_name(gap) for gap in gaps} - {""}
        for path in coverage.files if names else ():
            text = project.text(path)
            mentioned = [name for name in names if name in text]
            for call in find_calls(text, mentioned) if mentioned else ():
                self._callers.setdefault(call.name, []).append(_Caller(path, call))

    def circles(self, gap: Gap) -> Iterator[Lines]:
        """The lines around a gap, the closest first."""
        path = gap.path.removeprefix(self._prefix)
        file = self._coverage.files.get(path)
        if file is None:
            return
        yield {path: self._function(file, gap)}
        around: dict[str, list[int]] = {}
        for caller in self._callers.get(_called_name(gap), ()):
            around.setdefault(caller.path, []).extend(range(caller.call.first, caller.call.last + 1))
        yield around
        yield {path: file.executed}

    def _function(self, file: FileCoverage, gap: Gap) -> Sequence[int]:
        own = (one.executed for one in file.functions if one.name == gap.function and gap.function)
        return next(own, ())


def _called_name(gap: Gap) -> str:
    """The name by which a gap's function is called: that of the class, for what makes an object."""
    *outer, name = gap.function.partition("@")[0].split(".")
    return outer[-1] if outer and name in ("__init__", "__new__", "__post_init__") else name

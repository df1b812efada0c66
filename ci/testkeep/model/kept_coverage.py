"""How the coverage of lines that a change left as they were differs from what it was at the base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from testkeep.model.coverage import Branch, Coverage, FileCoverage
from testkeep.model.production import Place, Production


class Untested(Struct, frozen=True, kw_only=True):
    """What no test runs in a file of the head, beside what none ran at the base; line numbers are the head's.

    ``lost`` are lines that stand there as they did at the base, where a test ran them; ``new`` are lines that came or
    were changed. ``branches`` is how many branches between lines that stand there as they did were taken at the base
    and are not.
    """

    lost: tuple[int, ...] = ()
    new: tuple[int, ...] = ()
    branches: int = 0

    @property
    def fallen(self) -> int:
        """How many lines and branches lost their coverage."""
        return len(self.lost) + self.branches


def newly_untested(
    before: Mapping[str, FileCoverage], now: Coverage, production: Production, *, folder: str = "", branch: bool = False
) -> dict[str, Untested]:
    """Hold the head's coverage against the base's, line by line; files without anything newly untested are absent.

    The keys are relative to the project's root, which is at ``folder`` in the repository; ``branch`` says that
    branches were measured on both sides.
    """
    ran: dict[Place, tuple[str, int]] = {}
    idle: set[Place] = set()
    for name, file in before.items():
        for line, is_run in (*((line, True) for line in file.executed), *((line, False) for line in file.missing)):
            place = production.fate(_joined(folder, name), line)
            if not isinstance(place, Place):
                continue
            if is_run:
                ran[place] = (name, line)
            else:
                idle.add(place)
    found = {}
    for name, file in now.files.items():
        here = _joined(folder, name)
        lost = tuple(line for line in file.missing if Place(here, line) in ran)
        new = tuple(line for line in file.missing if Place(here, line) not in ran and Place(here, line) not in idle)
        branches = sum(1 for _ in _lost_branches(file, here, ran, before)) if branch else 0
        if lost or new or branches:
            found[name] = Untested(lost=lost, new=new, branches=branches)
    return found


def _lost_branches(
    file: FileCoverage, here: str, ran: Mapping[Place, tuple[str, int]], before: Mapping[str, FileCoverage]
) -> Iterator[Branch]:
    """The branches of lines that still run, which were taken at the base between the lines that both ends were."""
    missing = set(file.missing)
    for start, end in file.missing_branches:
        source, target = ran.get(Place(here, start)), ran.get(Place(here, abs(end)))
        if start in missing or abs(end) in missing or source is None or target is None or source[0] != target[0]:
            continue
        if (source[1], target[1] if end > 0 else -target[1]) in before[source[0]].executed_branches:
            yield start, end


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name

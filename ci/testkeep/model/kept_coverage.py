"""How the coverage of lines that a change left as they were differs from what it was at the base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from testkeep.model.coverage import Branch, Coverage, FileCoverage
from testkeep.model.production import Place, Production


class Untested(Struct, frozen=True, kw_only=True):
    """What no test runs in a file of the head, beside what none ran at the base; line numbers are the head's.

    ``lost`` are lines that stand there as they did at the base, where a test ran them; ``new`` are lines that came or
    were changed. ``branches`` is how many branches between lines that stand there as they did were taken at the base
    and are not; ``new_branches`` how many came, of lines that run, and are not taken.
    """

    lost: tuple[int, ...] = ()
    new: tuple[int, ...] = ()
    branches: int = 0
    new_branches: int = 0

    @property
    def fallen(self) -> int:
        """How many lines and branches lost their coverage."""
        return len(self.lost) + self.branches


class _Was(NamedTuple):
    """A line of the base."""

    name: str
    line: int
    ran: bool


def newly_untested(
    before: Mapping[str, FileCoverage], now: Coverage, production: Production, *, folder: str = "", branch: bool = False
) -> dict[str, Untested]:
    """Hold the head's coverage against the base's, line by line; files without anything newly untested are absent.

    The keys are relative to the project's root, which is at ``folder`` in the repository; ``branch`` says that
    branches were measured on both sides.
    """
    was: dict[Place, _Was] = {}
    for name, file in before.items():
        for line, ran in (*((line, False) for line in file.missing), *((line, True) for line in file.executed)):
            place = production.fate(_joined(folder, name), line)
            if isinstance(place, Place) and not (place in was and was[place].ran):
                was[place] = _Was(name, line, ran)
    found = {}
    for name, file in now.files.items():
        here = _joined(folder, name)
        old = {line: was.get(Place(here, line)) for line in file.missing}
        branches = [_is_lost(here, was, before, one) for one in _missing_branches(file)] if branch else []
        untested = Untested(
            lost=tuple(line for line, one in old.items() if one is not None and one.ran),
            new=tuple(line for line, one in old.items() if one is None),
            branches=branches.count(True),
            new_branches=branches.count(False),
        )
        if untested != Untested():
            found[name] = untested
    return found


def _missing_branches(file: FileCoverage) -> Iterator[Branch]:
    """The branches that are not taken of lines that run, to lines that run."""
    missing = set(file.missing)
    return ((start, end) for start, end in file.missing_branches if start not in missing and abs(end) not in missing)


def _is_lost(here: str, was: Mapping[Place, _Was], before: Mapping[str, FileCoverage], branch: Branch) -> bool | None:
    """Whether a branch was taken at the base, between the lines that both ends were; None if it was there, and was not.

    No, if it is new.
    """
    start, end = branch
    source, target = was.get(Place(here, start)), was.get(Place(here, abs(end)))
    if source is None or target is None or source.name != target.name:
        return False
    then = (source.line, target.line if end > 0 else -target.line)
    if then in before[source.name].executed_branches:
        return True
    return None if then in before[source.name].missing_branches else False


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name

"""A package's requirements to the versions that it needs at least, and what of them is not met."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

# packaging's own reader of requirements takes five times as long to import as all of this takes to run.
_FLOOR = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*>=\s*(?P<floor>[^\s,;]+)\s*$")


@dataclass(frozen=True, slots=True)
class Unmet:
    """A distribution that is older than what is needed; ``found`` is empty if there is none."""

    name: str
    floor: str
    found: str


def unmet(requirements: Iterable[str], version_of: Callable[[str], str]) -> Iterator[Unmet]:
    """Find the requirements of the form ``name>=version`` that the installed versions do not meet.

    Others, those of an extra among them, are passed over. A version that cannot be read is not below anything.

    >>> list(unmet(["pytest>=7.4", "nox>=1; extra == 'nox'"], lambda name: "7.2"))
    [Unmet(name='pytest', floor='7.4', found='7.2')]
    """
    for line in requirements:
        match = _FLOOR.match(line)
        if match is None:
            continue
        name, floor = match["name"], match["floor"]
        found = version_of(name)
        if not found or _is_below(found, floor):
            yield Unmet(name, floor, found)


def _is_below(found: str, floor: str) -> bool:
    try:
        return Version(found) < Version(floor)
    except InvalidVersion:
        return False

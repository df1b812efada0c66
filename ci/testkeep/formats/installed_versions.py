"""Installed versions that testkeep does not work with, or that do not work with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from testkeep.formats.requirement_floors import unmet
from testkeep.model.checkup import Check, ok, problem, warning

NAME = "versions"


@dataclass(frozen=True)
class _Break:
    """Two distributions that do not work together in these versions. ``word``: only if the project writes it."""

    one: Requirement
    other: Requirement
    said: str
    advice: str
    word: str = ""


_BREAKS = (
    _Break(
        one=Requirement("pytest-alembic<=0.13.1"),
        other=Requirement("pytest>=9.2"),
        said="it breaks collection there, so testkeep switches --test-alembic off",
        advice="Import its tests (from pytest_alembic.tests import test_upgrade), or install 'pytest<9.2'.",
    ),
    _Break(
        one=Requirement("pytest-xdist<=3.8.0"),
        other=Requirement("pytest>=9.2"),
        said="tests of one xdist_group do not stay in one worker there",
        advice="Install 'pytest<9.2' or a newer pytest-xdist, or do not rely on --dist=loadgroup.",
        word="xdist_group",
    ),
)


def version_checks(installed: Mapping[str, str], requirements: Sequence[str], words: str) -> tuple[Check, ...]:
    """Compare what is installed with testkeep's own requirements, and with what is known to break.

    ``installed`` has the version by the name of each distribution (empty: not installed), ``requirements`` are those
    of testkeep's metadata, ``words`` is what the project's files say, in small letters.
    """
    parsed = [requirement for line in requirements if (requirement := _parsed(line)) is not None]
    found = [*_below(installed, requirements), *_tools_below(installed, parsed), *_broken(installed, words)]
    if found:
        return tuple(found)
    needed = sorted(entry.name for entry in parsed if entry.marker is None and entry.name.startswith("pytest"))
    shown = ", ".join(f"{name} {installed.get(name, '')}" for name in needed)
    return (ok(NAME, shown or "nothing is needed"),)


def named(requirements: Iterable[str]) -> set[str]:
    """The distributions whose versions matter."""
    parsed = (_parsed(line) for line in requirements)
    breaks = {requirement.name for entry in _BREAKS for requirement in (entry.one, entry.other)}
    return {requirement.name for requirement in parsed if requirement is not None} | breaks


def _parsed(line: str) -> Requirement | None:
    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _below(installed: Mapping[str, str], requirements: Sequence[str]) -> Iterator[Check]:
    for each in unmet(requirements, lambda name: installed.get(name, "")):
        said = f"{each.name} {each.found or 'is not installed'}, and testkeep needs at least {each.floor}"
        yield problem(NAME, said, f"pip install '{each.name}>={each.floor}'")


def _tools_below(installed: Mapping[str, str], requirements: Iterable[Requirement]) -> Iterator[Check]:
    """What testkeep runs if it is there: the static tools, nox and tox."""
    for requirement in requirements:
        version = installed.get(requirement.name, "")
        if requirement.marker is not None and version and not _is_in(version, requirement.specifier):
            wanted = f"{requirement.name}{requirement.specifier}"
            said = f"{requirement.name} {version}, and testkeep is made for {requirement.specifier}"
            yield warning(NAME, said, f"pip install '{wanted}'")


def _broken(installed: Mapping[str, str], words: str) -> Iterator[Check]:
    for entry in _BREAKS:
        pair = (entry.one, entry.other)
        if entry.word in words and all(_is_in(installed.get(part.name, ""), part.specifier) for part in pair):
            one, other = (f"{part.name} {installed[part.name]}" for part in pair)
            yield warning(NAME, f"{one} with {other}: {entry.said}", entry.advice)


def _is_in(version: str, allowed: SpecifierSet) -> bool:
    try:
        return Version(version) in SpecifierSet(str(allowed), prereleases=True)
    except InvalidVersion:
        return False

"""What ``testkeep doctor`` found: one check a line, each with what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct

CHECKUP_SCHEMA: Final = "testkeep.doctor/1"


class Status(StrEnum):
    """How well one thing is; a problem keeps a run from saying something useful, a warning may do so elsewhere."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Check(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was looked at: what ``said`` describes, and the ``advice`` if it is not ok."""

    status: Status
    name: str
    said: str
    advice: str = ""


class Checkup(Struct, frozen=True, kw_only=True):
    """All that was looked at, in the order in which a run needs it."""

    schema: Literal["testkeep.doctor/1"]
    checks: tuple[Check, ...]

    def count(self, status: Status) -> int:
        """How many checks have a status."""
        return sum(check.status is status for check in self.checks)


def ok(name: str, said: str) -> Check:
    """A check that found what it should."""
    return Check(status=Status.OK, name=name, said=said)


def warning(name: str, said: str, advice: str) -> Check:
    """A check that found something that may mislead."""
    return Check(status=Status.WARNING, name=name, said=said, advice=advice)


def problem(name: str, said: str, advice: str) -> Check:
    """A check that found what is in the way."""
    return Check(status=Status.PROBLEM, name=name, said=said, advice=advice)

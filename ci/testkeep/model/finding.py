"""What a rule says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding weighs; only an error decides the verdict."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True, kw_only=True):
    """One located statement by one rule. ``path`` is relative to the repository's root, ``line`` counts from 1.

    ``test`` is the test that it is about. If one cause concerns several tests there is one finding: ``tests`` has them
    all, ``test`` the first of them.
    """

    code: str
    name: str
    severity: Severity
    message: str
    help: str = ""
    test: str = ""
    tests: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    waived: bool = False

    @property
    def about(self) -> tuple[str, ...]:
        """All tests that the finding is about."""
        return self.tests or ((self.test,) if self.test else ())

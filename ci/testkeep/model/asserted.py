"""What tests asserted, and which of them assert something else than they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from testkeep.model.assertion_site import AssertionKind, AssertionSite
from testkeep.model.tests import RecordedTest

_MEANT_TO_FAIL = frozenset({"AssertionError", "Failed"})


@dataclass(frozen=True, slots=True)
class Asserted:
    """The assertions of one test, by what they say: those that held, how often, and those that failed and never held.

    ``came_through`` are its calls, if it asserted nothing.
    """

    held: Mapping[str, AssertionSite]
    times: Mapping[str, int]
    failed: Mapping[str, AssertionSite]
    came_through: Mapping[str, AssertionSite]
    others: tuple[AssertionKind, ...] = ()

    @property
    def total(self) -> int:
        """How many assertions held."""
        return sum(self.times.values())

    def own(self, name: str) -> list[AssertionSite]:
        """The assertions that held in a test's own function, which has this name, or in one that is defined in it."""
        return [site for site in self.held.values() if name in site.function.split(".") or not site.path]

    @property
    def raises(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """The exceptions that were expected, each with its base classes, by what says so."""
        return {form: site.raises for form, site in self.held.items() if site.raises}

    @property
    def expects_failure(self) -> bool:
        """Whether the test itself expects an assertion to fail."""
        return any(names[:1] and names[0] in _MEANT_TO_FAIL for site in self.held.values() for names in site.raises)


@dataclass(frozen=True, slots=True)
class Difference:
    """A test that guards on both sides and asserts something else than it did: as it was, and as it is."""

    origin: RecordedTest
    test: RecordedTest
    before: Asserted
    now: Asserted

"""Says of each test what it asserted: from the marks in its modules, and from the examples of a doctest."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

import pytest

from testkeep.model.assertion_site import COUNTING, AssertionKind, AssertionSite, SharedAssertions
from testkeep.plugins.assertion_marks import AssertionMarks
from testkeep.plugins.expecting_contexts import FAILED


class Asserted(NamedTuple):
    """What one test asserted, as numbers of sites: what held, as often as it did, and what failed and never held."""

    held: dict[int, int]
    failed: tuple[int, ...]


class AssertionRecord:
    """Adds up what a test executes, in all phases of its last attempt.

    What fixtures of a wider scope assert counts for the fixture, and so for every test that uses it, not for the one
    that happens to be the first or the last. Sites have numbers in the order in which they were seen.
    """

    def __init__(self, marks: AssertionMarks) -> None:
        self.marks = marks
        self._seen = marks.seen
        self._numbers: dict[str, int] = {}
        self._new: list[str] = []
        self._fixtures: dict[tuple[str, str], list[str]] = {}
        # Up to here, what was seen is the test's own, whatever is torn down next.
        self._own = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Begin a test, or another attempt of it."""
        self._seen.clear()
        self._own = 0

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """Count what a fixture of a wider scope asserts for the fixture."""
        if fixturedef.scope == "function":
            return (yield)
        own = len(self._seen)
        try:
            return (yield)
        finally:
            self._take(fixturedef, own)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self) -> None:
        """Keep apart what the test did, and what fixtures do that end with it."""
        self._own = len(self._seen)

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        """Count what a fixture of a wider scope asserts when it is torn down."""
        if fixturedef.scope == "function":
            self._own = len(self._seen)
        elif len(self._seen) > self._own:
            self._take(fixturedef, self._own)

    def _take(self, fixturedef: pytest.FixtureDef[Any], own: int) -> None:
        if len(self._seen) > own:
            self._fixtures.setdefault((fixturedef.argname, fixturedef.baseid), []).extend(self._seen[own:])
            del self._seen[own:]

    def ended(self, item: pytest.Item) -> Asserted:
        """What a test asserted that is over."""
        seen = self._seen[:]
        self._seen.clear()
        return self._asserted([*seen, *_examples(item)] if hasattr(item, "dtest") else seen)

    def shared(self) -> tuple[SharedAssertions, ...]:
        """What fixtures of a wider scope asserted."""
        found = []
        for (fixture, base), seen in self._fixtures.items():
            asserted = self._asserted(seen)
            found.append(
                SharedAssertions(fixture=fixture, base=base, held=tuple(asserted.held), failed=asserted.failed)
            )
        return tuple(found)

    def new_sites(self) -> tuple[str, ...]:
        """The sites that were seen since this was asked last."""
        new = tuple(self._new)
        self._new.clear()
        return new

    def _asserted(self, seen: list[str]) -> Asserted:
        if not seen:
            return _NOTHING
        numbers, held = self._numbers, dict[int, int]()
        for text in seen:
            if text[0] not in _PLAIN:
                return self._of_all_kinds(seen)
            number = numbers.get(text)
            if number is None:
                number = numbers[text] = len(numbers)
                self._new.append(text)
            held[number] = held.get(number, 0) + 1
        return Asserted(held, ())

    def _of_all_kinds(self, seen: list[str]) -> Asserted:
        times: dict[str, int] = {}
        for text in seen:  # most tests have a few: a Counter takes longer to make
            times[text] = times.get(text, 0) + 1
        asserts = any(text[0] in COUNTING for text in times)
        held: dict[int, int] = {}
        failed: list[int] = []
        for text, number in times.items():
            if text[0] == FAILED:
                if text[1:] not in times:
                    failed.append(self._number(text[1:]))
            # What asserts something does not guard by what it only comes through.
            elif not asserts or text[0] in COUNTING:
                held[self._number(text)] = number
        return Asserted(held, tuple(sorted(failed)))

    def _number(self, text: str) -> int:
        # What a block expects may be a parameter of the test.
        known = self.marks.with_exceptions(text) if text[0] == AssertionKind.CONTEXT else text
        number = self._numbers.get(known)
        if number is None:
            number = self._numbers[known] = len(self._numbers)
            self._new.append(known)
        return number


_NOTHING = Asserted({}, ())
# What these say is all that there is to know of them; most tests have no others.
_PLAIN = frozenset({AssertionKind.PLAIN.value, AssertionKind.CALL.value})


def _examples(item: pytest.Item) -> Iterator[str]:
    """The examples of a doctest that compare something: it has passed, so each that was not skipped held."""
    import doctest  # there already, if there is such an item

    test: Any = item.dtest  # type: ignore[attr-defined]
    for example in test.examples if test is not None else ():
        if (example.want or example.exc_msg) and not example.options.get(doctest.SKIP):
            form = hashlib.sha256(f"{example.source}\0{example.want}".encode(errors="surrogatepass")).hexdigest()[:16]
            line = (test.lineno or 0) + (example.lineno or 0) + 1
            yield AssertionSite(AssertionKind.PLAIN, line, form, test.name).text

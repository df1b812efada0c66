"""Builders of what tests asserted, as runs record it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from builders import A_TEST, FILE, a_record, a_suite, a_test
from testkeep.model.assertion_site import AssertionKind, AssertionSite, SharedAssertions
from testkeep.model.evidence import RECORDED, Evidence
from testkeep.model.tests import RecordedTest, Subtest

PLAIN, CALL, CONTEXT, SMOKE, VACUOUS, ANYTHING, WATCHED = AssertionKind


@dataclass(frozen=True)
class Asserting:
    """A test and what it asserted: a site is there as often as it held."""

    test: RecordedTest
    held: tuple[AssertionSite, ...]
    failed: tuple[AssertionSite, ...]


@dataclass(frozen=True)
class Wide:
    """What a fixture of a wider scope asserted."""

    fixture: str
    base: str
    held: tuple[AssertionSite, ...] = ()
    failed: tuple[AssertionSite, ...] = ()


def says(
    what: str = "total",
    kind: AssertionKind = PLAIN,
    *,
    function: str = "test_add",
    path: str = FILE,
    line: int = 5,
    raises: Sequence[str] = (),
) -> AssertionSite:
    """Build a site whose normal form is ``what``. Exceptions are like ``KeyError<LookupError``."""
    return AssertionSite(kind, line, what, function, path, tuple(tuple(one.split("<")) for one in raises))


def each(words: str, kind: AssertionKind = PLAIN, function: str = "test_add") -> tuple[AssertionSite, ...]:
    """Build several sites: one for each word."""
    return tuple(says(word, kind, function=function) for word in words.split())


def asserting(
    test_id: str = A_TEST,
    *held: AssertionSite,
    failed: Sequence[AssertionSite] = (),
    did: str = "passed",
    fixtures: tuple[str, ...] = (),
    subtests: tuple[Subtest, ...] = (),
) -> Asserting:
    """Build a test that executed these assertions."""
    test = a_test(test_id, did, subtests=subtests)
    item = msgspec.structs.replace(test.item, fixtures=fixtures)
    return Asserting(msgspec.structs.replace(test, item=item), held, tuple(failed))


def numbered(
    one: Asserting,
    numbers: dict[str, int],
    footprint: dict[str, tuple[int, ...]] | None = None,
    replaced: dict[str, tuple[int, ...]] | None = None,
) -> RecordedTest:
    """Build a test of a suite whose sites have these numbers; new ones are added."""
    held, failed = dict(Counter(_numbers(one.held, numbers))), tuple(_numbers(one.failed, numbers))
    execution = msgspec.structs.replace(one.test.execution, held=held, failed=failed, footprint=footprint)
    execution = msgspec.structs.replace(execution, replaced=replaced or {})
    return msgspec.structs.replace(one.test, execution=execution)


def _numbers(sites: Sequence[AssertionSite], numbers: dict[str, int]) -> list[int]:
    return [numbers.setdefault(site.text, len(numbers)) for site in sites]


def a_record_of(
    *tests: Asserting, wide: Sequence[Wide] = (), python: str = "3.11.2", assertions: str = RECORDED
) -> Evidence:
    """Build the record of a run that knows what these tests asserted."""
    numbers: dict[str, int] = {}

    recorded = [numbered(one, numbers) for one in tests]
    shared = tuple(
        SharedAssertions(
            fixture=one.fixture,
            base=one.base,
            held=tuple(_numbers(one.held, numbers)),
            failed=tuple(_numbers(one.failed, numbers)),
        )
        for one in wide
    )
    suite = msgspec.structs.replace(
        a_suite(*recorded, python=python), assertions=assertions, sites=tuple(numbers), shared=shared
    )
    return a_record(suite=suite)

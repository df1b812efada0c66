"""Reads from the records what each test asserted, and finds those that assert something else than they did."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property

from testkeep.model.asserted import Asserted, Difference
from testkeep.model.assertion_site import AssertionKind, AssertionSite, SharedAssertions
from testkeep.model.evidence import RECORDED, Suite
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import Facts

_TAB = "\t"


def find_differences(facts: Facts) -> Iterator[Difference]:
    """Find the tests that guard on both sides, in the same environment, and assert something else than they did."""
    base, head = Records(facts.base_suites()), Records(suite for _, suite in facts.suites())
    wanted = {test_id: test_id for test_id in facts.comparison.kept}
    wanted |= {entry.lost: entry.by[0] for entry in facts.comparison.moved}
    for environment, test in base.guards():
        now = head.guard(environment, wanted.get(test.item.id, ""))
        key = base.key(environment, test) if now is not None else None
        if now is None or (key is not None and key == head.key(environment, now)):
            continue
        before_asserted, now_asserted = base.of(environment, test.item.id), head.of(environment, now.item.id)
        if before_asserted is not None and now_asserted is not None and differ(before_asserted, now_asserted):
            yield Difference(test, now, before_asserted, now_asserted)


class Records:
    """What the tests of one side asserted; a test is looked up when it is asked for."""

    def __init__(self, suites: Iterable[Suite]) -> None:
        self._found: dict[tuple[str, str], tuple[_Sites, RecordedTest]] = {}
        self._environments: dict[str, None] = {}
        for suite in suites:
            if suite.assertions == RECORDED:
                sites = _Sites(suite)
                self._environments[suite.settings.interpreter] = None
                for test in suite.tests:
                    self._found[suite.settings.interpreter, test.item.id] = (sites, test)

    def guards(self) -> Iterator[tuple[str, RecordedTest]]:
        """The tests that guard, each with its environment."""
        return ((environment, test) for (environment, _), (_, test) in self._found.items() if test.guards)

    def guard(self, environment: str, test_id: str) -> RecordedTest | None:
        """A test that guards in an environment; None if there is none of that name."""
        found = self._found.get((environment, test_id))
        return found[1] if found is not None and found[1].guards else None

    def key(self, environment: str, test: RecordedTest) -> Hashable:
        """Equal for tests that assert the same; None if that cannot be told so fast."""
        return self._found[environment, test.item.id][0].key(test)

    def in_all(self, test_id: str) -> tuple[Asserted, ...]:
        """What a test asserted in each environment in which it guards, the least first."""
        guarding = [one for one in self._environments if self.guard(one, test_id) is not None]
        found = [asserted for one in guarding if (asserted := self.of(one, test_id)) is not None]
        return tuple(sorted(found, key=lambda one: one.total))

    def of(self, environment: str, test_id: str) -> Asserted | None:
        """What a test asserted in an environment; None if that is not known."""
        found = self._found.get((environment, test_id))
        return None if found is None else found[0].of(found[1])


class _Sites:
    def __init__(self, suite: Suite) -> None:
        self._texts = suite.sites
        self._known: dict[int, AssertionSite] = {}
        self._shared: dict[str, list[SharedAssertions]] = {}
        for one in suite.shared:
            self._shared.setdefault(one.fixture, []).append(one)

    def key(self, test: RecordedTest) -> Hashable:
        """What is the same of tests that assert the same; None where a closer look is needed to tell."""
        execution = test.execution
        if execution is None or execution.failed or self._shared:
            return None
        words = self._words
        return frozenset((words[number], times) for number, times in execution.held.items())

    @cached_property
    def _words(self) -> list[str]:
        """Each site without its place."""
        found = []
        for text in self._texts:
            kind, _, form, place = text.split(" ", 3)
            found.append(f"{kind}{form}{place.split(_TAB, 2)[2:]}" if kind == AssertionKind.CONTEXT else kind + form)
        return found

    def _site(self, number: int) -> AssertionSite:
        site = self._known.get(number)
        if site is None:
            site = self._known[number] = AssertionSite.of(self._texts[number])
        return site

    def of(self, test: RecordedTest) -> Asserted:
        times: dict[int, int] = dict(test.execution.held) if test.execution else {}
        failed = set(test.execution.failed) if test.execution else set()
        wide: set[int] = set()  # each process may have set a fixture up
        for fixture in test.item.fixtures if self._shared else ():
            for one in self._shared.get(fixture, ()):
                if _is_within(test.item.id, one.base):
                    wide.update(one.held)
                    failed.update(one.failed)
        times |= {number: times.get(number, 0) + 1 for number in wide}
        held: dict[str, AssertionSite] = {}
        came_through: dict[str, AssertionSite] = {}
        others: list[AssertionKind] = []
        counted: dict[str, int] = {}
        for number, often in times.items():
            site = self._site(number)
            if site.counts:
                held[site.form] = site
                counted[site.form] = counted.get(site.form, 0) + often
            elif site.kind is AssertionKind.SMOKE:
                came_through[site.form] = site
            else:
                others.append(site.kind)
        failures = {site.form: site for site in map(self._site, sorted(failed)) if site.form not in held}
        return Asserted(held, counted, failures, {} if held else came_through, tuple(others))


def _is_within(test_id: str, base: str) -> bool:
    return not base or (test_id.startswith(base) and test_id[len(base) : len(base) + 1] in ("", "/", ":", "["))


def differ(before: Asserted, now: Asserted) -> bool:
    """Whether there may be something to say; the same assertions, as often, are nothing."""
    return (
        before.times != now.times
        or bool(now.failed)
        or before.came_through.keys() != now.came_through.keys()
        or before.raises != now.raises
    )

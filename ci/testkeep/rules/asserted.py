"""What tests asserted at the base and assert here, from the records: assertions that are gone, fail, or say less."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from testkeep.model.assertion_site import AssertionKind, AssertionSite, SharedAssertions, Statement, Statements
from testkeep.model.evidence import RECORDED, Suite
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import Facts, name_in_file

_MEANT_TO_FAIL = frozenset({"AssertionError", "Failed"})
_MOST_TEXT = 100
_TAB = "\t"


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
    def raises(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """The exceptions that were expected, each with its base classes, by what says so."""
        return {form: site.raises for form, site in self.held.items() if site.raises}

    @property
    def expects_failure(self) -> bool:
        """Whether the test itself expects an assertion to fail."""
        return any(names[:1] and names[0] in _MEANT_TO_FAIL for site in self.held.values() for names in site.raises)


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be said of a test: the message, and whether nothing of its strength is left."""

    why: str
    to_nothing: bool


class Records:
    """What the tests of one side asserted; a test is looked up when it is asked for."""

    def __init__(self, suites: Iterable[Suite]) -> None:
        self._found: dict[tuple[str, str], tuple[_Sites, RecordedTest]] = {}
        for suite in suites:
            if suite.assertions == RECORDED:
                sites = _Sites(suite)
                for test in suite.tests:
                    self._found[suite.settings.interpreter, test.item.id] = (sites, test)

    def key(self, environment: str, test_id: str) -> Hashable:
        """Equal for tests that assert the same; None if that cannot be told so fast."""
        found = self._found.get((environment, test_id))
        return None if found is None else found[0].key(found[1])

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


def compare_asserted(test: RecordedTest, before: Asserted, now: Asserted, texts: Statements) -> Iterator[Said]:
    """Say in what a test that guards on both sides is weaker than it was; the worst comes first.

    ``test`` is the head's.
    """
    yield from _swallowed(before, now, texts)
    yield from _gone(before, now)
    yield from _not_its_own(test, before, now)
    yield from _changed(test, before, now, texts)


def loses_everything(test: RecordedTest, before: Asserted, now: Asserted) -> bool:
    """Whether nothing is left of what a test asserted, or nothing of its own, and nothing failed instead."""
    return not now.failed and any(one.to_nothing for one in (*_gone(before, now), *_not_its_own(test, before, now)))


def _swallowed(before: Asserted, now: Asserted, texts: Statements) -> Iterator[Said]:
    for form, site in now.failed.items():
        if form not in before.failed:
            what = _text(texts.head, site)
            # A test whose helper is to fail expects it on both sides; one that held has to go on holding.
            if not (before.expects_failure and now.expects_failure):
                to_nothing = form in before.held or not now.expects_failure
                yield Said(f"{what} fails here, and the failure is swallowed", to_nothing=to_nothing)


def _gone(before: Asserted, now: Asserted) -> Iterator[Said]:
    if before.held and not now.held:
        is_anything = AssertionKind.ANYTHING in now.others and not now.failed
        if is_anything:
            yield Said(f"{_assertions(len(before.held))} held at the base; now any exception will do", to_nothing=False)
            return
        vacuous = now.others.count(AssertionKind.VACUOUS)
        parts = [
            f"{number} {what}"
            for number, what in ((vacuous, "cannot be false"), (len(now.failed), "failed and was swallowed"))
            if number
        ]
        instead = f": of its assertions {', '.join(parts)}" if parts else ""
        yield Said(f"{_assertions(len(before.held))} held at the base, none here{instead}", to_nothing=True)
    elif not before.held and before.came_through and not now.held and not now.came_through:
        n_calls = len(before.came_through)
        calls = "1 call" if n_calls == 1 else f"{n_calls} calls"
        yield Said(f"it asserts nothing, and came through {calls} at the base; here through none", to_nothing=True)


def _not_its_own(test: RecordedTest, before: Asserted, now: Asserted) -> Iterator[Said]:
    """A test that asserted itself and leaves it to helpers that asserted before: these may be called by every test."""
    name = name_in_file(test.item).rpartition(".")[2]
    own = [site for site in before.held.values() if site.function.rpartition(".")[2] == name or not site.path]
    is_own_left = any(site.function.rpartition(".")[2] == name or not site.path for site in now.held.values())
    is_new_in_helper = any(often > before.times.get(form, 0) for form, often in now.times.items())
    if own and now.held and not is_own_left and not is_new_in_helper and len(now.held) < len(before.held):
        n_left = len(now.held)
        yield Said(
            f"{_assertions(len(own))} of its own held at the base, and none here: {n_left} in helpers alone",
            to_nothing=True,
        )


def _changed(test: RecordedTest, before: Asserted, now: Asserted, texts: Statements) -> Iterator[Said]:
    if not now.held and not now.came_through:
        return
    lost = [site for form, site in before.held.items() if form not in now.held and form not in now.failed]
    new = [site for form, site in now.held.items() if form not in before.held]
    new += [site for site in now.came_through.values() if not before.held]
    weaker = [(old, one) for old in lost for one in new if _says_less(old, one, texts)]
    for old, one in weaker[:1]:
        yield Said(f"{_text(texts.base, old)} became {_text(texts.head, one)}", to_nothing=False)
    for form, old in before.held.items():
        here = now.held.get(form)
        if here is not None and old.raises and here.raises and _is_wider(old.raises, here.raises):
            names = (" or ".join(one[0] for one in each) for each in (old.raises, here.raises))
            yield Said(
                "{} expected {} at the base, and {} here".format(_text(texts.head, here), *names), to_nothing=False
            )
            break
    unreached = [site for site in lost if _is_still_there(site, test, texts)]
    if unreached and now.held:
        more = f" and {len(unreached) - 1} more" if unreached[1:] else ""
        yield Said(f"it does not come to {_text(texts.head, unreached[0])}{more} any more", to_nothing=False)
    elif len(now.held) < len(before.held) and now.held and _often(now, new) < _often(before, lost):
        yield Said(f"{len(before.held)} assertions held at the base, {len(now.held)} here", to_nothing=False)
    for form, times in before.times.items():
        often = now.times.get(form, times)
        if times > 1 and often <= times // 2:
            what = _text(texts.head, now.held[form])
            yield Said(f"{what} held {times} times at the base, {often} here", to_nothing=False)
            return


def _often(asserted: Asserted, sites: Iterable[AssertionSite]) -> int:
    return sum(asserted.times.get(site.form, 0) for site in sites)


def _says_less(old: AssertionSite, new: AssertionSite, texts: Statements) -> bool:
    if old.kind is AssertionKind.CONTEXT and new.kind is AssertionKind.CONTEXT and old.raises and new.raises:
        return _is_wider(old.raises, new.raises)
    before, now = (side.get(site.path, {}).get(site.form) for side, site in ((texts.base, old), (texts.head, new)))
    return before is not None and now is not None and before.subject != "" and now.vague_of == before.subject


def _is_wider(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> bool:
    """Whether exceptions are taken that were not: a base class of one, or others beside all that were expected."""
    expected = {names[0] for names in old if names}
    bases = {base for names in old for base in names[1:]}
    taken = {names[0] for names in new if names}
    return bool(taken & (bases - expected)) or (expected < taken)


def _is_still_there(site: AssertionSite, test: RecordedTest, texts: Statements) -> bool:
    """Whether the source has an assertion in its function still, or in the test, which may have another name."""
    found = texts.head.get(site.path, {}).get(site.form)
    return found is not None and not {site.function, name_in_file(test.item)}.isdisjoint(found.functions)


def _text(side: Mapping[str, Mapping[str, Statement]], site: AssertionSite) -> str:
    """An assertion as people read it; where its source is not known, its place."""
    found = side.get(site.path, {}).get(site.form)
    if found is None:
        return f"the assertion in line {site.line} of {site.path or site.function}"
    return f"'{found.text}'" if len(found.text) <= _MOST_TEXT else f"'{found.text[:_MOST_TEXT]}…'"


def _assertions(number: int) -> str:
    return "1 assertion" if number == 1 else f"{number} assertions"


def asserted_pairs(facts: Facts) -> Iterator[tuple[RecordedTest, Asserted, Asserted]]:
    """The tests that guard on both sides and assert something else than they did: the head's, and both assertions."""
    base, head = Records(facts.base_suites()), Records(suite for _, suite in facts.suites())
    became = {entry.lost: entry.by[0] for entry in facts.comparison.moved}
    wanted = dict(zip(facts.comparison.kept, facts.comparison.kept, strict=True)) | became
    now_by_id = {
        (suite.settings.interpreter, test.item.id): test for _, suite in facts.suites() for test in suite.tests
    }
    for suite in facts.base_suites():
        environment = suite.settings.interpreter
        for test in suite.tests:
            if test.item.id not in wanted or not test.guards:
                continue
            head_id = wanted[test.item.id]
            now = now_by_id.get((environment, head_id))
            if now is None or not now.guards:
                continue
            key = base.key(environment, test.item.id)
            if key is not None and key == head.key(environment, head_id):
                continue
            before_asserted, now_asserted = base.of(environment, test.item.id), head.of(environment, head_id)
            if before_asserted is not None and now_asserted is not None and differ(before_asserted, now_asserted):
                yield now, before_asserted, now_asserted

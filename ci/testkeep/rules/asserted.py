"""Says in what a test asserts less than it did: assertions that are gone, that fail, or that say less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from testkeep.model.asserted import Asserted, Difference
from testkeep.model.assertion_site import AssertionKind, AssertionSite, Statement, Statements
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import name_in_file

_MOST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be said of a test: the message, and whether nothing of its strength is left."""

    why: str
    to_nothing: bool


def compare_asserted(test: RecordedTest, before: Asserted, now: Asserted, texts: Statements) -> Iterator[Said]:
    """Say in what a test that guards on both sides is weaker than it was; the worst comes first.

    ``test`` is the head's.
    """
    yield from _swallowed(before, now, texts)
    yield from _gone(before, now)
    yield from _not_its_own(test, before, now)
    yield from _changed(test, before, now, texts)


def unwatched(asserted: Asserted, side: Mapping[str, Mapping[str, Statement]]) -> Asserted:
    """What of it holds although nobody traces the test: by the text, as nobody can run a test and not watch it."""
    held = {form: site for form, site in asserted.held.items() if not _is_if_watched(form, site, side)}
    n_watched = len(asserted.held) - len(held)
    return replace(asserted, held=held, others=(*asserted.others, *[AssertionKind.WATCHED] * n_watched))


def _is_if_watched(form: str, site: AssertionSite, side: Mapping[str, Mapping[str, Statement]]) -> bool:
    found = side.get(site.path, {}).get(form)
    return found is not None and found.if_watched


def loses_everything(one: Difference) -> bool:
    """Whether nothing is left of what a test asserted, or nothing of its own, and nothing failed instead."""
    said = (*_gone(one.before, one.now), *_not_its_own(one.test, one.before, one.now))
    return not one.now.failed and any(each.to_nothing for each in said)


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
            for number, what in (
                (vacuous, "cannot be false"),
                (now.others.count(AssertionKind.WATCHED), "runs only while somebody traces the test"),
                (len(now.failed), "failed and was swallowed"),
            )
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
    own, is_own_left = before.own(name), bool(now.own(name))
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
    certain = {_subject(site, texts) for site in now.held.values()}
    vaguer = [old for old in lost if _subject(old, texts, at_base=True) not in certain - {""}]
    weaker = [(old, one) for old in vaguer for one in new if _says_less(old, one, texts)]
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


def _subject(site: AssertionSite, texts: Statements, *, at_base: bool = False) -> str:
    found = (texts.base if at_base else texts.head).get(site.path, {}).get(site.form)
    return found.subject if found is not None else ""


def _says_less(old: AssertionSite, new: AssertionSite, texts: Statements) -> bool:
    if old.raises and new.raises and _is_wider(old.raises, new.raises):
        return True
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

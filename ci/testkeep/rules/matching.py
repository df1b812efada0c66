"""Recognises a lost test under another id: renamed, moved, or with its parameters named anew.

Only what is proven discharges: the same body, or the same function with the same values. Likeness is no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import lru_cache
from pathlib import PurePosixPath

from testkeep.model.source import Sources
from testkeep.model.tests import RecordedTest, function_of
from testkeep.rules.base import body_in, is_doctest, name_in_file, source_in

_Key = tuple[str, ...]
_KeyOf = Callable[[RecordedTest], _Key]
_LOOK_AT_MOST = 16
ANOTHER_RESULT = "the same function with the same values, and another result that it expects"
Found = dict[str, tuple[RecordedTest, str]]
"""The new test that each lost one became, by the lost test's id, and what proves it."""


def match(lost: Sequence[RecordedTest], new: Iterable[RecordedTest], base: Sources, head: Sources) -> Found:
    """Find the new test that each lost one became; what is not found is left out.

    ``lost`` guarded at the base and are not at the head under their ids; ``new`` guard at the head and were not at the
    base under theirs. ``base`` and ``head`` are the sources of their files. No new test stands for two lost ones, but
    where a parameter was added each old set of values is found in several new ones, and any of them will do.
    """
    found: Found = {}
    free = {test.item.id: test for test in new}

    def pair(why: str, key_of_lost: _KeyOf, key_of_new: _KeyOf) -> None:
        for old, became in _pair(_rest(lost, found), free.values(), key_of_lost, key_of_new):
            found[old.item.id] = (free.pop(became.item.id), why)

    pair("the same function with the same values", _same_function, _same_function)
    pair("the same body", lambda test: _same_body(test, base), lambda test: _same_body(test, head))
    pair(
        "the same class, which inherits it", lambda test: _same_class(test, base), lambda test: _same_class(test, head)
    )
    pair("the same examples", lambda test: _same_examples(test, base), lambda test: _same_examples(test, head))
    for old, became in _extended(_rest(lost, found), list(free.values())):
        found[old.item.id] = (free.pop(became.item.id), "the same function with a parameter more")
    for became, old in _extended([test for test in free.values() if test.item.params], _rest(lost, found)):
        found[old.item.id] = (free.pop(became.item.id), "the same function with a parameter less")
    known = _signatures(lost) & _signatures(free.values())
    pair(
        "the same function with the same values under other names",
        lambda test: _same_texts(test, known),
        lambda test: _same_texts(test, known),
    )
    pair(
        ANOTHER_RESULT,
        lambda test: _input(test, base),
        lambda test: _input(test, head),
    )
    return found


def _rest(lost: Sequence[RecordedTest], found: Found) -> list[RecordedTest]:
    return [test for test in lost if test.item.id not in found]


def _same_function(test: RecordedTest) -> _Key:
    """The same function with the same values, whatever the id makes of them."""
    return (function_of(test.item.id), *_values(test)) if test.item.params else ()


def _signatures(tests: Iterable[RecordedTest]) -> set[_Key]:
    return {(function_of(test.item.id), *sorted(test.item.params)) for test in tests}


def _same_texts(test: RecordedTest, known: Set[_Key]) -> _Key:
    """The same function with the same values under other names; under the ``known`` ones other values are others."""
    function, params = function_of(test.item.id), test.item.params
    return (function, *sorted(params.values())) if params and (function, *sorted(params)) not in known else ()


def _same_body(test: RecordedTest, sources: Sources) -> _Key:
    """The same statements with the same values, whatever the function's name and place; a doctest has examples."""
    body = "" if is_doctest(test) else body_in(sources, test)
    return (body, *_values(test)) if body else ()


def _same_examples(test: RecordedTest, sources: Sources) -> _Key:
    """The same doctest, whatever the name and the place of the object that it explains."""
    if not is_doctest(test):
        return ()
    source = source_in(sources, test)
    return (source.doctest,) if source is not None and source.doctest else ()


def _same_class(test: RecordedTest, sources: Sources) -> _Key:
    """The same test of the same class, whatever its name and place, for a test that the class inherits or generates."""
    owner, _, name = name_in_file(test.item).rpartition(".")
    source = (sources.get(test.item.path) or {}).get(owner) if owner and not body_in(sources, test) else None
    return (source.contents, name, *_values(test)) if source is not None and source.contents else ()


def _values(test: RecordedTest) -> _Key:
    return tuple(f"{name}={value}" for name, value in sorted(test.item.params.items()))


def _pair(
    lost: Sequence[RecordedTest],
    new: Iterable[RecordedTest],
    key_of_lost: _KeyOf,
    key_of_new: _KeyOf,
) -> list[tuple[RecordedTest, RecordedTest]]:
    """Pair tests with equal keys one to one, the nearest first. An empty key matches nothing."""
    waiting = [(key, test) for test in lost if (key := key_of_lost(test))]
    free = {test.item.id: (key, test) for test in new if (key := key_of_new(test))}
    pairs: list[tuple[RecordedTest, RecordedTest]] = []
    # In rounds, from near to far: a look at every pair would take forever where thousands of tests are alike.
    for nearness in _ROUNDS:
        alike: dict[_Key, list[RecordedTest]] = {}
        for key, test in free.values():
            alike.setdefault((*key, *nearness(test)), []).append(test)
        still: list[tuple[_Key, RecordedTest]] = []
        for key, test in waiting:
            bucket = alike.get((*key, *nearness(test)))
            if bucket:
                became = _take_nearest(test, bucket)
                del free[became.item.id]
                pairs.append((test, became))
            else:
                still.append((key, test))
        waiting = still
    return pairs


def _take_nearest(test: RecordedTest, bucket: list[RecordedTest]) -> RecordedTest:
    looked_at = range(min(len(bucket), _LOOK_AT_MOST))
    return bucket.pop(min(looked_at, key=lambda index: distance(test, bucket[index])))


def distance(old: RecordedTest, new: RecordedTest) -> tuple[bool, bool, bool, int]:
    """How far two tests are apart: other name, other file, other file name, folders between them."""
    return (_name(old) != _name(new), *_apart(old.item.path, new.item.path))


@lru_cache(maxsize=4096)
def _apart(one: str, other: str) -> tuple[bool, bool, int]:
    here, there = PurePosixPath(one), PurePosixPath(other)
    folders = set(here.parent.parts) ^ set(there.parent.parts)
    return (one != other, here.name != there.name, len(folders))


def _name(test: RecordedTest) -> str:
    return function_of(test.item.id).rpartition("::")[2]


def _file_name(test: RecordedTest) -> str:
    return test.item.path.rpartition("/")[2]


_ROUNDS: tuple[_KeyOf, ...] = (
    lambda test: (_name(test), test.item.path),
    lambda test: (_name(test), _file_name(test)),
    lambda test: (_name(test),),
    lambda test: (test.item.path,),
    lambda test: (_file_name(test),),
    lambda _: (),
)


def _input(test: RecordedTest, sources: Sources) -> _Key:
    """The same function with the same values, apart from those that only say what it expects."""
    source = source_in(sources, test)
    rest = (
        tuple(f"{name}={value}" for name, value in sorted(test.item.params.items()) if name not in source.expected)
        if source is not None
        else ()
    )
    return (
        (function_of(test.item.id), *sorted(test.item.params), *rest)
        if rest and len(rest) < len(test.item.params)
        else ()
    )


def _extended(
    fewer: Sequence[RecordedTest], more: Sequence[RecordedTest]
) -> Iterator[tuple[RecordedTest, RecordedTest]]:
    """Pair tests with tests of the same function that have the same values and further parameters beside them.

    It may be edited, as one may that keeps its id: what it asserts is compared.
    """
    families: dict[str, list[RecordedTest]] = {}
    for test in more:
        if test.item.params:
            families.setdefault(function_of(test.item.id), []).append(test)
    # For each set of names that tests have, the first test with each of their values.
    projections: dict[tuple[str, _Key], dict[_Key, RecordedTest]] = {}
    for test in fewer:
        function, names = function_of(test.item.id), tuple(sorted(test.item.params))
        if (function, names) not in projections:
            projections[function, names] = _projected(families.get(function, ()), names)
        first = projections[function, names].pop(_values(test), None)
        if first is not None:
            yield test, first


def _projected(tests: Iterable[RecordedTest], names: _Key) -> dict[_Key, RecordedTest]:
    """The first of some tests for each of the values that they have for some of their parameters."""
    found: dict[_Key, RecordedTest] = {}
    for test in tests:
        params = test.item.params
        if all(name in params for name in names):
            found.setdefault(tuple(f"{name}={params[name]}" for name in names), test)
    return found

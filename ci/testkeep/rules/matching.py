"""Recognises a lost test under another id: renamed, moved, or with its parameters named anew.

Only what is proven discharges: the same body, or the same function with the same values. Likeness is no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from testkeep.model.source import FileSource
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import function_of

Sources = Mapping[str, FileSource | None]
_Key = tuple[str, ...]


def match(
    lost: Sequence[RecordedTest], new: Iterable[RecordedTest], base: Sources, head: Sources
) -> dict[str, RecordedTest]:
    """Find the new test that each lost one became, by the lost test's id; what is not found is left out.

    ``lost`` guarded at the base and are not at the head under their ids; ``new`` guard at the head and were not at the
    base under theirs. ``base`` and ``head`` are the sources of their files. No new test stands for two lost ones, but
    where a parameter was added each old set of values is found in several new ones, and any of them will do.
    """
    found: dict[str, RecordedTest] = {}
    free = {test.item.id: test for test in new}
    for key_of_lost, key_of_new in (
        (_same_function, _same_function),
        (lambda test: _same_body(test, base), lambda test: _same_body(test, head)),
    ):
        rest = [test for test in lost if test.item.id not in found]
        for old, became in _pair(rest, free.values(), key_of_lost, key_of_new):
            found[old.item.id] = free.pop(became.item.id)
    rest = [test for test in lost if test.item.id not in found and test.item.params]
    return found | _extended(rest, [test for test in free.values() if test.item.params])


def source_of(test: RecordedTest, sources: Sources) -> str:
    """The digest of the body of a test's function; empty if its file has no such function."""
    source = (sources.get(test.item.path) or {}).get(".".join(function_of(test.item.id).split("::")[1:]))
    return source.body if source is not None else ""


def _same_function(test: RecordedTest) -> _Key:
    """The same function with the same values, whatever the id makes of them."""
    return (function_of(test.item.id), *_values(test)) if test.item.params else ()


def _same_body(test: RecordedTest, sources: Sources) -> _Key:
    """The same statements with the same values, whatever the function's name and place."""
    body = source_of(test, sources)
    return (body, *_values(test)) if body else ()


def _values(test: RecordedTest) -> _Key:
    return tuple(f"{name}={value}" for name, value in sorted(test.item.params.items()))


def _pair(
    lost: Sequence[RecordedTest],
    new: Iterable[RecordedTest],
    key_of_lost: Callable[[RecordedTest], _Key],
    key_of_new: Callable[[RecordedTest], _Key],
) -> list[tuple[RecordedTest, RecordedTest]]:
    """Pair tests with equal keys one to one, the nearest first. An empty key matches nothing."""
    candidates: dict[_Key, list[RecordedTest]] = {}
    for test in new:
        candidates.setdefault(key_of_new(test), []).append(test)
    pairs = []
    for test in lost:
        key = key_of_lost(test)
        alike = candidates.get(key, []) if key else []
        if alike:
            nearest = min(range(len(alike)), key=lambda index: _distance(test, alike[index]))
            pairs.append((test, alike.pop(nearest)))
    return pairs


def _distance(old: RecordedTest, new: RecordedTest) -> tuple[bool, bool, bool, int]:
    """How far two tests with one body are apart: other name, other file, other file name, folders between them."""
    one, other = PurePosixPath(old.item.path), PurePosixPath(new.item.path)
    apart = set(one.parent.parts) ^ set(other.parent.parts)
    return (_name(old) != _name(new), one != other, one.name != other.name, len(apart))


def _name(test: RecordedTest) -> str:
    return function_of(test.item.id).rpartition("::")[2]


def _extended(lost: Sequence[RecordedTest], new: Sequence[RecordedTest]) -> dict[str, RecordedTest]:
    """Find the same function with the same values and further parameters beside them."""
    families: dict[str, list[RecordedTest]] = {}
    for test in new:
        families.setdefault(function_of(test.item.id), []).append(test)
    found = {}
    for test in lost:
        wanted = test.item.params.items()
        wider = [one for one in families.get(function_of(test.item.id), []) if wanted <= one.item.params.items()]
        if wider:
            found[test.item.id] = wider[0]
    return found

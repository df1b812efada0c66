"""Finds the tests of the head that are most like a lost one. Likeness suggests; it never discharges."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from testkeep.model.comparison import Candidate
from testkeep.model.source import likeness
from testkeep.model.tests import function_of

_WORTH_SHOWING = 0.25
_MOST_SHOWN = 3
# What half of the tests have in common says nothing about any of them, and would make the search quadratic.
_TOO_COMMON = 50


def candidates(
    lost: Iterable[str], base: Mapping[str, frozenset[str]], head: Mapping[str, frozenset[str]]
) -> dict[str, tuple[Candidate, ...]]:
    """Find up to three candidates for each lost test, the most alike first, and the one that has its name or function.

    The mappings have the tests' tokens.
    """
    # Parameter sets of one function have the same tokens: they are looked at once.
    twins: dict[frozenset[str], list[str]] = {}
    for test_id, tokens in head.items():
        twins.setdefault(tokens, []).append(test_id)
    postings: dict[str, list[frozenset[str]]] = {}
    for tokens in twins:
        for token in tokens:
            postings.setdefault(token, []).append(tokens)
    nearest: dict[frozenset[str], tuple[Candidate, ...]] = {}
    found = {}
    lost = list(lost)
    named = namesakes(lost, head) | {
        test_id: function for test_id in lost if (function := function_of(test_id)) in head
    }
    for test_id in lost:
        wanted = base.get(test_id, frozenset())
        if wanted not in nearest:
            nearest[wanted] = tuple(_nearest(wanted, postings, twins))
        found[test_id] = nearest[wanted]
        namesake = named.get(test_id, "")
        if namesake and all(one.test != namesake for one in found[test_id]):
            found[test_id] += (Candidate(test=namesake, likeness=likeness(wanted, head[namesake])),)
    return found


def _nearest(
    wanted: frozenset[str],
    postings: Mapping[str, list[frozenset[str]]],
    twins: Mapping[frozenset[str], list[str]],
) -> list[Candidate]:
    shared: Counter[frozenset[str]] = Counter()
    for token in wanted:
        if len(postings.get(token, ())) <= _TOO_COMMON:
            shared.update(postings.get(token, ()))
    # Equals in an order of their own, not in that of a set, which changes from run to run.
    most = heapq.nsmallest(_TOO_COMMON, shared, key=lambda tokens: (-shared[tokens], twins[tokens][0]))
    ranked = sorted(
        (-likeness(wanted, tokens), test_id) for tokens in most for test_id in sorted(twins[tokens])[:_MOST_SHOWN]
    )
    return [
        Candidate(test=test_id, likeness=-alike) for alike, test_id in ranked[:_MOST_SHOWN] if -alike >= _WORTH_SHOWING
    ]


def namesakes(lost: Iterable[str], new: Iterable[str]) -> dict[str, str]:
    """The new tests that have the names of lost ones, by these; without names that several of a side have.

    Of several with one name, those of one class belong together, then those of one file.

    >>> namesakes(["t.py::test_a[1]", "t.py::test_b"], ["u.py::TestX::test_a[1]", "u.py::test_b", "v.py::test_b"])
    {'t.py::test_a[1]': 'u.py::TestX::test_a[1]'}
    """
    lost, new = list(lost), list(new)
    found: dict[str, str] = {}
    for key in _NAMES:
        here, there = _by_name(lost, key), _by_name(new, key)
        pairs = {ids[0]: there[name][0] for name, ids in here.items() if len(ids) == 1 == len(there.get(name, ()))}
        found |= pairs
        lost = [test_id for test_id in lost if test_id not in pairs]
        new = sorted(set(new) - set(pairs.values()))
    return found


_Name = tuple[str, ...]


def _in_class(test_id: str) -> _Name:
    function = function_of(test_id)
    return (*(function.split("::")[1:] or [function]), test_id[len(function) :])


def _in_file(test_id: str) -> _Name:
    return (test_id.partition("::")[0], *_alone(test_id))


def _alone(test_id: str) -> _Name:
    """The name of a test and its values, without the class and the file that it is in."""
    function = function_of(test_id)
    return (function.rpartition("::")[2], test_id[len(function) :])


_NAMES: tuple[Callable[[str], _Name], ...] = (_in_class, _in_file, _alone)


def _by_name(ids: Iterable[str], key: Callable[[str], _Name]) -> dict[_Name, list[str]]:
    found: dict[_Name, list[str]] = {}
    for test_id in ids:
        found.setdefault(key(test_id), []).append(test_id)
    return found

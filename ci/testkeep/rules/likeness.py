"""Finds the tests of the head that are most like a lost one. Likeness suggests; it never discharges."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping

from testkeep.model.comparison import Candidate
from testkeep.model.source import likeness

_WORTH_SHOWING = 0.25
_MOST_SHOWN = 3
# What half of the tests have in common says nothing about any of them, and would make the search quadratic.
_TOO_COMMON = 50


def candidates(
    lost: Iterable[str], base: Mapping[str, frozenset[str]], head: Mapping[str, frozenset[str]]
) -> dict[str, tuple[Candidate, ...]]:
    """Find up to three candidates for each lost test, the most alike first. The mappings have the tests' tokens."""
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
    for test_id in lost:
        wanted = base.get(test_id, frozenset())
        if wanted not in nearest:
            nearest[wanted] = tuple(_nearest(wanted, postings, twins))
        found[test_id] = nearest[wanted]
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

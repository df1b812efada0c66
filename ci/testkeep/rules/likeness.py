"""Finds the tests of the head that are most like a lost one. Likeness suggests; it never discharges."""

from __future__ import annotations

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
    postings: dict[str, list[str]] = {}
    for test_id, tokens in head.items():
        for token in tokens:
            postings.setdefault(token, []).append(test_id)
    found = {}
    for test_id in lost:
        tokens = base.get(test_id, frozenset())
        shared = Counter(
            other
            for token in tokens
            if len(postings.get(token, ())) <= _TOO_COMMON
            for other in postings.get(token, ())
        )
        nearest = sorted((likeness(tokens, head[other]), other) for other, _ in shared.most_common(_TOO_COMMON))
        found[test_id] = tuple(
            Candidate(test=other, likeness=alike)
            for alike, other in reversed(nearest[-_MOST_SHOWN:])
            if alike >= _WORTH_SHOWING
        )
    return found

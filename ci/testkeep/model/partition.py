"""Which shard a test belongs to: a function of its id and of nothing else, frozen before anything runs."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping

from msgspec import Struct

from testkeep.model.tests import function_of

# A test that took no measurable time is still one to start.
_LEAST_S = 0.001
_HALVINGS = 40


class Partition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A split of all tests that there can be into ``of`` shards, so that each test is in exactly one.

    A test function stays whole: its sets of parameters are in the same shard, also where their ids differ from process
    to process. ``bounds`` are the first functions of the second shard and each after it, in the order of ids; so
    neighbours, which share fixtures, mostly stay together. Without bounds, a digest of the id decides.
    """

    of: int
    bounds: tuple[str, ...] = ()

    def shard_of(self, test_id: str) -> int:
        """The shard of a test, from 1 to ``of``.

        >>> Partition(of=2, bounds=("tests/b.py::test_two",)).shard_of("tests/b.py::test_two[x]")
        2
        """
        function = function_of(test_id)
        if self.bounds:
            return bisect_right(self.bounds, function) + 1
        digest = hashlib.sha256(function.encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:8]) % self.of + 1


def balance(durations: Mapping[str, float], of: int) -> Partition:
    """Split tests, given how long each took (in seconds, by id), so that the longest shard is as short as may be."""
    times: dict[str, float] = {}
    for test_id, duration_s in durations.items():
        function = function_of(test_id)
        times[function] = times.get(function, 0.0) + max(duration_s, _LEAST_S)
    if of == 1 or not times:
        return Partition(of=of)
    low, high = max(*times.values(), sum(times.values()) / of), sum(times.values())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_bounds(times, middle)) < of else (middle, high)
    return Partition(of=of, bounds=_bounds(times, high))


def _bounds(times: Mapping[str, float], longest_s: float) -> tuple[str, ...]:
    """Fill one shard after the other, none beyond the longest time; the first function of each but the first."""
    bounds: list[str] = []
    filled_s = 0.0
    for function in sorted(times):
        if filled_s and filled_s + times[function] > longest_s:
            bounds.append(function)
            filled_s = 0.0
        filled_s += times[function]
    return tuple(bounds)

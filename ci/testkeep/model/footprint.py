"""Footprints: which lines of production code each test of a run executed.

Tests that call the same code execute the same lines of a file: each distinct set of lines is kept once, as the bits of
one number, in which thousands of tests are searched as fast as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property


def bits_of(lines: Iterable[int]) -> int:
    """Write line numbers as the bits of one number.

    >>> bits_of([1, 3])
    10
    """
    numbers = list(lines)
    found = bytearray(max(numbers, default=0) // 8 + 1)
    for number in numbers:
        found[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(found, "little")


def lines_in(bits: int) -> frozenset[int]:
    """Read the line numbers that ``bits_of`` wrote.

    >>> sorted(lines_in(10))
    [1, 3]
    """
    found = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    return frozenset(8 * at + bit for at, byte in enumerate(found) if byte for bit in range(8) if byte >> bit & 1)


@dataclass(frozen=True)
class Footprints:
    """What the tests of a run executed: by test id and path, the lines as bits.

    Paths are relative to the project's root, with forward slashes. A test that is not among ``tests`` is one of which
    nothing is known; one that executed no production code is there, without a path.
    """

    executed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Mapping[str, Mapping[str, Iterable[int]]]) -> Footprints:
        """Make footprints from line numbers."""
        return cls({test: {path: bits_of(found) for path, found in paths.items()} for test, paths in lines.items()})

    @property
    def tests(self) -> frozenset[str]:
        """The tests whose footprints are known."""
        return frozenset(self.executed)

    def lines_of(self, test: str) -> dict[str, frozenset[int]]:
        """The lines that a test executed, by path; nothing if it is not known."""
        return {path: lines_in(bits) for path, bits in self.executed.get(test, {}).items()}

    def tests_running(self, path: str, lines: Iterable[int]) -> dict[str, int]:
        """Find the tests that executed any of some lines of a file, and count how many of them each did."""
        wanted = bits_of(lines)
        counts = {bits: (bits & wanted).bit_count() for bits in self._tests_by_bits.get(path, {})}
        return {test: n for bits, n in counts.items() if n for test in self._tests_by_bits[path][bits]}

    @cached_property
    def _tests_by_bits(self) -> dict[str, dict[int, list[str]]]:
        found: dict[str, dict[int, list[str]]] = {}
        for test, paths in self.executed.items():
            for path, bits in paths.items():
                found.setdefault(path, {}).setdefault(bits, []).append(test)
        return found


def merged(parts: Iterable[Footprints]) -> Footprints:
    """Put the footprints of several processes or jobs together; what a test did in any of them, it did."""
    found: dict[str, dict[str, int]] = {}
    for part in parts:
        for test, paths in part.executed.items():
            known = found.setdefault(test, {})
            for path, bits in paths.items():
                known[path] = known[path] | bits if path in known else bits
    return Footprints(found)

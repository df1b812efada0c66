"""A place of the source that asserts something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct


class AssertionKind(StrEnum):
    """How a site asserts. Each is one letter: sites are written by the thousand."""

    PLAIN = "p"
    """An ``assert`` statement."""
    CALL = "c"
    """A call of a library's assertion: unittest's, a mock's, numpy's."""
    CONTEXT = "x"
    """A block that expects an exception or a warning."""
    SMOKE = "s"
    """A call in a test that asserts nothing: it guards by not raising."""
    VACUOUS = "v"
    """An ``assert`` that cannot be false."""
    ANYTHING = "a"
    """A block that would have taken any exception."""
    WATCHED = "w"
    """An assertion that runs only while somebody traces the test; never in a record, which does not know that."""


COUNTING = frozenset("pcx")
"""The kinds that can be false, and so say something if they hold."""


class AssertionSite(NamedTuple):
    """One statement that asserts: ``form`` digests what it says, ``function`` is the qualified name of what it is in.

    ``path`` is relative to the repository's root; empty where it is not known. ``raises`` are the names of the
    exceptions that it expects, each with those of its base classes.
    """

    kind: AssertionKind
    line: int
    form: str
    function: str
    path: str = ""
    raises: tuple[tuple[str, ...], ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it can be false, so that it says something if it holds."""
        return self.kind in COUNTING

    @property
    def text(self) -> str:
        """The site as it is written into marks and records, where its kind comes first."""
        place = "\t".join([self.function, self.path, *("<".join(names) for names in self.raises)])
        return f"{self.kind} {self.line} {self.form} {place}"

    @classmethod
    def of(cls, text: str) -> AssertionSite:
        """Read it again.

        >>> AssertionSite.of("p 12 0123456789abcdef TestCart.test_total\\ttests/test_cart.py").function
        'TestCart.test_total'
        """
        kind, line, form, place = text.split(" ", 3)
        function, path, *raises = place.split("\t")
        classes = tuple(tuple(names.split("<")) for names in raises)
        return cls(AssertionKind(kind), int(line), form, function, path, classes)


class SharedAssertions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a fixture of a wider scope asserted, as numbers of sites: it counts for every test that uses the fixture.

    ``base`` is the beginning of the ids of the tests that can use it: a folder, a file, or a class.
    """

    fixture: str
    base: str
    held: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()


class Statement(NamedTuple):
    """An assertion in one line. ``subject`` is what it compares with a value, and ``vague_of`` what it says hardly more
    of than that it is there; both in a normal form, and empty if there is none. ``functions`` have it, each once.
    ``if_watched``: it runs only where the test finds that somebody traces or measures it."""

    text: str
    subject: str = ""
    vague_of: str = ""
    functions: tuple[str, ...] = ()
    if_watched: bool = False


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements that assert, of files of both sides, by path and form."""

    base: Mapping[str, Mapping[str, Statement]] = field(default_factory=dict)
    head: Mapping[str, Mapping[str, Statement]] = field(default_factory=dict)

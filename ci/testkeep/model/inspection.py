"""What a closer look at lost and changed tests brought: they were run again, watched, and their sources read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from testkeep.model.asserted import Asserted
from testkeep.model.comparison import Candidate, NotCompared
from testkeep.model.production import Production
from testkeep.model.source import Check, FunctionSource
from testkeep.model.tests import RecordedTest

Checks = Mapping[str, tuple[Check, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A test that guards on both sides and is run again there, by its ids: it was edited, say, or went elsewhere."""

    base: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function, method or class of production code, and the file of the base that it is in."""

    path: str
    source: FunctionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a lost test is about, as far as its source says.

    ``subjects`` has for each of its checks the definition whose result it looks at; None where that is not plain.
    ``bound`` are the production names that it mentions and that are bound at the head, too; None if nobody knows.
    ``passes`` are parameters that it passes, or asks an object for, and that are nowhere in the head's production code.
    ``constants`` are names of production's modules and classes that it mentions, and that are nowhere there any more.
    ``kept`` are functions of changed files that it mentions, and that the head defines, too; ``alone`` are those that
    are bound there, and that no test file mentions any more.
    """

    subjects: tuple[Definition | None, ...] = ()
    bound: frozenset[str] | None = None
    passes: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset()
    kept: tuple[Definition, ...] = ()
    alone: tuple[Definition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """How a test of the head does what a lost one did: ``words`` of that are others.

    ``is_known`` if production code has these words instead, and ``is_renamed`` if the definitions that had the one name
    are those that have the other now.
    """

    words: tuple[tuple[str, str], ...]
    is_known: bool
    is_renamed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """All that is known of lost and changed tests beyond their records; mappings are by test id.

    ``base`` and ``head`` have the tests that were run again; ``*_asserted`` what they asserted in the runs that count,
    ``*_alone`` what they asserted when they were run again; ``*_checks`` what their sources assert; ``candidates`` are
    the tests of the head that are most like a lost one; ``rewordings`` are those that do what a lost one did but for
    words that production code changed as well, by their ids; ``mentions`` the names that occur in a lost test's
    function; ``topics`` is what lost tests are about;
    ``base_hiding`` are lost tests, and ``hiding`` tests of the head, that could swallow a failure or put a stub in the
    place of the code; ``twins`` has, by lost tests, the test of the base that was the same and still is what it was;
    ``not_found`` are tests that were to be inspected at the base and were not collected there; ``not_compared`` says
    what could not be looked into.
    """

    base: Mapping[str, RecordedTest] = field(default_factory=dict)
    head: Mapping[str, RecordedTest] = field(default_factory=dict)
    base_asserted: Mapping[str, Asserted] = field(default_factory=dict)
    head_asserted: Mapping[str, Asserted] = field(default_factory=dict)
    base_alone: Mapping[str, Asserted] = field(default_factory=dict)
    head_alone: Mapping[str, Asserted] = field(default_factory=dict)
    base_checks: Checks = field(default_factory=dict)
    head_checks: Checks = field(default_factory=dict)
    candidates: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    rewordings: Mapping[str, Mapping[str, Reworded]] = field(default_factory=dict)
    mentions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    base_hiding: frozenset[str] = frozenset()
    hiding: frozenset[str] = frozenset()
    twins: Mapping[str, str] = field(default_factory=dict)
    suspects: tuple[Suspect, ...] = ()
    production: Production = field(default_factory=Production)
    not_found: frozenset[str] = frozenset()
    not_compared: tuple[NotCompared, ...] = ()

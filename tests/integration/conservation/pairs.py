"""Pairs of a base and a head, and the verdicts that they must get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import Protocol

import pytest

from integration.conservation.edits import Edit
from repositories import Outcome
from testkeep.model.finding import Finding, Severity

CODES = {
    "skipped": "TK201",
    "xfailed": "TK202",
    "removed": "TK203",
    "deselected": "TK204",
    "not collected": "TK205",
}
XDIST = ("-p", "xdist", "-n", "2")
# Families of which the rows speak; findings of others (coverage, the shape of the suite) are no matter of theirs.
_FAMILIES = ("TK1", "TK2", "TK5")


@dataclass(frozen=True)
class Seen:
    """What a verdict says of the tests that guarded at the base, in a form that a row can foretell as a whole."""

    exit_code: int
    errors: frozenset[str]
    lost: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, frozenset[str]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()


def seen(run: Outcome) -> Seen:
    """Take from a run what rows foretell."""
    assert run.verdict is not None, run.output + run.errors
    fates = run.verdict.conservation
    assert len(fates.lost) == len({loss.test for loss in fates.lost}), "a test is listed twice"
    return Seen(
        exit_code=run.exit_code,
        errors=frozenset(finding.code for finding in concerning(run) if finding.severity is Severity.ERROR),
        lost={loss.test: loss.how for loss in fates.lost},
        moved={move.from_: move.to for move in fates.moved},
        replaced={entry.lost: frozenset(entry.by) for entry in fates.replaced},
        retired=frozenset(fates.retired),
        waived=frozenset(fates.waived),
    )


def concerning(run: Outcome, code: str = "", test: str = "") -> list[Finding]:
    """The findings that count, of a code, of a test. A finding may gather several tests that have one cause."""
    return [
        finding
        for finding in run.findings
        if finding.code.startswith(code or _FAMILIES) and not finding.waived
        if not test or test in finding.about
    ]


def says(run: Outcome, codes: frozenset[str] | set[str], fragment: str) -> bool:
    """Whether a finding with one of the codes says something, in its message or in its help."""
    found = [finding for finding in concerning(run) if finding.code in codes]
    return any(fragment in f"{finding.message}\n{finding.help}" for finding in found)


class Expected(Protocol):
    """What a row foretells."""

    def check(self, run: Outcome) -> None:
        """Fail if the run is not as foretold."""


@dataclass(frozen=True)
class Lost:
    """Exactly these tests are lost, all in one way; nothing else is wrong but ``also``."""

    how: str
    tests: tuple[str, ...]
    why: str = ""
    also: tuple[str, ...] = ()
    path: str = ""

    def check(self, run: Outcome) -> None:
        code = CODES[self.how]
        expected = Seen(1, frozenset({code, *self.also}), lost=dict.fromkeys(self.tests, self.how))
        assert seen(run) == expected, run.output
        for test in self.tests:
            assert concerning(run, code, test), f"{code} does not name {test}"
        assert says(run, {code}, self.why), run.output
        assert not self.path or self.path in [finding.path for finding in concerning(run, code)], run.output


class LostSome:
    """At least one of these tests is lost, or weakened: which one, and by which of the codes, is a matter of view."""

    def __init__(self, *tests: str, codes: tuple[str, ...]) -> None:
        self.tests, self.codes = tests, codes

    def check(self, run: Outcome) -> None:
        result = seen(run)
        assert run.exit_code == 1, run.output
        assert result.errors, run.output
        assert result.errors <= set(self.codes), run.output
        assert set(result.lost) <= set(self.tests), run.output
        assert any(concerning(run, code, test) for code in self.codes for test in self.tests), run.output


@dataclass(frozen=True)
class Invalid:
    """The run proves nothing: it is not compared, and the verdict is inconclusive for this reason."""

    code: str
    why: str = ""

    def check(self, run: Outcome) -> None:
        result = seen(run)
        assert (run.exit_code, result.lost, self.code in result.errors) == (4, {}, True), run.output
        assert says(run, {self.code}, self.why), run.output


@dataclass(frozen=True)
class Red:
    """The suite itself is red: a failure, not a loss."""

    code: str
    test: str

    def check(self, run: Outcome) -> None:
        assert (run.exit_code, bool(concerning(run, self.code, self.test))) == (1, True), run.output
        assert self.test not in seen(run).lost


@dataclass(frozen=True)
class Weakened:
    """These tests keep their ids and lose their strength; ``error`` where nothing of it is left."""

    tests: tuple[str, ...]
    error: bool = True
    why: str = ""
    codes: tuple[str, ...] = ("TK206",)

    def check(self, run: Outcome) -> None:
        for test in self.tests:
            found = [finding for code in self.codes for finding in concerning(run, code, test)]
            assert found, f"nothing said of {test}\n{run.output}"
            severe = any(finding.severity is Severity.ERROR for finding in found)
            assert severe or not self.error, run.output
            assert run.exit_code == int(severe), run.output
        assert seen(run).errors <= set(self.codes), run.output
        assert says(run, set(self.codes), self.why), run.output
        assert set(seen(run).lost) <= set(self.tests), run.output


@dataclass(frozen=True)
class Forged:
    """What was reported contradicts what happened: TK108 says what contradicts what."""

    why: str
    also: tuple[str, ...] = ()

    def check(self, run: Outcome) -> None:
        assert run.exit_code == 1, run.output
        assert {"TK108"} <= seen(run).errors <= {"TK108", *self.also}, run.output
        assert says(run, {"TK108"}, self.why), run.output


@dataclass(frozen=True)
class Passes:
    """Nothing is wrong. Tests that are not kept as they were are in the bucket that is given here.

    ``either`` maps lost tests to those that may stand in for them, as moved or as replaced: which one is a matter of
    words. ``warning`` is a code that must be there as a warning or a note. ``kept`` is checked where it is given.
    """

    moved: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, frozenset[str]] = field(default_factory=dict)
    either: Mapping[str, frozenset[str]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()
    warning: str = ""
    kept: int | None = None

    def check(self, run: Outcome) -> None:
        result = seen(run)
        found = {old: frozenset({new}) for old, new in result.moved.items()} | result.replaced
        standing_in = {old: new for old, new in found.items() if old in self.either}
        result = changed(
            result,
            moved={old: new for old, new in result.moved.items() if old not in self.either},
            replaced={old: new for old, new in result.replaced.items() if old not in self.either},
        )
        expected = Seen(
            0, frozenset(), moved=self.moved, replaced=self.replaced, retired=self.retired, waived=self.waived
        )
        assert result == expected, run.output
        assert standing_in.keys() == self.either.keys(), run.output
        assert all(new and new <= self.either[old] for old, new in standing_in.items()), standing_in
        assert not self.warning or concerning(run, self.warning), run.output
        assert self.kept in (None, run.verdict.conservation.kept)


@dataclass(frozen=True)
class Fails:
    """Exit code 1 with these errors and no others. ``lost`` are the lost tests, and how."""

    errors: frozenset[str]
    lost: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    def check(self, run: Outcome) -> None:
        assert seen(run) == Seen(1, self.errors, lost=self.lost), run.output
        assert says(run, self.errors, self.why), run.output


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A row of a table: from a base (the default project and edits of it) to a head, and the verdict."""

    id: str
    what: str
    head: tuple[Edit, ...]
    expected: Expected
    base: tuple[Edit, ...] = ()
    stages: tuple[str, ...] = ("unit",)
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    base_environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    date: str = ""
    xdist: bool = False


def pair(id_: str, what: str, expected: Expected, *head: Edit, **rest: object) -> Pair:
    """Build a row; the edits of the head come last, so that rows read from the claim to the change."""
    return Pair(id=id_, what=what, expected=expected, head=head, **rest)


def table(*pairs: Pair) -> pytest.MarkDecorator:
    """Run a test for every pair; for those marked ``xdist`` a second time with two workers."""
    parallel = [changed(one, id=f"{one.id} -n 2", arguments=(*one.arguments, *XDIST)) for one in pairs if one.xdist]
    every = [*pairs, *parallel]
    assert len({one.id for one in every}) == len(every), "an id is used twice"
    return pytest.mark.parametrize("pair", [pytest.param(one, id=f"{one.id} {one.what}") for one in every])

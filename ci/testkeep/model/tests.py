"""What is known of one test: what was collected, and what happened when it ran."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from testkeep.model.stage import Stage


class Outcome(StrEnum):
    """What one test did."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"


class Selection(StrEnum):
    """Whether a collected test was to be run in this job, and if not, who took it out."""

    SELECTED = "selected"
    DESELECTED = "deselected"
    """Taken out through pytest's own protocol: ``-k``, ``-m``, ``--deselect``, a plugin that says so."""
    DROPPED = "dropped"
    """Taken out of the list by a hook that told nobody."""
    LEFT_OUT = "left-out"
    """Left out by the policy: slow, diagnostic, or of a stage that is opt-in."""


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One collected test.

    ``path`` is relative to the repository's root and ``line`` counts from 1; ``marks`` are names, the closest first;
    ``params`` maps argument names to canonical values, which do not change from run to run; ``replaces`` are the ids
    that its ``replaces`` marks name.
    """

    id: str
    path: str
    line: int
    stage: Stage
    marks: tuple[str, ...] = ()
    params: dict[str, str] = {}
    fixtures: tuple[str, ...] = ()
    selection: Selection = Selection.SELECTED
    selected_by: str = ""
    replaces: tuple[str, ...] = ()


class Phase(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One phase of one test: ``setup``, ``call`` or ``teardown``.

    ``outcome`` is pytest's word; ``reason`` is why it was skipped or xfailed, or the first line of the failure;
    ``location`` is ``path:line`` of the skip or the failure; ``raised`` is the type of the exception that pytest saw,
    also where a hook changed the outcome afterwards.
    """

    when: str
    outcome: str
    duration_s: float = 0.0
    wasxfail: str | None = None
    reason: str = ""
    location: str = ""
    raised: str = ""

    @property
    def is_plain_pass(self) -> bool:
        """Whether the phase passed, and nothing more is to be said of it."""
        return self.outcome == "passed" and self.wasxfail is None and not self.raised

    @property
    def is_bad(self) -> bool:
        """Whether the phase neither passed nor was skipped."""
        return self.outcome not in ("passed", "skipped")


class Subtest(Struct, frozen=True, kw_only=True):
    """One subtest that ran inside a test."""

    description: str
    outcome: str


class Execution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened when a test ran: the phases of its last attempt, in order.

    ``started`` says whether the code object that the test's source defines was entered; None where that cannot be
    known (a doctest, say). ``held`` has the sites of the assertions that held, by their numbers in the suite, and how
    often each did; ``failed`` those that were executed and never held, although the test may have passed.
    ``footprint``, ``imported`` and ``replaced`` are there only if the test was inspected: the footprint has the lines
    of production code that it executed, by path relative to the repository's root, sorted (None: they are not known);
    ``imported`` those of functions that ran while its file was imported, ``replaced`` those in whose place the test
    put something else.
    """

    phases: tuple[Phase, ...]
    subtests: tuple[Subtest, ...] = ()
    reruns: int = 0
    started: bool | None = None
    worker: str = ""
    held: dict[int, int] = {}
    failed: tuple[int, ...] = ()
    footprint: dict[str, tuple[int, ...]] | None = None
    imported: dict[str, tuple[int, ...]] = {}
    replaced: dict[str, tuple[int, ...]] = {}

    def phase(self, when: str) -> Phase | None:
        """Find a phase by its name."""
        return next((phase for phase in self.phases if phase.when == when), None)

    @property
    def outcome(self) -> Outcome | None:
        """The test's outcome; None if its call phase never happened although nothing went wrong before.

        A phase with an outcome of which nothing is known (``rerun``, where the last attempt is missing) has failed.
        """
        # Nearly every test of a large suite takes this way, and is asked several times.
        if not self.subtests and len(self.phases) == 3 and all(phase.is_plain_pass for phase in self.phases):
            return Outcome.PASSED
        setup, call, teardown = (self.phase(when) for when in ("setup", "call", "teardown"))
        decisive = call or setup
        if decisive is None or (setup and setup.is_bad):
            return Outcome.ERROR
        if decisive.is_bad or any(subtest.outcome == "failed" for subtest in self.subtests):
            return Outcome.FAILED
        if teardown and teardown.is_bad:
            return Outcome.ERROR
        if decisive.outcome == "skipped":
            return Outcome.SKIPPED if decisive.wasxfail is None else Outcome.XFAILED
        if call is None:
            return None
        return Outcome.PASSED if call.wasxfail is None else Outcome.XPASSED

    @property
    def contradiction(self) -> str:
        """What contradicts a reported pass; empty if nothing does."""
        if self.started is not False and not any(phase.raised for phase in self.phases):
            return ""
        if self.outcome is not Outcome.PASSED:
            return ""
        forged = next((phase for phase in self.phases if phase.outcome == "passed" and phase.raised), None)
        if forged is not None:
            return f"its {forged.when} raised {forged.raised}"
        return "its own code did not start" if self.started is False else ""

    @property
    def decisive_phase(self) -> Phase | None:
        """The phase that made the outcome: the first that failed, else the first that did not pass, else the call."""
        bad = (phase for phase in self.phases if phase.is_bad)
        skipped = (phase for phase in self.phases if phase.outcome == "skipped")
        return next(bad, None) or next(skipped, None) or self.phase("call")


class RecordedTest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One collected test and what became of it; no execution means that it was not run."""

    item: Item
    execution: Execution | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What the test did; None if it was not run."""
        return self.execution.outcome if self.execution else None

    @property
    def decisive_phase(self) -> Phase | None:
        """The phase that made the outcome; None if the test was not run."""
        return self.execution.decisive_phase if self.execution else None

    @property
    def guards(self) -> bool:
        """Whether the test ran its assertions and they held."""
        execution = self.execution
        return execution is not None and execution.outcome is Outcome.PASSED and not execution.contradiction


def function_of(test_id: str) -> str:
    """A test's id without its parameters; a file's name may have brackets, too."""
    file, separator, names = test_id.partition("::")
    return f"{file}{separator}{names.partition('[')[0]}"


def names_of(test_id: str) -> tuple[str, ...]:
    """The names under which a test can be meant, from the inside out: its id, its function, its classes, its file.

    >>> names_of("t.py::TestA::test_b[1]")
    ('t.py::TestA::test_b[1]', 't.py::TestA::test_b', 't.py::TestA', 't.py')
    """
    function = function_of(test_id)
    parts = function.split("::")
    outer = ("::".join(parts[:number]) for number in range(len(parts) - 1, 0, -1))
    return tuple(dict.fromkeys((test_id, function, *outer)))

"""The journals of a job's processes, and the record or the remains that they make."""

from __future__ import annotations

from functools import partial

import msgspec
import pytest

import builders
from builders import a_test, not_run, phases, provenance
from testkeep.errors import EvidenceError
from testkeep.formats.journal import (
    Closed,
    Collected,
    Collector,
    Ended,
    Ignored,
    Imports,
    Line,
    Measuring,
    Opened,
    Shared,
    Sited,
    Started,
    Stopped,
    WorkerLost,
    assemble,
    decode,
    encode,
    unfinished,
)
from testkeep.model.assertion_site import SharedAssertions
from testkeep.model.evidence import EVIDENCE_SCHEMA, CollectorReport, Evidence, Job, Measurement, Suite, Unfinished
from testkeep.model.stage import Stage
from testkeep.model.tests import Execution, Outcome, Phase, RecordedTest

_JOB = Job(id="unit", stages=(Stage.UNIT,))
_A, _B, _C = "tests/test_a.py::test_a", "tests/test_a.py::test_b", "tests/test_a.py::test_c"
_OPENED = Opened(job=_JOB, provenance=provenance(), settings=builders.a_suite().settings, at=100.0)
# Nothing is said of assertions.
a_suite = partial(builders.a_suite, assertions="")
_CLOSED = Closed(exit_status=0, at=103.5)
_PASSED = Execution(phases=phases("passed"))
_MEASURED = Measurement(core="sysmon", branch=False, concurrency=("thread",), coverage="7.17.4")
_REPORT = CollectorReport(id="tests/test_x.py", outcome="skipped", reason="no redis")


def _collected(*ids: str, elsewhere: dict[Stage, tuple[str, ...]] | None = None) -> Collected:
    return Collected(items=tuple(not_run(id_).item for id_ in ids), elsewhere=elsewhere or {}, n_selected=len(ids))


def _ended(test_id: str, execution: Execution = _PASSED) -> Ended:
    return Ended(id=test_id, execution=execution)


_EVERY_KIND: list[Line] = [
    _OPENED,
    _collected(_A),
    Collector(report=_REPORT),
    Ignored(path="build"),
    Started(id=_A),
    _ended(_A),
    WorkerLost(worker="gw0", error="killed"),
    Imports(origins={"shop": ("src",)}),
    Measuring(measurement=_MEASURED),
    Sited(sites=("p 5 0123456789abcdef test_a\ttests/test_a.py",)),
    Shared(state="recorded", fixtures=(SharedAssertions(fixture="shop", base="tests", held=(0,), failed=(1,)),)),
    Stopped(cause="timeout"),
    _CLOSED,
]
_DATA = b"".join(map(encode, _EVERY_KIND))


# Lines ------------------------------------------------------------------------------------------------------------


def test_decode__what_encode_wrote__is_the_same() -> None:
    assert decode(_DATA) == _EVERY_KIND
    assert _DATA.count(b"\n") == len(_EVERY_KIND)


@pytest.mark.parametrize("data", [b"", b'{"type":"closed"', b"\x00\x00\x00", b"\xff\xfe"])
def test_decode__only_a_piece_of_a_line__is_nothing(data: bytes) -> None:
    assert decode(data) == []


def test_decode__cut_at_any_byte__has_the_lines_before_the_cut() -> None:
    """A crash leaves a line without its end; whatever has its end is there."""
    for length in range(len(_DATA)):
        data = _DATA[:length]
        assert decode(data) == _EVERY_KIND[: data.count(b"\n")]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b'{"type":"closed"\n', id="half a line"),
        pytest.param(b'{"type":"exploded"}\n', id="an unknown kind"),
        pytest.param(b'{"type":"started"}\n', id="a field is missing"),
        pytest.param(b'{"type":"started","id":"\xff"}\n', id="not UTF-8"),
        pytest.param(b'{"type":"started","id":"a","x":' + b"[" * 100_000 + b"\n", id="nested without end"),
        pytest.param(b"\x00\x00\x00\n", id="zeros"),
        pytest.param(b"\n", id="nothing"),
    ],
)
@pytest.mark.parametrize("after", [b"", encode(_CLOSED)], ids=["at the end", "in the middle"])
def test_decode__damaged_line__is_refused(damage: bytes, after: bytes) -> None:
    with pytest.raises(EvidenceError) as caught:
        decode(encode(_OPENED) + damage + after)
    assert caught.value.message.startswith("line 2 of the journal is damaged: ")


def test_encode__text_that_is_no_text__can_be_read_again() -> None:
    assert decode(encode(Started(id="tests/test_a.py::test_a[\udcff]"))) == [Started(id="tests/test_a.py::test_a[?]")]


# The record -------------------------------------------------------------------------------------------------------


def _record(suite: Suite) -> Evidence:
    return Evidence(
        schema=EVIDENCE_SCHEMA, job=_JOB, provenance=provenance(), started_at=100.0, duration_s=3.5, suite=suite
    )


def _ran(test_id: str, execution: Execution | None = _PASSED) -> RecordedTest:
    return RecordedTest(item=not_run(test_id).item, execution=execution)


def test_assemble__one_process__is_its_record() -> None:
    elsewhere = {Stage.E2E: (_C,)}
    lines: list[Line] = [
        _OPENED,
        Ignored(path="dist"),
        Ignored(path="build"),
        Collector(report=_REPORT),
        _collected(_A, _B, elsewhere=elsewhere),
        Started(id=_A),
        _ended(_A),
        Imports(origins={"shop": ("src",)}),
        _CLOSED,
    ]
    suite = a_suite(
        _ran(_A), not_run(_B), collectors=(_REPORT,), ignored=("build", "dist"), elsewhere=elsewhere, exit_status=0
    )
    assert assemble([lines]) == _record(_with_imports(suite, shop=("src",)))


def _with_imports(suite: Suite, **imports: tuple[str, ...]) -> Suite:
    return Suite(**{name: getattr(suite, name) for name in Suite.__struct_fields__} | {"imports": imports})


def test_assemble__main_and_workers__are_one_record() -> None:
    """The workers collect and run; what both of them saw is there once."""
    main: list[Line] = [_OPENED, Imports(origins={"shop": ("src",), "conf": (".",)}), _CLOSED]
    first: list[Line] = [
        Ignored(path="build"),
        Collector(report=_REPORT),
        _collected(_A, _B),
        Started(id=_A),
        _ended(_A),
        Imports(origins={"shop": ("lib",)}),
        _CLOSED,
    ]
    second: list[Line] = [Ignored(path="build"), Collector(report=_REPORT), Started(id=_B), _ended(_B), _CLOSED]
    suite = a_suite(_ran(_A), _ran(_B), collectors=(_REPORT,), ignored=("build",))
    assert assemble([main, first, second]) == _record(_with_imports(suite, conf=(".",), shop=("lib", "src")))


def test_assemble__workers_took_footprints_differently__says_both_once() -> None:
    ways = ["", "harvest", "contexts: others use the tool ids", "harvest"]
    main, *workers = ([Imports(origins={}, footprints=way)] for way in ways)

    suite = assemble([[_OPENED, *main, _CLOSED], *workers]).suite

    assert suite is not None
    assert suite.footprints == "contexts: others use the tool ids and harvest"


def test_assemble__killed_worker__fails_the_test_that_it_ran() -> None:
    main: list[Line] = [_OPENED, WorkerLost(worker="gw1", error="Not properly terminated"), _CLOSED]
    first: list[Line] = [_collected(_A, _B, _C), Started(id=_C), _ended(_C), _CLOSED]
    killed: list[Line] = [Started(id=_A), _ended(_A), Started(id=_B)]
    died = Phase(when="call", outcome="failed", reason="the worker process died while the test ran")
    suite = a_suite(
        _ran(_A),
        _ran(_B, Execution(phases=(died,))),
        _ran(_C),
        lost_workers=("gw1: Not properly terminated",),
        exit_status=0,
    )
    record = assemble([main, first, killed])
    assert record == _record(suite)
    assert record.suite is not None
    assert [test.outcome for test in record.suite.tests] == [Outcome.PASSED, Outcome.FAILED, Outcome.PASSED]


def test_assemble__test_that_another_worker_ran_to_its_end__is_not_failed() -> None:
    killed: list[Line] = [_collected(_A), Started(id=_A)]
    second: list[Line] = [Started(id=_A), _ended(_A), _CLOSED]
    assert assemble([[_OPENED, _CLOSED], killed, second]) == _record(a_suite(_ran(_A)))


def test_assemble__test_without_an_end_in_a_finished_worker__was_not_run() -> None:
    """A hook swallowed the test: it neither passed nor failed."""
    worker: list[Line] = [_collected(_A), Started(id=_A), _CLOSED]
    assert assemble([[_OPENED, _CLOSED], worker]) == _record(a_suite(not_run(_A), exit_status=0))


def test_assemble__nothing_collected__is_an_empty_suite() -> None:
    assert assemble([[_OPENED, Closed(exit_status=5, at=103.5)]]) == _record(a_suite())


def test_assemble__clock_that_was_set_back__gives_no_negative_duration() -> None:
    assert assemble([[_OPENED, Closed(exit_status=0, at=99.0)]]).duration_s == 0.0


@pytest.mark.parametrize(
    "journals",
    [
        pytest.param([], id="no journals"),
        pytest.param([[]], id="an empty journal"),
        pytest.param([[_OPENED, _collected(_A)]], id="no finish marker"),
        pytest.param([[_CLOSED]], id="no beginning"),
        pytest.param([[_OPENED], [_CLOSED]], id="only a worker's finish marker"),
        pytest.param([[], [_OPENED, _CLOSED]], id="only a worker's journal"),
    ],
)
def test_assemble__incomplete_main_journal__is_refused(journals: list[list[Line]]) -> None:
    with pytest.raises(EvidenceError) as caught:
        assemble(journals)
    assert caught.value.message == "the job has no finish marker"


# The remains ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("journals", "expected"),
    [
        pytest.param(
            [[_OPENED, _collected(_A, _B, _C), Started(id=_A), _ended(_A), Started(id=_B)]],
            Unfinished(job=_JOB, cause="", n_collected=3, n_run=1, running=(_B,)),
            id="killed during a test",
        ),
        pytest.param(
            [
                [_OPENED],
                [_collected(_A, _B, _C), Started(id=_A)],
                [Started(id=_B), _ended(_B), Started(id=_C)],
                [Stopped(cause="signal 9"), Stopped(cause="cut off by --fail-fast")],
            ],
            Unfinished(job=_JOB, cause="signal 9 and cut off by --fail-fast", n_collected=3, n_run=1, running=(_A, _C)),
            id="killed with two workers",
        ),
        pytest.param(
            [[_OPENED]], Unfinished(job=_JOB, cause="", n_collected=0, n_run=0, running=()), id="before collection"
        ),
        pytest.param(
            [[], [Stopped(cause="it took longer than 1s")]],
            Unfinished(
                job=Job(id="unit", stages=()), cause="it took longer than 1s", n_collected=0, n_run=0, running=()
            ),
            id="before the first line",
        ),
    ],
)
def test_unfinished__table(journals: list[list[Line]], expected: Unfinished) -> None:
    assert unfinished("unit", journals) == expected


def test_assemble__forged_start__is_kept() -> None:
    execution = a_test(started=False).execution
    assert execution is not None
    record = assemble([[_OPENED, _collected(_A), Started(id=_A), _ended(_A, execution), _CLOSED]])
    assert record == _record(a_suite(_ran(_A, execution)))


def test_assemble__processes_that_measured_alike__have_one_measurement() -> None:
    other = msgspec.structs.replace(_MEASURED, core="ctrace")
    workers = [[Measuring(measurement=_MEASURED)], [Measuring(measurement=_MEASURED)], [Measuring(measurement=other)]]
    suite = assemble([[_OPENED, _CLOSED], *workers]).suite
    assert suite is not None
    assert suite.measurements == (_MEASURED, other)


def _asserted(test_id: str, held: dict[int, int], *failed: int) -> Ended:
    return _ended(test_id, msgspec.structs.replace(_PASSED, held=held, failed=failed))


def _shared(*held: int, failed: tuple[int, ...] = ()) -> SharedAssertions:
    return SharedAssertions(fixture="shop", base="tests", held=held, failed=failed)


def _suite_of(*journals: list[Line]) -> Suite:
    suite = assemble(journals).suite
    assert suite is not None
    return suite


def _what_held(suite: Suite) -> dict[str, tuple[dict[str, int], list[str]]]:
    """What each test asserted, by the sites' texts."""
    return {
        test.item.id: (
            {suite.sites[number]: times for number, times in test.execution.held.items()},
            [suite.sites[number] for number in test.execution.failed],
        )
        for test in suite.tests
        if test.execution is not None
    }


def test_assemble__sites_of_one_process__are_numbered_on_from_line_to_line() -> None:
    lines = [
        _OPENED, _collected(_A, _B),
        Sited(sites=("one", "two")), _asserted(_A, {0: 2, 1: 1}),
        Sited(sites=("three",)), _asserted(_B, {2: 1}, 0),
        Shared(state="recorded", fixtures=(_shared(1),)), _CLOSED,
    ]  # fmt: skip
    suite = _suite_of(lines)
    assert (suite.assertions, suite.sites, suite.shared) == ("recorded", ("one", "two", "three"), (_shared(1),))
    assert _what_held(suite) == {_A: ({"one": 2, "two": 1}, []), _B: ({"three": 1}, ["one"])}


def test_assemble__sites_of_several_processes__have_one_number_each() -> None:
    main = [_OPENED, _collected(_A, _B), _CLOSED]
    first = [Sited(sites=("one", "two")), _asserted(_A, {0: 1, 1: 3}), Shared(state="recorded"), _CLOSED]
    second = [
        Sited(sites=("two", "three")), _asserted(_B, {0: 1}, 1),
        Shared(state="recorded", fixtures=(_shared(0, failed=(1,)),)), _CLOSED,
    ]  # fmt: skip
    suite = _suite_of(main, first, second)
    assert (suite.assertions, suite.sites) == ("recorded", ("one", "two", "three"))
    assert suite.shared == (_shared(1, failed=(2,)),)
    assert _what_held(suite) == {_A: ({"one": 1, "two": 3}, []), _B: ({"two": 1}, ["three"])}


def test_assemble__two_workers_set_the_same_fixture_up__both_are_kept() -> None:
    workers = [[Sited(sites=(name,)), Shared(state="recorded", fixtures=(_shared(0),)), _CLOSED] for name in "ab"]
    suite = _suite_of([_OPENED, _collected(_A), _CLOSED], *workers)
    assert (suite.sites, suite.shared) == (("a", "b"), (_shared(0), _shared(1)))


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param([], "", id="missing evidence: an older recorder"),
        pytest.param(["recorded", "recorded"], "recorded", id="all"),
        pytest.param(["recorded", "pytest 99"], "pytest 99 and recorded", id="one process could not"),
    ],
)
def test_assemble__states_of_the_processes__table(states: list[str], expected: str) -> None:
    workers: list[list[Line]] = [[Shared(state=state), _CLOSED] for state in states]
    assert _suite_of([_OPENED, _collected(_A), _CLOSED], *workers).assertions == expected


def test_assemble__test_that_was_run_again__counts_as_it_ended_last() -> None:
    lines = [_OPENED, _collected(_A), Sited(sites=("one", "two")), _asserted(_A, {}, 0), _asserted(_A, {1: 1}), _CLOSED]
    assert _what_held(_suite_of(lines)) == {_A: ({"two": 1}, [])}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(_asserted(_A, {1: 1}), id="held"),
        pytest.param(_asserted(_A, {}, 1), id="failed"),
        pytest.param(_asserted(_A, {-1: 1}), id="below zero"),
        pytest.param(Shared(state="recorded", fixtures=(_shared(1),)), id="a fixture's"),
    ],
)
def test_assemble__number_that_no_site_has__is_refused(line: Line) -> None:
    with pytest.raises(EvidenceError, match="site"):
        assemble([[_OPENED, _collected(_A), Sited(sites=("one",)), line, _CLOSED]])

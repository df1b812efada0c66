"""TK511: a stage failed beside others, and passes alone."""

from __future__ import annotations

import msgspec
import pytest

from builders import (
    A_TEST,
    a_record,
    a_static_record,
    a_suite,
    a_test,
    a_waiver,
    cut_off,
    findings_of,
    not_run,
    the_facts,
)
from testkeep.model.evidence import CollectorReport, Evidence, FirstTry, Unfinished
from testkeep.model.finding import Severity
from testkeep.model.stage import Stage
from testkeep.model.tests import RecordedTest, Selection
from testkeep.rules.neighbours import disturbed, join

_UNIT, _OTHER = Stage.UNIT, Stage.INTEGRATION
_REFUSED = 'psycopg.OperationalError: connection to server at "localhost", port 5432 failed: Connection refused'
_IN_USE = "OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 5001): address already in use"
_FIRST = FirstTry(beside=(_OTHER,), tests=(A_TEST,))


def _again(*tests: RecordedTest, first: FirstTry = _FIRST) -> Evidence:
    return msgspec.structs.replace(a_record(*tests), first_try=first)


def _uncollected(reason: str, job: str = "unit") -> Evidence:
    report = CollectorReport(id="tests/test_x.py", outcome="failed", reason=reason)
    return a_record(suite=a_suite(collectors=(report,)), job=job)


@pytest.mark.parametrize(
    ("record", "what"),
    [
        pytest.param(a_record(a_test()), None, id="passing: never failed"),
        pytest.param(_again(a_test()), "1 test failed", id="failing"),
        pytest.param(
            _again(a_test(), first=FirstTry(beside=(_OTHER,), tests=(A_TEST, "b"))), "2 tests failed", id="failing: two"
        ),
        pytest.param(
            _again(a_test(), first=FirstTry(beside=(_OTHER,), cause="its process was ended by signal 9")),
            "its process was ended by signal 9",
            id="failing: broke off",
        ),
        pytest.param(
            _again(a_test(), first=FirstTry(beside=(_OTHER,))),
            "pytest reported failure",
            id="failing: by its exit code",
        ),
        pytest.param(_again(a_test(did="skipped")), "1 test failed", id="boundary: skipped alone"),
        pytest.param(_again(a_test(did="failed")), None, id="boundary: fails alone, too"),
        pytest.param(_again(a_test(did="error in teardown")), None, id="boundary: error alone"),
        pytest.param(
            msgspec.structs.replace(a_record(suite=a_suite(a_test(), exit_status=3)), first_try=_FIRST),
            None,
            id="boundary: breaks off alone, too",
        ),
    ],
)
def test_tk511__table(record: Evidence, what: str | None) -> None:
    found = findings_of("TK511", the_facts(record))

    expected = [f"stage unit failed beside integration, and passes alone: {what}"] if what else []
    assert [finding.message for finding in found] == expected
    assert all(finding.severity is Severity.WARNING for finding in found)


def test_tk511__missing_evidence__says_nothing() -> None:
    assert findings_of("TK511", the_facts(unfinished=(cut_off(),))) == ()


def test_tk511__names_the_tests_the_setting_and_the_log() -> None:
    first = FirstTry(beside=(_OTHER, Stage.MIGRATION), tests=(A_TEST, "tests/unit/test_cart.py::b"))

    (finding,) = findings_of("TK511", the_facts(_again(a_test(), first=first)))

    assert finding.about == first.tests
    assert finding.message.startswith("stage unit failed beside integration and migration, and passes alone")
    assert 'suites.alone = ["unit"]' in finding.help
    assert "unit.first.log" in finding.help


def test_tk511__waived__is_marked() -> None:
    (finding,) = findings_of("TK511", the_facts(_again(a_test())), a_waiver(rule="TK511"))

    assert finding.waived


@pytest.mark.parametrize(
    ("left", "neighbour", "first"),
    [
        pytest.param(a_record(a_test()), a_record(a_test(), job="integration"), None, id="passed"),
        pytest.param(
            a_record(a_test(did="failed"), a_test("b")),
            a_record(a_test(), job="integration"),
            _FIRST,
            id="a test failed",
        ),
        pytest.param(
            a_record(a_test(did="failed")),
            a_record(a_test("b", "failed"), job="integration"),
            _FIRST,
            id="a test failed in both",
        ),
        pytest.param(
            a_record(a_test(did="error in teardown")), a_record(a_test(), job="integration"), _FIRST, id="teardown"
        ),
        pytest.param(
            a_record(suite=a_suite(a_test(), exit_status=1)),
            a_record(a_test(), job="integration"),
            FirstTry(beside=(_OTHER,)),
            id="pytest reports failure",
        ),
        pytest.param(
            a_record(suite=a_suite(a_test(), exit_status=3)),
            a_record(a_test(), job="integration"),
            FirstTry(beside=(_OTHER,), cause="pytest ended with exit code 3"),
            id="broke off",
        ),
        pytest.param(
            cut_off(cause="it took longer than 1m, the policy's timeout", n_collected=3, n_run=1, running=(A_TEST,)),
            a_record(a_test(), job="integration"),
            FirstTry(beside=(_OTHER,), tests=(A_TEST,), cause="it took longer than 1m, the policy's timeout"),
            id="timeout",
        ),
        pytest.param(
            cut_off(),
            a_record(a_test(), job="integration"),
            FirstTry(beside=(_OTHER,), cause="it did not finish"),
            id="nothing known",
        ),
        pytest.param(
            _uncollected("OSError: database is locked"),
            a_record(a_test(), job="integration"),
            FirstTry(beside=(_OTHER,), cause="tests/test_x.py could not be collected: OSError: database is locked"),
            id="not collected here alone",
        ),
        pytest.param(
            _uncollected("SyntaxError: a"),
            _uncollected("SyntaxError: a", "integration"),
            None,
            id="not collected in all",
        ),
        pytest.param(
            cut_off(cause="its process ended with exit code 4"),
            cut_off("integration", cause="its process ended with exit code 4"),
            None,
            id="did not begin in all",
        ),
        pytest.param(
            a_record(a_test(did="error", why=_REFUSED), a_test("b", "error", why=_REFUSED)),
            a_record(a_test(), job="integration"),
            None,
            id="a service is missing",
        ),
        pytest.param(
            a_record(a_test(did="error", why=_IN_USE), a_test("b", "error", why=_IN_USE)),
            a_record(a_test(), job="integration"),
            FirstTry(beside=(_OTHER,), tests=(A_TEST, "b")),
            id="a port is taken for all",
        ),
        pytest.param(
            a_record(suite=a_suite(a_test(did="failed"), optimize=1)),
            a_record(a_test(), job="integration"),
            None,
            id="not a valid run",
        ),
        pytest.param(
            a_record(a_test(did="failed")), a_record(job="integration"), None, id="the neighbour has no tests"
        ),
        pytest.param(
            a_record(a_test(did="failed")),
            a_record(not_run(how=Selection.DESELECTED), job="integration"),
            None,
            id="the neighbour ran no test",
        ),
        pytest.param(
            a_record(a_test(did="failed")),
            a_static_record(job="integration", idle="no tests"),
            None,
            id="the neighbour is idle",
        ),
    ],
)
def test_disturbed__table(
    left: Evidence | Unfinished, neighbour: Evidence | Unfinished, first: FirstTry | None
) -> None:
    found = disturbed({_UNIT: left, _OTHER: neighbour}, {_UNIT: {_OTHER}, _OTHER: set()}, ())

    assert found == ({_UNIT: first} if first else {})


def test_disturbed__ran_beside_none__is_its_own_fault() -> None:
    found = {_UNIT: a_record(a_test(did="failed")), _OTHER: a_record(a_test(), job="integration")}

    assert disturbed(found, {_UNIT: set(), _OTHER: set()}, ()) == {}


@pytest.mark.parametrize(
    ("excused", "runs_again"),
    [
        pytest.param({A_TEST, "b"}, False, id="all failures"),
        pytest.param({A_TEST}, True, id="one of two"),
        pytest.param({"c"}, True, id="another test"),
    ],
)
def test_disturbed__failures_are_excused__does_not_run_again(excused: set[str], runs_again: bool) -> None:
    red = a_record(a_test(did="failed"), a_test("b", "failed"))

    found = disturbed({_UNIT: red, _OTHER: a_record(a_test(), job="integration")}, {_UNIT: {_OTHER}}, excused)

    assert bool(found) == runs_again


@pytest.mark.parametrize(
    ("stages", "text"),
    [
        pytest.param((Stage.UNIT,), "unit", id="one"),
        pytest.param((Stage.UNIT, Stage.E2E), "unit and e2e", id="two"),
        pytest.param((Stage.UNIT, Stage.MIGRATION, Stage.E2E), "unit, migration and e2e", id="three"),
    ],
)
def test_join__stages__are_named_as_in_a_sentence(stages: tuple[Stage, ...], text: str) -> None:
    assert join(stages) == text

"""TK510: no test of a stage gets past its setup, for one reason."""

from __future__ import annotations

import pytest

from builders import a_record, a_test, a_waiver, findings_of, the_facts
from testkeep.model.stage import Stage
from testkeep.model.tests import RecordedTest
from testkeep.rules.services import outages

_REFUSED = 'psycopg.OperationalError: connection to server at "localhost" (127.0.0.1), port 5432 failed'


def _error(name: str, why: str = _REFUSED, stage: Stage = Stage.INTEGRATION) -> RecordedTest:
    return a_test(f"tests/test_a.py::{name}", did="error", why=why, stage=stage)


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        pytest.param([], "", id="missing evidence"),
        pytest.param([a_test(), a_test("tests/test_a.py::b")], "", id="passing"),
        pytest.param([_error("a")], "", id="boundary: one test alone"),
        pytest.param([_error("a"), a_test(stage=Stage.INTEGRATION)], "", id="boundary: one test got further"),
        pytest.param([_error("a"), _error("b", "KeyError: 'x'")], "", id="boundary: two reasons"),
        pytest.param(
            [_error("a"), _error("b"), a_test()],
            f"2 tests of stage integration could not connect to localhost:5432: {_REFUSED}",
            id="failing",
        ),
        pytest.param(
            [_error("a", "at 0x7f01"), _error("b", "at 0x7f02")],
            "all 2 tests of stage integration fail in setup for one reason: at 0x…",
            id="failing: addresses differ",
        ),
    ],
)
def test_tk510__table(tests: list[RecordedTest], message: str) -> None:
    facts = the_facts(a_record(*tests, stages=(Stage.UNIT, Stage.INTEGRATION)))

    assert [finding.message for finding in findings_of("TK510", facts)] == ([message] if message else [])
    n_errors = sum(test.outcome == "error" for test in tests)
    assert len(findings_of("TK102", facts)) == (0 if message else n_errors)


def test_tk510__waiver__does_not_make_it_a_pass() -> None:
    facts = the_facts(a_record(_error("a"), _error("b")))

    (finding,) = findings_of("TK510", facts, a_waiver("tests/test_a.py::a", rule="TK510"))

    assert not finding.waived


@pytest.mark.parametrize(
    ("reason", "place"),
    [
        pytest.param(_REFUSED, "localhost:5432", id="psycopg"),
        pytest.param("Error 111 connecting to localhost:6379. Connection refused.", "localhost:6379", id="redis"),
        pytest.param("[Errno 111] Connect call failed ('127.0.0.1', 5672)", "127.0.0.1:5672", id="asyncio"),
        pytest.param("(2003, \"Can't connect to MySQL server on 'db'\")", "", id="no port"),
        pytest.param("ConnectError: http://es.test:9200/", "es.test:9200", id="a URL"),
    ],
)
def test_outages__place__is_read_from_the_reason(reason: str, place: str) -> None:
    (outage,) = outages([_error("a", reason), _error("b", reason)])

    assert outage.place == place


@pytest.mark.parametrize(
    ("reason", "is_refused"),
    [
        pytest.param(f"{_REFUSED}: Connection refused", True, id="psycopg"),
        pytest.param("Error 111 connecting to localhost:6379. Connection refused.", True, id="redis"),
        pytest.param("[Errno 111] Connect call failed ('127.0.0.1', 5672)", True, id="asyncio"),
        pytest.param(f"{_REFUSED}: FATAL: sorry, too many clients already", False, id="somebody answers"),
        pytest.param("OSError: [Errno 98] bind on ('127.0.0.1', 5001): address in use", False, id="somebody listens"),
        pytest.param("ValueError: refused", False, id="no place"),
    ],
)
def test_outages__connection_is_refused__only_where_nobody_listens(reason: str, is_refused: bool) -> None:
    (outage,) = outages([_error("a", reason), _error("b", reason)])

    assert outage.is_refused is is_refused

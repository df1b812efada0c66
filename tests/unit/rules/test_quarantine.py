"""Tests whose failure is excused for a time."""

from __future__ import annotations

import datetime

import pytest

from builders import TODAY, a_baseline, a_record, a_test, a_waiver, findings_of, the_facts
from testkeep.model.policy import Waiver
from testkeep.rules.quarantine import quarantine_notes

_LATER, _PAST = TODAY + datetime.timedelta(days=1), TODAY - datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("waivers", "notes"),
    [
        pytest.param((), [], id="none"),
        pytest.param(
            (a_waiver("t.py::a", "TK101"),), [f"1 test in quarantine: t.py::a (until {TODAY}, billing)"], id="one"
        ),
        pytest.param(
            (
                a_waiver("t.py::a", "TK101", expires=_LATER),
                a_waiver("t.py::b", "TK101"),
                a_waiver("t.py::c", "TK101", expires=_LATER),
            ),
            [f"3 tests in quarantine: t.py::b (until {TODAY}, billing); t.py::a, t.py::c (until {_LATER}, billing)"],
            id="several, by their last day",
        ),
        pytest.param((a_waiver("t.py::a", "TK101", expires=_PAST),), [], id="boundary: expired"),
        pytest.param((a_waiver("t.py::a", "TK201"),), [], id="boundary: another rule"),
    ],
)
def test_quarantine_notes__table(waivers: tuple[Waiver, ...], notes: list[str]) -> None:
    assert list(quarantine_notes(waivers, TODAY)) == notes


@pytest.mark.parametrize(
    ("did", "expires", "codes"),
    [
        pytest.param("passed", TODAY, [], id="it passes this time"),
        pytest.param("failed", TODAY, [], id="it fails"),
        pytest.param("passed", _PAST, ["TK505"], id="it passes, and the quarantine is over"),
        pytest.param("failed", _PAST, ["TK504"], id="it fails, and the quarantine is over"),
    ],
)
def test_tk504_and_tk505__test_in_quarantine__is_left_alone_until_its_last_day(
    did: str, expires: datetime.date, codes: list[str]
) -> None:
    waiver = a_waiver(rule="TK101", expires=expires)
    facts = the_facts(a_record(a_test(did=did)), baseline=a_baseline(a_record(a_test())))

    assert [finding.code for code in ("TK504", "TK505") for finding in findings_of(code, facts, waiver)] == codes

"""What lost tests ran, and whether it is still run."""

from __future__ import annotations

import msgspec
import pytest

from builders import A_TEST, a_test
from inspections import a_history, inspected, lines_of
from testkeep.model.production import Lines, Production, shown
from testkeep.model.tests import RecordedTest
from testkeep.rules.covering import deleted, footprint, is_left_uncovered, missed, reach, unguarded, watched

OTHER = "tests/unit/test_cart.py::test_other"
_SEEN = inspected(A_TEST, "app.py:2")
_OLD = msgspec.structs.replace(_SEEN, execution=msgspec.structs.replace(_SEEN.execution, footprint=None))


@pytest.mark.parametrize(
    ("seen", "is_watched"),
    [
        pytest.param(_SEEN, True, id="guards"),
        pytest.param(inspected(asserted=0), True, id="boundary: guards, asserts and runs nothing"),
        pytest.param(inspected(A_TEST, "app.py:2", did="failed"), False, id="failed on the way"),
        pytest.param(inspected(A_TEST, "app.py:2", did="skipped"), False, id="skipped"),
        pytest.param(a_test(), False, id="recorded, and not inspected"),
        pytest.param(_OLD, False, id="missing evidence: somebody else traced"),
        pytest.param(msgspec.structs.replace(_SEEN, execution=None), False, id="not run"),
        pytest.param(inspected(OTHER), False, id="another test"),
    ],
)
def test_watched__table(seen: RecordedTest, is_watched: bool) -> None:
    assert watched({seen.item.id: seen}, A_TEST) == (seen if is_watched else None)


def test_footprint__several_tests__is_what_they_ran_together() -> None:
    tests = inspected(A_TEST, "app.py:2-3"), inspected(OTHER, "app.py:3-4", "tax.py:1"), a_test()
    assert footprint(tests) == lines_of("app.py:2-4", "tax.py:1")


_RAN = lines_of("app.py:1-4")
_HISTORY = a_history(kept={1: "app.py:1", 2: "new.py:7"}, changed={3: "app.py:10-12"})


@pytest.mark.parametrize(
    ("by", "places"),
    [
        pytest.param({}, ("app.py:1", "new.py:7", "app.py:10-12"), id="nothing is run: all but the deleted line"),
        pytest.param(lines_of("app.py:1", "new.py:7", "app.py:11"), (), id="all is run"),
        pytest.param(lines_of("app.py:1-4"), ("new.py:7", "app.py:10-12"), id="lines of the base do not count"),
        pytest.param(lines_of("new.py:7"), ("app.py:1", "app.py:10-12"), id="one is run"),
    ],
)
def test_missed__table(by: Lines, places: tuple[str, ...]) -> None:
    assert shown(missed(Production(histories={"app.py": _HISTORY}), _RAN, by)) == places


@pytest.mark.parametrize(
    ("by", "covered", "others", "gaps"),
    [
        pytest.param("app.py:2-3", None, None, (), id="the replacement runs all of it, whatever else is known"),
        pytest.param("app.py:2", "app.py:2-3", "app.py:2-3", (), id="others ran it, and it is covered"),
        pytest.param("app.py:2", "app.py:2-3", "app.py:2", ("app.py:3",), id="only the lost test ran it"),
        pytest.param("app.py:2", "app.py:2", "app.py:2-3", ("app.py:3",), id="others ran it, and do not any more"),
        pytest.param("app.py:2", "app.py:2-3", None, ("app.py:3",), id="missing evidence: what others ran"),
        pytest.param("app.py:2", None, "app.py:2-3", ("app.py:3",), id="missing evidence: what is covered"),
    ],
)
def test_unguarded__table(by: str, covered: str | None, others: str | None, gaps: tuple[str, ...]) -> None:
    production = Production(
        covered=None if covered is None else lines_of(covered), others=None if others is None else lines_of(others)
    )
    assert shown(unguarded(production, lines_of("app.py:2-3"), lines_of(by))) == gaps


def test_unguarded__changed_function__is_one_gap() -> None:
    history = a_history(changed={2: "app.py:2-4", 3: "app.py:2-4"})
    production = Production(histories={"app.py": history}, covered={}, others={})
    assert shown(unguarded(production, lines_of("app.py:2-3"), {})) == ("app.py:2-4",)


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        pytest.param("app.py:1", False, id="all that is left is covered"),
        pytest.param("app.py:2", True, id="it is not"),
        pytest.param(None, True, id="missing evidence"),
    ],
)
def test_is_left_uncovered__table(covered: str | None, expected: bool) -> None:
    production = Production(
        histories={"app.py": a_history(kept={1: "app.py:1"})}, covered=None if covered is None else lines_of(covered)
    )
    assert is_left_uncovered(production, lines_of("app.py:1-2")) is expected


def test_is_left_uncovered__everything_is_deleted__needs_no_evidence() -> None:
    assert not is_left_uncovered(Production(histories={"app.py": a_history()}), _RAN)


def test_deleted__lines_without_a_fate__are_places_of_the_base() -> None:
    assert shown(deleted(Production(histories={"app.py": _HISTORY}), _RAN)) == ("app.py:4",)


def test_reach__what_ran_while_the_file_was_imported__counts_for_those_that_stand_in() -> None:
    test = inspected("t.py::test_a", "app.py:2")
    assert test.execution is not None
    execution = msgspec.structs.replace(test.execution, imported={"app.py": (3,), "more.py": (1,)})
    test = msgspec.structs.replace(test, execution=execution)
    assert reach([test]) == lines_of("app.py:2", "app.py:3", "more.py:1")
    assert footprint([test]) == lines_of("app.py:2")

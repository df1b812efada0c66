"""Tests that went with the code that they tested, and tests that only look as if they had."""

from __future__ import annotations

import msgspec
import pytest

from builders import A_TEST, a_test
from inspections import a_history, a_loss, an_inspection, inspected, lines_of
from testkeep.model.comparison import Loss, Retirement
from testkeep.model.inspection import Definition, Topic
from testkeep.model.production import FileHistory, Lines, Production
from testkeep.model.source import FunctionSource
from testkeep.model.tests import RecordedTest
from testkeep.rules.retirement import retire

_ALL_KEPT = {line: f"app.py:{line}" for line in range(1, 11)}
_CLASS = FunctionSource(name="Cart", line=1, end=10)
_TOTAL = FunctionSource(name="Cart.total", line=4, start=5, end=6, body="total")


def a_production(
    history: FileHistory | None = None,
    *,
    covered: str | None = "app.py:1-10",
    others: str | None = "",
    gone: tuple[FunctionSource, ...] = (),
    files: tuple[str, ...] = (),
) -> Production:
    """Build what became of app.py: nothing is known of it where there is no history."""
    return Production(
        histories={"app.py": history} if history else {},
        covered=_lines(covered),
        others=_lines(others),
        gone={"app.py": gone} if gone else {},
        gone_files=files,
    )


def _lines(places: str | None) -> Lines | None:
    return None if places is None else lines_of(*places.split())


def why(
    production: Production,
    seen: RecordedTest | None = None,
    *,
    names: str = "",
    how: Loss = Loss.REMOVED,
    params: dict[str, str] | None = None,
) -> str:
    """Why a lost test that ran lines 5 and 6 is retired; empty if it is not."""
    loss = a_loss(how=how, base=a_test(params=params))
    inspection = an_inspection(
        base=[seen or inspected(A_TEST, "app.py:5-6")],
        mentions={A_TEST: frozenset(names.split())},
        production=production,
    )
    found = list(retire(inspection, (loss,)))
    assert [one.test for one in found] in ([], [A_TEST])
    return found[0].why if found else ""


_WITHOUT_6 = a_history(kept={line: place for line, place in _ALL_KEPT.items() if line != 6})
_NOT_INSPECTED = a_test()


@pytest.mark.parametrize(
    ("production", "seen", "expected"),
    [
        pytest.param(
            a_production(a_history(), others=None, covered=None),
            None,
            "all of the code that it ran was deleted (app.py:5-6 of the base)",
            id="all of it deleted: nothing else need be known",
        ),
        pytest.param(
            a_production(_WITHOUT_6, others="app.py:5"),
            None,
            "the code that only it ran was deleted (app.py:6 of the base)",
            id="what only it ran deleted, the rest covered",
        ),
        pytest.param(a_production(_WITHOUT_6, others="app.py:5-6"), None, "", id="others ran the deleted line, too"),
        pytest.param(a_production(_WITHOUT_6, others=""), None, "", id="it alone ran a line that is kept"),
        pytest.param(
            a_production(_WITHOUT_6, others="app.py:5", covered="app.py:1-4"), None, "", id="the rest is run by nobody"
        ),
        pytest.param(
            a_production(_WITHOUT_6, others="app.py:5", covered=None), None, "", id="missing evidence: what is covered"
        ),
        pytest.param(a_production(_WITHOUT_6, others=None), None, "", id="missing evidence: what others ran"),
        pytest.param(
            a_production(a_history()), inspected(did="skipped"), "", id="missing evidence: skipped when run again"
        ),
        pytest.param(a_production(a_history()), _NOT_INSPECTED, "", id="missing evidence: an old recorder"),
        pytest.param(a_production(a_history()), inspected(), "", id="boundary: it ran nothing"),
        pytest.param(a_production(a_history(kept=_ALL_KEPT)), None, "", id="nothing deleted"),
        pytest.param(
            a_production(a_history(changed={5: "app.py:5-6", 6: "app.py:5-6"}), others=""),
            None,
            "",
            id="renamed or changed, not deleted",
        ),
    ],
)
def test_retire__by_lines__table(production: Production, seen: RecordedTest | None, expected: str) -> None:
    assert why(production, seen) == expected


_TOTAL_GONE = a_history(kept={line: place for line, place in _ALL_KEPT.items() if line not in (4, 6)})
_CLASS_GONE = a_history(kept={1: "app.py:1", 5: "app.py:5"})
_SAYS = "Cart.total of app.py was deleted, which it tested"


@pytest.mark.parametrize(
    ("production", "seen", "names", "expected"),
    [
        pytest.param(a_production(_TOTAL_GONE, gone=(_TOTAL,)), None, "Cart total", _SAYS, id="named and run"),
        pytest.param(a_production(_TOTAL_GONE, gone=(_TOTAL,)), None, "Cart tot", "", id="not named"),
        pytest.param(a_production(_TOTAL_GONE, gone=(_TOTAL,)), None, "total", "", id="a method's name alone"),
        pytest.param(
            a_production(_TOTAL_GONE, gone=(_TOTAL,)),
            inspected(A_TEST, "app.py:7"),
            "Cart total",
            "",
            id="boundary: not run",
        ),
        pytest.param(
            a_production(_TOTAL_GONE, gone=(_TOTAL,)),
            inspected(A_TEST, "tax.py:6"),
            "Cart total",
            "",
            id="run elsewhere",
        ),
        pytest.param(
            a_production(_TOTAL_GONE, gone=(_TOTAL,), covered="app.py:1-4"),
            None,
            "Cart total",
            "",
            id="the rest is run by nobody",
        ),
        pytest.param(
            a_production(_TOTAL_GONE, gone=(_TOTAL,), covered=None),
            None,
            "Cart total",
            "",
            id="missing evidence: what is covered",
        ),
        pytest.param(
            a_production(_TOTAL_GONE, gone=(_TOTAL,)),
            _NOT_INSPECTED,
            "Cart total",
            "",
            id="missing evidence: an old recorder",
        ),
        pytest.param(
            a_production(_CLASS_GONE, gone=(_CLASS,)),
            inspected(),
            "Cart",
            "Cart of app.py was deleted, which it tested",
            id="named, and nothing of it runs in a test",
        ),
        pytest.param(
            a_production(a_history(kept=_ALL_KEPT), gone=(_CLASS,)), None, "Cart", "", id="a class that was renamed"
        ),
        pytest.param(
            a_production(a_history(kept={n: f"new.py:{n}" for n in range(2, 11)}), gone=(_CLASS,)),
            inspected(),
            "Cart",
            "",
            id="a class that was renamed and moved, and nothing of it runs in a test",
        ),
        pytest.param(
            a_production(a_history(changed={5: "app.py:5-6", 6: "app.py:5-6"}), gone=(_TOTAL,)),
            None,
            "Cart total",
            "",
            id="a function that was renamed and changed",
        ),
        pytest.param(
            a_production(gone=(_TOTAL,)), None, "Cart total", "", id="boundary: a file of which nothing is known"
        ),
    ],
)
def test_retire__by_definition__table(
    production: Production, seen: RecordedTest | None, names: str, expected: str
) -> None:
    others = msgspec.structs.replace(production, others=lines_of("app.py:1-10"))
    assert why(others, seen, names=names) == expected


_DATA = "app/data/two.json"
_OF_DATA = f"{_DATA} was deleted, which it was about"


@pytest.mark.parametrize(
    ("value", "seen", "covered", "expected"),
    [
        pytest.param(f"PosixPath('./{_DATA}')", None, "app.py:5-6", _OF_DATA, id="the file"),
        pytest.param(f"'{_DATA}'", inspected(), None, _OF_DATA, id="and nothing else"),
        pytest.param(f"'{_DATA}2'", None, "app.py:5-6", "", id="a longer name"),
        pytest.param(f"'my{_DATA}'", None, "app.py:5-6", "", id="a longer folder"),
        pytest.param("'two.json'", None, "app.py:5-6", "", id="the name alone"),
        pytest.param(f"'{_DATA}'", None, "app.py:5", "", id="the code that read it is run by nobody"),
        pytest.param(f"'{_DATA}'", None, None, "", id="missing evidence: what is covered"),
        pytest.param(f"'{_DATA}'", _NOT_INSPECTED, "app.py:5-6", "", id="missing evidence: not inspected"),
    ],
)
def test_retire__by_data__table(value: str, seen: RecordedTest | None, covered: str | None, expected: str) -> None:
    assert why(a_production(covered=covered, files=(_DATA,)), seen, params={"file": value}) == expected


@pytest.mark.parametrize("how", [how for how in Loss if how is not Loss.REMOVED])
def test_retire__test_that_is_still_there__is_not_retired(how: Loss) -> None:
    assert why(a_production(a_history()), how=how) == ""


def test_retire__two_tests_of_the_same_deleted_code__go_both() -> None:
    losses = (a_loss("t.py::test_a"), a_loss("t.py::test_b"))
    seen = [inspected(loss.id, "app.py:5") for loss in losses]
    found = list(retire(an_inspection(base=seen, production=a_production(a_history())), losses))
    gone = "all of the code that it ran was deleted (app.py:5 of the base)"
    assert found == [Retirement(test=loss.id, why=gone) for loss in losses]


_A_TEST = "t.py::test_a"
_STAYS = FunctionSource(name="Cart.items", line=8, start=9, end=9, body="items")
_REPLACED = a_history(changed=dict.fromkeys((4, 5, 6), "app.py:5-6"), kept={8: "app.py:8", 9: "app.py:9"})
_HALF_KEPT = a_history(changed={4: "app.py:5-6", 5: "app.py:5-6"}, kept={6: "app.py:6"})


def _about(*sources: FunctionSource | None, bound: frozenset[str] | None = frozenset({"app.Cart"})) -> Topic:
    subjects = tuple(None if one is None else Definition(path="app.py", source=one) for one in sources)
    return Topic(subjects=subjects, bound=bound)


@pytest.mark.parametrize(
    ("history", "tested", "expected"),
    [
        pytest.param(_REPLACED, _about(_TOTAL), True, id="passing: all that it asserts is about it"),
        pytest.param(_REPLACED, _about(None, bound=frozenset()), True, id="passing: nothing that it names is bound"),
        pytest.param(_REPLACED, _about(None), False, id="failing: something that it names is still bound"),
        pytest.param(_REPLACED, _about(_TOTAL, None), False, id="boundary: one assertion may be about something else"),
        pytest.param(_HALF_KEPT, _about(_TOTAL, bound=frozenset()), False, id="failing: it was only renamed"),
        pytest.param(_REPLACED, _about(None, bound=None), False, id="missing evidence: it cannot be read"),
        pytest.param(_REPLACED, None, False, id="missing evidence: nobody has looked"),
    ],
)
def test_retire__function_was_replaced_in_its_place__table(
    history: FileHistory, tested: Topic | None, expected: bool
) -> None:
    inspection = an_inspection(
        base=[inspected(A_TEST, "app.py:5-6")],
        base_checks={A_TEST: "sum tax"},
        mentions={A_TEST: frozenset(("Cart", "total"))},
        topics={A_TEST: tested} if tested is not None else {},
        production=a_production(history, others="app.py:1-10", gone=(_TOTAL,)),
    )
    assert bool(list(retire(inspection, (a_loss(),)))) is expected


@pytest.mark.parametrize(
    ("tested", "head", "expected"),
    [
        pytest.param(_about(_TOTAL, _TOTAL), "", True, id="passing: both assertions are about what went"),
        pytest.param(_about(_TOTAL, None), "", True, id="passing: of one that is not plain"),
        pytest.param(_about(_TOTAL, _STAYS), "", False, id="failing: one is about what is still there"),
        pytest.param(_about(_TOTAL, _STAYS), "tax", True, id="boundary: which another test asserts"),
        pytest.param(_about(_STAYS, _STAYS), "", True, id="boundary: neither says what it is about"),
        pytest.param(None, "", True, id="missing evidence: nobody knows what they are about"),
    ],
)
def test_retire__test_of_two_things__goes_if_both_are_gone(tested: Topic | None, head: str, expected: bool) -> None:
    inspection = an_inspection(
        base=[inspected(A_TEST, "app.py:5-6", "app.py:9")],
        base_checks={A_TEST: "sum tax"},
        head_checks={_A_TEST: head},
        topics={A_TEST: tested} if tested is not None else {},
        production=a_production(a_history(kept={9: "app.py:9"}), covered="app.py:9", others="app.py:9", gone=(_TOTAL,)),
    )
    assert bool(list(retire(inspection, (a_loss(),)))) is expected


_ROWS = ("t.py::test_a[1]", "t.py::test_a[2]")


@pytest.mark.parametrize(
    ("second", "still_there", "expected"),
    [
        pytest.param(inspected(_ROWS[1], "app.py:9"), (), _ROWS, id="passing: it ran no more than the first"),
        pytest.param(inspected(_ROWS[1], "app.py:7"), (), _ROWS[:1], id="failing: it ran something else"),
        pytest.param(inspected(_ROWS[1], "app.py:9"), ("t.py::test_a",), _ROWS[:1], id="failing: its function stays"),
        pytest.param(inspected(_ROWS[1]), (), _ROWS[:1], id="boundary: it ran nothing"),
        pytest.param(a_test(_ROWS[1]), (), _ROWS[:1], id="missing evidence: not inspected"),
    ],
)
def test_retire__rows_of_a_deleted_function__are_judged_together(
    second: RecordedTest, still_there: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    inspection = an_inspection(
        base=[inspected(_ROWS[0], "app.py:5-6", "app.py:9"), second],
        production=a_production(a_history(kept={9: "app.py:9", 7: "app.py:7"}), others="app.py:7 app.py:9"),
    )
    found = retire(inspection, tuple(map(a_loss, _ROWS)), frozenset(still_there))
    assert tuple(one.test for one in found) == expected


_STILL = Definition(path="app.py", source=_STAYS)


@pytest.mark.parametrize(
    ("checks", "tested", "expected"),
    [
        pytest.param("find(fuzzy=True)", Topic(passes=frozenset({"fuzzy"})), True, id="passing"),
        pytest.param("find(fuzzy=True)", Topic(), False, id="failing: it passes nothing that is gone"),
        pytest.param(
            "find(fuzzy=True) Cart.items()",
            Topic(passes=frozenset({"fuzzy"}), subjects=(None, _STILL)),
            False,
            id="failing: it asserts something else as well",
        ),
        pytest.param(
            "find(fuzzy=True) Cart.items(fuzzy=True)",
            Topic(passes=frozenset({"fuzzy"}), subjects=(None, _STILL)),
            True,
            id="boundary: all of its assertions are about it",
        ),
        pytest.param(
            "find(fuzzy=True)",
            Topic(passes=frozenset({"fuzzy"}), alone=(_STILL,)),
            False,
            id="failing: no other test names a function that it ran",
        ),
        pytest.param("find(fuzzy=True)", None, False, id="missing evidence: nobody has looked"),
    ],
)
def test_retire__parameter_was_deleted__table(checks: str, tested: Topic | None, expected: bool) -> None:
    found = _retired(checks, tested, a_production(a_history(kept=_ALL_KEPT), others="app.py:1-10"))
    assert found == (["the parameter fuzzy was deleted, which it uses"] if expected else [])


@pytest.mark.parametrize(
    ("checks", "tested", "expected"),
    [
        pytest.param("Cart.LIMIT", Topic(constants=frozenset({"LIMIT"})), True, id="passing"),
        pytest.param("Cart.LIMITS", Topic(constants=frozenset({"LIMIT"})), False, id="boundary: another word"),
        pytest.param(
            "Cart.LIMIT Cart.items()", Topic(constants=frozenset({"LIMIT"})), False,
            id="failing: it asserts something else as well",
        ),
        pytest.param("Cart.LIMIT", Topic(), False, id="failing: it is not gone"),
        pytest.param("", Topic(constants=frozenset({"LIMIT"})), False, id="failing: it asserts nothing"),
        pytest.param("Cart.LIMIT", None, False, id="missing evidence: nobody has looked"),
    ],
)  # fmt: skip
def test_retire__constant_was_deleted__table(checks: str, tested: Topic | None, expected: bool) -> None:
    found = _retired(checks, tested, a_production(a_history(kept=_ALL_KEPT), others="app.py:1-10"))
    assert found == (["LIMIT was deleted, which all of its assertions are about"] if expected else [])


def test_retire__something_that_it_ran_is_run_by_nobody__is_lost() -> None:
    """Though a parameter is gone that it passes."""
    production = a_production(a_history(kept=_ALL_KEPT), others="app.py:1-10", covered="app.py:1-5")
    assert _retired("find(fuzzy=True)", Topic(passes=frozenset({"fuzzy"})), production) == []


_ERROR = FunctionSource(name="OldError", line=3, end=4, contents="old")


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        pytest.param("raises(app.OldError) raises(app.OldError)", True, id="passing"),
        pytest.param("raises(app.OldError) find()", False, id="failing: it asserts something else as well"),
        pytest.param("raises(app.OldErrors)", False, id="boundary: a longer name"),
        pytest.param("raises(shop.OldError)", False, id="boundary: another module's"),
        pytest.param("", False, id="missing evidence: what it asserts"),
    ],
)
def test_retire__exception_was_deleted__table(checks: str, expected: bool) -> None:
    kept = a_history(kept={line: place for line, place in _ALL_KEPT.items() if line not in (3, 4)})
    production = a_production(kept, others="app.py:1-10", gone=(_ERROR,))
    found = _retired(checks, Topic(), production, names=("OldError",))
    assert found == (["OldError of app.py was deleted, which it tested"] if expected else [])


def _retired(checks: str, tested: Topic | None, production: Production, names: tuple[str, ...] = ()) -> list[str]:
    inspection = an_inspection(
        base=[inspected(A_TEST, "app.py:5-9")],
        base_checks={A_TEST: checks},
        mentions={A_TEST: frozenset(names)},
        topics={A_TEST: tested} if tested is not None else {},
        production=production,
    )
    return [one.why for one in retire(inspection, (a_loss(),))]

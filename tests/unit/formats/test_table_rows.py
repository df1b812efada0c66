"""Values of parameters that are read from the source."""

from __future__ import annotations

import pytest

from testkeep.formats.asserted_checks import TestChecks

_HEAD = "import pytest\nfrom app import Money\n"
_BODY = "def test_x(money, cents):\n    assert money.cents == cents\n"
_OBJECTS = [{"money": f"app.Money({{'cents': {n}}})", "cents": str(n)} for n in (150, 200)]
_ROWS = "[(Money('1.50'), 150), (Money('2'), 200)]"
_READ = ["assert app.Money('1.50').cents == 150", "assert app.Money('2').cents == 200"]
_UNREAD = [f"assert «=app.Money({{'cents': {n}}})».cents == {n}" for n in (150, 200)]


def _said(text: str, family: list[dict[str, str]], name: str = "test_x") -> list[str]:
    checks = TestChecks(text)
    return [one.text for params in family for one in checks.checks(name, params, family) or ()]


def _with(rows: str, names: str = "('money', 'cents')", more: str = "") -> str:
    return f"{_HEAD}@pytest.mark.parametrize({names}, {rows}{more})\n{_BODY}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(_with(_ROWS), _READ, id="in the decorator"),
        pytest.param(f"{_HEAD}ROWS = {_ROWS}\n{_with('ROWS')}", _READ, id="in a constant"),
        pytest.param(_with(_ROWS, "'money, cents'"), _READ, id="names in one text"),
        pytest.param(_with(_ROWS, more=", ids=['a', 'b']"), _READ, id="with ids"),
        pytest.param(
            _with("[pytest.param(Money('1.50'), 150, id='a'), pytest.param(Money('2'), 200)]"), _READ, id="pytest.param"
        ),
        pytest.param(_with("[(Money('1.50'), 150), (Money('2'), 201)]"), _UNREAD, id="a literal is not what it was"),
        pytest.param(_with(f"{_ROWS} * 2"), _UNREAD, id="computed rows"),
        pytest.param(_with("[(Money('1.50'), 150)]"), _UNREAD, id="fewer rows than were collected"),
        pytest.param(_with(_ROWS, more=", indirect=True"), _UNREAD, id="fixtures make the values"),
        pytest.param(f"{_HEAD}ROWS = {_ROWS}\nROWS = []\n{_with('ROWS')}", _UNREAD, id="a constant that is none"),
        pytest.param(
            _with("[((lambda: Money('1.50'))(), 150), ((lambda: Money('2'))(), 200)]"), _UNREAD, id="no plain call"
        ),
        pytest.param(_with("ROWS"), _UNREAD, id="missing evidence: from elsewhere"),
    ],
)
def test_checks__values_are_objects__are_what_makes_them(text: str, expected: list[str]) -> None:
    assert _said(text, _OBJECTS) == expected


def test_checks__rows_of_a_class__are_read_too() -> None:
    body = _BODY.replace("(money", "(self, money").replace("\n", "\n    ")
    text = f"{_HEAD}@pytest.mark.parametrize(('money', 'cents'), {_ROWS})\nclass TestA:\n    {body}"
    assert _said(text, _OBJECTS, "TestA.test_x") == _READ


def test_checks__object_that_the_test_changes__is_one_object() -> None:
    """As in a test that makes it itself, and not as in one that makes it anew each time."""
    row = _with(_ROWS).replace("    assert", "    money.add(1)\n    assert")
    once = "def test_a():\n    money = Money('1.50')\n    money.add(1)\n    assert money.cents == 150\n"
    anew = "def test_b():\n    Money('1.50').add(1)\n    assert Money('1.50').cents == 150\n"
    checks = TestChecks(row + once + anew)
    found = checks.checks("test_x", _OBJECTS[0], _OBJECTS)
    assert found == checks.checks("test_a", {})
    assert found != checks.checks("test_b", {})


def test_checks__family_is_not_known__are_what_was_recorded() -> None:
    assert [one.text for one in TestChecks(_with(_ROWS)).checks("test_x", _OBJECTS[0]) or ()] == _UNREAD[:1]

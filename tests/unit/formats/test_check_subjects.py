"""What an assertion is about."""

from __future__ import annotations

import pytest

from testkeep.formats.check_subjects import subject_of


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        pytest.param("assert app.calc.add(1, 2) == 3", "app.calc.add", id="a function"),
        pytest.param("assert 3 == app.calc.add(1, 2)", "app.calc.add", id="on the other side"),
        pytest.param("assert app.Cart(1).total() == 3", "app.Cart.total", id="a method"),
        pytest.param("assert not app.Cart(1).items[0]", "app.Cart.items", id="an element"),
        pytest.param("assert sorted(app.calc.primes(9))", "app.calc.primes", id="in a builtin's call"),
        pytest.param("with pytest.raises(ValueError):\n    app.calc.div(1, 0)", "app.calc.div", id="an exception"),
        pytest.param("assert «client».get('/')", "?.get", id="a method of a fixture"),
        pytest.param("assert «client»", "", id="a fixture"),
        pytest.param("assert («1» + 1)", "", id="a variable"),
        pytest.param("assert «=Money(1)».cents", "", id="a value that nobody can read"),
        pytest.param("assert 1", "", id="nothing"),
        pytest.param("assert (", "", id="no Python"),
    ],
)
def test_subject_of__table(check: str, expected: str) -> None:
    assert subject_of(check) == expected

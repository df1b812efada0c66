"""The test that somebody meant."""

from __future__ import annotations

import pytest

from testkeep.rules.nearest import nearest

KNOWN = ("tests/test_tax.py::test_refund", "tests/test_tax.py::test_rate[10%]", "tests/test_cart.py::test_total")


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        pytest.param("tests/test_tax.py::test_refnud", KNOWN[0], id="a typo in the name"),
        pytest.param("tests/test_tax.py::test_rate[10]", KNOWN[1], id="a typo in the parameters"),
        pytest.param("tests/test_carts.py::test_total", KNOWN[2], id="a typo in the file"),
        pytest.param("tests/test_carts.py::test_totals", "", id="boundary: a typo in both"),
        pytest.param("tests/test_tax.py::test_other", "", id="boundary: another name"),
        pytest.param("tests/test_tax.py", "", id="a file"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_nearest__table(named: str, meant: str) -> None:
    assert nearest(named, KNOWN) == meant


def test_nearest__equally_near__is_the_same_whatever_the_order() -> None:
    known = [f"t.py::test_{letter}x" for letter in "cab"]
    assert nearest("t.py::test_x", known) == nearest("t.py::test_x", reversed(known)) == "t.py::test_cx"

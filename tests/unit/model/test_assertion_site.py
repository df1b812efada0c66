"""Places of the source that assert, and their text."""

from __future__ import annotations

import pytest

from testkeep.model.assertion_site import COUNTING, AssertionKind, AssertionSite

_SITE = AssertionSite(AssertionKind.PLAIN, 12, "0123456789abcdef", "TestCart.test_total", "tests/test_cart.py")


@pytest.mark.parametrize(
    ("site", "text"),
    [
        pytest.param(_SITE, "p 12 0123456789abcdef TestCart.test_total\ttests/test_cart.py", id="plain"),
        pytest.param(_SITE._replace(path=""), "p 12 0123456789abcdef TestCart.test_total\t", id="its file is unknown"),
        pytest.param(_SITE._replace(function=""), "p 12 0123456789abcdef \ttests/test_cart.py", id="no function"),
        pytest.param(
            _SITE._replace(path="tests dir/ä [x].py"),
            "p 12 0123456789abcdef TestCart.test_total\ttests dir/ä [x].py",
            id="blanks in its path",
        ),
        pytest.param(
            _SITE._replace(function="test cart.txt"),
            "p 12 0123456789abcdef test cart.txt\ttests/test_cart.py",
            id="a doctest's name",
        ),
        pytest.param(
            _SITE._replace(kind=AssertionKind.CONTEXT, raises=(("KeyError", "LookupError"), ("OSError",))),
            "x 12 0123456789abcdef TestCart.test_total\ttests/test_cart.py\tKeyError<LookupError\tOSError",
            id="exceptions",
        ),
    ],
)
def test_text__site__can_be_read_again(site: AssertionSite, text: str) -> None:
    assert (site.text, AssertionSite.of(text)) == (text, site)


@pytest.mark.parametrize("kind", AssertionKind)
def test_text__kind__comes_first_and_is_one_letter(kind: AssertionKind) -> None:
    text = _SITE._replace(kind=kind).text
    assert (text[0], text[1], AssertionSite.of(text).kind) == (kind, " ", kind)


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (AssertionKind.PLAIN, True),
        (AssertionKind.CALL, True),
        (AssertionKind.CONTEXT, True),
        (AssertionKind.SMOKE, False),
        (AssertionKind.VACUOUS, False),
        (AssertionKind.ANYTHING, False),
    ],
)
def test_counts__kinds_that_can_be_false__table(kind: AssertionKind, counts: bool) -> None:
    assert (_SITE._replace(kind=kind).counts, kind in COUNTING) == (counts, counts)

import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError

from app.database.errors import violates_unique


@pytest.mark.parametrize(
    ("message", "columns", "expected"),
    [
        pytest.param("UNIQUE constraint failed: a.x", ("a.x",), True, id="one-column"),
        pytest.param("UNIQUE constraint failed: a.x, a.y", ("a.x", "a.y"), True, id="two-columns"),
        pytest.param("UNIQUE constraint failed: a.x, a.y", ("a.x",), False, id="more-columns"),
        pytest.param("UNIQUE constraint failed: a.xy", ("a.x",), False, id="longer-name"),
        pytest.param("NOT NULL constraint failed: a.x", ("a.x",), False, id="other-constraint"),
    ],
)
def test_violates_unique_recognises_exactly_the_named_columns(
    message: str, columns: tuple[str, ...], expected: bool
) -> None:
    error = IntegrityError("INSERT …", {}, sqlite3.IntegrityError(message))
    assert violates_unique(error, *columns) is expected

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from app.database.base import UtcDateTime

DIALECT = sqlite.dialect()


def test_utc_date_time_stores_any_zone_as_utc() -> None:
    value = datetime(2026, 3, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    stored = UtcDateTime().process_bind_param(value, DIALECT)
    assert stored is not None
    assert stored.isoformat() == "2026-03-01T12:30:00"


def test_utc_date_time_reads_stored_values_as_utc() -> None:
    value = datetime(2026, 3, 1, 12, 30)  # noqa: DTZ001
    assert UtcDateTime().process_result_value(value, DIALECT) == datetime(
        2026, 3, 1, 12, 30, tzinfo=UTC
    )


def test_utc_date_time_refuses_a_time_without_zone() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 1), DIALECT)  # noqa: DTZ001


def test_utc_date_time_keeps_none_in_both_directions() -> None:
    assert UtcDateTime().process_bind_param(None, DIALECT) is None
    assert UtcDateTime().process_result_value(None, DIALECT) is None

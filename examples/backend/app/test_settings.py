from datetime import timedelta

import pytest

from app.settings import Settings, SettingsError


def test_empty_environment_gives_production_defaults() -> None:
    assert Settings.from_environment({}) == Settings(
        database_url="sqlite+aiosqlite:///backend.db",
        session_lifetime=timedelta(days=14),
        session_cookie_secure=True,
        scrypt_cost=16384,
        scrypt_block_size=8,
        scrypt_parallelism=5,
    )


def test_every_setting_can_come_from_the_environment() -> None:
    environ = {
        "DATABASE_URL": "sqlite+aiosqlite:///other.db",
        "SESSION_LIFETIME_MINUTES": "30",
        "SESSION_COOKIE_SECURE": "Off",
        "SCRYPT_COST": "1024",
        "SCRYPT_BLOCK_SIZE": "4",
        "SCRYPT_PARALLELISM": "2",
    }
    assert Settings.from_environment(environ) == Settings(
        database_url="sqlite+aiosqlite:///other.db",
        session_lifetime=timedelta(minutes=30),
        session_cookie_secure=False,
        scrypt_cost=1024,
        scrypt_block_size=4,
        scrypt_parallelism=2,
    )


def test_true_flag_is_recognised_in_any_case() -> None:
    assert Settings.from_environment({"SESSION_COOKIE_SECURE": "Yes"}).session_cookie_secure


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param(
            "SESSION_LIFETIME_MINUTES",
            "0",
            "SESSION_LIFETIME_MINUTES must be a whole number above 0, not '0'",
            id="zero-lifetime",
        ),
        pytest.param(
            "SCRYPT_BLOCK_SIZE",
            "many",
            "SCRYPT_BLOCK_SIZE must be a whole number above 0, not 'many'",
            id="word-for-number",
        ),
        pytest.param(
            "SCRYPT_COST",
            "1000",
            "SCRYPT_COST must be a power of two above 1, not 1000",
            id="cost-no-power-of-two",
        ),
        pytest.param(
            "SESSION_COOKIE_SECURE",
            "maybe",
            "SESSION_COOKIE_SECURE must be true or false, not 'maybe'",
            id="word-for-flag",
        ),
    ],
)
def test_impossible_value_is_refused_by_name(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert str(caught.value) == message

"""What differs between deployments, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class SettingsError(ValueError):
    """An environment variable has a value that the service cannot work with."""


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str = "sqlite+aiosqlite:///backend.db"
    session_lifetime: timedelta = timedelta(days=14)
    session_cookie_secure: bool = True
    # The scrypt parameters cost about 16 MiB and a tenth of a second for each password.
    scrypt_cost: int = 2**14
    scrypt_block_size: int = 8
    scrypt_parallelism: int = 5

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        defaults = cls()
        lifetime = _positive(
            environ, "SESSION_LIFETIME_MINUTES", defaults.session_lifetime // timedelta(minutes=1)
        )
        cost = _positive(environ, "SCRYPT_COST", defaults.scrypt_cost)
        if cost < 2 or cost & (cost - 1):
            raise SettingsError(f"SCRYPT_COST must be a power of two above 1, not {cost}")
        return cls(
            database_url=environ.get("DATABASE_URL", defaults.database_url),
            session_lifetime=timedelta(minutes=lifetime),
            session_cookie_secure=_flag(
                environ, "SESSION_COOKIE_SECURE", defaults.session_cookie_secure
            ),
            scrypt_cost=cost,
            scrypt_block_size=_positive(environ, "SCRYPT_BLOCK_SIZE", defaults.scrypt_block_size),
            scrypt_parallelism=_positive(
                environ, "SCRYPT_PARALLELISM", defaults.scrypt_parallelism
            ),
        )


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise SettingsError(f"{name} must be a whole number above 0, not {text!r}")
    return int(text)


def _flag(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name)
    if text is None:
        return default
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise SettingsError(f"{name} must be true or false, not {text!r}")

"""Passwords are stored as scrypt digests that carry their own parameters."""

import asyncio
import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Protocol

_SALT_BYTES = 16
_DIGEST_BYTES = 32


class Passwords(Protocol):
    """What the services need to know about password hashing."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, stored: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class ScryptPasswords:
    """Hashes in a worker thread: scrypt releases the GIL, and the event loop goes on serving."""

    cost: int
    block_size: int
    parallelism: int

    async def hash(self, password: str) -> str:
        salt = secrets.token_bytes(_SALT_BYTES)
        digest = await asyncio.to_thread(
            _digest, password, salt, self.cost, self.block_size, self.parallelism
        )
        return "$".join(
            (
                "scrypt",
                str(self.cost),
                str(self.block_size),
                str(self.parallelism),
                b64encode(salt).decode(),
                b64encode(digest).decode(),
            )
        )

    async def verify(self, password: str, stored: str) -> bool:
        """Whether the password is the stored one, by the parameters it was stored with."""
        try:
            scheme, cost, block_size, parallelism, salt, expected = stored.split("$")
        except ValueError:
            raise ValueError("this is not a stored password") from None
        if scheme != "scrypt":
            raise ValueError(f"unknown password scheme {scheme!r}")
        digest = await asyncio.to_thread(
            _digest, password, b64decode(salt), int(cost), int(block_size), int(parallelism)
        )
        return hmac.compare_digest(digest, b64decode(expected))


def _digest(password: str, salt: bytes, cost: int, block_size: int, parallelism: int) -> bytes:
    return hashlib.scrypt(
        unicodedata.normalize("NFKC", password).encode(),
        salt=salt,
        n=cost,
        r=block_size,
        p=parallelism,
        maxmem=128 * block_size * (cost + parallelism + 2),  # what it needs; the default is 32 MiB
        dklen=_DIGEST_BYTES,
    )

"""Secrets that the service hands out: it keeps their digests only.

A token is 256 random bits, so a plain digest is enough: there is nothing to guess, and a lookup
by digest can use an index.
"""

import hashlib
import secrets

_TOKEN_BYTES = 32


def new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
